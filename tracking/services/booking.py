"""What every service that writes an entry shares: may this person book here, and what the entry then looks like."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from timetracker.live.push import push_after_commit
from timetracker.web.errors import Conflict
from tracking.models import Break, Project, Tag, Task, TimeEntry
from tracking.models.entry import DESCRIPTION_MAX

Span = tuple[dt.datetime, dt.datetime]
CLOCK_SKEW = dt.timedelta(minutes=2)
"""How far ahead of ours a person's clock may be."""
EARLIEST = dt.datetime(1970, 1, 2, tzinfo=dt.UTC)
LATEST_AHEAD = dt.timedelta(days=366)


def lock_person(user: User) -> User:
    """First in every service that writes a person's entries: twenty writers then queue instead of failing.

    `user` learns the zone that holds now: days are counted by it, and a request may have begun before it changed.
    """
    locked = User.objects.select_for_update(no_key=True).only("pk", "is_active", "time_zone").get(pk=user.pk)
    user.time_zone = locked.time_zone
    return locked


def lock_entries(found: QuerySet[TimeEntry], *projects: Project) -> dict[int, TimeEntry]:
    """Entries by id. Their people, projects (and the `projects` they are to go to) and tasks are locked in order:

    two of these never wait crosswise.
    """
    owned = list(found.values_list("pk", "user", "project", "task"))
    for user in User.objects.filter(pk__in={row[1] for row in owned}).order_by("pk"):
        lock_person(user)
    _lock(Project, {*(row[2] for row in owned), *(project.pk for project in projects)})
    _lock(Task, {row[3] for row in owned})
    fresh = TimeEntry.objects.select_related("user", "project__client", "task")
    return fresh.in_bulk([row[0] for row in owned])


def _lock(model: type[Project] | type[Task], ids: set[int | None]) -> None:
    rows = model._default_manager.filter(pk__in=[pk for pk in ids if pk]).order_by("pk")
    list(rows.select_for_update(no_key=True).values_list("pk"))


def made_before(user: User, uid: uuid.UUID) -> TimeEntry | None:
    """What an earlier call with this `uid` made, marked `repeated`; it may lie in the trash by now."""
    entry = TimeEntry.objects.filter(user=user, uid=uid).select_related("user", "project__client", "task").first()
    if entry is not None:
        entry.repeated = True
    return entry


def bookable(*, user: User, project: Project | None, task: Task | None) -> tuple[Project | None, Task | None]:
    """The project and task as an entry of `user` may carry them: seen by that person, open, and belonging together.

    Both as they are now, and locked: nobody moves, closes or deletes them before the entry is there. Projects before
    tasks, as where totals are written, so that two writers never wait crosswise.
    """
    if project is None and task is None:
        return None, None
    project_id = project.pk if project else task.project_id  # type: ignore[union-attr]  # one of both is there
    locking = Project.objects.visible_to(user).select_related("client").select_for_update(no_key=True, of=("self",))
    project = locking.filter(pk=project_id).first()
    if project is None:
        raise ValidationError({"project": _("There is no such project for this person.")})
    if not project.bookable:
        raise ValidationError({"project": _("This project is closed. Time can no longer be booked on it.")})
    return project, _bookable_task(project, task) if task is not None else None


def _bookable_task(project: Project, task: Task) -> Task:
    now = Task.objects.select_for_update(no_key=True, of=("self",)).filter(pk=task.pk).first()
    if now is None:
        raise ValidationError({"task": _("There is no such task.")})
    if now.project_id != project.pk:
        raise ValidationError({"task": _("This task belongs to another project.")})
    if now.archived:
        raise ValidationError({"task": _("This task is archived.")})
    now.project = project
    return now


def require_unbilled(entry: TimeEntry) -> None:
    """Raises Conflict for an entry that has been billed."""
    if entry.billed:
        raise Conflict(_("This entry is billed and can no longer change."), code="billed")


def clean_description(text: str) -> str:
    text = text.replace("\x00", "").strip()
    if len(text) > DESCRIPTION_MAX:
        raise ValidationError(
            {
                "description": _("At most %(max)d characters; this has %(length)d.")
                % {"max": DESCRIPTION_MAX, "length": len(text)}
            }
        )
    return text


