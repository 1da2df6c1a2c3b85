"""Draws with the published moments of real task records (SiP, arXiv:1901.01621): estimates, and actual against them."""

from __future__ import annotations

import math
import random
from bisect import bisect_left

ESTIMATES = [0.25, 0.5, 1, 1.5, 2, 3, 4, 6, 8, 12, 14, 16, 24, 40]
ESTIMATE_WEIGHTS = [4, 9, 19, 11, 14, 9, 9, 6, 6, 3, 2, 3, 3, 2]
"""Hours; 10 % are up to half an hour, the median is 2, 90 % are up to 14."""

# Inverse distribution of log(actual / estimate): 37 % are exactly 0, the rest by quantile.
SHARES = [0.0, 0.05, 0.10, 0.25, 0.315, 0.685, 0.75, 0.90, 0.95, 1.0]
LOG_RATIOS = [-2.2, -1.39, -0.79, -0.29, 0.0, 0.0, 0.19, 0.69, 1.10, 1.8]
EXPONENT = 0.88
"""Actual hours grow as estimate ** 0.88: large tasks are over-estimated."""


def draw_estimate(rng: random.Random) -> float:
    return rng.choices(ESTIMATES, ESTIMATE_WEIGHTS)[0]


def draw_log_ratio(rng: random.Random) -> float:
    share = rng.random()
    place = max(1, bisect_left(SHARES, share))
    left, right = SHARES[place - 1], SHARES[place]
    part = (share - left) / (right - left)
    return LOG_RATIOS[place - 1] + part * (LOG_RATIOS[place] - LOG_RATIOS[place - 1])


def draw_actual_minutes(rng: random.Random, estimate: float, bias: float = 0.0) -> int:
    """Minutes that a task of `estimate` hours takes a person whose median log ratio is `bias`; at least 5."""
    ratio = draw_log_ratio(rng)
    if ratio != 0.0:
        ratio += bias + (EXPONENT - 1) * math.log(estimate / 2)
    return max(5, round(estimate * 60 * math.exp(ratio)))
