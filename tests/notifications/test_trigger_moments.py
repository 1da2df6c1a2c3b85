"""When triggers look at somebody: by that person's clock, whatever it does."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from notifications.triggers.moments import (
    DAY,
    Hours,
    forgotten_timer_at,
    idle_timer_at,
    summary_at,
    week_ends_at,
)

BERLIN, NEW_YORK, KIRITIMATI, PAGO = (
    ZoneInfo(name) for name in ("Europe/Berlin", "America/New_York", "Pacific/Kiritimati", "Pacific/Pago_Pago")
)
SIX = dt.time(18)
HALF = dt.timedelta(minutes=90)
WEDNESDAY = dt.date(2026, 3, 4)


def hours(zone: ZoneInfo = BERLIN, starts: int = 9, ends: int = 17, *, holidays: tuple[dt.date, ...] = ()) -> Hours:
    return Hours(zone, dt.time(starts), dt.time(ends), (0, 1, 2, 3, 4), lambda day: day in holidays)


def at(text: str, zone: ZoneInfo = BERLIN) -> dt.datetime:
    return dt.datetime.fromisoformat(f"2026-{text}").replace(tzinfo=zone)


# ── The summary ──────────────────────────────────────────────────────────────
def test_the_first_summary_is_ahead():
    assert summary_at(hours(), SIX, at("03-04 17:59"), None) == (WEDNESDAY, at("03-04 18:00"))
    assert summary_at(hours(), SIX, at("03-04 18:00"), None) == (WEDNESDAY + DAY, at("03-05 18:00"))


def test_what_was_slept_through_is_due_at_once_and_not_for_ever():
    assert summary_at(hours(), SIX, at("03-04 21:00"), WEDNESDAY - DAY) == (WEDNESDAY, at("03-04 18:00"))
    day, _due_at = summary_at(hours(), SIX, at("03-31 21:00"), WEDNESDAY)
    assert day == dt.date(2026, 3, 24)


@given(
    moves=st.lists(
        st.tuples(st.integers(1, 60 * 60), st.sampled_from([BERLIN, NEW_YORK, KIRITIMATI, PAGO])),
        min_size=1,
        max_size=60,
    )
)
def test_each_local_date_has_one_summary_whatever_becomes_of_the_zone(moves):
    """The clock asks in minutes that are chosen at random, also across both changes of the clocks."""
    now, last, told = at("03-04 08:00"), None, Counter[dt.date]()
    zone = BERLIN
    day, due_at = summary_at(hours(zone), SIX, now, last)
    for minutes, moved_to in moves:
        now += dt.timedelta(minutes=minutes)
        while due_at <= now:
            told[day] += 1
            last = day
            day, due_at = summary_at(hours(zone), SIX, now, last)
        if moved_to != zone:
            zone = moved_to
            day, due_at = summary_at(hours(zone), SIX, now, last)
    assert set(told.values()) <= {1}
    days = sorted(told)
    if days and now - at("03-04 08:00") < 7 * DAY:
        assert days == [days[0] + number * DAY for number in range(len(days))]


# ── No timer ─────────────────────────────────────────────────────────────────
def test_no_timer_is_noticed_within_working_hours():
    assert idle_timer_at(hours(), HALF, at("03-04 07:00"), None, at("03-04 07:00")) == at("03-04 10:30")
    assert idle_timer_at(hours(), HALF, at("03-04 12:00"), None, at("03-04 12:00")) == at("03-04 13:30")
    assert idle_timer_at(hours(), HALF, at("03-04 15:45"), None, at("03-04 15:45")) == at(
        "03-05 10:30"
    )  # too late to say so


def test_once_a_day_and_not_on_days_off_nor_holidays():
    assert idle_timer_at(hours(), HALF, at("03-04 12:00"), WEDNESDAY, at("03-04 12:00")) == at("03-05 10:30")
    friday = dt.date(2026, 3, 6)
    assert idle_timer_at(hours(), HALF, at("03-06 16:30"), None, at("03-06 16:30")) == at("03-09 10:30")
    assert idle_timer_at(hours(holidays=(friday,)), HALF, at("03-05 16:30"), None, at("03-05 16:30")) == at(
        "03-09 10:30"
    )


def test_nobody_who_never_works_is_reminded():
    never = Hours(BERLIN, dt.time(9), dt.time(17), (), lambda _day: False)
    assert idle_timer_at(never, HALF, at("03-04 07:00"), None, at("03-04 07:00")) is None
    assert week_ends_at(never, at("03-04 07:00"), None) is None


def test_night_shifts_go_over_midnight():
    night = hours(starts=22, ends=6)
    assert idle_timer_at(night, HALF, at("03-05 01:00"), None, at("03-05 01:00")) == at("03-05 02:30")
    assert night.shift_of(at("03-05 01:00")) == WEDNESDAY
    assert idle_timer_at(night, HALF, at("03-05 01:00"), WEDNESDAY, at("03-05 01:00")) == at("03-05 23:30")


# ── A forgotten timer ────────────────────────────────────────────────────────
def test_a_timer_is_forgotten_after_work_or_past_the_limit():
    limit = dt.timedelta(hours=12)
    assert forgotten_timer_at(hours(), limit, at("03-04 09:00")) == at("03-04 17:30")
    assert forgotten_timer_at(hours(), dt.timedelta(hours=6), at("03-04 09:00")) == at("03-04 15:00")
    assert forgotten_timer_at(hours(), limit, at("03-04 20:00")) == at("03-05 08:00")  # an evening's work
    assert forgotten_timer_at(hours(), limit, at("03-07 09:00")) == at("03-07 21:00")  # a Saturday's


def test_real_time_counts_where_the_clocks_change():
    start = at("03-28 20:00")
    assert forgotten_timer_at(hours(), dt.timedelta(hours=12), start) == start.astimezone(dt.UTC) + dt.timedelta(
        hours=12
    )


# ── The week ─────────────────────────────────────────────────────────────────
def test_the_week_ends_on_its_last_working_day():
    friday, thursday = dt.date(2026, 3, 6), dt.date(2026, 3, 5)
    assert week_ends_at(hours(), at("03-04 12:00"), None) == (friday, at("03-06 15:00"))
    assert week_ends_at(hours(holidays=(friday,)), at("03-04 12:00"), None) == (thursday, at("03-05 15:00"))
    assert week_ends_at(hours(), at("03-06 15:00"), friday) == (friday + 7 * DAY, at("03-13 15:00"))


def test_a_week_that_began_late_is_left_alone():
    assert week_ends_at(hours(), at("03-06 16:00"), None) == (dt.date(2026, 3, 13), at("03-13 15:00"))
