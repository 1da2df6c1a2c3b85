"""When somebody worked: their days, cut into hours of the clock on their wall. Pure.

A working day need not begin at midnight: who works at night has days that begin at noon. So a day begins in the middle
of the longest time in which they hardly ever work.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from analytics.productivity import STRETCH, Piece, unbroken

HOUR, HOURS = 3600, 24
DAY = dt.timedelta(days=1)
PART_HOURS, MORNING = (0, 6, 12, 18), 1
"""Hours at which night, morning, afternoon and evening begin, and the place of the morning."""
QUIET = 0.02
"""Share of all worked time that may lie in the hours that are not somebody's working hours."""
SELDOM = 0.05
"""Share of it in the two hours around midnight, up to which days are those of the calendar: one long night must not
move the days of half a year.
"""


class Stretch(NamedTuple):
    """Worked without a break on one thing, half-open, in seconds since 1970. `meeting`: it has a tag of meetings."""

    start: int
    end: int
    thing: Hashable
    meeting: bool = False


@dataclass(slots=True)
class Day:
    date: dt.date
    worked: list[int]
    """Seconds by hour of the clock in which they lie."""
    begun: list[int]
    """Seconds by hour of the clock in which their unbroken stretch began."""
    focused: list[int]
    """The same of stretches of 25 minutes or more."""
    meetings: int = 0
    blocks: int = 0
    """Unbroken stretches of 25 minutes or more that began on it."""
    turns: int = 0
    """How often another thing was begun than the one before."""

    @property
    def total(self) -> int:
        return sum(self.worked)


def day_begins(by_hour: Sequence[int]) -> int:
    """Hours from midnight to where days begin: at midnight, unless somebody often works then. Else it is the middle of
    the longest run of hours round the clock that hold at most 2 % of the time; negative where that lies in the evening
    before: a day has the date on which its work begins.
    """
    if by_hour[23] + by_hour[0] <= SELDOM * sum(by_hour):
        return 0
    allowed = QUIET * sum(by_hour)
    longest, begins = 0, 0
    for start in range(HOURS):
        spent = length = 0
        while length < HOURS and spent + by_hour[(start + length) % HOURS] <= allowed:
            spent += by_hour[(start + length) % HOURS]
            length += 1
        if length > longest:
            longest, begins = length, start
    middle, work = (begins + longest // 2) % HOURS, (begins + longest) % HOURS
    return middle - HOURS if work < middle else middle


def hours_covered(start: int, end: int, zone: dt.tzinfo) -> Iterator[tuple[dt.datetime, int]]:
    """The hours of the clock that [start, end) touches, each as its local beginning, with the seconds that lie in it.

    An hour that the clocks repeat comes twice. Zones that are half an hour off are cut at their own full hours.
    """
    at = start
    while at < end:
        local = dt.datetime.fromtimestamp(at, zone)
        until = min(end, at + HOUR - local.minute * 60 - local.second)
        yield local.replace(minute=0, second=0, microsecond=0), until - at
        at = until


def days_of(stretches: Iterable[Stretch], zone: dt.tzinfo) -> list[Day]:
    """Those with work, in order."""
    ordered = sorted(stretches, key=lambda one: one[:2])
    covered = [(one, list(hours_covered(one.start, one.end, zone))) for one in ordered]
    by_hour = [0] * HOURS
    for _one, hours in covered:
        for at, seconds in hours:
            by_hour[at.hour] += seconds
    shift = dt.timedelta(hours=day_begins(by_hour))
    days: dict[dt.date, Day] = defaultdict(lambda: Day(dt.date.min, [0] * HOURS, [0] * HOURS, [0] * HOURS))
    before: tuple[Hashable, Day] | None = None
    for places, length in unbroken([Piece(*one[:3]) for one in ordered]):
        focused = length >= STRETCH
        for one, hours in covered[places.start : places.stop]:
            for at, seconds in hours:
                day = days[(at.replace(tzinfo=None) - shift).date()]
                day.worked[at.hour] += seconds
                day.meetings += seconds * one.meeting
        began = covered[places.start][1][0][0]
        first = days[(began.replace(tzinfo=None) - shift).date()]
        spent = sum(one.end - one.start for one in ordered[places.start : places.stop])
        first.begun[began.hour] += spent
        first.focused[began.hour] += spent * focused
        thing = ordered[places.start].thing
        first.blocks += focused
        first.turns += before is not None and before[1] is first and before[0] != thing
        before = thing, first
    for date, day in days.items():
        day.date = date
    return [days[date] for date in sorted(days)]
