"""What a person's patterns are read from: their own finished time and tasks, and nothing of anybody else."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass, field

from accounts.models import User
from analytics.patterns.days import Stretch
from analytics.productivity import DAY, Finished
from analytics.queries.productivity import finished_tasks_of, pieces_by_entry
from analytics.queries.zones import zone_changes
from timetracker.web.times import combine_local, local_date, week_bounds
from tracking.models import Tag, TimeEntry

WEEKS = 26


@dataclass(frozen=True, slots=True)
class Period:
    """Whole weeks as the person begins them; the last has ended."""

    first: dt.date
    weeks: int
    since_zone: bool
    """It is shorter, as the person had another time zone before."""

    @property
    def last(self) -> dt.date:
        return self.first + (7 * self.weeks - 1) * DAY


@dataclass(slots=True)
class Work:
    stretches: list[Stretch] = field(default_factory=list)
    tags: list[tuple[Tag, int]] = field(default_factory=list)
    """With their seconds, the most first; an entry with two tags counts for both."""
    untagged: int = 0
    tasks: list[Finished] = field(default_factory=list)
    """In the order in which they were finished."""


def period_of(user: User, now: dt.datetime) -> Period:
    """26 weeks up to the last that has ended, or fewer since the person's time zone changed: what was the morning there
    is not the morning here. One statement.
    """
    end, _next = week_bounds(local_date(now, user.zone), user.week_start)
    first = end - 7 * WEEKS * DAY
    start = combine_local(first, dt.time(0), user.zone)
    moved = zone_changes([user.pk], start).get(user.pk)
    if moved is None:
        return Period(first, WEEKS, since_zone=False)
    weeks = max(0, (end - local_date(moved, user.zone) - DAY).days // 7)
    return Period(end - 7 * weeks * DAY, weeks, since_zone=True)


def work_of(user: User, period: Period) -> Work:
    """Four statements."""
    start = combine_local(period.first, dt.time(0), user.zone)
    end = combine_local(period.last + DAY, dt.time(0), user.zone)
    every = Tag.objects.in_bulk()
    tags: dict[int, list[Tag]] = defaultdict(list)
    entries = TimeEntry.objects.alive().filter(user=user).overlapping(start, end)
    for entry, pk in TimeEntry.tags.through.objects.filter(timeentry__in=entries).values_list("timeentry", "tag"):
        tags[entry].append(every[pk])
    work = Work()
    spent: dict[Tag, int] = defaultdict(int)
    for entry, piece in pieces_by_entry(user, start, end):
        own = tags.get(entry, [])
        work.stretches.append(Stretch(*piece, any(tag.meeting for tag in own)))
        for tag in own:
            spent[tag] += piece.end - piece.start
        work.untagged += 0 if own else piece.end - piece.start
    work.tags = sorted(spent.items(), key=lambda row: (-row[1], row[0].name))
    work.tasks = sorted(finished_tasks_of(user, start, end))
    return work
