"""Where things stand in plots that the server draws: in hundredths of the width, and of the height from above."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import ClassVar

from analytics.choices import HOLDS, STATED
from analytics.estimates.hindsight import OfMonth, Share

MONTHS = 24
"""The last so many."""
LABELS = 8
"""At most, below the months."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A share in its column, with the interval around it."""

    first: dt.date
    share: Share
    x: float
    y: float | None
    top: float
    bottom: float
    labelled: bool
    is_lesser: bool
    """Its label goes first where there is little room."""


@dataclass(frozen=True, slots=True)
class MonthsPlot:
    marks: list[Mark]
    stated: float = 100 - 100 * STATED
    band_top: float = 100 - 100 * HOLDS[1]
    band_height: float = 100 * HOLDS[1] - 100 * HOLDS[0]
    scale: ClassVar = ((0, "100 %"), (20, "80 %"), (50, "50 %"), (100, "0 %"))


def months_of(months: Sequence[OfMonth]) -> MonthsPlot:
    shown = list(months)[-MONTHS:]
    step = -(-len(shown) // LABELS)
    return MonthsPlot([_mark(one, place, len(shown), step) for place, one in enumerate(shown)])


def _mark(one: OfMonth, place: int, count: int, step: int) -> Mark:
    low, high = one.share.interval
    before = count - 1 - place
    return Mark(
        first=one.first,
        share=one.share,
        x=round(100 * (place + 0.5) / count, 2),
        y=None if one.share.value is None else round(100 - 100 * one.share.value, 2),
        top=round(100 - 100 * high, 2),
        bottom=round(100 - 100 * low, 2),
        labelled=before % step == 0,
        is_lesser=before // step % 2 == 1,
    )


@dataclass(frozen=True, slots=True)
class Dot:
    """What share was stated, and what share was found at or below it."""

    stated: float
    observed: float

    @property
    def x(self) -> float:
        return round(100 * self.stated, 2)

    @property
    def y(self) -> float:
        return round(100 - 100 * self.observed, 2)


def reliability_of(pairs: Sequence[Mapping[str, float]]) -> list[Dot]:
    return [Dot(pair["stated"], pair["observed"]) for pair in pairs]


@dataclass(frozen=True, slots=True)
class Moment:
    """A day that is marked: `kind` is p50, p85 or due. Without `x` it is not on the plot."""

    kind: str
    day: dt.date
    x: float | None


@dataclass(frozen=True, slots=True)
class ChancesPlot:
    segments: list[tuple[float, float, float, float]]
    moments: list[Moment]
    first: dt.date
    last: dt.date
    scale: ClassVar = ((0, "100 %"), (15, "85 %"), (50, "50 %"), (100, "0 %"))


def chances_of(
    line: Sequence[tuple[dt.date, float]], p50: dt.date | None, p85: dt.date | None, due: dt.date | None
) -> ChancesPlot:
    """The chance of being finished by each day. A deadline further off than the line is long is not on it: the line
    would be none any more.
    """
    marked = [(kind, day) for kind, day in (("p50", p50), ("p85", p85), ("due", due)) if day is not None]
    days = [day for day, _chance in line]
    length = max(dt.timedelta(days=7), days[-1] - days[0])
    shown = [(kind, day) for kind, day in marked if days[0] - length <= day <= days[-1] + length]
    first, last = (end([*days, *(day for _kind, day in shown)]) for end in (min, max))
    span = max(1, (last - first).days)

    def across(day: dt.date) -> float:
        return round(100 * (day - first).days / span, 2)

    points = [(across(day), round(100 - 100 * chance, 2)) for day, chance in line]
    segments = [(*start, *end) for start, end in pairwise(points)]
    moments = [Moment(kind, day, across(day) if (kind, day) in shown else None) for kind, day in marked]
    return ChancesPlot(segments, moments, first, last)
