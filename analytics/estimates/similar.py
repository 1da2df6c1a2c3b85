"""The finished tasks that one is most like: the reference class, named so that everybody can look at it."""

from __future__ import annotations

import math
from collections.abc import Container
from dataclasses import dataclass

from analytics.estimates.hindsight import place_in
from analytics.estimates.history import Past
from analytics.estimates.plans import Plan

CLASSES = ("person_tags", "project_tags", "person_project", "tags", "project", "person", "all")
"""From the narrowest to the widest."""
FEWEST_SIMILAR = 8
AS_LARGE = math.log(2)
"""An estimate is similar from half to twice."""


@dataclass(frozen=True, slots=True)
class Similar:
    kind: str = ""
    """Of `CLASSES`; empty where there are too few."""
    tasks: tuple[int, ...] = ()
    """The latest first."""
    inside: int = 0
    """How many of them took between `low` and `high` hours."""

    @property
    def count(self) -> int:
        return len(self.tasks)


def similar_to(past: Past, plan: Plan, *, low: float, high: float, projects: Container[int] | None = None) -> Similar:
    """From the narrowest class with at least 8 tasks, known on `plan`'s day, in `projects`, with about its estimate."""
    known = past.known(plan.day)
    for kind in CLASSES:
        if ("tags" in kind and not plan.tags) or ("person" in kind and plan.person is None):
            continue
        places = [place for place in past.of(kind, plan, known) if _fits(past, place, plan, projects)]
        if len(places) >= FEWEST_SIMILAR:
            tasks = tuple(past.outcomes[place].plan.task for place in reversed(places))
            inside = [place for place in places if place_in(low, high, past.outcomes[place].hours) == "inside"]
            return Similar(kind, tasks, len(inside))
    return Similar()


def _fits(past: Past, place: int, plan: Plan, projects: Container[int] | None) -> bool:
    other = past.outcomes[place].plan
    if projects is not None and other.project not in projects:
        return False
    if plan.estimate is None:
        return True
    return other.estimate is not None and abs(math.log(other.estimate / plan.estimate)) <= AS_LARGE + 1e-9