def whole_second(moment: dt.datetime) -> dt.datetime:
    """In UTC: between two instants of one zone Python counts what its clocks show, an hour off in some nights."""
    return moment.astimezone(dt.UTC).replace(microsecond=0)


def clean_start(started_at: dt.datetime, now: dt.datetime | None = None) -> dt.datetime:
    """The start of a running timer: whole seconds, not in the future."""
    now = now or timezone.now()
    started_at = whole_second(started_at)
    if started_at > now + CLOCK_SKEW:
        raise ValidationError({"started_at": _("The start is in the future.")})
    if started_at < EARLIEST:
        raise ValidationError({"started_at": _("The start is too far in the past.")})
    return min(started_at, whole_second(now))


def clean_moved_start(entry: TimeEntry, started_at: dt.datetime) -> dt.datetime:
    """Another start for a running entry: as any start, and not after a break that was taken."""
    start = clean_start(started_at)
    first_break = entry.breaks.order_by("started_at").values_list("started_at", flat=True).first() or entry.paused_at
    if first_break is not None and start > first_break:
        raise ValidationError({"started_at": _("The start is after a break that was taken.")})
    return start


def clean_span(started_at: dt.datetime, ended_at: dt.datetime) -> tuple[dt.datetime, dt.datetime]:
    """Whole seconds, the end after the start. What is planned ahead is kept, and flagged for review."""
    started_at, ended_at = whole_second(started_at), whole_second(ended_at)
    if ended_at <= started_at:
        raise ValidationError({"ended_at": _("The end is not after the start.")})
    if started_at < EARLIEST:
        raise ValidationError({"started_at": _("The start is too far in the past.")})
    if ended_at > timezone.now() + LATEST_AHEAD:
        raise ValidationError({"ended_at": _("The end is more than a year ahead.")})
    return started_at, ended_at


def clean_breaks(spans: Iterable[Span], started_at: dt.datetime, ended_at: dt.datetime) -> list[Span]:
    """In order, in whole seconds, inside the entry, none over another."""
    ordered = sorted((whole_second(start), whole_second(end)) for start, end in spans)
    free_from = started_at
    for start, end in ordered:
        if end <= start:
            raise ValidationError({"breaks": _("The end of a break is not after its start.")})
        if start < free_from or end > ended_at:
            raise ValidationError({"breaks": _("Breaks lie within the entry, one after the other.")})
        free_from = end
    return ordered


def span_seconds(spans: Iterable[Span]) -> int:
    return sum(int((end - start).total_seconds()) for start, end in spans)


def set_breaks(entry: TimeEntry, spans: Iterable[Span]) -> None:
    """Puts clean breaks in place of those there are. `break_seconds` is the caller's to save."""
    entry.breaks.all().delete()
    Break.objects.bulk_create(Break(entry=entry, started_at=start, ended_at=end) for start, end in spans)


def usable_tags(tags: Iterable[Tag]) -> list[Tag]:
    """Those that are still there, locked so that nobody deletes them before the entry has them."""
    wanted = {tag.pk for tag in tags}
    return list(Tag.objects.select_for_update(no_key=True).filter(pk__in=wanted).order_by("pk")) if wanted else []


def trim_breaks(entry: TimeEntry) -> None:
    """Breaks keep to the inside of their entry; what falls outside is gone."""
    if not entry.break_seconds or entry.ended_at is None:
        return
    total = 0
    for pause in entry.breaks.all():
        start, end = max(pause.started_at, entry.started_at), min(pause.ended_at, entry.ended_at)
        if end <= start:
            pause.delete()
            continue
        if (start, end) != (pause.started_at, pause.ended_at):
            pause.started_at, pause.ended_at = start, end
            pause.save(update_fields=["started_at", "ended_at"])
        total += int((end - start).total_seconds())
    entry.break_seconds = total


def tell_person(user_id: int) -> None:
    push_after_commit([user_id], "timer", "entries")
