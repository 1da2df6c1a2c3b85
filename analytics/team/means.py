"""Figures of a group, in which nobody can be found. Pure.

Each is the mean over people, who all have the same weight, and it is told only where it is above zero for five of them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import exp
from typing import TYPE_CHECKING

from analytics.patterns.days import HOUR, HOURS, Day

if TYPE_CHECKING:
    from analytics.patterns.asked import Week

FEWEST_PEOPLE = 5
"""Of the group, and behind each of its figures. The reader does not count: they could take away what is their own."""
FEWEST_DAYS = 5
"""Days with work, below which somebody is not part of the group."""
WEEKDAYS = 7


@dataclass(frozen=True, slots=True)
class Person:
    """Has no name here."""

    days: Sequence[Day]
    weeks: Sequence[Week]
    """Those of the period, the same ones for everybody."""
    errors: Sequence[tuple[dt.date, float]]
    """|log(tracked ÷ estimated)| of finished tasks, each with its day, in order."""


@dataclass(frozen=True, slots=True)
class WeekMeans:
    first: dt.date
    worked: float | None
    """Seconds."""
    focus: float | None
    meetings: float | None
    turns: float | None
    """An hour."""
    error: float | None


def mean_of(values: Iterable[float | None], *, zero_counts: bool = False) -> float | None:
    """Over the people of whom there is a value. None unless five of them have one above zero (`zero_counts`: have one):
    a zero is part of the mean, but what four people do would be told by the mean over more.
    """
    there = [value for value in values if value is not None]
    behind = len(there) if zero_counts else sum(value > 0 for value in there)
    return sum(there) / len(there) if behind >= FEWEST_PEOPLE else None


def grid_of(people: Sequence[Person]) -> list[list[float | None]]:
    """The mean share of each hour, by weekday; None where fewer than five people work.

    A share of the time that lies in the hours told, not of all: else what is missing to the whole would tell the
    only hour that is not.
    """
    spent = [_by_weekday_and_hour(person.days) for person in people]
    told = [place for place in range(WEEKDAYS * HOURS) if sum(one[place] > 0 for one in spent) >= FEWEST_PEOPLE]
    wholes = [(one, sum(one[place] for place in told)) for one in spent]
    there = [(one, whole) for one, whole in wholes if whole]
    means = {place: sum(one[place] / whole for one, whole in there) / len(there) for place in told}
    return [[means.get(day * HOURS + hour) for hour in range(HOURS)] for day in range(WEEKDAYS)]


def _by_weekday_and_hour(days: Iterable[Day]) -> list[int]:
    spent = [0] * (WEEKDAYS * HOURS)
    for day in days:
        for hour, seconds in enumerate(day.worked):
            spent[day.date.weekday() * HOURS + hour] += seconds
    return spent


def weeks_of_group(people: Sequence[Person]) -> list[WeekMeans]:
    """In order. Who did not work in a week is no part of it."""
    found = []
    for weeks in zip(*(person.weeks for person in people), strict=True):
        first, there = weeks[0].first, [week for week in weeks if week.worked]
        after = first + dt.timedelta(days=WEEKDAYS)
        found.append(
            WeekMeans(
                first,
                mean_of(week.worked for week in there),
                mean_of(week.focused / week.worked for week in there),
                mean_of(week.meetings / week.worked for week in there),
                mean_of(week.turns * HOUR / week.worked for week in there),
                _error(people, first, after),
            )
        )
    return found


def months_of_group(people: Sequence[Person], first: dt.date, last: dt.date) -> list[tuple[dt.date, float | None]]:
    """Those of the period, each by its first day, with the typical error of what was finished in it as a factor."""
    found, month = [], first.replace(day=1)
    while month <= last:
        after = (month + dt.timedelta(days=31)).replace(day=1)
        error = _error(people, month, after)
        found.append((month, None if error is None else exp(error)))
        month = after
    return found


def _error(people: Sequence[Person], first: dt.date, after: dt.date) -> float | None:
    """The mean over people of their own mean of what they finished in [first, after)."""
    by_person = [[error for day, error in person.errors if first <= day < after] for person in people]
    return mean_of((sum(errors) / len(errors) for errors in by_person if errors), zero_counts=True)
