"""The draws of a forecast."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from statistics import NormalDist
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from analytics.forecasts.finish import Assumed, Remaining

Numbers = NDArray[np.float64]

TENTH = NormalDist().inv_cdf(0.9)
"""Standard deviations from the middle of a normal distribution to the end that one in ten goes beyond."""
WIDEST, NARROWEST = 64.0, 0.05
"""No side of a range counts as more than 64 times, or in logs as a smaller standard deviation: a range from 0, or one
without width, would have no tail to draw from."""
LEAST = 1e-6
"""Hours, of which there is a logarithm."""
TAIL = 3.0
"""Standard deviations, beyond which nothing is drawn: a range says nothing of what lies so far out."""
GRID = np.linspace(-5, 5, 1001)
NORMAL = np.array([NormalDist().cdf(z) for z in GRID])
AT_ONCE = 200
"""Tasks, whose draws stay in the processor's cache."""


def remaining_hours(tasks: Sequence[Remaining], assumed: Assumed, draws: int, seed: int) -> Numbers:
    """Hours of work ahead in each draw.

    A task's log hours follow a split normal distribution through the three figures of its range. Errors are correlated
    by one factor that all tasks share (a Gaussian copula), so each range by itself stays as it was stated.
    """
    random = np.random.default_rng((seed, 1))
    project, growth = random.standard_normal(draws), random.exponential(assumed.growth, draws)
    total = np.zeros(draws)
    for first in range(0, len(tasks), AT_ONCE):
        own = random.standard_normal((min(AT_ONCE, len(tasks) - first), draws))
        total += _hours_ahead(tasks[first : first + AT_ONCE], project, own, assumed.shared)
    return total * (1 + growth)


def _hours_ahead(tasks: Sequence[Remaining], project: Numbers, own: Numbers, shared: float) -> Numbers:
    figures = np.array([(task.high, task.middle, task.low, task.tracked) for task in tasks], dtype=np.float64)
    high, middle, low, tracked = np.maximum(figures, 0).T
    wanted = high > 0
    high = np.maximum(high, LEAST)
    middle = np.clip(middle, high / WIDEST, high)
    low = np.clip(low, middle / WIDEST, middle)
    down, up = (np.maximum(np.log(ratio) / TENTH, NARROWEST) for ratio in (middle / low, high / middle))
    mine, all_of_them = math.sqrt(1 - shared), math.sqrt(shared) * project
    off = np.clip(all_of_them + mine * own, -TAIL, TAIL)
    begun = np.flatnonzero((tracked > 0) & wanted)
    if len(begun):
        past = np.log(np.maximum(tracked[begun], LEAST) / middle[begun])
        past /= np.where(past < 0, down[begun], up[begun])
        least = (past[:, None] - all_of_them) / mine
        off[begun] = all_of_them + mine * _beyond(least, own[begun])
    took = middle[:, None] * np.exp(np.where(off < 0, down[:, None], up[:, None]) * off)
    ahead: Numbers = (np.maximum(took - tracked[:, None], 0) * wanted[:, None]).sum(axis=0)
    return ahead


def _beyond(least: Numbers, drawn: Numbers) -> Numbers:
    """The normal draws as draws of a normal distribution of which only what lies above `least` is left.

    By the inverse of its distribution function; far out, where that has no digits left, by Rayleigh's tail (Marsaglia,
    Generating a variable from the tail of the normal distribution, 1964).
    """
    below = np.interp(np.clip(drawn, -TAIL, TAIL), GRID, NORMAL)
    start = np.interp(least, GRID, NORMAL)
    inside = np.interp(start + below * (1 - start), NORMAL, GRID)
    far_out = np.sqrt(np.maximum(least, 0) ** 2 - 2 * np.log1p(-below))
    return np.where(least > TAIL, far_out, np.maximum(inside, least))


def finish_days(
    hours: Numbers, rates: Sequence[float], days: Sequence[dt.date], today: dt.date, pace: float, seed: int
) -> Numbers:
    """The ordinal of the day on which `hours` are worked, in each draw; infinite where `days` do not suffice.

    `rates` are hours per working day of past weeks, `days` the working days ahead. How well so few weeks show what is
    usual is drawn too: each draw has weeks of its own, drawn with replacement, and of those one for each week ahead.
    """
    random = np.random.default_rng((seed, 2))
    draws, count = len(hours), len(rates)
    faster = np.exp(random.normal(0, pace, draws))
    weeks = np.array(rates)[random.integers(count, size=(draws, count))] * faster[:, None]
    ordinals = np.array([day.toordinal() for day in days], dtype=np.float64)
    in_week = np.bincount(((ordinals - today.toordinal()) // 7).astype(np.int64)) if days else np.zeros(0, np.int64)
    ends = np.where(hours > 0, np.inf, today.toordinal())
    left, still, before = hours.astype(np.float64), np.flatnonzero(hours > 0), 0
    for number in in_week:
        if not len(still):
            break
        rate = weeks[still, random.integers(count, size=draws)[still]]
        is_last = (rate > 0) & (left[still] <= rate * number)
        last = still[is_last]
        needed = np.clip(np.ceil(left[last] / rate[is_last]), 1, number).astype(np.int64)
        ends[last] = ordinals[before + needed - 1]
        left[still] -= rate * number
        still, before = still[~is_last], before + number
    return ends
