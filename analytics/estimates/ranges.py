"""Ranges that hold as often as they say: split conformal prediction and its quantile form (CQR).

Vovk, Gammerman and Shafer, Algorithmic Learning in a Random World (2005); Romano, Patterson and Candès, Conformalized
Quantile Regression (2019). Residuals are those of the tasks that finished last, so a range follows a team that changes.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from analytics.choices import SIZES
from analytics.estimates.history import Numbers

OUTSIDE = 0.2
"""Of the actual figures lie outside, half of them on each side."""
WINDOW = 500
"""Residuals of so many finished tasks; of estimates of about the same size, `WINDOW_OF_SIZE`."""
WINDOW_OF_SIZE, FEWEST_OF_SIZE = 300, 40
MOST_OFF = np.log(4)
"""Beyond a quarter and four times the estimate no point goes: unclipped models explode on small pasts."""


@dataclass(frozen=True, slots=True)
class Spans:
    """Low, middle and high of each plan, in log hours."""

    low: Numbers
    middle: Numbers
    high: Numbers


def tail(residuals: Numbers) -> float:
    """How far up a range must reach beyond its middle: the finite-sample 90 % quantile. Infinite for fewer than 9."""
    count = len(residuals)
    place = math.ceil((count + 1) * (1 - OUTSIDE / 2))
    return float(np.partition(residuals, place - 1)[place - 1]) if place <= count else math.inf


def size_of(log_estimates: Numbers) -> Numbers:
    return np.digitize(np.exp(log_estimates), SIZES).astype(np.float64)


def winkler(low: Numbers, high: Numbers, actual: Numbers) -> Numbers:
    """Winkler's interval score (1972) in logarithms: the width, and what is missed × 2 ÷ `OUTSIDE`. Lower is better."""
    missed = np.maximum(low - actual, 0) + np.maximum(actual - high, 0)
    return high - low + 2 / OUTSIDE * missed
