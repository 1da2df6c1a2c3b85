"""A record as it went: each quarter a new model, and every task of the quarter told once by it."""

from __future__ import annotations

import datetime as dt
import multiprocessing
import os
from dataclasses import dataclass
from functools import partial

import numpy as np

from analytics.estimates.history import Past
from analytics.estimates.ladder import Ladder
from analytics.estimates.plans import Outcome
from analytics.estimates.training import train
from benchmarks import ml_baselines as baselines
from benchmarks.ml_scores import (
    INTERVAL,
    POINT,
    Bars,
    hours_off,
    inside,
    interval,
    interval_row,
    log_off,
    point_row,
    ratio,
    table,
)
from benchmarks.ml_speakers import Told, as_told, model_alone, plain_ranges, truth_of

FROM = 0.2
"""Of the record comes before the first quarter."""

RULES = {
    "never": (0, 0.0, 0.0),
    "MAE ≤ 0.97, MALR ≤ 1.01, later half": (0, 0.97, 1.01),
    "the same, all of the back-test": (2, 0.97, 1.01),
    "MAE ≤ 1.00, MALR ≤ 1.01, later half": (0, 1.0, 1.01),
    "MAE ≤ 1.00, MALR ≤ 1.00, later half": (0, 1.0, 1.0),
    "MAE ≤ 0.98, MALR ≤ 1.02, later half": (0, 0.98, 1.02),
    "always": (0, np.inf, np.inf),
}
"""Guards by where they look (`Quarter.back_test`), and the ratios that they allow; the second is the product's, but for
what the usual hours of such tasks would have made.
"""


@dataclass(frozen=True, slots=True)
class Quarter:
    outcomes: list[Outcome]
    points: bool
    ranges: bool
    back_test: tuple[float, float, float, float]
    """MAE and MALR ratio in the part that decides, and in all of it."""
    alone: Told
    told: Told
    rows: dict
    plain: tuple


def at_once(work, items):
    """In as many processes as there are cores; each has one thread (two with two threads took 98 times as long)."""
    with multiprocessing.get_context("fork").Pool(os.cpu_count()) as pool:
        return pool.map(work, items, chunksize=1)


