from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from timetracker.web.times import (
    combine_local,
    local_date,
    local_day_bounds,
    local_week_bounds,
    parse_clock,
    parse_clock_range,
    parse_instant,
    week_bounds,
    zone,
)

BERLIN = ZoneInfo("Europe/Berlin")
ZONES = ["UTC", "Europe/Berlin", "America/New_York", "Pacific/Kiritimati", "Pacific/Pago_Pago", "Asia/Kathmandu"]
ODD_ZONES = ["America/Havana", "Asia/Beirut", "America/Asuncion", "Australia/Lord_Howe", "Africa/Cairo", "America/Nuuk"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("9", time(9)),
        ("09", time(9)),
        ("930", time(9, 30)),
        ("0930", time(9, 30)),
        ("1415", time(14, 15)),
        ("9:30", time(9, 30)),
        ("9.30", time(9, 30)),
        ("14.15", time(14, 15)),
        ("9h30", time(9, 30)),
        ("9:30:20", time(9, 30, 20)),
        ("0", time(0)),
        ("23:59", time(23, 59)),
        ("9pm", time(21)),
        ("12am", time(0)),
        ("12:15 p.m.", time(12, 15)),
        ("930am", time(9, 30)),
        (" 9 Uhr ", time(9)),
        ("9h", time(9)),
    ],
)
def test_reads_clock_times(text: str, expected: time) -> None:
    assert parse_clock(text) == expected


@pytest.mark.parametrize("text", ["", "24", "25", "9:60", "960", "13pm", "0am", "abc", "9:3", "-1", "12345", "9:", "٩"])
def test_refuses_what_is_no_time(text: str) -> None:
    with pytest.raises(ValueError, match="Write a time"):
        parse_clock(text)


@pytest.mark.parametrize(
    ("text", "start", "end", "next_day"),
    [
        ("9-1030", time(9), time(10, 30), False),
        ("9:00 – 10:30", time(9), time(10, 30), False),
        ("9 to 17", time(9), time(17), False),
        ("9 bis 17 Uhr", time(9), time(17), False),
        ("22-6", time(22), time(6), True),
        ("22-24", time(22), time(0), True),
    ],
)
def test_reads_ranges(text: str, start: time, end: time, next_day: bool) -> None:
    found = parse_clock_range(text)
    assert (found.start, found.end, found.crosses_midnight) == (start, end, next_day)


@pytest.mark.parametrize("text", ["9", "9-9", "-9", "9-", "9-10-11", "0-24"])
def test_refuses_what_is_no_range(text: str) -> None:
    with pytest.raises(ValueError, match=r"Write a|the same"):
        parse_clock_range(text)


@pytest.mark.parametrize(
    ("day", "hours"), [(date(2026, 3, 29), 23), (date(2026, 10, 25), 25), (date(2026, 11, 22), 24)]
)
def test_days_of_23_and_25_hours(day: date, hours: int) -> None:
    start, end = local_day_bounds(day, BERLIN)
    assert end - start == timedelta(hours=hours)
    assert start.tzinfo is UTC


@pytest.mark.parametrize(
    ("name", "start"),
    [
        ("Pacific/Kiritimati", datetime(2026, 11, 21, 10, tzinfo=UTC)),
        ("Pacific/Pago_Pago", datetime(2026, 11, 22, 11, tzinfo=UTC)),
    ],
)
def test_the_ends_of_the_world(name: str, start: datetime) -> None:
    assert local_day_bounds(date(2026, 11, 22), ZoneInfo(name)) == (start, start + timedelta(days=1))


def test_a_day_that_never_was() -> None:
    start, end = local_day_bounds(date(2011, 12, 30), ZoneInfo("Pacific/Apia"))
    assert start == end


def test_a_midnight_that_does_not_exist() -> None:
    havana = ZoneInfo("America/Havana")  # 8 March 2026 begins at 01:00
    start, end = local_day_bounds(date(2026, 3, 8), havana)
    assert start.astimezone(havana).hour == 1
    assert end - start == timedelta(hours=23)


@given(
    st.integers(min_value=631_152_000, max_value=2_114_380_800),  # 1990 to 2037
    st.sampled_from(ZONES + ODD_ZONES),
)
def test_every_instant_lies_in_its_local_day(timestamp: int, name: str) -> None:
    moment, tz = datetime.fromtimestamp(timestamp, UTC), ZoneInfo(name)
    start, end = local_day_bounds(local_date(moment, tz), tz)
    assert start <= moment < end


def test_local_times_on_odd_nights() -> None:
    spring, autumn = date(2026, 3, 29), date(2026, 10, 25)
    assert combine_local(spring, time(2, 30), BERLIN) == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)  # 03:30 there
    assert combine_local(autumn, time(2, 30), BERLIN) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)  # the first one


@pytest.mark.parametrize("year", [1, 1899, 3000, 9999])
def test_years_nobody_tracks(year: int) -> None:
    with pytest.raises(ValueError, match="year"):
        local_day_bounds(date(year, 1, 1), BERLIN)


def test_weeks() -> None:
    wednesday = date(2026, 11, 25)
    assert week_bounds(wednesday) == (date(2026, 11, 23), date(2026, 11, 30))
    assert week_bounds(wednesday, 6) == (date(2026, 11, 22), date(2026, 11, 29))
    assert week_bounds(date(2026, 11, 22), 6) == (date(2026, 11, 22), date(2026, 11, 29))
    start, end = local_week_bounds(date(2026, 10, 25), 0, BERLIN)
    assert end - start == timedelta(days=7, hours=1)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-11-22T09:30", datetime(2026, 11, 22, 8, 30, tzinfo=UTC)),
        ("2026-11-22 09:30:15", datetime(2026, 11, 22, 8, 30, 15, tzinfo=UTC)),
        ("2026-11-22T09:30Z", datetime(2026, 11, 22, 9, 30, tzinfo=UTC)),
        ("2026-11-22T09:30+05:30", datetime(2026, 11, 22, 4, 0, tzinfo=UTC)),
        ("2026-11-22T09:30-11:00", datetime(2026, 11, 22, 20, 30, tzinfo=UTC)),
    ],
)
def test_instants_honour_their_offset(text: str, expected: datetime) -> None:
    assert parse_instant(text, BERLIN) == expected


@pytest.mark.parametrize("text", ["", "now", "2026-02-30T10:00", "0001-01-01T00:00+14:00", "9999-12-31T23:59-12:00"])
def test_refuses_what_is_no_instant(text: str) -> None:
    with pytest.raises(ValueError, match="Write a date"):
        parse_instant(text, BERLIN)


@pytest.mark.parametrize("name", ["", "Mars/Phobos", "Europe", "../../etc/passwd", "a\0b", "x" * 3000, "posixrules"])
def test_broken_zones(name: str) -> None:
    with pytest.raises(ValueError, match="not a time zone"):
        zone(name)


def test_known_zone() -> None:
    assert zone("Europe/Berlin") == BERLIN
