"""Somebody's days and what stands out in them: numbers only, no database."""

from __future__ import annotations

import datetime as dt
import random
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analytics.patterns.asked import ask, weeks_of
from analytics.patterns.claims import Claim, changes, decide, peak, stands_out
from analytics.patterns.days import HOUR, Stretch, day_begins, days_of, hours_covered

BERLIN = ZoneInfo("Europe/Berlin")
KATHMANDU = ZoneInfo("Asia/Kathmandu")  # 5:45 ahead
MINUTE = 60
FIRST = dt.date(2026, 3, 2)  # a Monday
WEEKS = 26


def at(day: dt.date, hour: float, zone: dt.tzinfo = BERLIN) -> int:
    return int(dt.datetime.combine(day, dt.time(0), zone).timestamp() + hour * HOUR)


def stretch(day: dt.date, hour: float, minutes: float, thing: object = "a", **more: bool) -> Stretch:
    start = at(day, hour)
    return Stretch(start, start + int(minutes * MINUTE), thing, **more)


def history(*hours: float, minutes: float = 50, weeks: int = WEEKS, seed: int = 1, wide: float = 20) -> list[Stretch]:
    """Entries at these hours of each working day, each at some other minute and as long as chance will."""
    rng = random.Random(seed)
    days = [FIRST + dt.timedelta(days=n) for n in range(7 * weeks)]
    return [
        stretch(day, hour + rng.random() / 10, minutes + rng.uniform(-wide, wide) / 2, rng.randrange(5))
        for day in days
        if day.weekday() < 5
        for hour in hours
    ]


def claims(stretches: list[Stretch], ratios: list[float] | None = None, weeks: int = WEEKS) -> dict[str, Claim]:
    days = days_of(stretches, BERLIN)
    return {claim.name: claim for claim in ask(days, weeks_of(days, FIRST, weeks), ratios or [])}


# ── Days ─────────────────────────────────────────────────────────────────────
def test_an_entry_counts_in_each_hour_that_it_covers():
    (day,) = days_of([stretch(FIRST, 9.5, 120)], BERLIN)
    assert {hour: seconds for hour, seconds in enumerate(day.worked) if seconds} == {9: 1800, 10: 3600, 11: 1800}
    assert (day.date, day.total, day.blocks) == (FIRST, 7200, 1)


@pytest.mark.parametrize(
    ("start", "hours"),
    [
        (dt.datetime(2026, 3, 29, 0, 30, tzinfo=dt.UTC), {1: 1800, 3: 3600, 4: 1800}),  # 2:00 is not there
        (dt.datetime(2026, 10, 25, 0, 30, tzinfo=dt.UTC), {2: 1800 + 3600, 3: 1800}),  # 2:00 is there twice
    ],
)
def test_hours_where_the_clocks_change(start, hours):
    found: dict[int, int] = {}
    for local, seconds in hours_covered(int(start.timestamp()), int(start.timestamp()) + 2 * HOUR, BERLIN):
        found[local.hour] = found.get(local.hour, 0) + seconds
    assert found == hours


@given(st.integers(0, 2 * 365 * 24 * HOUR), st.integers(1, 40 * HOUR), st.sampled_from([BERLIN, KATHMANDU, dt.UTC]))
def test_no_second_is_lost(start: int, length: int, zone: dt.tzinfo):
    begin = at(FIRST, 0, dt.UTC) + start
    assert sum(seconds for _hour, seconds in hours_covered(begin, begin + length, zone)) == length
    days = days_of([Stretch(begin, begin + length, "a")], zone)
    assert sum(day.total for day in days) == length == sum(sum(day.begun) for day in days)


def test_days_of_the_night_begin_at_noon():
    nights = [stretch(FIRST + dt.timedelta(days=n), 22, 8 * 60) for n in range(5)]
    days = days_of(nights, BERLIN)
    assert [day.total for day in days] == [8 * HOUR] * 5
    assert [day.date for day in days] == [FIRST + dt.timedelta(days=n) for n in range(5)]


@pytest.mark.parametrize(
    ("worked", "begins"),
    [(range(9, 17), 0), (range(9, 12), 0), ((22, 23, 0, 1, 2, 3, 4, 5), 14), (range(8), -8)],
)
def test_where_days_begin(worked, begins):
    assert day_begins([3600 * (hour in worked) for hour in range(24)]) == begins


def test_one_long_night_moves_no_other_day():
    usual = [stretch(FIRST + dt.timedelta(days=n), 9, 8 * 60) for n in range(20)]
    evening, night = stretch(FIRST, 21, 120), stretch(FIRST + dt.timedelta(days=30), 1, 300)
    days = days_of([*usual, evening, night], BERLIN)
    assert {day.date: day.total for day in days}[FIRST] == 10 * HOUR
    assert days[-1].date == FIRST + dt.timedelta(days=30)


