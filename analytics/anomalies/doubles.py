"""The same twice: at the same times, or on one day as long and about the same.

The first is what an import leaves on top of a timer. The second is work that was sent twice, or logged once by hand and
once by the clock. Two equal stand-ups a day are normal for whoever has them, so the second is only told of people whose
days seldom hold a pair, and of work that never did.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Hashable
from dataclasses import dataclass

from analytics.anomalies.worked import Worked

NEARLY = dt.timedelta(minutes=2)
"""Starts and ends no further apart are the same."""
FEWEST_DAYS = 10
"""Worked days; with less, only the same times are told."""
PAIR_SHARE = 0.08
"""From this share of days with a pair on, pairs are this person's habit."""
CHANCE = 0.05
"""From this share of entries of the same length on, two of them on a day are no wonder."""
SHORTEST = 5 * 60
"""Seconds: of anything shorter, two that are equal are nothing."""


@dataclass(frozen=True, slots=True)
class Doubled:
    other: Worked


class Doubles:
    def __init__(self, zone: dt.tzinfo) -> None:
        self._zone = zone
        self._on: dict[dt.date, list[Worked]] = defaultdict(list)
        self._paired_days: set[dt.date] = set()
        self._paired: dict[Hashable, set[dt.date]] = defaultdict(set)
        self._lengths: dict[Hashable, Counter[int]] = defaultdict(Counter)

    def add(self, one: Worked) -> None:
        day = self._day(one)
        if any(_same_work(one, other) for other in self._on[day]):
            self._paired_days.add(day)
            self._paired[_thing(one)].add(day)
        self._on[day].append(one)
        self._lengths[_thing(one)][one.seconds] += 1

    def judge(self, one: Worked) -> Doubled | None:
        day = self._day(one)
        there = [other for other in self._on.get(day, []) if other.pk != one.pk]
        for other in there:
            if same_times(one, other):
                return Doubled(other)
        twin = next((other for other in reversed(there) if _same_work(one, other)), None)
        if twin is None or self._is_habit(one, day):
            return None
        return Doubled(twin)

    def _is_habit(self, one: Worked, day: dt.date) -> bool:
        lengths = self._lengths[_thing(one)]
        if lengths[one.seconds] - 1 > CHANCE * lengths.total():
            return True
        days = len(self._on.keys() - {day})
        if days < FEWEST_DAYS or self._paired[_thing(one)] - {day}:
            return True
        return len(self._paired_days - {day}) > PAIR_SHARE * days

    def _day(self, one: Worked) -> dt.date:
        return one.start.astimezone(self._zone).date()


def twins(one: Worked, other: Worked) -> bool:
    """Whether they could be the same, whatever this person's habits are."""
    return same_times(one, other) or _same_work(one, other)


def same_times(one: Worked, other: Worked) -> bool:
    return abs(one.start - other.start) <= NEARLY and abs(one.end - other.end) <= NEARLY


def _same_work(one: Worked, other: Worked) -> bool:
    return one.seconds == other.seconds >= SHORTEST and _thing(one) == _thing(other) and bool(one.task or one.words)


def _thing(one: Worked) -> Hashable:
    return one.project, one.task, " ".join(one.words.casefold().split())
