"""What is known of a task besides its event: its estimate as it stands when a rule runs, in hours. Whoever sees the
task may know it; there is nothing where nothing is said.
"""

from __future__ import annotations

from collections.abc import Sequence

from analytics.models import Prediction
from analytics.services.predictions import last_said, predict
from timetracker.events.models import Event
from tracking.models import Task
from workflows.operators import Kind
from workflows.triggers import provide

Numbers = list[float | None]


@provide("task.estimate_p10", Kind.NUMBER)
def estimate_low(events: Sequence[Event]) -> Numbers:
    return _figures(events, "low_hours")


@provide("task.estimate_p50", Kind.NUMBER)
def estimate_middle(events: Sequence[Event]) -> Numbers:
    return _figures(events, "middle_hours")


@provide("task.estimate_p90", Kind.NUMBER)
def estimate_high(events: Sequence[Event]) -> Numbers:
    return _figures(events, "high_hours")


@provide("task.estimate_confidence", Kind.NUMBER)
def estimate_confidence(events: Sequence[Event]) -> Numbers:
    return _figures(events, "confidence")


def _figures(events: Sequence[Event], name: str) -> Numbers:
    """Rounded as people read them, so that what a rule compares is what it shows."""
    figures = [getattr(said, name, None) for said in _said(events)]
    return [None if figure is None else round(figure, 2) for figure in figures]


def _said(events: Sequence[Event]) -> list[Prediction | None]:
    """Of one task it is asked. Of many, for a rule tried on the past, there is what was said in its time."""
    ids = [int(event.payload["id"]) for event in events]
    if len(ids) > 1:
        said = last_said(ids)
        return [said.get(pk) for pk in ids]
    task = Task.objects.filter(pk=ids[0]).first()
    return [None if task is None else predict(task)]
