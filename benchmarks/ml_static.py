"""The last fifth of a record, told by what was learned from the rest; with and without people's estimates."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from analytics.estimates.history import Past
from analytics.estimates.ladder import Ladder
from analytics.estimates.scores import BackTest
from analytics.estimates.training import Training, train
from benchmarks import ml_baselines as baselines
from benchmarks.ml_scores import (
    INTERVAL,
    POINT,
    Bars,
    hours_off,
    interval,
    interval_row,
    log_off,
    point_row,
    ratio,
    table,
)
from benchmarks.ml_speakers import (
    Cut,
    Told,
    as_told,
    cut_at,
    model_alone,
    plain_ranges,
    truth_of,
    without_estimates,
    words,
)

LAST = 0.8


def show_back_test(training: Training) -> None:
    trained, back_test = training.trained, training.back_test
    print(f"  guard on {training.tasks:,} tasks: points {_on(trained.points)}, ranges {_on(trained.ranges)}")
    for name, first in (("its last part, which decides", back_test.recent), ("all of it", 0)):
        print(f"    {name}: {_in_words(back_test, first)}")


def _on(allowed: bool) -> str:
    return "on" if allowed else "OFF"


def _in_words(back_test: BackTest, first: int) -> str:
    model, plain = back_test.scores(first)
    return (
        f"{model.tasks:,} tasks, MAE ratio {model.mae / plain.mae:.3f}, MALR ratio {model.malr / plain.malr:.3f}, "
        f"coverage {model.coverage:.3f}, Winkler {model.winkler:.3f} : {plain.winkler:.3f}"
    )


def static(record, bars: Bars) -> None:
    """Sections 3 and 4 of the figures that baselines reached."""
    cut = cut_at([one for one in record if one.plan.estimate], LAST)
    past, plans = Past(cut.record), [one.plan for one in cut.after]
    truth = truth_of(cut.after)
    print(f"\n# Last 20 %: from {cut.day} {len(plans):,} tasks, {len(cut.before):,} before, {cut.in_flight} in flight")
    training = train(past, cut.day)
    rows = _point_baselines(cut, past)
    ranges = {
        "from half to twice": truth.ranges,
        "estimate × ratio quantiles": baselines.ratio_quantiles(cut.before, plans),
        "conformal on the estimate": baselines.conformal(cut.before, plans),
        "conformal, by size, last 300 (product)": plain_ranges(Ladder(past), plans),
    }
    alone = None
    if training is not None:
        show_back_test(training)
        alone = model_alone(past, training.trained, plans)
        spans = training.trained.model.predict(plans, baselines.history_of(past, plans, estimated=True))
        rows["the model itself"] = alone.middle
        ranges["the model's quantiles as they are"] = (spans.low, spans.high)
        ranges["the model itself: CQR, last 500 (product)"] = (alone.low, alone.high)
    table(
        "Points; ratios are to the human estimate", POINT, {name: point_row(truth, row) for name, row in rows.items()}
    )
    table(
        "80 % ranges; Winkler beside half to twice", INTERVAL, {k: interval_row(truth, *v) for k, v in ranges.items()}
    )
    _show_product(past, training, cut)
    if alone is not None:
        _bars(truth, alone, bars)


def _point_baselines(cut: Cut, past: Past):
    plans = [one.plan for one in cut.after]
    return {
        "human estimate": baselines.log_estimates(plans),
        "global median hours": baselines.global_median(cut.before, plans),
        "linear [estimate, priority] (the guide's)": baselines.linear(cut.before, plans),
        "power law, OLS in logs": baselines.power_law(cut.before, plans),
        "human × person's median ratio, shrunk": baselines.person_ratio(past, plans),
        "k-NN analogues, 25": baselines.analogues(cut.before, plans),
        "boosting of the log ratio, squared loss": baselines.boosted(past, cut.before, plans, loss="squared_error"),
        "boosting of the log ratio, absolute loss": baselines.boosted(past, cut.before, plans, loss="absolute_error"),
    }


def _show_product(past: Past, training: Training | None, cut: Cut) -> None:
    """As pages tell it: with what the guard lets through, with the guard held open, and without a model."""
    ladders = {"without a model": Ladder(past)}
    if training is not None:
        opened = replace(training.trained, points=True, ranges=True)
        ladders = {
            "product": Ladder(past, training.trained),
            "guard held open": Ladder(past, opened),
            **ladders,
        }
    points, intervals, notes = {}, {}, []
    for name, ladder in ladders.items():
        told = as_told(ladder, [one.plan for one in cut.after])
        spoken = truth_of([one for one, keep in zip(cut.after, told.speaks, strict=True) if keep])
        everything = truth_of(cut.after)
        points[f"{name}: all, own estimate where silent"] = point_row(everything, told.point(everything.base))
        if told.speaks.any():
            points[f"{name}: where it speaks"] = point_row(spoken, told.middle[told.speaks])
            intervals[name] = interval_row(spoken, told.low[told.speaks], told.high[told.speaks])
        notes.append(f"  {name}: {words(told.said)}; states {np.nanmean(told.stated):.3f} coverage")
    table("The product as it would speak", POINT, points)
    table("Its ranges, where it speaks", INTERVAL, intervals)
    print("\n".join(notes))


def _bars(truth, alone: Told, bars: Bars) -> None:
    told = interval(truth, alone.low, alone.high)
    bars.at_most("last 20 %, model: MAE ÷ human", ratio(truth, alone.middle, hours_off), 0.95)
    bars.at_most("last 20 %, model: MALR ÷ human", ratio(truth, alone.middle, log_off), 1.00)
    bars.within("last 20 %, model: coverage of the 80 % range", told.coverage, 0.77, 0.84)
    bars.at_least("last 20 %, model: coverage in the worst size class", float(np.nanmin(told.sizes)), 0.72)
    bars.at_most("last 20 %, model: Winkler ÷ half to twice", told.winkler, 0.90)
    bars.at_most("last 20 %, model: median high ÷ low", told.width, 4.5)


def rough(record, bars: Bars) -> None:
    """The same tasks, as if nobody had estimated them."""
    cut = cut_at(record, LAST)
    past = Past(cut.record)
    after = without_estimates(cut.after)
    plans = [one.plan for one in after]
    truth = truth_of(after, baselines.global_median(cut.before, plans))
    print(f"\n# Without an estimate, last 20 %: {len(plans):,} tasks")
    ladder, training = Ladder(past, estimated=False), train(past, cut.day, estimated=False)
    levels = np.array([ladder.plain_point(plan) for plan in plans])
    rows = {
        "global median hours": truth.base,
        "person × tags median, shrunk (product)": levels,
        "k-NN analogues, 25": baselines.analogues(cut.before, plans, estimated=False),
    }
    ranges = {"global 10/90 quantiles": baselines.hour_quantiles(cut.before, plans)}
    ranges["conformal on that median (product)"] = plain_ranges(ladder, plans)
    if training is not None:
        show_back_test(training)
        alone = model_alone(past, training.trained, plans, estimated=False)
        rows["the model itself"] = alone.middle
        ranges["the model itself: CQR, last 500 (product)"] = (alone.low, alone.high)
        bars.at_most("without an estimate, model: MAE ÷ global median", ratio(truth, alone.middle, hours_off), 0.92)
        bars.at_most("without an estimate, model: MALR ÷ global median", ratio(truth, alone.middle, log_off), 0.84)
    table("Points; ratios are to the global median", POINT, {k: point_row(truth, row) for k, row in rows.items()})
    columns = [INTERVAL[0], *INTERVAL[2:4], "Winkler ÷ global quantiles"]
    reference = interval(truth, *ranges["global 10/90 quantiles"]).winkler
    cells = {}
    for name, (low, high) in ranges.items():
        row = interval_row(truth, low, high)
        cells[name] = [row[0], *row[2:4], f"{interval(truth, low, high).winkler / reference:.3f}"]
    table("80 % ranges", columns, cells)
    product = Ladder(past, training.trained if training else None, estimated=False)
    told = as_told(product, plans)
    print(f"  product: {words(told.said)}")
