"""What was said of tasks, joined with what they took. Nothing of it is kept: a task that is opened again, or whose time
is changed, counts as it is now.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from accounts.models import User
from analytics.choices import CHECKED
from analytics.estimates.hindsight import Case, Share
from analytics.models import Prediction
from analytics.queries.outcomes import MOST, odd_entries, organisation_zone
from timetracker.web import flags
from timetracker.web.times import local_date
from tracking.choices import TaskStatus
from tracking.models import Project, Task

A_FEW_EACH = 4
"""Rows of each task that are read to find its last: one is asked again when its plan changes."""


@dataclass(frozen=True, slots=True)
class Told:
    """Of the finished tasks with time that can be trusted; each is in one of the first three."""

    cases: list[Case]
    """Of those that were told a range while they were open; the latest first."""
    silent: dict[str, int]
    """Those of which nothing was said, by why."""
    unasked: int
    """Those that nobody looked at while they were open."""
    odd: int
    """Left out, as their time may not be what the work took."""
    untimed: int
    """Left out, as nobody logged time on them."""

    @property
    def nothing_said(self) -> int:
        return sum(self.silent.values())

    @property
    def finished(self) -> int:
        return len(self.cases) + self.nothing_said + self.unasked


def told(tasks: QuerySet[Task], zone: dt.tzinfo | None = None) -> Told:
    """Of the finished ones among `tasks`, in two statements; where the organisation's `zone` is not given, in three."""
    done = tasks.filter(status=TaskStatus.DONE).order_by()
    rows = _said_in_time().filter(task__in=done.values("pk"))
    cases, silent = _sorted_out(rows, zone or organisation_zone(), MOST)
    timed, odd = Q(tracked_seconds__gt=0), Exists(odd_entries().filter(task=OuterRef("pk")))
    counts = done.annotate(odd=odd, asked=Exists(_said_in_time().filter(task=OuterRef("pk")))).aggregate(
        unasked=Count("pk", filter=timed & Q(odd=False, asked=False)),
        odd_time=Count("pk", filter=Q(odd=True)),
        untimed=Count("pk", filter=~timed & Q(odd=False)),
    )
    return Told(cases, dict(silent), counts["unasked"], counts["odd_time"], counts["untimed"])


def last_ranges(*, estimated: bool) -> Share:
    """Of everybody's last 100 finished tasks that were told a range: of tasks with an estimate, or of those without.

    A count and no more, so that everybody may read it.
    """
    rows = _said_in_time().filter(reason="", estimate_hours__isnull=not estimated, task__status=TaskStatus.DONE)
    cases, _silent = _sorted_out(rows, organisation_zone(), CHECKED * A_FEW_EACH)
    return Share.of(cases[:CHECKED])


def learnable() -> tuple[int, int]:
    """How many finished tasks there are to learn from, with an estimate and in all, as `finished_record` counts."""
    done = Task.objects.filter(status=TaskStatus.DONE, tracked_seconds__gt=0).order_by()
    known = done.exclude(estimated_at__gt=F("completed_at")).exclude(Exists(odd_entries().filter(task=OuterRef("pk"))))
    counts = known.aggregate(estimated=Count("estimated_hours"), all=Count("pk"))
    return counts["estimated"], counts["all"]


def projects_told_of(user: User, chosen: int | None = None) -> QuerySet[Project]:
    """Those that `user` sees and of whose tasks something was said, and the one that is chosen."""
    asked = Exists(Prediction.objects.filter(task__project=OuterRef("pk")))
    return Project.objects.visible_to(user).filter(asked | Q(pk=chosen)).order_by("name", "pk").only("name", "color")


def _said_in_time() -> QuerySet[Prediction]:
    """While the task was open. What is said of it afterwards is no foresight."""
    return Prediction.objects.filter(made_at__lte=F("task__completed_at"))


def _sorted_out(rows: QuerySet[Prediction], zone: dt.tzinfo, most: int) -> tuple[list[Case], Counter[str]]:
    """The last range of each task; and of tasks without one why nothing was said at last."""
    found = (
        rows.filter(task__tracked_seconds__gt=0)
        .exclude(Exists(odd_entries().filter(task=OuterRef("task"))))
        .order_by("-task__completed_at", "-task_id", "-made_at", "-pk")
        .values_list(
            "task_id", "reason", "task__completed_at", "task__tracked_seconds", "basis", "estimate_hours", "low_hours",
            "middle_hours", "high_hours",
        )[:most]
    )  # fmt: skip
    cases: dict[int, Case] = {}
    reasons: dict[int, str] = {}
    for task, reason, completed, seconds, basis, estimate, low, middle, high in found:
        if completed is None or low is None or high is None:
            reasons.setdefault(task, reason)
        elif task not in cases:
            cases[task] = Case(
                task=task, finished=local_date(completed, zone), basis=basis, estimate=estimate, low=low,
                middle=middle, high=high, hours=seconds / 3600,
            )  # fmt: skip
    return list(cases.values()), Counter(reason for task, reason in reasons.items() if task not in cases)


def said_of(tasks: Collection[Task]) -> dict[int, Prediction]:
    """By task, what was said last of it with this estimate and this person. Nothing is computed."""
    if not flags.is_on("estimates"):
        return {}
    known = {task.pk: (None if task.estimated_hours is None else float(task.estimated_hours)) for task in tasks}
    people = {task.pk: task.assignee_id for task in tasks}
    rows = Prediction.objects.filter(task__in=known).order_by("made_at", "pk")
    return {
        row.task_id: row
        for row in rows
        if (row.estimate_hours, row.person_id) == (known[row.task_id], people[row.task_id])
    }
