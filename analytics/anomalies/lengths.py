"""Longer by far than such entries of this person are.

A slip of the decimal point makes ten times too much, a timer that was left on some hours. Lengths spread over orders of
magnitude, so they are compared in logarithms, and by median and median absolute deviation (MAD), which wrong ones among
the past do not move. 1.4826 × MAD estimates the standard deviation of a normal distribution.

Too short is not told: of a real short entry and of one that lost a digit there is nothing to tell which is which.
"""

from __future__ import annotations

import math
from bisect import bisect_left, insort
from collections import defaultdict
from collections.abc import Hashable, Iterator
from dataclasses import dataclass

from analytics.anomalies.worked import Worked

FEWEST = {"task": 10, "project": 20, "all": 30}
"""With less of the same task, those of the same project are asked, then all."""
FACTOR = 6.0
"""Times the median, at least."""
DEVIATIONS = 3.0
LEAST_DEVIATION = 0.2
"""In logarithms: however alike the past is, a fifth more or less is nothing."""
NEARLY = 1.25
"""Past entries from this fraction of its length on are as long as it is …"""
SHARE = 0.03
"""… and there may be so many of them, as a share."""


@dataclass(frozen=True, slots=True)
class Unusual:
    seconds: int
    low: int
    high: int
    """Seconds: 80 of 100 lie between `low` and `high`."""
    count: int
    scope: str
    """What they have in common: `task`, `project` or `all`."""


class Lengths:
    def __init__(self) -> None:
        self._sorted: dict[Hashable, list[float]] = defaultdict(list)

    def add(self, one: Worked) -> None:
        if one.seconds:
            for key in _keys(one):
                insort(self._sorted[key], math.log(one.seconds))

    def judge(self, one: Worked) -> Unusual | None:
        for key in _keys(one):
            past = self._sorted.get(key, [])
            if len(past) >= FEWEST[key[0]]:
                return Unusual(one.seconds, *_usual(past), len(past), key[0]) if _far_above(one, past) else None
        return None


def _keys(one: Worked) -> Iterator[tuple[str, int]]:
    """The closest first."""
    if one.task is not None:
        yield "task", one.task
    if one.project is not None:
        yield "project", one.project
    yield "all", 0


def _far_above(one: Worked, past: list[float]) -> bool:
    length, middle = math.log(max(1, one.seconds)), _middle(past)
    if length < middle + math.log(FACTOR):
        return False
    as_long = len(past) - bisect_left(past, length - math.log(NEARLY))
    if as_long > max(1, SHARE * len(past)):
        return False
    deviation = 1.4826 * _middle(sorted(abs(value - middle) for value in past))
    return length - middle >= DEVIATIONS * max(deviation, LEAST_DEVIATION)


def _middle(ordered: list[float]) -> float:
    half = len(ordered) // 2
    return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2


def _usual(past: list[float]) -> tuple[int, int]:
    last = len(past) - 1
    return round(math.exp(past[round(0.1 * last)])), round(math.exp(past[round(0.9 * last)]))
