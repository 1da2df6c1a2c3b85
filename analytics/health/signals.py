"""What tells that a project is in trouble: six signals, each a number with thresholds, or why it is not known.

`docs/insights.md` has the formulas in words.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import pairwise
from typing import Any

from analytics.health.facts import Facts

FEWEST_ESTIMATES, ESTIMATED_SHARE = 5, 0.6
"""Tasks with an estimate, at least, and of all tasks: below, the estimates do not say how much is done."""
FEWEST_TASKS = 3
"""With a due date or in progress: below, a share says little."""
FEWEST_PEOPLE, FEWEST_HOURS = 3, 10
"""With time in the last `RECENT_WEEKS`, and their hours: below, no share of one person is worth a word."""
RECENT_WEEKS, STALE_DAYS = 8, 14


class Name(StrEnum):
    BURN = "burn"
    DEADLINE = "deadline"
    OVERDUE = "overdue"
    GROWTH = "growth"
    STALE = "stale"
    CONCENTRATION = "concentration"


class Level(StrEnum):
    OK = "ok"
    WARNING = "warning"
    CRITICAL = "critical"
    UNKNOWN = "unknown"


class Why(StrEnum):
    """Why a signal is not known."""

    CLOSED = "closed"
    NO_BUDGET = "no_budget"
    SECRET_BUDGET = "secret_budget"  # noqa: S105 - the name of a reason, no secret
    FEW_ESTIMATES = "few_estimates"
    NO_DEADLINE = "no_deadline"
    NO_FORECAST = "no_forecast"
    NO_TASKS = "no_tasks"
    FEW_DATES = "few_dates"
    FEW_MEASURED = "few_measured"
    FEW_BEGUN = "few_begun"
    FEW_PEOPLE = "few_people"


@dataclass(frozen=True, slots=True)
class Scale:
    """Where a signal is as good as it gets, where it is a warning, critical, and as bad as it gets."""

    best: float
    warning: float
    critical: float
    worst: float
    weight: int

    def level(self, value: float) -> Level:
        sign = 1 if self.worst > self.best else -1
        if sign * value >= sign * self.critical:
            return Level.CRITICAL
        return Level.WARNING if sign * value >= sign * self.warning else Level.OK

    def points(self, value: float) -> float:
        """100 at the best, two thirds of it at the warning, a third where it is critical; straight in between."""
        places = (self.best, self.warning, self.critical, self.worst)
        sign = 1 if self.worst > self.best else -1
        for step, (start, end) in enumerate(pairwise(places)):
            if sign * value <= sign * end:
                return 100 - 100 / 3 * (step + max(0.0, (value - start) / (end - start)))
        return 0.0


SCALES = {
    Name.BURN: Scale(0.0, 0.10, 0.25, 0.50, weight=3),
    Name.DEADLINE: Scale(1.0, 0.50, 0.15, 0.0, weight=3),
    Name.OVERDUE: Scale(0.0, 0.10, 0.30, 0.60, weight=2),
    Name.GROWTH: Scale(0.0, 0.25, 0.50, 1.0, weight=2),
    Name.STALE: Scale(0.0, 0.25, 0.50, 1.0, weight=1),
    Name.CONCENTRATION: Scale(0.5, 0.70, 0.90, 1.0, weight=1),
}


@dataclass(frozen=True, slots=True)
class Signal:
    name: Name
    level: Level
    value: float | None = None
    why: Why | None = None
    numbers: Mapping[str, Any] = field(default_factory=dict)
    """Of its sentence."""

    @property
    def known(self) -> bool:
        return self.value is not None

    @property
    def alarming(self) -> bool:
        return self.level in {Level.WARNING, Level.CRITICAL}

    @property
    def scale(self) -> Scale:
        return SCALES[self.name]

    @property
    def points(self) -> float:
        """0 to 100; of a signal that is known."""
        return self.scale.points(self.value or 0.0)


@dataclass(frozen=True, slots=True)
class Budget:
    """What the reader may know of it: the share that is used, or that there is none."""

    used: float | None = None
    secret: bool = False


def signals_of(facts: Facts, budget: Budget, *, closed: bool = False) -> list[Signal]:
    """In the order of `Name`. A project that is `closed` (completed or archived) is not judged."""
    if closed:
        return [_unknown(name, Why.CLOSED) for name in Name]
    return [
        _burn(facts, budget), _deadline(facts), _overdue(facts), _growth(facts), _stale(facts), _concentration(facts),
    ]  # fmt: skip


def _known(name: Name, value: float, **numbers: Any) -> Signal:
    value = round(value, 9)  # 0.6 less 0.5 is to be 0.1
    return Signal(name, SCALES[name].level(value), value, numbers=numbers)


def _unknown(name: Name, why: Why, **numbers: Any) -> Signal:
    return Signal(name, Level.UNKNOWN, why=why, numbers=numbers)


def _burn(facts: Facts, budget: Budget) -> Signal:
    """The share of the budget that is used, less the share of the work that is done."""
    if budget.secret:
        return _unknown(Name.BURN, Why.SECRET_BUDGET)
    if budget.used is None:
        return _unknown(Name.BURN, Why.NO_BUDGET)
    numbers = {"n": facts.estimated_tasks, "of": facts.tasks}
    if facts.estimated_tasks < max(FEWEST_ESTIMATES, ESTIMATED_SHARE * facts.tasks) or facts.estimated_hours <= 0:
        return _unknown(Name.BURN, Why.FEW_ESTIMATES, **numbers)
    done = facts.done_hours / facts.estimated_hours
    ahead = budget.used - done
    if budget.used >= 1 and done < 1:
        # Used up, and there is work left: that little of it is left makes it no better.
        ahead = max(ahead, SCALES[Name.BURN].critical)
    return _known(Name.BURN, ahead, used=budget.used, done=done)


def _deadline(facts: Facts) -> Signal:
    if facts.due_on is None:
        return _unknown(Name.DEADLINE, Why.NO_DEADLINE)
    if not facts.open_tasks:
        return _unknown(Name.DEADLINE, Why.NO_TASKS)
    if facts.due_on < facts.today:
        return _known(Name.DEADLINE, 0.0, day=facts.due_on, passed=True)
    if facts.prospect.chance is None:
        return _unknown(Name.DEADLINE, Why.NO_FORECAST)
    return _known(Name.DEADLINE, facts.prospect.chance, day=facts.due_on, passed=False)


def _overdue(facts: Facts) -> Signal:
    if facts.due_tasks < FEWEST_TASKS:
        return _unknown(Name.OVERDUE, Why.FEW_DATES, n=facts.due_tasks)
    return _known(
        Name.OVERDUE, facts.overdue_tasks / facts.due_tasks, n=facts.overdue_tasks, of=facts.due_tasks
    )  # fmt: skip


def _growth(facts: Facts) -> Signal:
    """By how much the tasks with time take more than was estimated, what remains of the open ones included."""
    if facts.measured_tasks < FEWEST_ESTIMATES or facts.measured_hours <= 0:
        return _unknown(Name.GROWTH, Why.FEW_MEASURED, n=facts.measured_tasks)
    return _known(Name.GROWTH, facts.expected_hours / facts.measured_hours - 1, n=facts.measured_tasks)


def _stale(facts: Facts) -> Signal:
    if facts.begun_tasks < FEWEST_TASKS:
        return _unknown(Name.STALE, Why.FEW_BEGUN, n=facts.begun_tasks)
    return _known(Name.STALE, facts.stale_tasks / facts.begun_tasks, n=facts.stale_tasks, of=facts.begun_tasks)


def _concentration(facts: Facts) -> Signal:
    if facts.people < FEWEST_PEOPLE or facts.recent_hours < FEWEST_HOURS:
        return _unknown(Name.CONCENTRATION, Why.FEW_PEOPLE, n=facts.people)
    return _known(Name.CONCENTRATION, facts.largest_share, n=facts.people)
