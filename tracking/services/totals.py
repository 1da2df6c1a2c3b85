"""The running totals on projects and tasks, changed in the transaction that changes an entry."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from django.db import connection
from django.db.models import F, OuterRef, Subquery, Sum
from django.db.models.functions import Coalesce

from tracking.models import Project, Task, TimeEntry
from tracking.services.day_totals import DayShare, people_with_time, rebuild_day_totals, shift_day_totals


@dataclass(frozen=True, slots=True)
class Share:
    """What one entry adds to its project, its task and its days. A running or deleted entry adds nothing."""

    project_id: int | None = None
    task_id: int | None = None
    seconds: int = 0
    cent_seconds: int = 0
    days: DayShare = field(default_factory=DayShare)

    @classmethod
    def of(cls, entry: TimeEntry) -> Share:
        if entry.seconds is None or entry.deleted_at is not None:
            return NOTHING
        cents = int(entry.rate * 100) if entry.billable and entry.rate is not None else 0
        return cls(entry.project_id, entry.task_id, entry.seconds, entry.seconds * cents, DayShare.of(entry))


NOTHING = Share()


def shift_totals(before: Share, after: Share) -> None:
    """Takes `before` off its project and task and adds `after`, in order of id: two writers never wait crosswise."""
    if before == after:
        return
    _shift_work([(before, -1), (after, 1)])
    shift_day_totals(before.days, after.days)


def shift_totals_of_many(entries: Sequence[TimeEntry], sign: int) -> None:
    """All of these come (1) or go (-1). With their people and tags at hand, and under the locks of the people."""
    shares = [Share.of(entry) for entry in entries]
    _shift_work((share, sign) for share in shares)
    by_person: defaultdict[int, DayShare] = defaultdict(DayShare)
    for entry, share in zip(entries, shares, strict=True):
        by_person[entry.user_id].add(share.days)
    for _user, days in sorted(by_person.items()):
        shift_day_totals(*((DayShare(), days) if sign > 0 else (days, DayShare())))


def _shift_work(shares: Iterable[tuple[Share, int]]) -> None:
    projects: Counter[int] = Counter()
    cents: Counter[int] = Counter()
    tasks: Counter[int] = Counter()
    for share, sign in shares:
        if share.project_id:
            projects[share.project_id] += sign * share.seconds
            cents[share.project_id] += sign * share.cent_seconds
        if share.task_id:
            tasks[share.task_id] += sign * share.seconds
    for pk, seconds in sorted(projects.items()):
        if seconds or cents[pk]:
            Project.objects.filter(pk=pk).update(
                tracked_seconds=F("tracked_seconds") + seconds, earned_cent_seconds=F("earned_cent_seconds") + cents[pk]
            )
    for pk, seconds in sorted(tasks.items()):
        if seconds:
            Task.objects.filter(pk=pk).update(tracked_seconds=F("tracked_seconds") + seconds)


def rebuild_totals() -> None:
    """All totals of projects, tasks and days anew from the entries: after bulk work, which skips the services."""
    for user in people_with_time():
        rebuild_day_totals(user)
    alive = TimeEntry.objects.alive().filter(seconds__isnull=False)
    by_task = alive.filter(task=OuterRef("pk")).order_by().values("task").annotate(total=Sum("seconds")).values("total")
    Task.objects.update(tracked_seconds=Coalesce(Subquery(by_task), 0))
    by_project = (
        alive.filter(project=OuterRef("pk")).order_by().values("project").annotate(total=Sum("seconds")).values("total")
    )
    Project.objects.update(tracked_seconds=Coalesce(Subquery(by_project), 0))
    for pk, cent_seconds in _earned().items():
        Project.objects.filter(pk=pk).update(earned_cent_seconds=cent_seconds)


def wrong_totals() -> Iterator[tuple[str, int, int, int]]:
    """Projects and tasks whose totals are not what their entries say: what, its id, stored and counted."""
    alive = TimeEntry.objects.alive().filter(seconds__isnull=False).order_by()
    for name, model in (("project", Project), ("task", Task)):
        right = dict(alive.values_list(name).annotate(total=Sum("seconds")))
        for pk, held in model._default_manager.order_by("pk").values_list("pk", "tracked_seconds"):
            if held != right.get(pk, 0):
                yield name, pk, held, right.get(pk, 0)
    earned = _earned()
    for pk, held in Project.objects.order_by("pk").values_list("pk", "earned_cent_seconds"):
        if held != earned[pk]:
            yield "earned on project", pk, held, earned[pk]


def refresh_statistics() -> None:
    """After bulk work: PostgreSQL would plan as for the small tables that were, until it looks by itself."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")


def _earned() -> dict[int, int]:
    """Summed by rate first and multiplied in whole cents, because a database may keep decimals as floats."""
    earned = dict.fromkeys(Project.objects.values_list("pk", flat=True), 0)
    rows = (
        TimeEntry.objects.alive()
        .filter(seconds__isnull=False, billable=True, rate__isnull=False, project__isnull=False)
        .order_by()
        .values_list("project", "rate")
        .annotate(total=Sum("seconds"))
    )
    for pk, rate, total in rows:
        earned[pk] += int(rate * 100) * total
    return earned
