"""Finished tasks in the order in which they finished: what was known on a day is a prefix of them. Pure.

A task is known on the days *after* the one it was finished on, so whatever is changed about tasks that finish on the
day of an estimate, or later, cannot reach it.
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect_left
from collections.abc import Callable, Hashable, Iterable, Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from analytics.estimates.plans import Outcome, Plan

Numbers = NDArray[np.float64]

LATEST = 150
"""Of each kind of task, only so many of the last count: habits change."""
SHRINK = 10.0
"""As many tasks as everybody's figure weighs against a group's own."""


GROUPS: dict[str, Callable[[Plan], Hashable]] = {
    "all": lambda plan: 0,
    "person": lambda plan: plan.person,
    "project": lambda plan: plan.project,
    "tags": lambda plan: plan.tags,
    "person_project": lambda plan: (plan.person, plan.project),
    "person_tags": lambda plan: (plan.person, plan.tags),
    "project_tags": lambda plan: (plan.project, plan.tags),
}
"""Kinds of task whose past says something about the next of them."""


class Past:
    """`outcomes` by the day they finished. Figures are natural logarithms: of hours, or of actual ÷ estimate."""

    def __init__(self, outcomes: Iterable[Outcome]) -> None:
        self.outcomes: Sequence[Outcome] = sorted(outcomes, key=lambda one: (one.finished, one.plan.task))
        self.finished = np.array([one.finished.toordinal() for one in self.outcomes], dtype=np.int64)
        self.hours: Numbers = np.log([one.hours for one in self.outcomes])
        self.estimates: Numbers = np.log([one.plan.estimate or np.nan for one in self.outcomes])
        self.ratios: Numbers = self.hours - self.estimates

    def __len__(self) -> int:
        return len(self.outcomes)

    def known(self, day: dt.date) -> int:
        """How many had finished before `day`: the first so many."""
        return int(np.searchsorted(self.finished, day.toordinal(), side="left"))

    @cached_property
    def _places(self) -> dict[str, dict[Hashable, list[int]]]:
        found: dict[str, dict[Hashable, list[int]]] = {name: {} for name in GROUPS}
        for place, one in enumerate(self.outcomes):
            for name, key in GROUPS.items():
                found[name].setdefault(key(one.plan), []).append(place)
        return found

    def of(self, group: str, plan: Plan, known: int, most: int = LATEST) -> list[int]:
        """The places of the last of `plan`'s kind among the first `known`, the latest last."""
        places = self._places[group].get(GROUPS[group](plan), [])
        end = bisect_left(places, known)
        return places[max(0, end - most) : end]

    def person_ratio(self, plan: Plan, known: int) -> tuple[float, int]:
        """The median log ratio of `plan`'s person, shrunk towards everybody's, and of how many tasks."""
        own = [] if plan.person is None else self.of("person", plan, known)
        everybody = median(self.ratios[self.of("all", plan, known)])
        return shrunk(median(self.ratios[own]), everybody, len(own)), len(own)


def median(values: Numbers) -> float:
    """0 of nothing."""
    count = len(values)
    if not count:
        return 0.0
    ordered = np.sort(values)
    return float(ordered[(count - 1) // 2] + ordered[count // 2]) / 2


def shrunk(own: float, everybody: float, count: int) -> float:
    return (own * count + everybody * SHRINK) / (count + SHRINK)
