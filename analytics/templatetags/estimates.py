"""Tags of the pages about estimates: `{% load estimates %}`."""

from __future__ import annotations

from typing import Any, NamedTuple

from django import template

from analytics.estimates.hindsight import place_in
from analytics.models import Prediction
from tracking.choices import TaskStatus
from tracking.models import Task

register = template.Library()

SHOWN = 3
"""What took longer than so many times the high figure stands at the right end."""


@register.filter
def times(value: float | None, factor: float) -> float | None:
    return None if value is None else float(value) * float(factor)


class Bar(NamedTuple):
    """Places from left to right, as SVG has them; empty where there is no such mark."""

    low: str
    width: str
    middle: str
    own: str
    took: str


@register.simple_tag
def bar_of(task: Task, said: Prediction) -> Bar:
    """From nothing to the longest of what is marked."""
    low, high = said.low_hours or 0.0, said.high_hours or 0.0
    marks = (said.middle_hours, said.estimate_hours, hours_taken(task))
    end = 1.05 * max(high, *(min(mark or 0.0, SHOWN * high) for mark in marks))
    return Bar(_place(low, end), _place(high - low, end), *(_place(mark, end) if mark else "" for mark in marks))


def _place(hours: float, end: float) -> str:
    return f"{min(100.0, 100 * hours / end):.2f}%"


@register.filter
def hours_taken(task: Task) -> float | None:
    """Of one that is done; None where no time was tracked."""
    return task.tracked_seconds / 3600 if task.status == TaskStatus.DONE and task.tracked_seconds else None


@register.filter
def held(task: Task, said: Prediction | None) -> str:
    """Where the time it took lies: `inside`, `below` or `above` the range; empty where there is nothing to compare."""
    hours = hours_taken(task)
    if hours is None or said is None or said.low_hours is None or said.high_hours is None:
        return ""
    return place_in(said.low_hours, said.high_hours, hours)


@register.simple_tag
def ratio_of(task: Task) -> float | None:
    """What it took ÷ what was estimated."""
    hours: Any = task.estimated_hours
    return task.tracked_seconds / 3600 / float(hours) if hours else None
