"""What is asked of a group: as of a person, over its means by day and by week. Reads numpy through `claims`."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence

from analytics.patterns.asked import NONE, focus_by_part, of_weekdays
from analytics.patterns.claims import FEWEST_DAYS, FEWEST_WEEKS, Claim, changes, decide, peak, stands_out
from analytics.patterns.days import DAY, HOURS, PART_HOURS, Day
from analytics.team.means import FEWEST_PEOPLE, WEEKDAYS, Person, WeekMeans, mean_of


def ask_group(people: Sequence[Person], weeks: Sequence[WeekMeans]) -> list[Claim]:
    """All claims, those that may be said and the others. Days and weeks of fewer than five people are left out."""
    by_date = _by_date(people)
    return decide(
        [
            peak("peak", _hours_by_date(people, by_date), FEWEST_DAYS),
            of_weekdays("longest_day", _by_weekday(by_date, weeks), 1),
            of_weekdays("shortest_day", _by_weekday(by_date, weeks), -1),
            stands_out("focus_part", _focus_by_date(by_date), FEWEST_DAYS),
            changes("focus_change", [_or_nan(week.focus) for week in weeks], FEWEST_WEEKS),
            changes("turns_change", [_or_nan(week.turns) for week in weeks], FEWEST_WEEKS),
            changes("meetings_change", [_or_nan(week.meetings) for week in weeks], FEWEST_WEEKS),
            changes("estimates_change", [_or_nan(week.error) for week in weeks], FEWEST_WEEKS),
        ]
    )


def _by_date(people: Sequence[Person]) -> dict[dt.date, list[tuple[int, Day]]]:
    """The days on which five people or more worked, each with the place of its person."""
    found: dict[dt.date, list[tuple[int, Day]]] = defaultdict(list)
    for place, person in enumerate(people):
        for day in person.days:
            found[day.date].append((place, day))
    return {date: found[date] for date in sorted(found) if len(found[date]) >= FEWEST_PEOPLE}


def _hours_by_date(people: Sequence[Person], by_date: dict[dt.date, list[tuple[int, Day]]]) -> list[list[float]]:
    """By hour of the clock, as a share of what each person works in a day: who works long weighs no more."""
    usual = [sum(day.total for day in person.days) / max(1, len(person.days)) for person in people]
    told = [
        sum(any(day.worked[hour] for day in person.days) for person in people) >= FEWEST_PEOPLE for hour in range(HOURS)
    ]
    return [
        [
            told[hour] * sum(day.worked[hour] / usual[place] for place, day in there) / len(there)
            for hour in range(HOURS)
        ]
        for there in by_date.values()
    ]


def _by_weekday(by_date: dict[dt.date, list[tuple[int, Day]]], weeks: Sequence[WeekMeans]) -> list[list[float]]:
    """Mean seconds of those who worked that day; a row for each week in which there is such a day."""
    table = []
    for week in weeks:
        row = [NONE] * WEEKDAYS
        for date in (week.first + n * DAY for n in range(WEEKDAYS)):
            if there := by_date.get(date):
                row[date.weekday()] = sum(day.total for _place, day in there) / len(there)
        if any(value == value for value in row):  # not NaN
            table.append(row)
    return table


def _focus_by_date(by_date: dict[dt.date, list[tuple[int, Day]]]) -> list[list[float]]:
    """Zeros count: were the days left out on which some have no long stretch, the part with most of them would win."""
    found = []
    for there in by_date.values():
        shares = [focus_by_part(day) for _place, day in there]
        known = [[row[part] for row in shares if row[part] == row[part]] for part in range(len(PART_HOURS))]  # not NaN
        found.append([_or_nan(mean_of(values, zero_counts=True)) for values in known])
    return found


def _or_nan(value: float | None) -> float:
    return NONE if value is None else value
