#!/usr/bin/env python
"""Do the dates of forecasts hold as often as they say?

    python benchmarks/insights_forecasts.py              simulated projects, whose end is known
    python benchmarks/insights_forecasts.py DIR          the public SiP record too (see load_sip.py)

By their definition half should be finished by P50 and 85 of 100 by P85.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Sequence
from itertools import pairwise
from pathlib import Path
from statistics import fmean, stdev

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "timetracker.settings")

import django

django.setup()

from analytics.forecasts.finish import ASSUMED, Assumed, Finish, Silence, forecast
from benchmarks.recorded_projects import CALENDAR, DAY, Point, points
from benchmarks.simulated_projects import Situation, World, situations

SEEDS = (1, 2, 3, 4, 5)
ALONE = Assumed(shared=0, growth=0, pace=0)
WORLDS = {
    "bias 0.25, idle 15 %, autocorrelation 0.5, growth 15 %": World(),
    "bias 0.1": World(bias=0.1),
    "bias 0.4": World(bias=0.4),
    "never idle": World(idle=0),
    "idle 30 %": World(idle=0.3),
    "autocorrelation 0": World(persistence=0),
    "autocorrelation 0.85": World(persistence=0.85),
    "no growth": World(growth=0),
    "growth 30 %": World(growth=0.3),
}
TASKS, LEFT = (1, 4, 13, 25, 1000), (0.0, 0.25, 0.5, 0.75, 1.01)

Told = list[tuple[Situation, Finish]]


def generated(projects: int = 200) -> list[str]:
    lines = [
        f"{projects} simulated projects × {len(SEEDS)} seeds: share finished by P50 and P85, mean (spread of seeds)"
    ]
    first: Told = []
    for name, world in WORLDS.items():
        rounds = [_told(situations(projects, world, seed), ASSUMED) for seed in SEEDS]
        lines.append(f"  {name:56} {_row(rounds)}")
        if not first:
            first = [one for told in rounds for one in told]
            drawn = [[one for one, _finish in told] for told in rounds]
            for label, assumed in {
                "tasks independent": Assumed(shared=0),
                "no growth, same pace either": ALONE,
            }.items():
                lines.append(f"    {label:54} {_row([_told(one, assumed) for one in drawn])}")
    for low, high in pairwise(TASKS):
        some = [one for one in first if low <= len(one[0].tasks) < high]
        lines.append(f"  {f'{low} to {high - 1} open tasks' if high < 1000 else f'{low} or more':56} {_row([some])}")
    for low, high in pairwise(LEFT):
        some = [one for one in first if low <= one[0].left < high]
        lines.append(f"  {f'{low:.0%} to {min(high, 1):.0%} of the hours remain':56} {_row([some])}")
    return lines


def _told(some: Iterable[Situation], assumed: Assumed) -> Told:
    told = [(one, forecast(one.tasks, one.weeks, one.calendar, one.today, assumed=assumed)) for one in some]
    return [(one, finish) for one, finish in told if finish.reason in {"", Silence.FAR}]


def _row(rounds: Sequence[Told]) -> str:
    p50, p85 = (
        [fmean(_by(one.end, getattr(finish, name)) for one, finish in told) for told in rounds]
        for name in ("p50", "p85")
    )
    spread = [f" ({stdev(shares):.3f})" if len(shares) > 1 else "" for shares in (p50, p85)]
    return f"{fmean(p50):.3f}{spread[0]}  {fmean(p85):.3f}{spread[1]}  n {sum(map(len, rounds))}"


def _by(end, told) -> bool:
    """A date beyond the horizon held."""
    return told is None or end <= told


# ── The record ───────────────────────────────────────────────────────────────
def on_record(folder: str) -> list[str]:
    """The deadline is what a plan without spread would have said: estimates ÷ hours a day of the last twelve weeks."""
    found = [(point, _finish(point)) for point in points(folder)]
    told = [(point, finish) for point, finish in found if finish.reason in {"", Silence.FAR}]
    names = list(dict.fromkeys(point.project for point, _finish in told))
    lines = [
        f"SiP record: {len(told)} forecasts of the next 50 tasks, {len(found) - len(told)} silent; share by P50 / P85",
        f"  {'project':10} {'n':>3}  {'hours':^11}  {'worked':^11}  {'closed':^11}  {'Brier':>6} {'base':>6}",
    ]
    parts = {name: [one for one in told if one[0].project == name] for name in names}
    parts |= {"odd": [one for one in told if names.index(one[0].project) % 2 == 0]}
    parts |= {"even": [one for one in told if names.index(one[0].project) % 2], "all": told}
    lines += [f"  {name:10} {_scores(some)}" for name, some in parts.items()]
    missed = [(point, finish) for point, finish in told if finish.p85 and point.worked > finish.p85]
    late = sum(point.written > finish.p85 for point, finish in missed if finish.p85)
    lines.append(f"  of {len(missed)} that P85 missed, the last task had not been begun by then in {late}")
    return lines


def _deadline(point: Point):
    rate = sum(point.weeks[-12:]) / 12 / 7
    return point.today + min(3650, round(point.estimated / rate)) * DAY if rate else None


def _finish(point: Point) -> Finish:
    """No growth: the list is fixed."""
    return forecast(point.tasks, point.weeks, CALENDAR, point.today, _deadline(point), assumed=Assumed(growth=0))


def _scores(told: Sequence[tuple[Point, Finish]]) -> str:
    hours = (
        fmean(p.hours <= f.hours_p50 for p, f in told), fmean(p.hours <= f.hours_p85 for p, f in told)
    )  # fmt: skip
    dates = [
        (fmean(_by(getattr(p, name), f.p50) for p, f in told), fmean(_by(getattr(p, name), f.p85) for p, f in told))
        for name in ("worked", "closed")
    ]
    met = [(f.chance, p.worked <= deadline) for p, f in told if f.chance is not None and (deadline := _deadline(p))]
    base = fmean(was for _chance, was in met)
    brier, without = fmean((chance - was) ** 2 for chance, was in met), fmean((base - was) ** 2 for _chance, was in met)
    shares = "  ".join(f"{one:.2f} / {two:.2f}" for one, two in (hours, *dates))
    return f"{len(told):3}  {shares}  {brier:6.3f} {without:6.3f}"


def main() -> None:
    print("\n".join(generated()))
    for folder in sys.argv[1:]:
        print("\n".join(on_record(folder)))


if __name__ == "__main__":
    main()
