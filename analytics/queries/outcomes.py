"""The finished tasks that estimates learn from, and what is known of a task that is to be done."""

from __future__ import annotations

import datetime as dt
import zoneinfo
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from accounts.queries import get_organisation
from analytics.estimates.plans import Outcome, Plan
from timetracker.web.times import local_date
from tracking.choices import Priority, Review, Source, TaskStatus
from tracking.models import Task, TimeEntry

MOST = 20_000
"""The tasks that finished last. Older ones say little about the next."""
_PLAN = (
    "pk", "estimated_at", "started_at", "created_at", "estimated_hours", "project_id", "assignee_id", "created_by_id",
    "priority", "complexity", "name",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Record:
    outcomes: list[Outcome]
    """Of finished tasks with and without an estimate."""
    left_out: dict[str, int]
    """Finished tasks that are not learned from, by why."""


def finished_record() -> Record:
    """Everybody's, in three statements."""
    zone = organisation_zone()
    done, odd_time = Task.objects.filter(status=TaskStatus.DONE), Exists(odd_entries().filter(task=OuterRef("pk")))
    rows = list(
        done.filter(tracked_seconds__gt=0)
        .annotate(odd=odd_time)
        .order_by("-completed_at", "-pk")
        .values_list(*_PLAN, "completed_at", "tracked_seconds", "odd")[:MOST]
    )
    tags = _tags_of(done.values("pk"))
    outcomes, odd, late = [], 0, 0
    for *fields, completed, tracked, is_odd in rows:
        plan, finished = _plan(fields, tags, zone, not_after=completed), local_date(completed, zone)
        if is_odd:
            odd += 1
        elif fields[1] and fields[1] > completed:
            late += 1
        else:
            outcomes.append(Outcome(plan, finished, tracked / 3600))
    without = (
        done.filter(tracked_seconds=0)
        .annotate(odd=odd_time)
        .aggregate(running=Count("pk", filter=Q(odd=True)), none=Count("pk", filter=Q(odd=False)))
    )
    left_out = {"odd_time": odd + without["running"], "estimated_after": late, "no_time": without["none"]}
    return Record(outcomes, left_out)


def odd_entries() -> QuerySet[TimeEntry]:
    """Time that may not be what the work took: running, stopped or logged by a rule or by itself, over-long. What
    somebody has looked at and found right is not odd.
    """
    flagged = Q(review__in=[Review.STOPPED, Review.TOO_LONG])
    return TimeEntry.objects.alive().filter(Q(ended_at=None) | flagged | Q(source=Source.RULE))


def odd_time_on_finished_tasks() -> dict[str, int]:
    """How many entries keep their tasks out of the record, by what is odd about them; one may be counted twice."""
    on_done = odd_entries().filter(task__status=TaskStatus.DONE)
    return on_done.aggregate(
        running=Count("pk", filter=Q(ended_at=None)),
        stopped=Count("pk", filter=Q(review=Review.STOPPED)),
        too_long=Count("pk", filter=Q(review=Review.TOO_LONG)),
        by_rule=Count("pk", filter=Q(source=Source.RULE)),
    )


def touches_record(*, tasks: Collection[int], person: int, span: tuple[dt.datetime, dt.datetime] | None) -> bool:
    """Whether a change of `person`'s time on `tasks` may have changed the record. In `span` it also decides anew what
    is odd about their other entries.
    """
    if Task.objects.filter(pk__in=tasks, status=TaskStatus.DONE).exists():
        return True
    beside = TimeEntry.objects.alive().filter(user=person, task__status=TaskStatus.DONE)
    return span is not None and beside.overlapping(*span).exists()


def plans_of(
    tasks: Collection[Task], zone: dt.tzinfo | None = None, *, today: dt.date | None = None
) -> dict[int, Plan]:
    """By task, in one statement where the organisation's `zone` is given. With `today`, as if it were asked today."""
    zone = zone or organisation_zone()
    tags = _tags_of([task.pk for task in tasks])
    return {task.pk: _plan([getattr(task, name) for name in _PLAN], tags, zone, today=today) for task in tasks}


def organisation_zone() -> dt.tzinfo:
    """Whose days they are: tasks of people in several zones need one calendar."""
    return zoneinfo.ZoneInfo(get_organisation().time_zone)


def _plan(
    fields: Sequence[Any],
    tags: Mapping[int, list[int]],
    zone: dt.tzinfo,
    *,
    not_after: dt.datetime | None = None,
    today: dt.date | None = None,
) -> Plan:
    pk, estimated, started, created, hours, project, person, author, priority, complexity, name = fields
    begun = max(moment for moment in (estimated, started, created if not estimated else None) if moment)
    moment = min(begun, not_after) if not_after else begun
    day = today or local_date(moment, zone)
    return Plan(
        task=pk,
        day=day,
        estimate=float(hours) if hours else None,
        project=project,
        person=person,
        author=author,
        tags=tuple(sorted(tags.get(pk, ()))),
        priority=Priority(priority).rank,
        complexity=complexity or 0,
        title=name,
        waited=max(0, min(400, (day - local_date(estimated, zone)).days)) if estimated else 0,
    )


def _tags_of(tasks: Sequence[int] | QuerySet[Task, Any]) -> dict[int, list[int]]:
    found: dict[int, list[int]] = defaultdict(list)
    for task, tag in Task.tags.through.objects.filter(task__in=tasks).values_list("task_id", "tag_id"):
        found[task].append(tag)
    return found
