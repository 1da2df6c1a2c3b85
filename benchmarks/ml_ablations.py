"""What each part of the model brings: the last fifth of the record, told without it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

from analytics.estimates import training as product
from analytics.estimates.boosting import Model
from analytics.estimates.figures import history_of
from analytics.estimates.history import Past
from analytics.estimates.ladder import Ladder
from analytics.estimates.plans import Outcome, Plan
from analytics.estimates.ranges import WINDOW, tail
from analytics.estimates.training import train
from benchmarks import ml_baselines as baselines
from benchmarks.ml_rolling import at_once
from benchmarks.ml_scores import hours_off, interval, log_off, ratio, table
from benchmarks.ml_speakers import Cut, cut_at, model_alone, plain_ranges, truth_of

LAST = 0.8
Changes = Callable[[Plan], Plan]
WITHOUT: dict[str, Changes] = {
    "all of it": lambda plan: plan,
    "without titles": lambda plan: replace(plan, title=""),
    "without tags": lambda plan: replace(plan, tags=()),
    "without people": lambda plan: replace(plan, person=None, author=None),
    "without projects": lambda plan: replace(plan, project=0),
    "without priority, waiting": lambda plan: replace(plan, priority=0, waited=0),
}


def _without(name: str, cut: Cut) -> list[str]:
    change = WITHOUT[name]
    record = [replace(one, plan=change(one.plan)) for one in cut.record]
    return _scored(record, cut)


def _blocks(count: int, cut: Cut) -> list[str]:
    product.BLOCKS = count  # type: ignore[misc]  # in a process of its own
    return _scored(cut.record, cut)


def _scored(record: Sequence[Outcome], cut: Cut) -> list[str]:
    past, training = Past(record), train(Past(record), cut.day)
    assert training is not None
    after = [one for one in record if one.plan.day >= cut.day]
    truth, told = truth_of(after), model_alone(past, training.trained, [one.plan for one in after])
    model, plain = training.back_test.scores(training.back_test.recent)
    one = interval(truth, told.low, told.high)
    return [
        f"{ratio(truth, told.middle, hours_off):.3f}", f"{ratio(truth, told.middle, log_off):.3f}",
        f"{one.coverage:.3f}", f"{one.width:.2f}", f"{one.winkler:.3f}",
        f"{model.mae / plain.mae:.3f}/{model.malr / plain.malr:.3f}",
    ]  # fmt: skip


def _no_history(cut: Cut) -> list[str]:
    """Points only: its ranges would need a back-test of its own."""
    before, after = ([one.plan for one in some] for some in (cut.before, cut.after))
    empty = history_of(Past([]), before[:1], estimated=True)
    targets = baselines.log_hours(cut.before) - baselines.log_estimates(before)
    model = Model.fit(before, empty.repeat(len(before), axis=0), targets, estimated=True)
    told, truth = model.predict(after, empty.repeat(len(after), axis=0)), truth_of(cut.after)
    return [f"{ratio(truth, told.middle, hours_off):.3f}", f"{ratio(truth, told.middle, log_off):.3f}", *"----"]


def _one_size(cut: Cut) -> list[str]:
    """The range around the estimate as wide for all of the last 500."""
    past, plans = Past(cut.record), [one.plan for one in cut.after]
    known = [past.known(plan.day) for plan in plans]
    ratios = [past.ratios[max(0, count - WINDOW) : count] for count in known]
    base = baselines.log_estimates(plans)
    return _only_range(cut, base - [tail(-some) for some in ratios], base + [tail(some) for some in ratios])


def _only_range(cut: Cut, low, high) -> list[str]:
    one = interval(truth_of(cut.after), low, high)
    sizes = "/".join(f"{size:.2f}" for size in one.sizes)
    return ["-", "-", f"{one.coverage:.3f}", f"{one.width:.2f}", f"{one.winkler:.3f}", sizes]


def _run(work: Callable[[], list[str]]) -> list[str]:
    return work()


def ablations(record: Sequence[Outcome]) -> None:
    cut = cut_at([one for one in record if one.plan.estimate], LAST)
    past, plans = Past(cut.record), [one.plan for one in cut.after]
    work: dict[str, Callable[[], list[str]]] = {name: partial(_without, name, cut) for name in WITHOUT}
    work["without a history"] = partial(_no_history, cut)
    work |= {f"{count} blocks instead of 5": partial(_blocks, count, cut) for count in (3, 8)}
    columns = ["MAE ratio", "MALR ratio", "coverage", "width", "Winkler", "back-test MAE/MALR"]
    print("\n# What each part brings: last 20 %, the model itself")
    table("Ratios to the human estimate", columns, dict(zip(work, at_once(_run, list(work.values())), strict=True)))
    plain = {
        "around the estimate, by size, last 300": _only_range(cut, *plain_ranges(Ladder(past), plans)),
        "around the estimate, all sizes, last 500": _one_size(cut),
    }
    table("Ranges without a model", [*columns[:-1], "by size"], plain)
    squared = baselines.boosted(past, cut.before, plans, loss="squared_error")
    half = (baselines.log_estimates(plans) + squared) / 2
    truth = truth_of(cut.after)
    ratios = " ".join(f"{ratio(truth, half, off):.3f}" for off in (hours_off, log_off))
    print(f"  squared loss, half-way to the estimate: {ratios}")
