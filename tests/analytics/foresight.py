"""What was said of tasks, and models, made quickly: their services are tested elsewhere."""

from __future__ import annotations

import datetime as dt
import math
from itertools import count
from typing import Any

from django.utils import timezone

from analytics.choices import Basis, ModelKind
from analytics.models import Prediction, TrainedModel
from analytics.queries.outcomes import plans_of
from analytics.seals import sign
from analytics.services.predictions import digest
from tests.work import make_task
from tracking.choices import TaskStatus
from tracking.models import Task

_number = count(1)
DAY = dt.timedelta(days=1)


def say(
    task: Task, low: float = 2, high: float = 8, *, made_at: dt.datetime | None = None, **fields: Any
) -> Prediction:
    """A range, in hours; with a `reason`, none."""
    estimate = None if task.estimated_hours is None else float(task.estimated_hours)
    moment = made_at or (task.completed_at or timezone.now()) - DAY
    standard = {
        "person": task.assignee, "asked": str(next(_number)), "day": moment.date(), "made_at": moment,
        "estimate_hours": estimate, "basis": Basis.OWN if estimate else Basis.ROUGH, "known": 40, "low_hours": low,
        "middle_hours": estimate and min(max(estimate, low), high), "high_hours": high,
        "coverage": 0.81, "checked": 100,
    }  # fmt: skip
    if fields.get("reason"):
        standard |= {"basis": Basis.NONE, "low_hours": None, "middle_hours": None, "high_hours": None}
    return Prediction.objects.create(task=task, **{**standard, **fields})


def tell(task: Task) -> Prediction:
    """A range of 2 to 8 hours that stays, as if the estimate's service had said it of this plan."""
    task.refresh_from_db()
    return say(task, asked=digest(plans_of([task])[task.pk]), made_at=timezone.now())


def make_done(took: float, estimate: float | None = 4, days_ago: float = 1, **fields: Any) -> Task:
    """A finished task; hours."""
    done = {"status": TaskStatus.DONE, "completed_at": timezone.now() - days_ago * DAY}
    return make_task(**{**done, "estimated_hours": estimate, "tracked_seconds": round(took * 3600), **fields})


def make_told(took: float, low: float = 2, high: float = 8, estimate: float | None = 4, **fields: Any) -> Task:
    """A finished task that was told a range while it was open."""
    task = make_done(took, estimate, **fields)
    say(task, low, high)
    return task


def score(tasks: int = 500, **changed: float | None) -> dict[str, float | None]:
    return {"tasks": tasks, "mae": 4.43, "malr": 0.422, "coverage": 0.802, "winkler": 2.71, "width": 4.0, **changed}


def make_model(kind: str = ModelKind.ESTIMATE, version: int = 1, **fields: Any) -> TrainedModel:
    """In use, with a card as training writes it."""
    better = {"mae": 3.89, "malr": 0.415, "coverage": 0.819, "winkler": 2.29, "width": 3.9}
    today = timezone.now().date()
    metrics = {
        "first_told": "2025-01-31", "last_told": str(today), "seconds": 13.2, "peak_mb": 240,
        "recent": {"model": score(500, **better), "plain": score(500)},
        "all": {"model": score(1000, **better | {"mae": 4.01}), "plain": score(1000)},
        "sizes": [
            {"from": low, "to": high, "tasks": 250, "coverage": 0.8 + place / 100, "plain_coverage": 0.91 - place / 10}
            for place, (low, high) in enumerate([(0, 1.0), (1.0, 3.5), (3.5, 10.0), (10.0, None)])
        ],
        "months": [{"month": f"2025-{n:02}", "tasks": 80 + n, "coverage": 0.8 + math.sin(n) / 8} for n in range(1, 13)],
        "reliability": [{"stated": 0.1, "observed": 0.12}, {"stated": 0.5, "observed": 0.48},
                        {"stated": 0.9, "observed": 0.93}],
    }  # fmt: skip
    groups = ("all", "person", "project", "tags", "person_project", "person_tags", "project_tags")
    names = [f"{group}_{figure}" for group in groups for figure in ("ratio", "mean", "error", "hours", "count")]
    plain = "estimate whole_hours priority complexity waited weekday month title_length title_words"
    topics = [f"topic_{place}" for place in range(16)]
    standard = {
        "in_use": True, "model_data": b"", "accuracy": 0.819, "points": kind == ModelKind.ESTIMATE,
        "ranges": True, "tasks": 1200, "first_day": today - 900 * DAY, "through": today - DAY,
        "trained_at": timezone.now() - DAY, "metrics": metrics,
        "left_out": {"odd_time": 31, "estimated_after": 4, "no_time": 0},
        "features": [*names, *plain.split(), "person", "project", "tags", "author", *topics],
        "libraries": {"scikit-learn": "1.7.2", "numpy": "2.3.4", "skops": "0.13.0"},
    }  # fmt: skip
    model = TrainedModel(kind=kind, version=version, **{**standard, **fields})
    model.signature = model.signature or sign(bytes(model.model_data), model.sealed)
    model.save()
    return model
