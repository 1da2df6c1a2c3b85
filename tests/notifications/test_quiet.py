"""When it is quiet by a person's own clock, and when it is no longer."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifications.quiet import Quiet

ZONES = [
    ZoneInfo(name)
    for name in (
        "UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Pacific/Kiritimati", "Pacific/Pago_Pago",
        "America/Havana", "Africa/Cairo", "Asia/Kathmandu",
    )
]  # fmt: skip
BERLIN = ZoneInfo("Europe/Berlin")
NIGHT = (dt.time(20), dt.time(7))
WEEK = (0, 1, 2, 3, 4)
MINUTE = dt.timedelta(minutes=1)

moments = st.datetimes(dt.datetime(2024, 1, 1), dt.datetime(2028, 1, 1), timezones=st.just(dt.UTC))
clocks = st.times().map(lambda clock: clock.replace(second=0, microsecond=0))
days = st.sets(st.integers(0, 6))
quiets = st.builds(Quiet, st.sampled_from(ZONES), st.none() | st.tuples(clocks, clocks), days)


def berlin(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=BERLIN)


@given(quiets, moments)
def test_the_end_is_later_and_no_longer_quiet(quiet: Quiet, moment: dt.datetime):
    end = quiet.ends_at(moment)
    if end is not None:
        assert end > moment
        assert quiet.ends_at(end) is None


@given(quiets, moments)
def test_what_ends_has_been_quiet_all_the_time(quiet: Quiet, moment: dt.datetime):
    end = quiet.ends_at(moment)
    if end is not None:
        for part in (0.1, 0.5, 0.9):
            assert quiet.ends_at(moment + (end - moment) * part) == end
        assert quiet.ends_at(end - dt.timedelta(microseconds=1)) == end


def plainly_quiet(quiet: Quiet, moment: dt.datetime) -> bool:
    """By the clock on the wall alone: true on every day on which no clock is changed."""
    local = moment.astimezone(quiet.zone)
    if quiet.working_days and local.weekday() not in quiet.working_days:
        return True
    if quiet.hours is None:
        return False
    begin, until = quiet.hours
    clock = local.time()
    return begin <= clock < until if begin < until else begin != until and (clock >= begin or clock < until)


@given(quiets, moments)
def test_it_is_quiet_when_the_clock_on_the_wall_says_so(quiet: Quiet, moment: dt.datetime):
    offsets = {(moment + dt.timedelta(hours=hours)).astimezone(quiet.zone).utcoffset() for hours in range(-50, 51, 2)}
    if len(offsets) == 1:
        assert (quiet.ends_at(moment) is not None) == plainly_quiet(quiet, moment)


@pytest.mark.parametrize(
    ("moment", "end"),
    [
        ("2026-03-03 19:59", None),
        ("2026-03-03 20:00", "2026-03-04 07:00"),
        ("2026-03-04 00:00", "2026-03-04 07:00"),
        ("2026-03-04 06:59", "2026-03-04 07:00"),
        ("2026-03-04 07:00", None),
        ("2026-03-06 20:00", "2026-03-09 07:00"),  # Friday night, two days off, and Sunday's night
        ("2026-03-08 12:00", "2026-03-09 07:00"),
        ("2026-03-29 01:00", "2026-03-30 07:00"),  # over the change of the clock
    ],
)
def test_nights_and_days_off(moment: str, end: str | None):
    assert Quiet(BERLIN, NIGHT, WEEK).ends_at(berlin(moment)) == (end and berlin(end))


def test_a_night_in_which_the_clock_changes_ends_by_the_clock():
    spring, autumn = berlin("2026-03-28 23:00"), berlin("2026-10-24 23:00")
    quiet = Quiet(BERLIN, (dt.time(22), dt.time(7)), ())
    assert quiet.ends_at(spring) - spring.astimezone(dt.UTC) == dt.timedelta(hours=7)
    assert quiet.ends_at(autumn) - autumn.astimezone(dt.UTC) == dt.timedelta(hours=9)


def test_hours_that_do_not_exist_are_moved_on():
    quiet = Quiet(BERLIN, (dt.time(2, 15), dt.time(2, 45)), ())
    missing = dt.datetime(2026, 3, 29, 1, 20, tzinfo=dt.UTC)  # 03:20, as 02:20 does not come
    assert quiet.ends_at(missing) == dt.datetime(2026, 3, 29, 1, 45, tzinfo=dt.UTC)


@given(clocks, moments)
def test_hours_without_length_are_none(clock: dt.time, moment: dt.datetime):
    assert Quiet(BERLIN, (clock, clock), ()).ends_at(moment) is None


def test_who_works_no_day_is_not_quiet_for_ever():
    assert Quiet(BERLIN, None, ()).ends_at(berlin("2026-03-08 12:00")) is None


def test_one_minute_of_one_day_is_enough():
    """The longest quiet there is."""
    quiet = Quiet(BERLIN, (dt.time(12), dt.time(11, 59)), (0,))
    assert quiet.ends_at(berlin("2026-03-09 12:00")) == berlin("2026-03-16 11:59")
