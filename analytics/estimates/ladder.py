"""How much may be said of a task, by how much has been learned: from nothing, over a range around the person's own
estimate, to the model. Pure; `docs/insights.md` has it in words.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from analytics.choices import CHECKED, FEWEST, FEWEST_FOR_MODEL, FIRM, HOLDS, Basis, Reason
from analytics.estimates.figures import history_of
from analytics.estimates.history import Past, median
from analytics.estimates.plans import Plan
from analytics.estimates.ranges import MOST_OFF, WINDOW, Spans, size_of
from analytics.estimates.told import Span, Told, level_of

if TYPE_CHECKING:
    from analytics.estimates.boosting import Model

WIDEST, WIDEST_ROUGH = 16.0, 64.0
"""High ÷ low, beyond which a range says nothing; where nobody estimated, ranges are wide and called rough."""
PERSON_WINS = 0.99
"""A person's ratio is used where it makes the mean log error at least that much smaller."""


@dataclass(frozen=True, slots=True)
class Estimate:
    basis: Basis
    known: int
    """Finished tasks that it rests on, or would."""
    reason: Reason | None = None
    low: float | None = None
    """Hours; one in ten such tasks takes less."""
    middle: float | None = None
    """Hours; None where nobody estimated: a rough range has no middle worth a number."""
    high: float | None = None
    """Hours; one in ten takes more."""
    coverage: float | None = None
    """Share of the last `checked` finished tasks that lay inside the ranges which they would have been told."""
    checked: int = 0
    ratio: float | None = None
    """What the person's tasks took ÷ their estimates: the median of `ratio_count` of them."""
    ratio_count: int = 0
    model_used: bool = False
    """For the range, the point, or both."""

    @property
    def provisional(self) -> bool:
        return self.reason is None and self.known < FIRM

    @property
    def confidence(self) -> float | None:
        return self.coverage if self.reason is None else None


@dataclass(frozen=True, slots=True)
class Trained:
    """A model, and what its back-test allows it to say."""

    model: Model
    through: dt.date
    """It has learned from tasks that finished up to this day, and speaks about those estimated after it."""
    points: bool
    """Whether it came closer than the people's own estimates."""
    ranges: bool
    """Whether its ranges were better than those around the estimates."""
    spans: dict[int, Span]
    """By task it has learned from: the low and high log hours of a model that had not seen it."""


class Said(NamedTuple):
    """By the model, in log hours."""

    low: float
    middle: float
    high: float


