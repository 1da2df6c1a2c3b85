"""Whether anything that happens later reaches an estimate, and what the guard makes of a record without sense."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from functools import partial

import numpy as np

from analytics.estimates.history import Past
from analytics.estimates.ladder import Ladder, Trained
from analytics.estimates.plans import Outcome, Plan
from analytics.estimates.training import Training, train
from benchmarks.ml_rolling import at_once
from benchmarks.ml_scores import SEED, Bars
from benchmarks.ml_speakers import cut_at

ASKED = 20
LEARNED = 0.8
SHUFFLES = 2


def altered(record: Sequence[Outcome], day: dt.date, seed: int) -> list[Outcome]:
    """With other hours and days of completion for what finished on `day` or later; a third of it never did."""
    random = np.random.default_rng(seed)
    kept = []
    for one in record:
        if one.finished < day:
            kept.append(one)
        elif random.random() > 0.3:
            later = day + dt.timedelta(days=int(random.integers(0, 400)))
            kept.append(replace(one, hours=one.hours * float(np.exp(random.normal(0, 2))), finished=later))
    return kept


def _is_same(plan: Plan, record: list[Outcome], trained: Trained | None) -> bool:
    told, other = (
        Ladder(Past(outcomes), each and replace(each, points=True, ranges=True)).estimate(plan)
        for outcomes in (record, altered(record, plan.day, plan.task))
        for each in [trained]
    )
    return told == other


def _of_shuffled(seed: int, record: list[Outcome], day: dt.date, *, ratios: bool, estimated: bool = True) -> Training:
    """Every task gets what another one took; with `ratios`, as many times its estimate."""
    order = np.random.default_rng(seed).permutation(len(record))
    outcomes = []
    for one, place in zip(record, order, strict=True):
        other = record[place]
        factor = (
            one.plan.estimate / other.plan.estimate if ratios and one.plan.estimate and other.plan.estimate else 1.0
        )
        outcomes.append(replace(one, hours=other.hours * factor))
    training = train(Past(outcomes), day, estimated=estimated)
    assert training is not None
    return training


def checks(record: Sequence[Outcome], bars: Bars) -> None:
    cut = cut_at([one for one in record if one.plan.estimate], LEARNED)
    random = np.random.default_rng(SEED)
    plans = [
        cut.after[place].plan for place in random.choice(len(cut.after), min(ASKED, len(cut.after)), replace=False)
    ]
    print(f"\n# Leaks: {len(plans)} tasks, everything that finished on their day or later changed, moved or gone")
    plain = all(at_once(partial(_is_same, record=cut.record, trained=None), plans))
    bars.holds("leak: bit-identical without a model", plain)
    both = at_once(partial(_trained_on, day=cut.day), [cut.record, altered(cut.record, cut.day, SEED)])
    if None in both:
        print("  too few tasks for a model")
        return
    ours, other = (one.trained for one in both)
    bars.holds(
        "leak: bit-identical with a model", all(at_once(partial(_is_same, record=cut.record, trained=ours), plans))
    )
    same = [Ladder(Past(cut.before), each).estimates(plans) for each in (ours, other)]
    alike = (
        same[0] == same[1] and ours.spans == other.spans and (ours.points, ours.ranges) == (other.points, other.ranges)
    )
    bars.holds("leak: bit-identical models from both records", alike)
    _shuffled(cut.before, cut.day, bars)


def _trained_on(record: list[Outcome], day: dt.date) -> Training | None:
    return train(Past(record), day)


def _shuffled(before: list[Outcome], day: dt.date, bars: Bars) -> None:
    print(f"\n# Shuffled, {SHUFFLES} times each: what the guard lets through")
    for name, ratios, estimated in (
        ("actual hours", False, True), ("actual ÷ estimate", True, True), ("actual hours, no estimates", False, False)
    ):  # fmt: skip
        work = partial(_of_shuffled, record=before, day=day, ratios=ratios, estimated=estimated)
        found = at_once(work, range(SHUFFLES))
        for training in found:
            model, plain = training.back_test.scores(training.back_test.recent)
            print(
                f"  {name}: points {training.trained.points}, ranges {training.trained.ranges}; MAE ratio "
                f"{model.mae / plain.mae:.3f}, MALR ratio {model.malr / plain.malr:.3f}, "
                f"Winkler ratio {model.winkler / plain.winkler:.3f}"
            )
        off = not any(one.trained.points for one in found), not any(one.trained.ranges for one in found)
        bars.holds(f"shuffled {name}: the guard falls back, points", off[0])
        bars.holds(f"shuffled {name}: the guard falls back, ranges", off[1])
