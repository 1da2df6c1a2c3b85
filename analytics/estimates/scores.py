"""How close what was told came to what happened. Hours are natural logarithms where nothing else is said."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from analytics.choices import BEST_MAE, BEST_MALR
from analytics.estimates.history import Numbers
from analytics.estimates.plans import Plan
from analytics.estimates.ranges import winkler

RECENT, FEWEST_RECENT = 2, 300
"""The guard looks at the later half, where models had seen nearly as much as the new one has; at 300 tasks at least."""
BEST_OF_LEVEL = 0.98
"""A model speaks only where its log error is this part or less of what naming the usual hours of such tasks would have
made: where estimates say nothing, one that has learned nothing either is still closer than they are.
"""


@dataclass(frozen=True, slots=True)
class Score:
    tasks: int
    mae: float
    """Mean absolute error in hours."""
    malr: float
    """Mean absolute log of actual ÷ told."""
    coverage: float
    """Share inside the range."""
    winkler: float
    width: float
    """Median high ÷ low."""


@dataclass(frozen=True, slots=True)
class BackTest:
    """What models told about tasks they had not seen, and what would have been told without: `plain`."""

    plans: Sequence[Plan]
    actual: Numbers
    low: Numbers
    middle: Numbers
    high: Numbers
    plain_low: Numbers
    plain: Numbers
    """The people's own estimates; without, what such tasks take."""
    plain_high: Numbers
    level: Numbers
    """What such tasks take, whatever was estimated."""

    def __len__(self) -> int:
        return len(self.plans)

    def scores(self, first: int = 0) -> tuple[Score, Score]:
        """Of the model, and without it, from the place `first` on."""
        actual = self.actual[first:]
        return (
            score(actual, self.low[first:], self.middle[first:], self.high[first:]),
            score(actual, self.plain_low[first:], self.plain[first:], self.plain_high[first:]),
        )

    @property
    def recent(self) -> int:
        """Where the part begins that the guard looks at."""
        return max(0, len(self) - max(FEWEST_RECENT, len(self) // RECENT))


def score(actual: Numbers, low: Numbers, middle: Numbers, high: Numbers) -> Score:
    inside = (low - 1e-9 <= actual) & (actual <= high + 1e-9)
    return Score(
        tasks=len(actual),
        mae=float(np.abs(np.exp(actual) - np.exp(middle)).mean()),
        malr=float(np.abs(actual - middle).mean()),
        coverage=float(inside.mean()),
        winkler=float(winkler(low, high, actual).mean()),
        width=float(np.exp(np.median(high - low))),
    )


def allowed(back_test: BackTest) -> tuple[bool, bool]:
    """Whether the model may name points, and ranges: only what it has done better than people do without it."""
    if not len(back_test):
        return False, False
    first = back_test.recent
    model, plain = back_test.scores(first)
    if model.malr > BEST_OF_LEVEL * float(np.abs(back_test.actual - back_test.level)[first:].mean()):
        return False, False
    points = plain.mae > 0 and model.mae <= BEST_MAE * plain.mae and model.malr <= BEST_MALR * plain.malr
    return points, model.winkler < plain.winkler
