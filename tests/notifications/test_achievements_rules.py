"""When something is reached: by days alone, without any table."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifications.achievements import rules
from notifications.achievements.rules import DAY, Calendar, Streak, streak_at

MONDAY = dt.date(2026, 3, 2)
WEEK = Calendar({0, 1, 2, 3, 4})
EARLIEST = MONDAY - 365 * DAY


def on(*numbers: int) -> dict[dt.date, int]:
    """Some time on the days that lie so many after Monday."""
    return {MONDAY + number * DAY: 60 for number in numbers}


@pytest.mark.parametrize(
    ("today", "days", "length"),
    [
        (0, [], 0),
        (0, [0], 1),
        (1, [0], 1),  # today is not over
        (2, [0], 0),
        (4, [0, 1, 2, 3, 4], 5),
        (6, [0, 1, 2, 3, 4], 5),
        (7, [0, 1, 2, 3, 4], 5),
        (7, [0, 1, 2, 3, 4, 5, 7], 6),
        (8, [0, 1, 2, 3, 4, 8], 1),
        (5, [5], 0),
    ],
)
def test_streaks(today: int, days: list[int], length: int):
    assert streak_at(MONDAY + today * DAY, on(*days), WEEK, EARLIEST).length == length


def test_a_streak_knows_its_first_and_last_day():
    found = streak_at(MONDAY + 6 * DAY, on(1, 2, 3, 4, 5), WEEK, EARLIEST)
    assert found == Streak(4, MONDAY + 1 * DAY, MONDAY + 4 * DAY)


@given(st.sets(st.integers(0, 60)), st.sets(st.integers(0, 6), min_size=1), st.sets(st.integers(0, 60), max_size=5))
def test_a_streak_is_what_one_counts_by_hand(worked: set[int], working: set[int], holidays: set[int]):
    calendar = Calendar(working, {MONDAY + number * DAY for number in holidays})
    expected = 0
    for number in range(61):
        if calendar.is_working(MONDAY + number * DAY):
            # The last day is today, which breaks nothing.
            expected = expected + 1 if number in worked else (expected if number == 60 else 0)
    found = streak_at(MONDAY + 60 * DAY, on(*worked), calendar, MONDAY)
    assert found.length == expected
    if found.first and found.last:
        assert found.first <= found.last
        assert calendar.is_working(found.first)
        assert calendar.is_working(found.last)


@given(st.sets(st.integers(0, 6), min_size=1), st.integers(1, 31))
def test_so_many_working_days_back(working: set[int], count: int):
    calendar = Calendar(working)
    day = calendar.back(MONDAY, count)
    between = [day + number * DAY for number in range((MONDAY - day).days + 1)]
    assert sum(map(calendar.is_working, between)) == count
    assert calendar.is_working(day)


def test_without_working_days_one_looks_back_a_year():
    assert Calendar(()).back(MONDAY, 7) == MONDAY - rules.YEAR


@given(st.dictionaries(st.integers(-9, 9), st.integers(0, 90_000), max_size=8), st.integers(0, 200_000))
def test_today_and_yesterday_count_and_no_more_than_there_was(days: dict[int, int], most: int):
    found = rules.fresh({MONDAY + number * DAY: seconds for number, seconds in days.items()}, MONDAY, most)
    assert set(found) <= {MONDAY, MONDAY - DAY}
    assert sum(found.values()) <= most
    assert all(0 < seconds <= days[(day - MONDAY).days] for day, seconds in found.items())


@pytest.mark.parametrize(("seconds", "is_reached"), [(359_999, False), (360_000, True)])
def test_a_hundred_hours_to_the_second(seconds: int, is_reached: bool):
    days = {dt.date(2026, 3, 1): 1, dt.date(2026, 3, 31): seconds - 1, dt.date(2026, 4, 1): 50, dt.date(2026, 2, 28): 9}
    assert rules.reached_month(days, dt.date(2026, 3, 15)) is is_reached


@pytest.mark.parametrize("day", [dt.date(2024, 2, 29), dt.date(2026, 12, 31), dt.date(2026, 1, 1)])
def test_months_end(day: dt.date):
    assert rules.after_month(day).day == 1
    assert rules.first_of_month(rules.after_month(day) - DAY) == rules.first_of_month(day)


def test_without_a_goal_no_week_meets_it():
    assert not rules.reached_goal(on(0), MONDAY, 0, 0)
    assert rules.reached_goal(on(0), MONDAY, 0, 60)
    assert not rules.reached_goal(on(7), MONDAY, 0, 60)
    assert rules.reached_goal(on(-1), MONDAY - DAY, 6, 60)


def test_a_week_is_earned_once_however_weeks_begin():
    assert rules.is_new_week(MONDAY, ["2026-02-23", "2026-03-09"])
    assert not rules.is_new_week(MONDAY, ["2026-03-01"])
    assert not rules.is_new_week(MONDAY, ["2026-03-08"])
