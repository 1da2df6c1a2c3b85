"""When a project is finished: what its open tasks may still take, against the hours a week that it really gets.

Pure, and free of numpy until a forecast is made: pages import it. `docs/insights.md` has it in words.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

DAY = dt.timedelta(days=1)
HORIZON = 3650 * DAY
"""What ends later is not told."""
FEWEST_WEEKS, MOST_WEEKS = 4, 12
"""Of throughput: with less nothing is said, and older weeks say little about the next."""
SURE = 0.85
DRAWS, FEWEST_DRAWS, MOST_NUMBERS = 2000, 500, 1_500_000
"""Of more than 750 tasks there are fewer draws, so that no forecast takes long."""
POINTS = 40


class Silence(StrEnum):
    """Why nothing is said."""

    NO_TASKS = "no_tasks"
    NO_RANGES = "no_ranges"
    """No open task has a range above zero."""
    FEW_WEEKS = "few_weeks"
    IDLE = "idle"
    """Nobody has worked on it in the weeks that are looked at."""
    FAR = "far"
    """As likely as not it takes longer than ten years."""


@dataclass(frozen=True, slots=True)
class Remaining:
    """An open task, in hours of the whole task: one in ten takes less than `low`, one in ten more than `high`."""

    low: float
    middle: float
    high: float
    tracked: float = 0.0


@dataclass(frozen=True, slots=True)
class Calendar:
    working: frozenset[int]
    """Weekdays on which the team works, 0 is Monday; empty for every day."""
    off: frozenset[dt.date] = frozenset()

    def is_working(self, day: dt.date) -> bool:
        return day not in self.off and (not self.working or day.weekday() in self.working)

    def days(self, first: dt.date, last: dt.date) -> list[dt.date]:
        """The working days from `first` to `last`, both included."""
        every = (first + number * DAY for number in range((last - first).days + 1))
        return [day for day in every if self.is_working(day)]

    def working_days(self, first: dt.date, last: dt.date) -> int:
        return len(self.days(first, last))


@dataclass(frozen=True, slots=True)
class Assumed:
    """What neither ranges nor weeks show of one project by itself; `docs/insights.md` says where each comes from."""

    shared: float = 0.25
    """Correlation of the errors of two tasks: who underestimates one underestimates the next."""
    growth: float = 0.1
    """Hours of tasks that turn up later, of those that remain: the mean of an exponential distribution."""
    pace: float = 0.2
    """Standard deviation of the log of how much faster or slower the team will be than in the weeks before."""


ASSUMED = Assumed()


@dataclass(frozen=True, slots=True)
class Finish:
    p50: dt.date | None = None
    """The first day by which half of the draws are finished; None beyond the horizon, or where nothing is said."""
    p85: dt.date | None = None
    chance: float | None = None
    """Of being finished on or before the deadline; None without a deadline or a forecast."""
    line: tuple[tuple[dt.date, float], ...] = ()
    """The chance of being finished on or before each day, for at most 40 days: every day, or so many weeks apart."""
    hours_p50: float = 0.0
    """Hours of work that remain, with what turns up later."""
    hours_p85: float = 0.0
    weeks: int = 0
    """Of throughput that it rests on: from the first work on, at most the last twelve."""
    idle_weeks: int = 0
    """Those of them in which nobody worked on it."""
    reason: str = ""
    """A `Silence`, or nothing."""


def forecast(
    tasks: Sequence[Remaining],
    hours_by_week: Sequence[float],
    calendar: Calendar,
    today: dt.date,
    deadline: dt.date | None = None,
    *,
    until: dt.date | None = None,
    assumed: Assumed = ASSUMED,
    draws: int = DRAWS,
    seed: int = 0,
) -> Finish:
    """Of all the project's open tasks. The same input has the same answer.

    `hours_by_week` are hours worked on this project in periods of seven days, the latest last, which ends on the day
    before `until`; without it, yesterday. A week that still goes on is none of them. `today` has its hours ahead.
    """
    rates = _rates(hours_by_week, calendar, until or today)
    facts = Finish(weeks=len(rates), idle_weeks=sum(rate == 0 for rate in rates))
    if reason := _silence(tasks, rates):
        return replace(facts, reason=reason)

    from analytics.forecasts import drawing  # noqa: PLC0415 - numpy, which a web process loads when it is asked

    draws = min(draws, max(FEWEST_DRAWS, MOST_NUMBERS // len(tasks)))
    drawn = drawing.remaining_hours(tasks, assumed, draws, seed)
    days = calendar.days(today, today + HORIZON)
    ends = sorted(drawing.finish_days(drawn, rates, days, today, assumed.pace, seed).tolist())
    hours = sorted(drawn.tolist())
    p50, p85 = (_day(_quantile(ends, share)) for share in (0.5, SURE))
    return replace(
        facts, p50=p50, p85=p85, line=_line(ends),
        chance=None if deadline is None else sum(end <= deadline.toordinal() for end in ends) / len(ends),
        hours_p50=_quantile(hours, 0.5), hours_p85=_quantile(hours, SURE), reason="" if p50 else Silence.FAR,
    )  # fmt: skip


def _rates(hours_by_week: Sequence[float], calendar: Calendar, until: dt.date) -> list[float]:
    """Hours per working day in each of the last weeks. A week without working days says nothing, unless some worked."""
    begun = next((place for place, hours in enumerate(hours_by_week) if hours > 0), len(hours_by_week))
    rates = []
    for hours in reversed(hours_by_week[begun:]):
        days = calendar.working_days(until - 7 * DAY, until - DAY)
        if days or hours > 0:
            rates.append(hours / max(1, days))
        if len(rates) == MOST_WEEKS:
            break
        until -= 7 * DAY
    return rates


def _silence(tasks: Sequence[Remaining], rates: Sequence[float]) -> Silence | None:
    if not tasks:
        return Silence.NO_TASKS
    if not any(task.high > 0 for task in tasks):
        return Silence.NO_RANGES
    if len(rates) < FEWEST_WEEKS:
        return Silence.FEW_WEEKS
    return None if any(rates) else Silence.IDLE


def _quantile(ordered: Sequence[float], share: float) -> float:
    """The smallest that at least `share` of them do not exceed."""
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def _day(ordinal: float) -> dt.date | None:
    return dt.date.fromordinal(int(ordinal)) if math.isfinite(ordinal) else None


def _line(ends: Sequence[float]) -> tuple[tuple[dt.date, float], ...]:
    """Up to where 98 of 100 are finished, or the last that is within the horizon."""
    near = [int(end) for end in ends if math.isfinite(end)]
    if not near:
        return ()
    first, last = near[0], min(near[-1], _quantile(ends, 0.98))
    step = 1 if last - first < POINTS else 7 * math.ceil((last - first) / 7 / (POINTS - 1))
    days = [*range(first, int(last), step), int(last)]
    return tuple((dt.date.fromordinal(day), sum(end <= day for end in near) / len(ends)) for day in days)
