"""Figures of the tasks like one that had finished before its day: what a model mostly looks at."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from analytics.estimates.history import GROUPS, SHRINK, Numbers, Past, median, shrunk
from analytics.estimates.plans import Plan

FIGURES = ("ratio", "mean", "error", "hours", "count")
"""Of each group's past: median and mean log ratio, the mean size of log ratios, median log hours, log of how many."""
OF_HOURS = ("hours", "count")
"""Those that need no estimate."""


def history_names(*, estimated: bool) -> list[str]:
    return [f"{group}_{figure}" for group in GROUPS for figure in (FIGURES if estimated else OF_HOURS)]


def history_row(past: Past, plan: Plan, *, estimated: bool) -> list[float]:
    """Figures of the tasks like `plan` that had finished before its day, shrunk towards everybody's."""
    known = past.known(plan.day)
    ratios, hours = past.ratios, past.hours
    everybody = past.of("all", plan, known)
    usual = median(ratios[everybody]) if estimated else 0.0
    error = float(np.abs(ratios[everybody]).mean()) if everybody and estimated else 0.4
    level = median(hours[everybody]) if everybody else 1.0
    row: list[float] = []
    for group in GROUPS:
        places = past.of(group, plan, known)
        count = len(places)
        if estimated:
            found = ratios[places]
            row += [
                shrunk(median(found), usual, count),
                float(found.sum()) / (count + SHRINK),
                (float(np.abs(found).sum()) + SHRINK * error) / (count + SHRINK),
            ]
        row += [shrunk(median(hours[places]), level, count), float(np.log1p(count))]
    return row


def history_of(past: Past, plans: Sequence[Plan], *, estimated: bool) -> Numbers:
    rows = [history_row(past, plan, estimated=estimated) for plan in plans]
    return np.array(rows).reshape(len(plans), len(history_names(estimated=estimated)))
