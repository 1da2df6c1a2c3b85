"""The score, from seconds and rules: no database."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.productivity import Finished, Habits, Part, Piece, Score, balance, estimates, focus, goal, productivity

HOUR, MINUTE = 3600, 60
BERLIN = ZoneInfo("Europe/Berlin")
KIRITIMATI = ZoneInfo("Pacific/Kiritimati")
NOW = dt.datetime(2026, 3, 18, 12, tzinfo=dt.UTC)  # a Wednesday
WORK_WEEK = frozenset(range(5))


def habits(**changed) -> Habits:
    standard = Habits(dt.UTC, WORK_WEEK, dt.time(9), dt.time(17), goal=40 * HOUR)
    return replace(standard, **changed)


def piece(start: dt.datetime, minutes: float, thing: object = "a") -> Piece:
    begin = int(start.timestamp())
    return Piece(begin, begin + int(minutes * MINUTE), thing)


def row(*pieces: tuple[float, float, object]) -> list[Piece]:
    """(minute it starts, minutes, thing)."""
    return [piece(NOW + dt.timedelta(minutes=start), length, thing) for start, length, thing in pieces]


def local(zone: ZoneInfo, *when: int) -> dt.datetime:
    return dt.datetime(*when, tzinfo=zone)


def week_of_work(monday: dt.datetime, hours: int = 8) -> list[Piece]:
    return [piece(monday + dt.timedelta(days=day, hours=9), hours * 60) for day in range(5)]


def value_of(score: Score, name: str) -> int | None:
    return next(part.value for part in score.parts if part.name == name)


# ── Focus ────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("pieces", "value"),
    [
        ([], None),
        ([(0, 25, "a")], 100),
        ([(0, 24.9, "a")], 0),
        ([(0, 75, "a"), (75, 15, "b"), (90, 10, "c")], 75),
        ([(0, 15, "a"), (20, 10, "a")], 100),  # five minutes
        ([(0, 15, "a"), (20.1, 10, "a")], 0),
        ([(0, 15, "a"), (15, 10, "b")], 0),
        ([(0, 20, "a"), (20, 2, "b"), (22, 20, "a")], 0),  # something else in between
        ([(0, 13, "a"), (17, 11, "a")], 0),  # the pause is no work
        ([(0, 15, "a"), (0, 15, "a")], 0),  # the same quarter of an hour twice
        ([(0, 30, "a"), (10, 5, "a"), (32, 10, "a")], 100),
        ([(0, 30, None)], 100),
    ],
)
def test_focus_counts_unbroken_stretches(pieces, value):
    assert focus(row(*pieces)) == value


# ── Estimates ────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("tasks", "value"),
    [
        ([], None),
        ([(10, 10)] * 2, None),
        ([(10, 10)] * 3, 100),
        ([(10, 20), (20, 10), (10, 10)], 67),
        ([(1, 1000)] * 3, 0),
        ([(8, 7)] * 4, 88),  # 87.5
    ],
)
def test_estimates_take_too_much_and_too_little_alike(tasks, value):
    assert estimates([Finished(0, *task) for task in tasks]) == value


# ── Balance ──────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("start", "minutes", "value"),
    [
        ((2026, 3, 16, 9), 480, 100),
        ((2026, 3, 16, 8), 600, 80),
        ((2026, 3, 16, 17), 60, 0),
        ((2026, 3, 14, 9), 480, 0),  # Saturday
        ((2026, 3, 13, 16), 24 * 3 * 60, 11),  # through a weekend: 1 hour on Friday, 7 on Monday, of 72
    ],
)
def test_balance_is_the_share_in_working_hours(start, minutes, value):
    assert balance([piece(local(BERLIN, *start), minutes)], habits(zone=BERLIN)) == value


def test_balance_of_a_night_belongs_to_the_day_it_begins_on():
    nights = habits(work_starts=dt.time(22), work_ends=dt.time(6), working_days=frozenset({4}))
    friday = dt.datetime(2026, 3, 13, tzinfo=dt.UTC)
    assert balance([piece(friday + dt.timedelta(hours=22), 480)], nights) == 100
    assert balance([piece(friday + dt.timedelta(hours=24), 360)], nights) == 100  # all of it on Saturday
    assert balance([piece(friday, 360)], nights) == 0


@pytest.mark.parametrize(
    ("start", "seconds"),
    [
        (local(BERLIN, 2026, 3, 29, 0), 23 * HOUR),  # an hour is skipped
        (local(BERLIN, 2026, 10, 25, 0), 25 * HOUR),  # an hour comes twice
    ],
)
def test_balance_on_days_of_another_length(start, seconds):
    always = habits(zone=BERLIN, working_days=frozenset({6}), work_starts=dt.time(0), work_ends=dt.time(12))
    day = Piece(int(start.timestamp()), int(start.timestamp()) + seconds, "a")
    assert balance([day], always) == round(100 * (seconds - 12 * HOUR) / seconds)
    early = habits(zone=BERLIN, working_days=frozenset({6}), work_starts=dt.time(2, 30), work_ends=dt.time(2, 45))
    assert balance([day], early) == 1  # a quarter of an hour, also where the clock does not show it


def test_hours_that_meet_over_a_skipped_hour_count_once():
    odd = habits(zone=BERLIN, working_days=frozenset(range(7)), work_starts=dt.time(3, 10), work_ends=dt.time(2, 50))
    assert balance([piece(local(BERLIN, 2026, 3, 29, 0), 600)], odd) == 100


def test_balance_needs_working_days():
    assert balance(row((0, 60, "a")), habits(working_days=frozenset())) is None
    assert balance([], habits()) is None


def test_the_day_is_the_one_of_the_person():
    # Monday 9:00 on Kiritimati is Sunday 19:00 in UTC.
    monday = piece(local(KIRITIMATI, 2026, 3, 16, 9), 480)
    assert balance([monday], habits(zone=KIRITIMATI)) == 100
    assert balance([monday], habits()) == 0


# ── Goal ─────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("weeks", "wanted", "value"),
    [([], 40, None), ([40], 0, None), ([40, 20], 40, 75), ([80, 0], 40, 50), ([50, 60], 40, 100)],
)
def test_goal_is_the_mean_over_the_weeks(weeks, wanted, value):
    assert goal(weeks, wanted) == value


def test_only_full_weeks_of_the_window_count():
    mondays = [dt.datetime(2026, 2, 16, tzinfo=dt.UTC) + dt.timedelta(days=7 * n) for n in range(5)]
    pieces = [one for monday in mondays for one in week_of_work(monday)]
    found = productivity(pieces, [], habits(), NOW)
    # From Thursday 19 February on: three weeks are whole, the one that goes on is not.
    assert found.score.parts[3] == Part("goal", 100, 3)
    assert (found.first, found.last) == (dt.date(2026, 2, 19), dt.date(2026, 3, 18))
    by_sunday = productivity(pieces, [], habits(week_start=6), NOW)
    assert by_sunday.score.parts[3] == Part("goal", 100, 3)
    missed = productivity(pieces[:-10], [], habits(), NOW)
    assert missed.score.parts[3] == Part("goal", 67, 3)


def test_weeks_before_the_first_work_do_not_count():
    tuesday = dt.datetime(2026, 3, 3, tzinfo=dt.UTC)
    new = productivity(week_of_work(tuesday) + week_of_work(tuesday + dt.timedelta(days=6)), [], habits(), NOW)
    assert new.score.parts[3] == Part("goal", 100, 1)
    newer = productivity(week_of_work(tuesday + dt.timedelta(days=7)), [], habits(), NOW)
    assert newer.score.parts[3] == Part("goal", None, 0)


def test_a_week_ends_at_the_persons_midnight():
    # Sunday 15 March, 23:00 to 1:00 there: half of it is of the week that is full.
    pieces = [piece(local(KIRITIMATI, 2026, 3, 9, 9), 60), piece(local(KIRITIMATI, 2026, 3, 15, 23), 120)]
    found = productivity(pieces, [], habits(zone=KIRITIMATI, goal=4 * HOUR), NOW)
    assert found.score.parts[3] == Part("goal", 50, 1)


# ── The score ────────────────────────────────────────────────────────────────
def test_the_score_is_the_mean_of_the_parts_that_are_there():
    parts = (Part("focus", 81), Part("estimates", None), Part("balance", 72), Part("goal", 90))
    assert Score(10 * HOUR, parts).value == 81
    assert Score(10 * HOUR, (Part("focus", 50), Part("goal", 51))).value == 51  # half up


def test_parts_count_as_often_as_is_said():
    def of(*weights: int) -> Score:
        values = (90, 60, None, 30)
        parts = (Part("x", value, weight=weight) for value, weight in zip(values, weights, strict=True))
        return Score(10 * HOUR, tuple(parts))

    assert of(1, 1, 3, 1).value == 60
    assert of(3, 1, 1, 0).value == 83  # (270 + 60) ÷ 4, half up
    assert of(0, 0, 3, 3).value is None  # one part is too few
    assert [part.value for part in of(0, 2, 1, 1).said] == [60, 30]


def test_too_little():
    parts = (Part("focus", 81), Part("balance", 72))
    assert Score(10 * HOUR - 1, parts).value is None
    assert Score(10 * HOUR, (*parts[:1], Part("balance", None))).value is None
    nothing = productivity([], [], habits(), NOW)
    assert (nothing.score.worked, nothing.score.value, nothing.score.said, nothing.trend) == (0, None, [], None)


def test_the_trend_compares_with_the_window_before():
    mondays = [dt.datetime(2026, 1, 26, tzinfo=dt.UTC) + dt.timedelta(days=7 * n) for n in range(7)]
    pieces = [one for monday in mondays for one in week_of_work(monday)]
    assert productivity(pieces, [], habits(), NOW).trend == 0
    late = [piece(monday + dt.timedelta(hours=18), 240) for monday in mondays[4:]]
    found = productivity(pieces + late, [], habits(), NOW)
    assert found.trend == found.score.value - found.before.value < 0
    assert productivity(week_of_work(mondays[4]) + week_of_work(mondays[5]), [], habits(), NOW).trend is None


def test_a_window_is_28_days_of_the_persons_calendar():
    edge = dt.datetime(2026, 2, 19, tzinfo=dt.UTC)
    across = productivity([piece(edge - dt.timedelta(hours=1), 180)], [], habits(), NOW)
    assert (across.before.worked, across.score.worked) == (HOUR, 2 * HOUR)
    ahead = productivity([piece(NOW - dt.timedelta(hours=1), 180)], [], habits(), NOW)
    assert ahead.score.worked == HOUR
    # Through the change to summer time a window has 28 days, and an hour less.
    now = local(BERLIN, 2026, 4, 8, 12)
    whole = productivity([piece(local(BERLIN, 2026, 3, 12), 60 * 24 * 40)], [], habits(zone=BERLIN), now)
    assert whole.score.worked == (27 * 24 + 12 - 1) * HOUR


def test_tasks_count_in_the_window_they_were_finished_in():
    middle = int(dt.datetime(2026, 2, 19, tzinfo=dt.UTC).timestamp())
    tasks = [Finished(middle - 1, 1, 1)] * 3 + [Finished(middle, 1, 2)] * 4
    found = productivity([], tasks, habits(), NOW)
    assert (found.before.parts[1].value, found.score.parts[1]) == (100, Part("estimates", 50, 4))


# ── What always holds ────────────────────────────────────────────────────────
START = int(dt.datetime(2026, 3, 1, tzinfo=dt.UTC).timestamp())
pieces_of_work = st.lists(
    st.tuples(st.integers(-480, 480), st.integers(1, 30 * HOUR), st.sampled_from("abc")).map(
        lambda one: Piece(START + one[0] * HOUR, START + one[0] * HOUR + one[1], one[2])
    ),
    max_size=30,
)
tasks_done = st.lists(
    st.builds(Finished, st.integers(START - 10**6, START + 10**6), st.integers(36, 10**6), st.integers(0, 10**6)),
    max_size=8,
)
anybody = st.builds(
    Habits,
    zone=st.sampled_from([dt.UTC, BERLIN, KIRITIMATI, ZoneInfo("America/St_Johns"), ZoneInfo("Australia/Lord_Howe")]),
    working_days=st.frozensets(st.integers(0, 6)),
    work_starts=st.times(),
    work_ends=st.times(),
    goal=st.integers(0, 168 * HOUR),
    week_start=st.integers(0, 6),
)
pairs = st.lists(st.tuples(st.integers(36, 10**6), st.integers(1, 10**6)), min_size=3, max_size=8)
moments = st.datetimes(dt.datetime(2026, 2, 20), dt.datetime(2026, 4, 20), timezones=st.just(dt.UTC))


@given(pieces_of_work, tasks_done, anybody, moments)
def test_everything_lies_between_0_and_100(pieces, tasks, person, now):
    found = productivity(pieces, tasks, person, now)
    for score in (found.score, found.before):
        values = [part.value for part in score.said]
        assert all(0 <= value <= 100 for value in values)
        if score.value is not None:
            assert min(values) <= score.value <= max(values)
    assert found == productivity(reversed(pieces), tasks[::-1], person, now)


@given(pairs, st.integers(2, 50))
def test_estimates_know_no_unit_and_no_side(tasks, factor):
    value = estimates([Finished(0, *task) for task in tasks])
    assert value == estimates([Finished(0, one * factor, other * factor) for one, other in tasks])
    assert value == estimates([Finished(0, other, one) for one, other in tasks])


@given(st.lists(st.integers(0, 10**6), min_size=1, max_size=4), st.integers(1, 10**6), st.integers(2, 50))
def test_goal_knows_no_unit(weeks, wanted, factor):
    assert goal(weeks, wanted) == goal([worked * factor for worked in weeks], wanted * factor)


@given(st.lists(st.integers(0, 10**6), min_size=1, max_size=4), st.integers(1, 10**6), st.integers(1, 10**6))
def test_goal_never_rises_with_the_goal_and_never_falls_with_work(weeks, wanted, more):
    assert goal(weeks, wanted + more) <= goal(weeks, wanted)
    assert goal([weeks[0] + more, *weeks[1:]], wanted) >= goal(weeks, wanted)


@given(
    st.lists(st.tuples(st.integers(36, 10**6), st.integers(0, 10**6)), min_size=3, max_size=8), st.integers(1, 10**6)
)
def test_estimates_never_rise_when_one_is_missed_by_more(tasks, more):
    (estimated, tracked), *others = tasks
    farther = tracked + more if tracked >= estimated else max(0, tracked - more)
    rest = [Finished(0, *task) for task in others]
    assert estimates([Finished(0, estimated, farther), *rest]) <= estimates([Finished(0, estimated, tracked), *rest])


@given(pieces_of_work.filter(bool), anybody)
def test_balance_never_rises_with_work_on_a_day_off(pieces, person):
    off = next((day for day in range(7) if not {day, (day - 1) % 7} & person.working_days), None)
    if off is None or not person.working_days:
        return
    noon = dt.datetime(2026, 3, 2 + off, 12, tzinfo=person.zone)
    more = sorted([*pieces, piece(noon, 60)])
    assert balance(more, person) <= balance(sorted(pieces), person)


@given(pieces_of_work.filter(bool))
def test_focus_never_rises_when_a_quarter_of_an_hour_goes_to_something_else(pieces):
    ordered = sorted(pieces)
    later = max(one.end for one in ordered) + HOUR
    assert focus([*ordered, Piece(later, later + 15 * MINUTE, "other")]) <= focus(ordered)
