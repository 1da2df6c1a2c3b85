"""The product's own answers, as arrays: the model by itself, and the ladder as pages hear it."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from analytics.estimates.figures import history_of
from analytics.estimates.history import Numbers, Past
from analytics.estimates.ladder import Ladder, Trained
from analytics.estimates.plans import Outcome, Plan
from benchmarks.ml_baselines import log_estimates
from benchmarks.ml_scores import Truth


@dataclass(frozen=True, slots=True)
class Cut:
    """A record, and the day on which it is asked what comes."""

    day: dt.date
    record: list[Outcome]
    before: list[Outcome]
    after: list[Outcome]

    @property
    def in_flight(self) -> int:
        return len(self.record) - len(self.before) - len(self.after)


def cut_at(record: Sequence[Outcome], part: float) -> Cut:
    """The tasks in the order of their plans; those before finished before the day."""
    ordered = sorted(record, key=lambda one: (one.plan.day, one.plan.task))
    day = ordered[int(len(ordered) * part)].plan.day
    before = [one for one in ordered if one.finished < day]
    return Cut(day, ordered, before, [one for one in ordered if one.plan.day >= day])


def without_estimates(outcomes: Sequence[Outcome]) -> list[Outcome]:
    """As if nobody had estimated: such a task did not wait for its start either."""
    return [replace(one, plan=replace(one.plan, estimate=None, waited=0)) for one in outcomes]


def truth_of(outcomes: Sequence[Outcome], base: Numbers | None = None) -> Truth:
    plans = [one.plan for one in outcomes]
    actual = np.log([one.hours for one in outcomes])
    return Truth([plan.day for plan in plans], actual, log_estimates(plans) if base is None else base)


@dataclass(frozen=True, slots=True)
class Told:
    """Log hours; NaN where nothing was said."""

    low: Numbers
    middle: Numbers
    high: Numbers
    said: Counter[str]
    """How often what was said rests on what, and why nothing was."""
    stated: Numbers
    """The coverage that was stated with each."""

    @property
    def speaks(self) -> Numbers:
        return ~np.isnan(self.low)

    def point(self, otherwise: Numbers) -> Numbers:
        """What somebody goes by: where nothing is said, their own estimate."""
        return np.where(np.isnan(self.middle), otherwise, self.middle)


def model_alone(past: Past, trained: Trained, plans: Sequence[Plan], *, estimated: bool = True) -> Told:
    """Of every task, whatever guard and ladder think of it; its ranges as wide as the ladder makes them."""
    spans = trained.model.predict(plans, history_of(past, plans, estimated=estimated))
    ladder = Ladder(past, trained, estimated=estimated)
    asked = zip(plans, spans.low, spans.high, strict=True)
    ranges = np.array([ladder.modelled_range(plan, float(low), float(high)) for plan, low, high in asked])
    low, high = ranges.T
    return Told(low, np.clip(spans.middle, low, high), high, Counter(model=len(plans)), np.full(len(plans), np.nan))


def as_told(ladder: Ladder, plans: Sequence[Plan]) -> Told:
    """By the ladder, as on a page."""
    estimates = ladder.estimates(plans)
    columns = (("low", "middle", "high", "coverage"), estimates)
    low, middle, high, stated = (
        np.array([np.nan if getattr(one, name) is None else getattr(one, name) for one in columns[1]], dtype=np.float64)
        for name in columns[0]
    )
    said = Counter(str(one.reason or one.basis) for one in estimates)
    return Told(np.log(low), np.log(middle), np.log(high), said, stated)


def plain_ranges(ladder: Ladder, plans: Sequence[Plan]) -> tuple[Numbers, Numbers]:
    low, high = np.array([ladder.plain_range(plan) for plan in plans]).T
    return low, high


def words(said: Counter[str]) -> str:
    return ", ".join(f"{name} {count / said.total():.1%}" for name, count in said.most_common())