def quarter_of(day: dt.date) -> dt.date:
    return dt.date(day.year, (day.month - 1) // 3 * 3 + 1, 1)


def _next(day: dt.date) -> dt.date:
    return quarter_of(day + dt.timedelta(days=95))


def _one(record: list[Outcome], first: dt.date, since: dt.date) -> Quarter | None:
    """What comes after the quarter is not even passed on."""
    last = _next(first)
    outcomes = [one for one in record if max(first, since) <= one.plan.day < last]
    before = [one for one in record if one.finished < first]
    past = Past([one for one in record if one.finished < last])
    training = train(Past(before), first)
    if training is None:
        return None
    plans = [one.plan for one in outcomes]
    trained, back_test = training.trained, training.back_test
    found = []
    for start in (back_test.recent, 0):
        model, plain = back_test.scores(start)
        found += [model.mae / plain.mae, model.malr / plain.malr]
    rows = {
        "linear [estimate, priority] (the guide's)": baselines.linear(before, plans),
        "power law, OLS in logs": baselines.power_law(before, plans),
        "human × person's median ratio, shrunk": baselines.person_ratio(past, plans),
    }
    return Quarter(
        outcomes, trained.points, trained.ranges, (found[0], found[1], found[2], found[3]),
        model_alone(past, trained, plans), as_told(Ladder(past, trained), plans), rows,
        plain_ranges(Ladder(past), plans),
    )  # fmt: skip


def rolling(record: list[Outcome], bars: Bars) -> None:
    record = sorted((one for one in record if one.plan.estimate), key=lambda one: (one.plan.day, one.plan.task))
    since = record[int(len(record) * FROM)].plan.day
    firsts = sorted({quarter_of(one.plan.day) for one in record if one.plan.day >= since})
    work = partial(_one, record, since=since)
    quarters = [one for one in at_once(work, firsts) if one is not None]
    if not quarters:
        print("\n# By quarter: too few tasks for a model")
        return
    outcomes = [one for quarter in quarters for one in quarter.outcomes]
    truth = truth_of(outcomes)
    print(f"\n# By quarter, {len(quarters)} models: {len(outcomes):,} tasks from {outcomes[0].plan.day}")
    alone, told = (_joined(quarters, name) for name in ("alone", "told"))
    rows = {"human estimate": truth.base}
    rows |= {name: np.concatenate([quarter.rows[name] for quarter in quarters]) for name in quarters[0].rows}
    rows["the model itself"] = alone.middle
    rows["product: all, own estimate where silent"] = told.point(truth.base)
    table(
        "Points; ratios are to the human estimate", POINT, {name: point_row(truth, row) for name, row in rows.items()}
    )
    plain = tuple(np.concatenate([quarter.plain[side] for quarter in quarters]) for side in (0, 1))
    spoken = truth.of(told.speaks)
    intervals = {
        "from half to twice": interval_row(truth, *truth.ranges),
        "conformal, by size, last 300 (product)": interval_row(truth, *plain),
        "the model itself: CQR, last 500 (product)": interval_row(truth, alone.low, alone.high),
        f"product, where it speaks ({told.speaks.mean():.1%})": interval_row(
            spoken, told.low[told.speaks], told.high[told.speaks]
        ),
    }
    table("80 % ranges", INTERVAL, intervals)
    _by_year(truth, alone, told)
    _guard(quarters)
    bars.at_most("by quarter, model: MAE ÷ human", ratio(truth, alone.middle, hours_off), 0.97)
    bars.at_most("by quarter, model: MALR ÷ human", ratio(truth, alone.middle, log_off), 1.01)
    bars.at_most("by quarter, product: MAE ÷ human", ratio(truth, told.point(truth.base), hours_off), 0.97)
    bars.at_most("by quarter, product: MALR ÷ human", ratio(truth, told.point(truth.base), log_off), 1.01)
    bars.within("by quarter, model: coverage", interval(truth, alone.low, alone.high).coverage, 0.77, 0.83)
    bars.within("by quarter, product: coverage", inside_of(told, truth), 0.77, 0.83)


def inside_of(told: Told, truth) -> float:
    return float(inside(truth.actual, told.low, told.high)[told.speaks].mean())


def _joined(quarters: list[Quarter], name: str) -> Told:
    parts = [getattr(quarter, name) for quarter in quarters]
    low, middle, high, stated = (
        np.concatenate([getattr(part, field) for part in parts]) for field in ("low", "middle", "high", "stated")
    )
    return Told(low, middle, high, sum((part.said for part in parts), parts[0].said.__class__()), stated)


def _by_year(truth, alone: Told, told: Told) -> None:
    years = np.array([day.year for day in truth.days])
    columns = ["tasks", "human MALR", "model MAE", "MALR", "coverage", "product MAE", "MALR", "coverage", "speaks"]
    rows, better = {}, [0, 0]
    for year in sorted(set(years)):
        chosen = years == year
        part, cells = truth.of(chosen), []
        for place, speaker in enumerate((alone, told)):
            point, speaks = speaker.point(truth.base)[chosen], speaker.speaks & chosen
            held = inside(truth.actual[speaks], speaker.low[speaks], speaker.high[speaks])
            cells += [f"{ratio(part, point, one):.3f}" for one in (hours_off, log_off)]
            cells.append(f"{held.mean():.3f}" if len(held) else "-")
            better[place] += ratio(part, point, log_off) < 1
        human = log_off(part.actual, part.base).mean()
        rows[str(year)] = [str(chosen.sum()), f"{human:.3f}", *cells, f"{told.speaks[chosen].mean():.0%}"]
    table("By year; ratios are to the human estimate", columns, rows)
    print(f"  years with a smaller MALR than the human's: model {better[0]}, product {better[1]} of {len(rows)}")
    at = "/".join(f"{(truth.actual <= edge).mean():.3f}" for edge in (alone.low, alone.middle, alone.high))
    print(f"  reliability: at or below low/middle/high of the model lay {at} of what tasks took")


def _guard(quarters: list[Quarter]) -> None:
    """What the guard decided each quarter, and whether the quarter that followed bore it out."""
    columns = ["tasks", "decides on MAE/MALR", "all MAE/MALR", "points", "ranges", "then MAE", "then MALR"]
    rows = {}
    for quarter in quarters:
        truth = truth_of(quarter.outcomes)
        recent, whole = quarter.back_test[:2], quarter.back_test[2:]
        rows[str(quarter_of(quarter.outcomes[0].plan.day))] = [
            str(len(quarter.outcomes)),
            "/".join(f"{one:.3f}" for one in recent),
            "/".join(f"{one:.3f}" for one in whole),
            "on" if quarter.points else "off",
            "on" if quarter.ranges else "off",
            *(f"{ratio(truth, quarter.alone.middle, off):.3f}" for off in (hours_off, log_off)),
        ]
    table("The guard, and what came then of the model", columns, rows)
    truth = truth_of([one for quarter in quarters for one in quarter.outcomes])
    rules = {}
    for name, (place, mae, malr) in RULES.items():
        open_in = [quarter.back_test[place] <= mae and quarter.back_test[place + 1] <= malr for quarter in quarters]
        told = np.concatenate(
            [
                quarter.alone.middle if is_open else truth_of(quarter.outcomes).base
                for quarter, is_open in zip(quarters, open_in, strict=True)
            ]
        )
        rules[name] = [f"{sum(open_in)}", *(f"{ratio(truth, told, off):.3f}" for off in (hours_off, log_off))]
    table("The model where a guard lets it, else the estimate", ["quarters on", "MAE ratio", "MALR ratio"], rules)
