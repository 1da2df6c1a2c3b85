"""Entries by day, and what a page adds up of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import groupby
from typing import Self

from django.utils import timezone

from accounts.models import User
from timetracker.web.durations import shown_seconds
from timetracker.web.times import local_date, week_bounds
from tracking.models import TimeEntry

DAY = dt.timedelta(days=1)
WEEK = 7 * DAY
SHORTEST_GAP, LONGEST_GAP = 15 * 60, 6 * 3600
"""Seconds. A shorter gap is a breath, a longer one no forgotten work."""


@dataclass(frozen=True, slots=True)
class Total:
    """A sum of lines: the finished ones as they are written, so that a page adds up, and the one that runs."""

    finished: int
    running: TimeEntry | None = None

    @classmethod
    def of(cls, entries: Iterable[TimeEntry], hours_format: str) -> Self:
        lines = list(entries)
        finished = sum(shown_seconds(entry.seconds, hours_format) for entry in lines if entry.seconds is not None)
        return cls(finished, next((entry for entry in lines if entry.seconds is None), None))

    @property
    def seconds(self) -> int:
        """With what runs as it stands, down to the minute, as its clock counts."""
        return self.finished + (self.running.elapsed_at() // 60 * 60 if self.running else 0)

    @property
    def clock_break(self) -> int:
        """What the running clock has to leave out for showing this total."""
        return (self.running.break_seconds if self.running else 0) - self.finished


@dataclass(slots=True)
class Day:
    date: dt.date
    entries: list[TimeEntry] = field(default_factory=list)
    hours_format: str = "clock"

    @property
    def total(self) -> Total:
        return Total.of(self.entries, self.hours_format)

    @property
    def seconds(self) -> int:
        return self.total.seconds

    @property
    def lines(self) -> list[tuple[TimeEntry, Gap | None]]:
        """Each entry with the time before it that nothing is logged for, where that is neither short nor a night."""
        until: dt.datetime | None = None
        lines: list[tuple[TimeEntry, Gap | None]] = []
        for entry in reversed(self.entries):
            gap = Gap(until, entry.started_at) if until is not None else None
            lines.append((entry, gap if gap and SHORTEST_GAP <= gap.seconds <= LONGEST_GAP else None))
            end = entry.ended_at or timezone.now()
            until = end if until is None else max(until, end)
        return lines[::-1]


@dataclass(frozen=True, slots=True)
class Gap:
    start: dt.datetime
    end: dt.datetime

    @property
    def seconds(self) -> int:
        """Between the minutes that are shown."""
        start, end = (moment.replace(second=0, microsecond=0) for moment in (self.start, self.end))
        return int((end - start).total_seconds())


def days_of(entries: Iterable[TimeEntry], user: User) -> list[Day]:
    """Entries (newest first) by the day they start on in the zone of `user`, the viewer."""
    zone = user.zone
    rows = groupby(entries, key=lambda entry: entry.started_at.astimezone(zone).date())
    return [Day(date, list(group), user.hours_format) for date, group in rows]


def today_of(user: User) -> dt.date:
    return local_date(timezone.now(), user.zone)


def week_of(user: User, day: dt.date | None = None) -> tuple[dt.date, dt.date]:
    """First and last day of the week that holds `day` (today for the person)."""
    first, end = week_bounds(day or today_of(user), user.week_start)
    return first, end - DAY
