"""What a training found out about its model, as JSON: the figures of the model card and of the command."""

from __future__ import annotations

import math
import resource
import sys
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analytics.estimates.history import Numbers
from analytics.estimates.ranges import SIZES
from analytics.estimates.scores import BackTest, Score
from analytics.estimates.training import Training

NEARLY = 1e-9
Chosen = NDArray[np.bool_]


def card(training: Training, *, seconds: float) -> dict[str, Any]:
    """Where nothing was held against the past, figures are null and lists empty."""
    told = training.back_test
    days = [plan.day for plan in told.plans]
    return {
        "first_told": min(days).isoformat() if days else None,
        "last_told": max(days).isoformat() if days else None,
        "recent": _scores(told, told.recent),
        "all": _scores(told, 0),
        "sizes": _sizes(told),
        "months": _months(told),
        "reliability": _reliability(told),
        "seconds": round(seconds, 1),
        "peak_mb": peak_mb(),
    }


def peak_mb() -> int:
    """The most memory that this process has had."""
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return round(most / (2**20 if sys.platform == "darwin" else 2**10))


def _scores(told: BackTest, first: int) -> dict[str, Any]:
    if not len(told):
        nothing = {"tasks": 0, "mae": None, "malr": None, "coverage": None, "winkler": None, "width": None}
        return {"model": nothing, "plain": nothing}
    model, plain = told.scores(first)
    return {"model": _figures(model), "plain": _figures(plain)}


def _figures(score: Score) -> dict[str, Any]:
    figures = {
        "mae": score.mae, "malr": score.malr, "coverage": score.coverage, "winkler": score.winkler,
        "width": score.width,
    }  # fmt: skip
    return {"tasks": score.tasks, **{name: _figure(value) for name, value in figures.items()}}


def _figure(value: float) -> float | None:
    """JSON knows no infinity."""
    return round(value, 4) if math.isfinite(value) else None


def _sizes(told: BackTest) -> list[dict[str, Any]]:
    """By the hours that people said, or that such tasks take."""
    inside = _inside(told.actual, told.low, told.high)
    plain_inside = _inside(told.actual, told.plain_low, told.plain_high)
    hours = np.exp(told.plain)
    found = []
    for first, last in pairwise((0.0, *SIZES, math.inf)):
        chosen = (first - NEARLY <= hours) & (hours < last - NEARLY)
        found.append(
            {
                "from": first,
                "to": last if math.isfinite(last) else None,
                "tasks": int(chosen.sum()),
                "coverage": _share(inside[chosen]),
                "plain_coverage": _share(plain_inside[chosen]),
            }
        )
    return found


def _months(told: BackTest) -> list[dict[str, Any]]:
    inside = _inside(told.actual, told.low, told.high)
    months = np.array([f"{plan.day:%Y-%m}" for plan in told.plans], dtype=str)
    return [
        {"month": str(month), "tasks": int((months == month).sum()), "coverage": _share(inside[months == month])}
        for month in np.unique(months)
    ]


def _reliability(told: BackTest) -> list[dict[str, Any]]:
    if not len(told):
        return []
    below = [(0.1, told.low), (0.5, told.middle), (0.9, told.high)]
    return [{"stated": share, "observed": _share(told.actual <= said + NEARLY)} for share, said in below]


def _inside(actual: Numbers, low: Numbers, high: Numbers) -> Chosen:
    return (low - NEARLY <= actual) & (actual <= high + NEARLY)


def _share(inside: Chosen) -> float | None:
    return round(float(inside.mean()), 4) if len(inside) else None
