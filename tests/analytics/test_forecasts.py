from __future__ import annotations

import datetime as dt
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.forecasts.finish import (
    FEWEST_WEEKS,
    HORIZON,
    MOST_WEEKS,
    POINTS,
    Assumed,
    Calendar,
    Finish,
    Remaining,
    Silence,
    forecast,
)

DAY = dt.timedelta(days=1)
MONDAY = dt.date(2026, 3, 2)
WEEKDAYS = Calendar(frozenset(range(5)))
SOME = [Remaining(1, 2, 5), Remaining(2, 4, 7, 1.5), Remaining(4, 8, 20)]
SURELY = Assumed(shared=0, growth=0, pace=0)
"""Nothing varies but what ranges and weeks say."""


def exactly(hours: float) -> list[Remaining]:
    return [Remaining(hours, hours, hours)]


# ── What is said ─────────────────────────────────────────────────────────────
def test_work_goes_on_by_working_days():
    """39 of 40 hours a week on five days: on Friday next week, whatever is drawn of a narrow range."""
    told = forecast(exactly(75), [40] * 6, WEEKDAYS, MONDAY, assumed=SURELY)
    assert (told.p50, told.p85) == (MONDAY + 11 * DAY, MONDAY + 11 * DAY)


def test_today_has_its_hours_ahead():
    told = forecast(exactly(5), [40] * 6, WEEKDAYS, MONDAY, MONDAY, assumed=SURELY)
    assert (told.p85, told.chance, told.line) == (MONDAY, 1.0, ((MONDAY, 1.0),))


def test_holidays_ahead_put_it_off():
    off = Calendar(WEEKDAYS.working, frozenset({MONDAY, MONDAY + 2 * DAY}))
    assert forecast(exactly(21), [40] * 6, WEEKDAYS, MONDAY, assumed=SURELY).p50 == MONDAY + 2 * DAY
    assert forecast(exactly(21), [40] * 6, off, MONDAY, assumed=SURELY).p50 == MONDAY + 4 * DAY


def test_holidays_behind_make_a_day_worth_more():
    """8 hours in weeks of one working day are as much a day as 40 in whole ones."""
    first = MONDAY - 42 * DAY
    off = frozenset(first + place * DAY for place in range(42) if (first + place * DAY).weekday() != 2)
    told = forecast(exactly(21), [8] * 6, Calendar(WEEKDAYS.working, off), MONDAY, assumed=SURELY)
    assert told.p50 == MONDAY + 2 * DAY


def test_a_week_without_working_days_says_nothing():
    off = frozenset(MONDAY - back * DAY for back in range(1, 8))
    told = forecast(SOME, [40] * 5 + [0], Calendar(WEEKDAYS.working, off), MONDAY)
    assert (told.weeks, told.idle_weeks) == (5, 0)


def test_weeks_may_end_before_today():
    """Told on a Thursday, of whole weeks: the last had no working day."""
    off = Calendar(WEEKDAYS.working, frozenset(MONDAY - back * DAY for back in range(1, 8)))
    weeks = [40] * 5 + [0]
    assert forecast(SOME, weeks, off, MONDAY + 3 * DAY, until=MONDAY).weeks == 5
    assert forecast(SOME, weeks, off, MONDAY + 3 * DAY).weeks == 6


def test_weeks_without_work_count_from_the_first_work_on():
    told = forecast(SOME, [0, 0, 0, 0, 10, 0, 10, 0, 10], WEEKDAYS, MONDAY)
    assert (told.weeks, told.idle_weeks) == (5, 2)
    assert told.p85 > forecast(SOME, [10] * 5, WEEKDAYS, MONDAY).p85


def test_only_the_last_weeks_count():
    late = [12.0] * MOST_WEEKS
    assert forecast(SOME, [80.0] * 30 + late, WEEKDAYS, MONDAY) == forecast(SOME, late, WEEKDAYS, MONDAY)


def test_what_is_tracked_is_done():
    begun = [Remaining(task.low, task.middle, task.high, 0.9 * task.low) for task in SOME]
    plain = [Remaining(task.low, task.middle, task.high) for task in SOME]
    assert forecast(begun, [10] * 6, WEEKDAYS, MONDAY).hours_p50 < forecast(plain, [10] * 6, WEEKDAYS, MONDAY).hours_p50


@pytest.mark.parametrize("tracked", [5.0, 50.0, 5000.0])
def test_a_task_past_its_range_is_not_done(tracked):
    told = forecast([Remaining(2, 3, 4, tracked)], [10] * 6, WEEKDAYS, MONDAY, assumed=SURELY)
    assert 0 < told.hours_p50 < told.hours_p85 < tracked


def test_a_range_holds_as_it_was_stated():
    """Whatever is shared, one task takes as long as its own range says."""
    for shared in (0.0, 0.5):
        assumed = Assumed(shared=shared, growth=0, pace=0)
        told = forecast([Remaining(10, 20, 40)], [10] * 6, WEEKDAYS, MONDAY, assumed=assumed, draws=20_000)
        assert told.hours_p50 == pytest.approx(20, rel=0.03)
        assert told.hours_p85 == pytest.approx(20 * 2 ** (1.0364 / 1.2816), rel=0.03)


