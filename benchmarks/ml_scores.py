"""How good answers are, with the uncertainty of it, and how they are printed. Hours are natural logarithms here."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from analytics.choices import SIZES
from analytics.estimates.history import Numbers
from analytics.estimates.ranges import OUTSIDE, winkler

SEED, ROUNDS = 7, 1000
FACTOR_2 = float(np.log(2))
LABEL = 50


@dataclass(frozen=True, slots=True)
class Truth:
    """What tasks took, and beside what answers are held: the people's estimates, or one number for all."""

    days: Sequence[dt.date]
    actual: Numbers
    base: Numbers

    def of(self, chosen: Numbers) -> Truth:
        return Truth(
            [day for day, keep in zip(self.days, chosen, strict=True) if keep], self.actual[chosen], self.base[chosen]
        )

    @property
    def weeks(self) -> Numbers:
        found = [(day - dt.timedelta(days=day.weekday())).toordinal() for day in self.days]
        return np.unique(found, return_inverse=True)[1]

    @property
    def ranges(self) -> tuple[Numbers, Numbers]:
        """From half to twice."""
        return self.base - FACTOR_2, self.base + FACTOR_2


def hours_off(actual: Numbers, told: Numbers) -> Numbers:
    return np.abs(np.exp(actual) - np.exp(told))


def log_off(actual: Numbers, told: Numbers) -> Numbers:
    return np.abs(actual - told)


def ratio(truth: Truth, told: Numbers, off) -> float:
    """Of the mean error to that of `truth.base`."""
    return float(off(truth.actual, told).mean() / off(truth.actual, truth.base).mean())


def _between(weeks: Numbers, above: Numbers, below: Numbers) -> str:
    """The 95 % interval of the ratio of two sums, from weeks drawn anew: tasks of a week are alike."""
    sums = np.zeros((int(weeks.max()) + 1, 2))
    np.add.at(sums, weeks, np.c_[above, below])
    random = np.random.default_rng(SEED)
    drawn = np.array([sums[random.integers(0, len(sums), len(sums))].sum(0) for _round in range(ROUNDS)])
    low, high = np.quantile(drawn[:, 0] / drawn[:, 1], [0.025, 0.975])
    return f"[{low:.2f}–{high:.2f}]"


def point_row(truth: Truth, told: Numbers) -> list[str]:
    off, relative = hours_off(truth.actual, told), hours_off(truth.actual, told) / np.exp(truth.actual)
    logs = log_off(truth.actual, told)
    cells = [f"{off.mean():.2f}", f"{np.median(off):.2f}", f"{np.median(relative):.3f}"]
    cells += [f"{(relative <= 0.25).mean():.3f}", f"{logs.mean():.3f}"]
    for one in (hours_off, log_off):
        interval = _between(truth.weeks, one(truth.actual, told), one(truth.actual, truth.base))
        cells.append(f"{ratio(truth, told, one):.3f} {interval}")
    return cells


POINT = ["MAE", "MdAE", "MdMRE", "pred25", "MALR", "MAE ratio [CI]", "MALR ratio [CI]"]


@dataclass(frozen=True, slots=True)
class Interval:
    coverage: float
    sizes: list[float]
    """By the size of the estimate; NaN where there is none of it."""
    width: float
    pinball: tuple[float, float]
    winkler: float
    """As a part of that of the range from half to twice."""


def inside(actual: Numbers, low: Numbers, high: Numbers) -> Numbers:
    return (low - 1e-9 <= actual) & (actual <= high + 1e-9)


def interval(truth: Truth, low: Numbers, high: Numbers) -> Interval:
    held = inside(truth.actual, low, high)
    size = np.digitize(np.exp(truth.base), SIZES)
    reference = winkler(*truth.ranges, truth.actual)
    return Interval(
        coverage=float(held.mean()),
        sizes=[
            float(held[size == place].mean()) if (size == place).any() else np.nan for place in range(len(SIZES) + 1)
        ],
        width=float(np.exp(np.median(high - low))),
        pinball=(_pinball(OUTSIDE / 2, truth.actual - low), _pinball(1 - OUTSIDE / 2, truth.actual - high)),
        winkler=float(winkler(low, high, truth.actual).mean() / reference.mean()),
    )


def _pinball(quantile: float, over: Numbers) -> float:
    return float(np.maximum(quantile * over, (quantile - 1) * over).mean())


def interval_row(truth: Truth, low: Numbers, high: Numbers) -> list[str]:
    one = interval(truth, low, high)
    score = _between(truth.weeks, winkler(low, high, truth.actual), winkler(*truth.ranges, truth.actual))
    held = _between(truth.weeks, inside(truth.actual, low, high).astype(float), np.ones(len(low)))
    return [
        f"{one.coverage:.3f} {held}",
        "/".join("-" if np.isnan(size) else f"{size:.2f}" for size in one.sizes),
        f"{one.width:.2f}",
        f"{one.pinball[0]:.3f}/{one.pinball[1]:.3f}",
        f"{one.winkler:.3f} {score}",
    ]


INTERVAL = ["coverage [CI]", "<1/1–3.5/3.5–10/≥10 h", "width", "pinball 10/90", "Winkler ratio [CI]"]


def table(title: str, columns: Sequence[str], rows: Mapping[str, Sequence[str]]) -> None:
    widths = [max(len(name), *(len(cells[place]) for cells in rows.values())) for place, name in enumerate(columns)]
    print(f"\n{title}")
    print(" " * LABEL + "  ".join(name.rjust(width) for name, width in zip(columns, widths, strict=True)))
    for name, cells in rows.items():
        print(
            f"  {name:<{LABEL - 2}}" + "  ".join(cell.rjust(width) for cell, width in zip(cells, widths, strict=True))
        )


@dataclass
class Bars:
    """What was asked for, with what came of it."""

    lines: list[str] = field(default_factory=list)
    missed: int = 0

    def at_most(self, name: str, figure: float, most: float) -> None:
        self._add(name, f"{figure:.3f}", f"≤ {most:g}", figure <= most + 5e-4)

    def at_least(self, name: str, figure: float, least: float) -> None:
        self._add(name, f"{figure:.3f}", f"≥ {least:g}", figure >= least - 5e-4)

    def within(self, name: str, figure: float, least: float, most: float) -> None:
        self._add(name, f"{figure:.3f}", f"{least:g} to {most:g}", least - 5e-4 <= figure <= most + 5e-4)

    def holds(self, name: str, met: bool, said: str = "") -> None:
        self._add(name, said or ("yes" if met else "no"), "yes", met)

    def _add(self, name: str, figure: str, bar: str, met: bool) -> None:
        self.missed += not met
        self.lines.append(f"  {'met   ' if met else 'MISSED'}  {name:<66}{figure:>9}  {bar}")

    def show(self) -> None:
        print("\nBars, as they were set for the public record\n" + "\n".join(self.lines))
