"""What has to be reached for an achievement. Pure: nothing here reads a table.

What counts is time that a person logs themselves, as it happens: a timer that they stop, or an entry that they write
for today or yesterday, each on the days of their own clock. Not what lies on earlier days, what is imported, what
others or a rule enter for them, and nothing that a later change adds. An entry that is marked as odd (too long, over
another, in the future, stopped by itself, the same twice) counts when it has been reviewed.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from notifications.choices import AchievementKind
from timetracker.web.times import week_bounds
from tracking.choices import Review

DAY = dt.timedelta(days=1)
YEAR = 366 * DAY
MONTH_SECONDS = 100 * 3600
STREAKS = {AchievementKind.STREAK_7: 7, AchievementKind.STREAK_30: 30}
LONGEST_STREAK = max(STREAKS.values())
TASKS = (10, 50, 100)
MOMENT = dt.timedelta(minutes=2)
"""Whoever takes something back within it did not mean it: what it had earned goes with it. Later it stays."""
ODD = (Review.TOO_LONG, Review.OVERLAP, Review.FUTURE, Review.STOPPED, Review.DOUBLED)
KEPT = dt.timedelta(days=400)
"""How long is kept what was counted: no rule looks back farther than a year."""

Days = Mapping[dt.date, int]
"""Seconds that count, by day."""


def fresh(days: Days, today: dt.date, most: int) -> dict[dt.date, int]:
    """Of the `days` of an entry those that count: today and yesterday, and not more than the `most` that it had."""
    found: dict[dt.date, int] = {}
    for day in sorted(days):
        seconds = min(days[day], most)
        most -= seconds
        if today - DAY <= day <= today and seconds > 0:
            found[day] = seconds
    return found


@dataclass(frozen=True, slots=True)
class Calendar:
    """On which days somebody is expected to work."""

    working_days: Collection[int]
    """0 is Monday."""
    holidays: Collection[dt.date] = ()

    def is_working(self, day: dt.date) -> bool:
        return day.weekday() in self.working_days and day not in self.holidays

    def back(self, day: dt.date, count: int) -> dt.date:
        """The working day of which there are `count` up to `day`, itself included; a year ago where there are fewer."""
        earliest = day - YEAR
        while day > earliest:
            count -= self.is_working(day)
            if not count:
                break
            day -= DAY
        return day


@dataclass(frozen=True, slots=True)
class Streak:
    """Working days in a row on which something counts. Days off and holidays neither break it nor count."""

    length: int = 0
    first: dt.date | None = None
    last: dt.date | None = None


def streak_at(today: dt.date, days: Days, calendar: Calendar, earliest: dt.date) -> Streak:
    """The one that is running. Today, which is not over, adds to it or leaves it as it is."""
    length, first, last = 0, None, None
    day = today if days.get(today) else today - DAY
    while day >= earliest:
        if calendar.is_working(day):
            if not days.get(day):
                break
            length, first, last = length + 1, day, last or day
        day -= DAY
    return Streak(length, first, last)


def first_of_month(day: dt.date) -> dt.date:
    return day.replace(day=1)


def after_month(day: dt.date) -> dt.date:
    return (day.replace(day=1) + 31 * DAY).replace(day=1)


def month_mark(day: dt.date) -> str:
    return f"{day:%Y-%m}"


def between(days: Days, first: dt.date, end: dt.date) -> int:
    """Seconds of the days [first, end)."""
    return sum(seconds for day, seconds in days.items() if first <= day < end)


def reached_month(days: Days, day: dt.date) -> bool:
    return between(days, first_of_month(day), after_month(day)) >= MONTH_SECONDS


def reached_goal(days: Days, day: dt.date, week_start: int, goal: int) -> bool:
    """Without a goal there is nothing to meet."""
    return 0 < goal <= between(days, *week_bounds(day, week_start))


def is_new_week(first: dt.date, marks: Collection[str]) -> bool:
    """No week that shares a day with it was earned: also where weeks have begun on another day since."""
    return all(abs(dt.date.fromisoformat(mark) - first) >= 7 * DAY for mark in marks)


def is_new_streak(streak: Streak, marks: Collection[str]) -> bool:
    """None of its days was the last of one that was earned: a row of days is earned once, however long it goes on."""
    assert streak.first is not None
    assert streak.last is not None
    return not any(streak.first <= dt.date.fromisoformat(mark) <= streak.last for mark in marks)
