"""What was told beside what tasks took. Pure, and free of numpy: pages ask."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from statistics import median
from typing import Literal

from analytics.choices import CHECKED, FEWEST, HOLDS, SIZES

SURE = 1.959964
"""Standard deviations of a normal distribution that hold 95 %."""
EDGE = 1e-4
"""Hours: ranges are told to a third of a second, and their ends are often the hours of a task. These they hold."""


def place_in(low: float, high: float, hours: float) -> Literal["below", "inside", "above"]:
    """Where `hours` lie, in a range from `low` to `high` hours: the one answer of every page and count."""
    if hours < low - EDGE:
        return "below"
    return "inside" if hours <= high + EDGE else "above"


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A finished task, and the last range that was told of it."""

    task: int
    finished: dt.date
    basis: str
    estimate: float | None
    """Hours, as everything here."""
    low: float
    middle: float | None
    high: float
    hours: float
    """What it took."""

    @property
    def shorter(self) -> bool:
        return place_in(self.low, self.high, self.hours) == "below"

    @property
    def longer(self) -> bool:
        return place_in(self.low, self.high, self.hours) == "above"

    @property
    def held(self) -> bool:
        return not self.shorter and not self.longer


class Verdict(Enum):
    NONE = "none"
    FEW = "few"
    NARROW = "narrow"
    FINE = "fine"
    WIDE = "wide"


@dataclass(frozen=True, slots=True)
class Share:
    """Of `count` ranges, `held` did."""

    held: int
    count: int

    @classmethod
    def of(cls, cases: Sequence[Case]) -> Share:
        return cls(sum(case.held for case in cases), len(cases))

    @property
    def value(self) -> float | None:
        return self.held / self.count if self.count else None

    @property
    def percent(self) -> int | None:
        return (200 * self.held + self.count) // (2 * self.count) if self.count else None

    @property
    def interval(self) -> tuple[float, float]:
        """Wilson's score interval (1927) of the share, 95 %.

        (p + z²/2n ± z·√(p(1−p)/n + z²/4n²)) ÷ (1 + z²/n). All of 0 to 1 for nothing.
        """
        if not self.count:
            return 0.0, 1.0
        share, spread = self.held / self.count, SURE * SURE / self.count
        reach = SURE * math.sqrt(share * (1 - share) / self.count + spread / (4 * self.count))
        low, high = ((share + spread / 2 + side * reach) / (1 + spread) for side in (-1, 1))
        return max(0.0, low), min(1.0, high)

    @property
    def verdict(self) -> Verdict:
        if self.count < FEWEST:
            return Verdict.FEW if self.count else Verdict.NONE
        return self.side

    @property
    def side(self) -> Verdict:
        """As `verdict`, however few there are."""
        if self.value is None:
            return Verdict.NONE
        if self.value < HOLDS[0]:
            return Verdict.NARROW
        return Verdict.WIDE if self.value > HOLDS[1] else Verdict.FINE

    @property
    def drifted(self) -> bool:
        """Of the last finished tasks: not as it was stated. Nothing is said of fewer than 100."""
        return self.count >= CHECKED and self.side is not Verdict.FINE


@dataclass(frozen=True, slots=True)
class OfSize:
    """Of tasks with an estimate from `low` up to `high` hours; None is no end, and `low` of None no estimate."""

    low: float | None
    high: float | None
    share: Share


@dataclass(frozen=True, slots=True)
class OfMonth:
    """Of tasks finished in the month that begins with `first`."""

    first: dt.date
    share: Share


@dataclass(frozen=True, slots=True)
class Errors:
    """Of the middle of the range, and of the estimate alone, over the same tasks."""

    count: int
    middle: float
    """Mean of |took − told|, in hours."""
    estimate: float
    middle_factor: float
    """The mean of |log(took ÷ told)|, as a factor: 1.25 is a quarter too long, or too short."""
    estimate_factor: float

    @property
    def saved(self) -> int:
        """By how many hundredths the middle was closer than the estimate, in hours. Below 0: farther off."""
        return round(100 * (1 - self.middle / self.estimate)) if self.estimate else 0


@dataclass(frozen=True, slots=True)
class Hindsight:
    share: Share
    last: Share
    width: float | None
    """Median of high ÷ low."""
    sizes: list[OfSize]
    months: list[OfMonth]
    """From the first to the last, also those in which nothing was finished."""
    bases: dict[str, Share]
    errors: Errors | None
    """None where no range had both a middle and an estimate."""


def look_back(cases: Sequence[Case]) -> Hindsight:
    """At `cases` in the order in which they finished, the latest first."""
    return Hindsight(
        share=Share.of(cases),
        last=Share.of(cases[:CHECKED]),
        width=median(case.high / case.low for case in cases) if cases else None,
        sizes=list(_by_size(cases)),
        months=list(_by_month(cases)),
        bases={basis: Share.of(some) for basis, some in _grouped((case.basis, case) for case in cases).items()},
        errors=_errors(cases),
    )


def _grouped(pairs: Iterable[tuple[str, Case]]) -> dict[str, list[Case]]:
    found: dict[str, list[Case]] = {}
    for key, case in pairs:
        found.setdefault(key, []).append(case)
    return found


def _by_size(cases: Sequence[Case]) -> Iterator[OfSize]:
    for low, high in zip((0.0, *SIZES), (*SIZES, math.inf), strict=True):
        some = [case for case in cases if case.estimate is not None and low <= case.estimate < high]
        yield OfSize(low, high if high < math.inf else None, Share.of(some))
    if rough := [case for case in cases if case.estimate is None]:
        yield OfSize(None, None, Share.of(rough))


def _by_month(cases: Sequence[Case]) -> Iterator[OfMonth]:
    found: dict[dt.date, list[Case]] = {}
    for case in cases:
        found.setdefault(case.finished.replace(day=1), []).append(case)
    month, last = min(found, default=dt.date.max), max(found, default=dt.date.min)
    while month <= last:
        yield OfMonth(month, Share.of(found.get(month, [])))
        month = (month + dt.timedelta(days=31)).replace(day=1)


def _errors(cases: Sequence[Case]) -> Errors | None:
    both = [(case.hours, case.middle, case.estimate) for case in cases if case.middle and case.estimate]
    if not both:
        return None
    count = len(both)
    return Errors(
        count=count,
        middle=sum(abs(took - middle) for took, middle, _estimate in both) / count,
        estimate=sum(abs(took - estimate) for took, _middle, estimate in both) / count,
        middle_factor=math.exp(sum(abs(math.log(took / middle)) for took, middle, _estimate in both) / count),
        estimate_factor=math.exp(sum(abs(math.log(took / estimate)) for took, _middle, estimate in both) / count),
    )
