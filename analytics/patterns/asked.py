"""What is asked of somebody's days. Reads numpy through `claims`: imported where it is needed."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass

from analytics.patterns.claims import (
    FEWEST_DAYS,
    FEWEST_TASKS,
    FEWEST_WEEKS,
    Claim,
    changes,
    decide,
    peak,
    stands_out,
)
from analytics.patterns.days import DAY, HOUR, PART_HOURS, Day

FEWEST_IN_PART = 1800
"""Seconds of a part of a day, below which its focus is not known."""
USUAL = 1 / 3
"""Share of the weeks in which there is work on a weekday, from which on it is one of the usual ones."""
NONE = math.nan


@dataclass(frozen=True, slots=True)
class Week:
    """Seven days from `first` on; only whole weeks of the period, and those without work are zero."""

    first: dt.date
    worked: int = 0
    focused: int = 0
    meetings: int = 0
    turns: int = 0
    blocks: int = 0
    days: int = 0


def weeks_of(days: Sequence[Day], first: dt.date, count: int) -> list[Week]:
    """`count` weeks from `first` on."""
    found = []
    for start in (first + 7 * n * DAY for n in range(count)):
        inside = [day for day in days if start <= day.date < start + 7 * DAY]
        found.append(
            Week(
                start, sum(day.total for day in inside), sum(sum(day.focused) for day in inside),
                sum(day.meetings for day in inside), sum(day.turns for day in inside),
                sum(day.blocks for day in inside), len(inside),
            )
        )  # fmt: skip
    return found


def ask(days: Sequence[Day], weeks: Sequence[Week], ratios: Sequence[float]) -> list[Claim]:
    """All claims, those that may be said and the others. `ratios`: actual ÷ estimate of finished tasks, in order."""
    of_weeks = [week for week in weeks if week.worked]
    by_weekday = _by_weekday(days, weeks)
    return decide(
        [
            peak("peak", [day.worked for day in days], FEWEST_DAYS),
            of_weekdays("longest_day", by_weekday, 1),
            of_weekdays("shortest_day", by_weekday, -1),
            stands_out("focus_part", [focus_by_part(day) for day in days], FEWEST_DAYS),
            changes("focus_change", [week.focused / week.worked for week in of_weeks], FEWEST_WEEKS),
            changes("turns_change", [week.turns * HOUR / week.worked for week in of_weeks], FEWEST_WEEKS),
            changes("meetings_change", [week.meetings / week.worked for week in of_weeks], FEWEST_WEEKS),
            changes("estimates_change", [abs(math.log(ratio)) for ratio in ratios], FEWEST_TASKS),
        ]
    )


def _by_weekday(days: Sequence[Day], weeks: Sequence[Week]) -> list[list[float]]:
    """Seconds of each week by weekday; NaN for a day without work, and for weekdays that are none of the usual ones."""
    worked = {day.date: day.total for day in days}
    rows = [[float(worked.get(week.first + n * DAY, 0)) for n in range(7)] for week in weeks if week.worked]
    columns = [(weeks[0].first.weekday() + n) % 7 for n in range(7)] if weeks else []
    table = [[NONE] * 7 for _ in rows]
    for place, weekday in enumerate(columns):
        if sum(row[place] > 0 for row in rows) >= max(1.0, USUAL * len(rows)):
            for row, target in zip(rows, table, strict=True):
                target[weekday] = row[place] or NONE
    return table


def of_weekdays(name: str, table: Sequence[Sequence[float]], sign: int) -> Claim:
    """The column of `table` (weeks by weekdays) that is the longest; the shortest where `sign` is -1."""
    claim = stands_out(name, [[sign * value for value in row] for row in table], FEWEST_WEEKS)
    if sign > 0 or claim.p is None:
        return claim
    return Claim(
        name, count=claim.count, p=claim.p, which=claim.which, level=-claim.level, other=-claim.other, low=-claim.high,
        high=-claim.low,
    )  # fmt: skip


def focus_by_part(day: Day) -> list[float]:
    """By part of the day: of the seconds in stretches that began in it, the share in those of 25 minutes or more."""
    found = []
    for start in PART_HOURS:
        begun, focused = sum(day.begun[start : start + 6]), sum(day.focused[start : start + 6])
        found.append(focused / begun if begun >= FEWEST_IN_PART else NONE)
    return found
