"""Figures of a group and what stands out in them: numbers only, no database."""

from __future__ import annotations

import datetime as dt
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.patterns.asked import weeks_of
from analytics.patterns.claims import Claim
from analytics.patterns.days import HOUR, Day, days_of
from analytics.team.asked import ask_group
from analytics.team.means import FEWEST_PEOPLE, Person, grid_of, mean_of, months_of_group, weeks_of_group
from tests.analytics.test_patterns import BERLIN, FIRST, WEEKS, history, stretch

LAST = FIRST + dt.timedelta(days=7 * WEEKS - 1)


def person(stretches, errors=()) -> Person:
    days = days_of(stretches, BERLIN)
    return Person(days, weeks_of(days, FIRST, WEEKS), errors)


def at(hour: int, hours: float = 1, days: int = 5, times: int = 1) -> list:
    return [
        stretch(FIRST + dt.timedelta(days=n), hour + hours * time, 60 * hours, thing=time)
        for n in range(days)
        for time in range(times)
    ]


def claims(people: list[Person]) -> dict[str, Claim]:
    return {claim.name: claim for claim in ask_group(people, weeks_of_group(people))}


def crew(*hours: float, minutes: float = 50, wide: float = 20, count: int = FEWEST_PEOPLE) -> list[list]:
    return [history(*hours, minutes=minutes, wide=wide, seed=10 * place) for place in range(count)]


# ── Means ────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("values", "mean"),
    [
        ([1.0] * 5, 1.0),
        ([1.0] * 4, None),
        ([1.0] * 4 + [0.0], None),
        ([1.0] * 4 + [None], None),
        ([1.0, 2.0, 3.0, 4.0, 5.0, 0.0], 2.5),
        ([], None),
    ],
)
def test_a_mean_takes_five_people(values, mean):
    assert mean_of(values) == mean


def test_of_errors_a_zero_is_one_too():
    assert mean_of([0.0] * 5, zero_counts=True) == 0.0
    assert mean_of([0.0] * 4, zero_counts=True) is None


def test_an_hour_of_four_people_is_not_told():
    people = [person(at(9) + (at(20, days=1) if place else [])) for place in range(5)]
    grid = grid_of(people)
    assert grid[0][9] == pytest.approx(0.2)
    assert grid[0][20] is None
    people.append(person(at(9) + at(20, days=1)))
    assert grid_of(people)[0][20] is not None


def test_what_is_missing_to_the_whole_tells_nothing():
    """With one hour hidden, the others would give it away if they were shares of all."""
    quiet, loud = [person(at(9)) for _ in range(5)], [person(at(9)) for _ in range(4)] + [person(at(9) + at(18, 4))]
    assert grid_of(quiet) == grid_of(loud)
    told = [share for row in grid_of(loud) for share in row if share is not None]
    assert sum(told) == pytest.approx(1)


def test_everybody_has_the_same_weight():
    """One works ten times as long as the others, and in the afternoon."""
    people = [person(at(9, 0.05) + at(14, 0.05)) for _ in range(5)] + [person(at(9, 0.1) + at(14, 0.9))]
    grid = grid_of(people)
    assert grid[0][9] == pytest.approx((5 * 0.5 + 0.1) / 6 / 5)


@settings(max_examples=20, deadline=None)
@given(st.lists(st.lists(st.integers(0, 23), max_size=4), min_size=1, max_size=8))
def test_no_hour_is_told_of_fewer_than_five(hours):
    people = [Person([_day(set(one))], [], []) for one in hours]
    for hour, share in enumerate(grid_of(people)[0]):
        assert (share is not None) is (sum(hour in one for one in hours) >= FEWEST_PEOPLE)


def _day(hours: set[int]) -> Day:
    worked = [HOUR * (hour in hours) for hour in range(24)]
    return Day(FIRST, worked, worked, worked)


def test_a_week_of_four_people_is_not_told():
    later = [stretch(FIRST + dt.timedelta(days=7), 9, 60)]
    people = [person(at(9) + (later if place else [])) for place in range(5)]
    first, second, *_others = weeks_of_group(people)
    assert (first.worked, first.focus) == (5 * HOUR, 1.0)
    assert (second.worked, second.focus, second.turns, second.meetings) == (None, None, None, None)


