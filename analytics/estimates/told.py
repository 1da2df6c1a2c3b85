"""What would have been said of each finished task on its day, before ranges are made as wide as past misses ask for."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from analytics.choices import CHECKED
from analytics.estimates.history import Numbers, Past, median, shrunk
from analytics.estimates.plans import Plan
from analytics.estimates.ranges import FEWEST_OF_SIZE, WINDOW, WINDOW_OF_SIZE, tail

Span = tuple[float, float]


class Told:
    """`span_of` gives the low and high log hours for the finished task at a place; NaN where nothing was said.

    With `sizes`, ranges are made as wide as for tasks of about the same size.
    """

    def __init__(self, past: Past, span_of: Callable[[int], Span], sizes: Numbers | None = None) -> None:
        self._past, self._span_of, self._sizes = past, span_of, sizes
        self._low: Numbers = np.zeros(len(past))
        self._high: Numbers = np.zeros(len(past))
        self._filled = np.zeros(len(past), dtype=bool)
        self._coverage: dict[int, tuple[float | None, int]] = {}

    def range(self, low: float, high: float, known: int, size: float | None = None) -> Span:
        """Around `low` to `high` (equal for a point), so that a tenth of what finished lately lay on either side."""
        places = self._window(known, size)
        actual = self._past.hours[places]
        low -= tail(self._low[places] - actual)
        high += tail(actual - self._high[places])
        return min(low, high), max(low, high)

    def coverage(self, known: int) -> tuple[float | None, int]:
        """The share of the last finished tasks inside the range that each would have been told, and of how many."""
        if known not in self._coverage:
            held = [self._held(place) for place in range(max(0, known - CHECKED), known)]
            inside = [one for one in held if one is not None]
            self._coverage[known] = (sum(inside) / len(inside) if inside else None, len(inside))
        return self._coverage[known]

    def _held(self, place: int) -> bool | None:
        self._fill(place, place + 1)
        if math.isnan(self._low[place]):
            return None
        before = self._past.known(self._past.outcomes[place].plan.day)
        size = None if self._sizes is None else float(self._sizes[place])
        low, high = self.range(float(self._low[place]), float(self._high[place]), before, size)
        actual = self._past.hours[place]
        return bool(low - 1e-9 <= actual <= high + 1e-9) if math.isfinite(high - low) else None

    def _window(self, known: int, size: float | None) -> NDArray[np.int64]:
        if size is not None and self._sizes is not None:
            alike = np.flatnonzero(self._sizes[:known] == size)[-WINDOW_OF_SIZE:]
            if len(alike) >= FEWEST_OF_SIZE:
                self._fill(int(alike[0]), known)
                return alike.astype(np.int64)
        first = max(0, known - WINDOW)
        self._fill(first, known)
        return (first + np.flatnonzero(~np.isnan(self._low[first:known]))).astype(np.int64)

    def _fill(self, first: int, last: int) -> None:
        for place in first + np.flatnonzero(~self._filled[first:last]):
            self._low[place], self._high[place] = self._span_of(int(place))
            self._filled[place] = True


def level_of(past: Past, plan: Plan, known: int) -> float:
    """Log hours that such tasks take: of the person's with these tags, shrunk towards the project's, and all tasks'."""
    level = median(past.hours[past.of("all", plan, known)])
    for group in ("project", "person_tags"):
        places = past.of(group, plan, known)
        level = shrunk(median(past.hours[places]), level, len(places))
    return level
