"""What is known of a task. Imported by pages, so it needs no numbers library."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Plan:
    """What is known of a task when its estimate is made, and when it is started."""

    task: int
    day: dt.date
    """The later of the days on which it was estimated and started."""
    estimate: float | None
    """Hours; None where nobody estimated."""
    project: int
    person: int | None = None
    author: int | None = None
    tags: tuple[int, ...] = ()
    priority: int = 1
    """0 to 3."""
    complexity: int = 0
    """1 to 5; 0 where nobody said."""
    title: str = ""
    waited: int = 0
    """Days from the estimate to the start."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """A finished task."""

    plan: Plan
    finished: dt.date
    hours: float