def test_turns_and_blocks_of_a_day():
    entries = [(9, 30, "a"), (9.5, 10, "b"), (10, 20, "a"), (10.4, 20, "a")]
    work = [stretch(FIRST, *entry) for entry in entries]
    (day,) = days_of(work, BERLIN)
    assert (day.blocks, day.turns) == (2, 2)
    assert sum(day.focused) == 70 * MINUTE  # what is on one thing with a pause of four minutes is one stretch


def test_meetings_are_counted_by_their_mark():
    (day,) = days_of([stretch(FIRST, 9, 30, meeting=True), stretch(FIRST, 11, 60)], BERLIN)
    assert day.meetings == 30 * MINUTE


# ── Claims ───────────────────────────────────────────────────────────────────
def test_a_planted_peak_is_named_with_its_size():
    found = claims(history(8, 12, 13, 14, 15, minutes=30) + history(9, 10, 11, minutes=50, wide=4, seed=2))
    assert found["peak"].said
    assert (found["peak"].which, found["peak"].width) in {(9, 3), (9, 4), (9, 2), (10, 2)}
    assert 0 < found["peak"].low <= found["peak"].level - found["peak"].other <= found["peak"].high


def test_even_days_have_no_peak():
    assert not claims(history(*range(8, 17)))["peak"].said


def test_a_peak_round_midnight():
    found = claims(history(21, 22, 2, 3, minutes=25) + history(23, 24, 25, minutes=55, wide=4, seed=3))["peak"]
    assert found.said
    assert {(found.which + n) % 24 for n in range(found.width)} <= {23, 0, 1}


def test_the_longest_and_the_shortest_day_of_the_week():
    def on(days: set[int], *hours: float) -> list[Stretch]:
        return [one for one in history(*hours) if dt.datetime.fromtimestamp(one.start, BERLIN).weekday() in days]

    work = on({0, 1, 2, 3}, 9, 10, 11, 13, 14) + on({4}, 9, 10) + on({1}, 16, 17)
    found = claims(work)
    assert (found["longest_day"].said, found["longest_day"].which) == (True, 1)
    assert (found["shortest_day"].said, found["shortest_day"].which) == (True, 4)
    assert found["shortest_day"].level < found["shortest_day"].other


def test_estimates_that_get_better():
    rng = random.Random(4)
    ratios = [2.718 ** rng.gauss(0, 0.8 - 0.007 * n) for n in range(100)]
    found = claims([], ratios)["estimates_change"]
    assert found.said
    assert found.level < found.other
    assert found.high < 0


@pytest.mark.parametrize("work", [[], history(9, weeks=1)[:1], history(22, 23, weeks=2)], ids=["none", "one", "few"])
def test_with_too_little_nothing_is_asked(work):
    assert all(claim.p is None and not claim.said for claim in claims(work, [1.0]).values())


def test_what_never_differs_is_no_pattern():
    same = [stretch(FIRST + dt.timedelta(days=n), 9, 480) for n in range(7 * WEEKS)]
    assert not any(claim.said for claim in claims(same, [1.0] * 50).values())


def test_rounding_is_no_change():
    """A third of each week, in sums that computers round in different ways."""
    assert changes("x", [n / (3 * n) + (0.1 + 0.2 - 0.3) * (n % 2) for n in range(1, 30)], 8).p == 1.0
    assert changes("x", [0.0] * 30, 8).p == 1.0


@settings(max_examples=15, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.lists(st.floats(0, 3600), min_size=24, max_size=24), min_size=20, max_size=25))
def test_whatever_the_hours_p_is_a_probability(rows):
    found = peak("peak", rows, 20)
    assert found.p is None or 0 < found.p <= 1
    assert found.low <= found.high


@pytest.mark.parametrize("seed", range(3))
def test_the_same_question_has_the_same_answer(seed):
    rng = random.Random(seed)
    values = [rng.random() for _ in range(30)]
    assert changes("x", values, 8) == changes("x", values, 8)
    table = [[rng.random(), rng.random()] for _ in range(30)]
    assert stands_out("x", table, 8) == stands_out("x", table, 8)


def test_holm_lets_through_in_order():
    asked = [Claim("a", p=0.012), Claim("b", p=0.02), Claim("c", p=0.03), Claim("d", p=None), Claim("e", p=0.9)]
    assert [claim.said for claim in decide(asked)] == [True, False, False, False, False]
    assert [claim.said for claim in decide([Claim("a", p=0.02), Claim("b", p=0.04)])] == [True, True]
    assert decide([]) == []