class Ladder:
    """Speaks from one past: of tasks with an estimate; or, for plans without, of all."""

    def __init__(self, past: Past, trained: Trained | None = None, *, estimated: bool = True) -> None:
        self.past, self.trained, self.estimated = past, trained, estimated
        sizes = size_of(past.estimates) if estimated else None
        self._least, self._most = (np.minimum.accumulate(past.estimates), np.maximum.accumulate(past.estimates))
        self._plain = Told(past, self._plain_span, sizes)
        self._modelled = Told(past, self._modelled_span) if trained else None
        self._later = self._said_of_later() if trained else {}
        self._shifts: dict[int, float] = {}
        self._wins: dict[int, bool] = {}

    def estimate(self, plan: Plan) -> Estimate:
        return self.estimates([plan])[0]

    def estimates(self, plans: Sequence[Plan]) -> list[Estimate]:
        """Of several at once the model is asked once.

        Raises ValueError where a plan has no estimate and the past is of those that have, or the other way round.
        """
        if any((plan.estimate is not None) != self.estimated for plan in plans):
            raise ValueError("This ladder speaks of other tasks.")
        asked = [place for place, plan in enumerate(plans) if self._may_model(plan)]
        said = self._said([plans[place] for place in asked]) if asked else None
        by_place = {place: _one(said, number) for number, place in enumerate(asked)} if said else {}
        return [self._estimate(plan, by_place.get(place)) for place, plan in enumerate(plans)]

    def _estimate(self, plan: Plan, said: Said | None) -> Estimate:
        known = self.past.known(plan.day)
        if known < FEWEST:
            return Estimate(Basis.NONE, known, Reason.FEW)
        told, (low, high) = self._range(plan, known, said)
        basis, middle = self._point(plan, known, said)
        if self.estimated:
            low, middle, high = _in_order(low, middle, high, _log_estimate(plan))
        coverage, checked = told.coverage(known)
        ratio, ratio_count = self._ratio(plan, known)
        facts = Estimate(
            Basis.NONE, known, None, coverage=coverage, checked=checked, ratio=ratio, ratio_count=ratio_count
        )
        if reason := self._reason(plan, known, high - low, coverage, checked):
            return replace(facts, reason=reason)
        return replace(
            facts, basis=basis, low=_hours(low), high=_hours(high),
            middle=_hours(middle) if self.estimated else None,
            model_used=basis == Basis.MODEL or told is self._modelled,
        )  # fmt: skip

    def _reason(self, plan: Plan, known: int, width: float, coverage: float | None, checked: int) -> Reason | None:
        if not math.isfinite(width):
            return Reason.UNTRIED
        if self.estimated and self._is_far(_log_estimate(plan), known):
            return Reason.FAR
        if width > math.log(WIDEST if self.estimated else WIDEST_ROUGH):
            return Reason.WIDE
        met = plan.person is not None and self.past.of("person", plan, known, 1)
        if not met and not self.past.of("project", plan, known, 1):
            return Reason.NEW
        if checked >= CHECKED and coverage is not None and not HOLDS[0] <= coverage <= HOLDS[1]:
            return Reason.DRIFT
        return None

    def _is_far(self, base: float, known: int) -> bool:
        """Beyond four times the largest estimate that has been tried, or a quarter of the smallest."""
        return not self._least[known - 1] - MOST_OFF <= base <= self._most[known - 1] + MOST_OFF

    def _range(self, plan: Plan, known: int, said: Said | None) -> tuple[Told, Span]:
        if said and self._modelled and self.trained and self.trained.ranges:
            return self._modelled, self._modelled.range(said.low, said.high, known)
        return self._plain, self.plain_range(plan)

    def plain_range(self, plan: Plan) -> Span:
        """Log hours, without a model; infinite where fewer than nine tasks had finished."""
        known, point = self.past.known(plan.day), self.plain_point(plan)
        size = float(size_of(np.array([point]))[0]) if self.estimated else None
        return self._plain.range(point, point, known, size)

    def plain_point(self, plan: Plan) -> float:
        return _log_estimate(plan) if self.estimated else level_of(self.past, plan, self.past.known(plan.day))

    def modelled_range(self, plan: Plan, low: float, high: float) -> Span:
        """What a model said of `plan`, as wide as its misses up to that day ask for."""
        assert self._modelled is not None
        return self._modelled.range(low, high, self.past.known(plan.day))

    def _point(self, plan: Plan, known: int, said: Said | None) -> tuple[Basis, float]:
        if not self.estimated:
            return Basis.ROUGH, 0.0
        base = _log_estimate(plan)
        if said and self.trained and self.trained.points:
            return Basis.MODEL, said.middle
        if known >= FIRM and self._person_wins(known):
            return Basis.RATIO, base + self.past.person_ratio(plan, known)[0]
        return Basis.OWN, base

    # ── The model ────────────────────────────────────────────────────────────
    def _may_model(self, plan: Plan) -> bool:
        known = self.past.known(plan.day)
        return self.trained is not None and known >= FEWEST_FOR_MODEL and plan.day > self.trained.through

    def _said(self, plans: Sequence[Plan]) -> Spans:
        assert self.trained is not None
        return self.trained.model.predict(plans, history_of(self.past, plans, estimated=self.estimated))

    def _said_of_later(self) -> dict[int, Span]:
        """By place, of what has finished since it was trained; these it had not seen either."""
        assert self.trained is not None
        first = self.past.known(self.trained.through + dt.timedelta(days=1))
        plans = [one.plan for one in self.past.outcomes[first:]]
        if not plans:
            return {}
        said = self._said(plans)
        return {first + place: (float(said.low[place]), float(said.high[place])) for place in range(len(plans))}

    def _modelled_span(self, place: int) -> Span:
        assert self.trained is not None
        task = self.past.outcomes[place].plan.task
        return self._later.get(place) or self.trained.spans.get(task, (math.nan, math.nan))

    # ── Without a model ──────────────────────────────────────────────────────
    def _plain_span(self, place: int) -> Span:
        if self.estimated:
            return float(self.past.estimates[place]), float(self.past.estimates[place])
        plan = self.past.outcomes[place].plan
        before = self.past.known(plan.day)
        level = level_of(self.past, plan, before) if before else math.nan
        return level, level

    def _ratio(self, plan: Plan, known: int) -> tuple[float | None, int]:
        places = self.past.of("person", plan, known) if self.estimated and plan.person is not None else []
        return (math.exp(median(self.past.ratios[places])) if places else None), len(places)

    def _person_wins(self, known: int) -> bool:
        """Whether estimates × ratios came closer than the estimates alone, task by task as they finished."""
        if known not in self._wins:
            places = range(max(FEWEST, known - WINDOW), known)
            shifts = np.array([self._shift_at(place) for place in places])
            ratios = self.past.ratios[places]
            hours, estimates = np.exp(self.past.hours[places]), np.exp(self.past.estimates[places])
            closer = np.abs(ratios - shifts).sum() <= PERSON_WINS * np.abs(ratios).sum()
            no_worse = np.abs(hours - estimates * np.exp(shifts)).sum() <= np.abs(hours - estimates).sum()
            self._wins[known] = bool(closer and no_worse)
        return self._wins[known]

    def _shift_at(self, place: int) -> float:
        if place not in self._shifts:
            plan = self.past.outcomes[place].plan
            self._shifts[place] = self.past.person_ratio(plan, self.past.known(plan.day))[0]
        return self._shifts[place]


def _in_order(low: float, middle: float, high: float, base: float) -> tuple[float, float, float]:
    """The point inside its range, but from a quarter to four times the estimate; there the range follows it."""
    middle = min(max(middle, low), high)
    middle = min(max(middle, base - MOST_OFF), base + MOST_OFF)
    return min(low, middle), middle, max(high, middle)


def _one(spans: Spans, place: int) -> Said:
    return Said(float(spans.low[place]), float(spans.middle[place]), float(spans.high[place]))


def _hours(log_hours: float) -> float:
    """To a third of a second: an estimate of 8 hours stays 8."""
    return round(math.exp(log_hours), 4)


def _log_estimate(plan: Plan) -> float:
    assert plan.estimate is not None
    return math.log(plan.estimate)
