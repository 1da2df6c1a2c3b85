"""What a person has worked, as anomalies look at it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator

from accounts.models import User
from analytics.anomalies.doubles import Doubled
from analytics.anomalies.history import DAYS, Finding, History
from analytics.anomalies.worked import Worked
from analytics.queries.zones import zone_changes
from timetracker.web.times import local_day_bounds
from tracking.choices import BatchKind, Review
from tracking.models import BatchChange, TimeEntry
from tracking.models.entry import TimeEntryQuerySet

SPAN, DAY = dt.timedelta(days=DAYS), dt.timedelta(days=1)


def worked_of(entry: TimeEntry) -> Worked:
    assert entry.ended_at is not None
    return Worked(
        entry.pk, entry.started_at, entry.ended_at, entry.seconds or 0, entry.project_id, entry.task_id,
        entry.description,
    )  # fmt: skip


def worked_between(people: Collection[int], start: dt.datetime, end: dt.datetime) -> TimeEntryQuerySet:
    """Finished entries that began in [start, end), in time order."""
    return (
        TimeEntry.objects.alive()
        .filter(user__in=people, ended_at__isnull=False)
        .within(start, end)
        .order_by("started_at", "pk")
    )


def worked_rows(entries: TimeEntryQuerySet) -> list[tuple[int, Worked]]:
    """With the person of each."""
    rows = entries.values_list(
        "user_id", "pk", "started_at", "ended_at", "seconds", "project_id", "task_id", "description"
    )
    return [
        (user, Worked(pk, start, end or start, seconds or 0, project, task, words))
        for user, pk, start, end, seconds, project, task, words in rows
    ]


def judged_beside(user: User, entries: Collection[Worked]) -> Iterator[tuple[Worked, Finding | None]]:
    """Each of these entries of `user`, and what is odd about it beside what they began in the 180 days before and on
    its day. Two statements, whatever their number."""
    first, last = min(one.start for one in entries), max(one.start for one in entries)
    past = worked_rows(worked_between([user.pk], first - SPAN, last + DAY))
    moves = zone_changes([user.pk], first - SPAN)
    for entry in entries:
        over = local_day_bounds(entry.start.astimezone(user.zone).date(), user.zone)[1]
        beside = (one for _user, one in past if entry.start - SPAN <= one.start < over and one.pk != entry.pk)
        yield entry, History(user.zone, moves.get(user.pk), beside).judge(entry)


def meant_to_be_two(entry: int, found: Doubled) -> bool:
    """Asked about already, found right, or made two on purpose: copied or split."""
    asked = TimeEntry.objects.alive().filter(pk=found.other.pk)
    if any(Review.DOUBLED in pair for pair in asked.values_list("review", "accepted")):
        return True
    made = BatchChange.objects.filter(entry__in=[entry, found.other.pk])
    return made.filter(batch__kind__in=[BatchKind.COPY, BatchKind.SPLIT]).exists()
