"""What stands out in somebody's weeks, and whether it may be said. Reads numpy: imported where it is needed.

Two kinds of question. *Which one is the most?* (hours, weekdays): the best is held against each of the others, day by
day or week by week. Were two of them alike, each difference could as well have the other sign, so p is the share of
1,999 random signs that give as large a mean (sign-flip permutation test, Good 2005, chapter 3); the largest p over all
the others counts, since the best has to be better than each. *Does it change?*: p is the share of 1,999 shuffles of the
weeks that give as steep a line. Intervals are percentiles of 999 resamplings. Of all that is asked, Holm's procedure
lets through what may be said: where nothing is there, something is claimed in at most 5 of 100.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

ALPHA = 0.05
SHUFFLES, RESAMPLINGS = 1999, 999
FEWEST_DAYS, FEWEST_WEEKS, FEWEST_TASKS = 20, 8, 20
"""With fewer there is no question: no test could tell."""
MARGIN, USUAL = 0.1, 0.5
WIDTHS = (2, 3, 4)
"""Hours in a row that can be the best of a day."""
Table = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Claim:
    name: str
    count: int = 0
    """Days, weeks or tasks that it rests on."""
    p: float | None = None
    """None where there is too little to ask."""
    said: bool = False
    which: int | None = None
    """The column that stands out; None for what changes."""
    width: int = 1
    """Hours of a peak."""
    level: float = 0.0
    """The mean of what stands out; of what changes where the line ends."""
    other: float = 0.0
    """The mean of the one that comes closest; of what changes where the line begins."""
    low: float = 0.0
    high: float = 0.0
    """95 % interval of level less other."""


def stands_out(name: str, table: Sequence[Sequence[float]], fewest: int) -> Claim:
    """The column of `table` (days or weeks by columns, NaN for what is not there) with the largest mean."""
    rows = np.array(table, dtype=float)
    if rows.ndim != 2 or len(rows) < fewest:
        return Claim(name, count=len(rows))
    known = np.flatnonzero((~np.isnan(rows)).sum(axis=0) >= fewest)
    if len(known) < 2:
        return Claim(name, count=len(rows))
    best = int(known[np.nanmean(rows[:, known], axis=0).argmax()])
    return _against(name, best, rows[:, best], [rows[:, one] for one in known if one != best], fewest)


def peak(name: str, table: Sequence[Sequence[float]], fewest: int) -> Claim:
    """Two to four hours in a row round the clock, against each single one of the other usual hours.

    `table` has days by 24 hours. An hour is usual if there is work in it on half as many days as in the commonest. Of
    all runs of hours the one is held against the others that is farthest above the fullest of them. It has to be a
    tenth fuller than each, and shorter than half of the usual hours: where days begin and end at other minutes, the
    hours in their middle always are a little fuller, and most of a short day is its middle.
    """
    rows = np.array(table, dtype=float)
    if rows.ndim != 2 or len(rows) < fewest:
        return Claim(name, count=len(rows))
    present = (rows > 0).sum(axis=0)
    usual = set(np.flatnonzero(present >= USUAL * present.max()).tolist())
    mean = rows.mean(axis=0)
    runs = [(start, width) for width in WIDTHS if 2 * width < len(usual) for start in range(24)]
    best: tuple[float, int, int] | None = None
    for start, width in runs:
        inside = {(start + n) % 24 for n in range(width)}
        if inside <= usual and (outside := usual - inside):
            ahead = float(mean[list(inside)].mean() - mean[list(outside)].max())
            best = max(best or (ahead, start, width), (ahead, start, width))
    if best is None:
        return Claim(name, count=len(rows))
    _ahead, start, width = best
    inside = {(start + n) % 24 for n in range(width)}
    own, others = rows[:, list(inside)].mean(axis=1), [rows[:, one] for one in usual - inside]
    return replace(_against(name, start, own, others, fewest, margin=MARGIN), width=width)


def _against(name: str, which: int, own: Table, others: Sequence[Table], fewest: int, *, margin: float = 0.0) -> Claim:
    """By the one of the others that comes closest; `margin` is the share of it by which it has to be more."""
    differences = [found for one in others if len(found := _there(own - one)) >= fewest]
    if not differences:
        return Claim(name, count=len(_there(own)))
    beyond = [_there(own - (1 + margin) * one) for one in others if len(_there(own - one)) >= fewest]
    # With a margin those that are alike are far from it, so only the one direction can be taken for the other.
    asked = [(_flipped(found, one_sided=margin > 0), -float(found.mean()), n) for n, found in enumerate(beyond)]
    p, _mean, place = max(asked)
    closest = differences[place]
    level = float(np.nanmean(own))
    low, high = _interval(lambda picked: closest[picked].mean(axis=1), len(closest))
    return Claim(
        name, count=len(closest), p=p, which=which, level=level, other=level - float(closest.mean()), low=low, high=high
    )


def changes(name: str, values: Sequence[float], fewest: int) -> Claim:
    """Whether `values`, in the order of time, rise or fall. NaN for what is not there."""
    raw = np.array(values, dtype=float)
    there = ~np.isnan(raw)
    at, found = np.arange(len(raw), dtype=float)[there], raw[there]
    if len(found) < fewest:
        return Claim(name, count=len(found))
    if _is_flat(found):
        return Claim(name, count=len(found), p=1.0, level=float(found[0]), other=float(found[0]))
    at -= at.mean()
    rng = _rng()
    shuffled = rng.permuted(np.tile(found, (SHUFFLES, 1)), axis=1) @ at
    steep = float(found @ at)
    p = _share(np.abs(shuffled), abs(steep))
    span = float(at[-1] - at[0])

    def rise(picked: NDArray[np.intp]) -> Table:
        x, y = at[picked], found[picked]
        x = x - x.mean(axis=1, keepdims=True)
        spread = (x * x).sum(axis=1)
        return np.asarray(span * (x * y).sum(axis=1) / np.where(spread == 0, np.inf, spread))

    low, high = _interval(rise, len(found))
    slope = steep / float(at @ at)
    return Claim(
        name, count=len(found), p=p, level=float(found.mean() + slope * at[-1]),
        other=float(found.mean() + slope * at[0]), low=low, high=high,
    )  # fmt: skip


def decide(claims: Sequence[Claim]) -> list[Claim]:
    """Holm's step-down procedure at 5 % over those that could be asked."""
    asked = sorted((claim.p, place) for place, claim in enumerate(claims) if claim.p is not None)
    said = set()
    for rank, (p, place) in enumerate(asked):
        if p > ALPHA / (len(asked) - rank):
            break
        said.add(place)
    return [replace(claim, said=place in said) for place, claim in enumerate(claims)]


def _is_flat(found: Table) -> bool:
    """All the same, but for how computers round: what is left then has a sign, and no meaning."""
    return bool(np.ptp(found) <= 1e-9 * np.abs(found).max())


def _flipped(found: Table, *, one_sided: bool) -> float:
    total = float(found.sum())
    if total <= 0:
        return 1.0
    made = (_rng().integers(0, 2, (SHUFFLES, len(found))) * 2.0 - 1.0) @ found
    return _share(made if one_sided else np.abs(made), total)


def _share(made: Table, real: float) -> float:
    """Of what chance made that is at least as large; the real one counts among them, so it is never zero."""
    return float((1 + (made >= real * (1 - 1e-9)).sum()) / (len(made) + 1))


def _interval(statistic: Callable[[NDArray[np.intp]], Table], count: int) -> tuple[float, float]:
    picked = _rng().integers(0, count, (RESAMPLINGS, count))
    low, high = np.percentile(statistic(picked), [2.5, 97.5])
    return float(low), float(high)


def _there(found: Table) -> Table:
    return np.asarray(found[~np.isnan(found)])


def _rng() -> np.random.Generator:
    """The same for the same question: what is said must not depend on when it is asked."""
    return np.random.default_rng(20)