def test_a_share_that_four_people_have_is_not_told():
    met = [stretch(FIRST, 15, 60, meeting=True)]
    people = [person(at(9) + (met if place else [])) for place in range(5)]
    assert weeks_of_group(people)[0].meetings is None
    people = [person(at(9) + met) for _ in range(5)]
    assert weeks_of_group(people)[0].meetings == pytest.approx(1 / 6)


def test_the_errors_of_a_month_are_those_of_five_people():
    early, late = (FIRST, 1.0), (FIRST + dt.timedelta(days=40), 0.0)
    people = [person([], [early, early, late] if place else [(FIRST, 0.0)]) for place in range(5)]
    months = months_of_group(people, FIRST, LAST)
    assert [month for month, _factor in months] == [dt.date(2026, month, 1) for month in range(3, 9)]
    assert months[0][1] == pytest.approx(2.718281828**0.8)  # each person counts once
    assert months[1][1] is None


# ── Claims ───────────────────────────────────────────────────────────────────
def test_a_planted_peak_of_the_team_is_found():
    quiet, full = crew(8, 12, 13, 14, 15, minutes=30), crew(9, 10, 11, wide=4)
    found = claims([person(one + other) for one, other in zip(quiet, full, strict=True)])["peak"]
    assert found.said
    assert found.which in {9, 10}
    assert 0 < found.low <= found.level - found.other <= found.high < 1


def test_the_same_of_four_people_is_not_asked():
    quiet, full = crew(8, 12, 13, 14, 15, minutes=30, count=4), crew(9, 10, 11, wide=4, count=4)
    found = claims([person(one + other) for one, other in zip(quiet, full, strict=True)])
    assert all(claim.p is None for claim in found.values())


def test_what_one_person_does_is_no_peak_of_the_team():
    people = [person(one) for one in crew(*range(8, 17))]
    alone = person(history(*range(8, 17)) + history(20, 21, 22, minutes=59, wide=1, seed=7))
    found = claims([*people[1:], alone, people[0]])["peak"]
    assert not found.said or not {20, 21, 22} & {(found.which + n) % 24 for n in range(found.width)}


def test_a_longest_day_of_the_team_is_found():
    on_tuesdays = [one for one in history(16, 17, 18) if dt.datetime.fromtimestamp(one.start, BERLIN).weekday() == 1]
    found = claims([person(one + on_tuesdays) for one in crew(9, 10, 13)])["longest_day"]
    assert (found.said, found.which) == (True, 1)
    assert HOUR < found.level - found.other < 4 * HOUR


def test_days_on_which_one_has_no_long_stretch_are_not_left_out():
    """In the morning each day another of the five does not stay with one thing; in the afternoon all do, by 90 %."""

    def day(place: int, number: int) -> Day:
        begun = [HOUR * (hour in (9, 14)) for hour in range(24)]
        focused = [0] * 24
        focused[9], focused[14] = HOUR * (number % 5 != place), HOUR * 9 // 10
        return Day(FIRST + dt.timedelta(days=number), begun, begun, focused)

    people = [Person([day(place, number) for number in range(30)], [], []) for place in range(5)]
    found = {claim.name: claim for claim in ask_group(people, [])}["focus_part"]
    assert (found.said, found.which, found.count) == (True, 2, 30)
    assert (found.level, found.other) == (pytest.approx(0.9), pytest.approx(0.8))


def test_even_weeks_have_no_pattern():
    said = [claim.name for place in range(3) for claim in claims(_even(place)).values() if claim.said]
    assert not said


def _even(place: int) -> list[Person]:
    rng = random.Random(place)
    return [person(history(*range(8, 17), seed=rng.randrange(10**6))) for _ in range(FEWEST_PEOPLE)]


def test_estimates_of_a_team_that_get_better():
    rng = random.Random(5)
    days = [FIRST + dt.timedelta(days=7 * week + 2) for week in range(WEEKS)]
    people = [
        person([], [(day, max(0.01, 1 - 0.03 * week + rng.gauss(0, 0.1))) for week, day in enumerate(days)])
        for _ in range(FEWEST_PEOPLE)
    ]
    found = claims(people)["estimates_change"]
    assert (found.said, found.count) == (True, WEEKS)
    assert found.level < found.other


def test_of_nobody_nothing_is_asked():
    assert all(claim.p is None and not claim.said for claim in claims([person([]) for _ in range(5)]).values())