def test_shared_errors_do_not_cancel_out():
    tasks = [Remaining(1, 2, 4)] * 60
    spread = {}
    for shared in (0.0, 0.25, 0.9):
        told = forecast(tasks, [20] * 8, WEEKDAYS, MONDAY, assumed=Assumed(shared=shared, growth=0, pace=0))
        spread[shared] = told.hours_p85 / told.hours_p50
    assert 1 < spread[0.0] < 1.1 < spread[0.25] < spread[0.9]


def test_plans_grow():
    told, grown = (
        forecast(SOME, [10] * 6, WEEKDAYS, MONDAY, assumed=Assumed(growth=growth)).hours_p50 for growth in (0, 0.5)
    )
    assert grown > 1.2 * told


def test_the_line_agrees_with_the_dates():
    told = forecast(SOME * 10, [6, 0, 12, 9, 0, 7], WEEKDAYS, MONDAY, MONDAY + 60 * DAY)
    days = [day for day, _chance in told.line]
    assert days == sorted(set(days))
    assert len(days) <= POINTS
    assert min(chance for day, chance in told.line if day >= told.p85) >= 0.85
    assert max(chance for day, chance in told.line if day < told.p50) < 0.5
    assert told.line[-1][1] >= 0.98


def test_the_same_input_has_the_same_answer():
    assert forecast(SOME, [7, 3, 0, 9], WEEKDAYS, MONDAY) == forecast(SOME, [7, 3, 0, 9], WEEKDAYS, MONDAY)


# ── Where nothing is said ────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("tasks", "weeks", "reason"),
    [
        ([], [10] * 6, Silence.NO_TASKS),
        ([Remaining(0, 0, 0)] * 3, [10] * 6, Silence.NO_RANGES),
        (SOME, [], Silence.FEW_WEEKS),
        (SOME, [0] * 20, Silence.FEW_WEEKS),
        (SOME, [0] * 20 + [10] * (FEWEST_WEEKS - 1), Silence.FEW_WEEKS),
        (SOME, [10] + [0] * MOST_WEEKS, Silence.IDLE),
    ],
)
def test_nothing_is_said(tasks, weeks, reason):
    told = forecast(tasks, weeks, WEEKDAYS, MONDAY, MONDAY + 30 * DAY)
    assert told == Finish(weeks=told.weeks, idle_weeks=told.idle_weeks, reason=reason)


def test_minutes_a_week_are_too_far():
    told = forecast([Remaining(10, 20, 40)] * 20, [0.02] * 8, WEEKDAYS, MONDAY, MONDAY + 30 * DAY)
    assert (told.reason, told.p50, told.p85, told.chance, told.line) == (Silence.FAR, None, None, 0.0, ())


def test_one_date_may_be_near_and_the_other_too_far():
    told = forecast([Remaining(500, 2000, 16_000)], [8] * 8, WEEKDAYS, MONDAY)
    assert (told.reason, told.p85) == ("", None)
    assert told.p50 < told.line[-1][0] <= MONDAY + HORIZON


def test_no_working_days_at_all():
    off = frozenset(MONDAY + place * DAY for place in range(-90, HORIZON.days + 1))
    assert forecast(SOME, [10] * 8, Calendar(frozenset(), off), MONDAY).reason == Silence.FAR


def test_a_deadline_that_is_over():
    assert forecast(SOME, [10] * 6, WEEKDAYS, MONDAY, MONDAY - DAY).chance == 0.0


def test_five_thousand_tasks():
    told = forecast([Remaining(1, 2, 5, 0.5)] * 5000, [400] * 6, WEEKDAYS, MONDAY)
    assert 5000 < told.hours_p50 < told.hours_p85 < 40_000
    assert MONDAY < told.p50 < told.p85


figures = st.floats(0, 1e4)
ranges = st.builds(Remaining, figures, figures, figures, figures)


@given(
    st.lists(ranges, max_size=6),
    st.lists(st.floats(0, 200), max_size=16),
    st.frozensets(st.integers(0, 6)),
    st.integers(-400, 4000),
)
def test_whatever_comes_in(tasks, weeks, working, days):
    """Also ranges that are upside down."""
    told = forecast(tasks, weeks, Calendar(working), MONDAY, MONDAY + days * DAY, draws=60)
    assert bool(told.reason) == (told.p50 is None)
    assert 0 <= told.idle_weeks <= told.weeks <= MOST_WEEKS
    assert 0 <= told.hours_p50 <= told.hours_p85
    assert (told.chance is None) == (told.reason not in {"", Silence.FAR})
    if told.p85:
        assert MONDAY <= told.p50 <= told.p85 <= MONDAY + HORIZON
        assert all(Calendar(working).is_working(day) for day in (told.p50, told.p85) if day != MONDAY)
    chances = [chance for _day, chance in told.line]
    assert chances == sorted(chances)
    assert len(chances) <= POINTS


@given(st.lists(st.floats(1, 60), min_size=4, max_size=12), st.floats(1.1, 3))
def test_a_team_that_does_more_is_never_later(weeks, times):
    slow = forecast(SOME, weeks, WEEKDAYS, MONDAY, draws=100)
    fast = forecast(SOME, [hours * times for hours in weeks], WEEKDAYS, MONDAY, draws=100)
    assert fast.p50 <= slow.p50
    assert fast.p85 <= slow.p85


def test_pages_import_it_without_numpy():
    code = "import sys, analytics.forecasts.finish; print('numpy' in sys.modules)"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "False"
