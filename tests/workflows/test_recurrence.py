"""When a schedule comes: by the clock on the wall, each time once, whatever the clock does."""

from __future__ import annotations

import calendar
import datetime as dt
from itertools import islice, pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workflows.recurrence import WEEKDAYS, faults_in_schedule, next_after, times_after

BERLIN = ZoneInfo("Europe/Berlin")
DAILY = {"every": "day", "at": "09:00"}


def listed(options: dict[str, Any], after: str, zone: str = "Europe/Berlin", count: int = 3) -> list[str]:
    """The next ones by the clock on the wall, with its offset."""
    place = ZoneInfo(zone)
    start = dt.datetime.fromisoformat(after)
    start = start if start.tzinfo else start.replace(tzinfo=place)
    return [f"{at.astimezone(place):%Y-%m-%d %H:%M %z}" for at in islice(times_after(options, start, place), count)]


# ── What may be asked for ────────────────────────────────────────────────────
@pytest.mark.parametrize(
    "options",
    [
        DAILY, {"every": "week", "days": ["mon", "fri"], "at": "00:00"}, {"every": "month", "day": 31, "at": "23:59"},
        {"every": "month", "day": "last", "at": "09:00"}, {"cron": "0 9 * * 1-5"}, {"cron": "*/5 * * * *"},
        {"cron": "0 0 29 2 *"}, {"cron": "0 9 * * MON#1"}, {"cron": "0 18 L * *"},
    ],
)  # fmt: skip
def test_what_may_be_asked_for(options: dict[str, Any]):
    assert list(faults_in_schedule(options)) == []


@pytest.mark.parametrize(
    ("options", "paths"),
    [
        ({}, ["trigger.every"]),
        ({"every": "year", "at": "09:00"}, ["trigger.every"]),
        ({"every": ["day"]}, ["trigger.every"]),
        ({"every": "day"}, ["trigger.at"]),
        ({"every": "day", "at": "9:00"}, ["trigger.at"]),
        ({"every": "day", "at": "24:00"}, ["trigger.at"]),
        ({"every": "day", "at": 9}, ["trigger.at"]),
        ({**DAILY, "days": ["mon"]}, ["trigger.days"]),
        ({**DAILY, "xyz": 1, "abc": 2}, ["trigger.abc", "trigger.xyz"]),
        ({"every": "week", "at": "09:00"}, ["trigger.days"]),
        ({"every": "week", "at": "09:00", "days": []}, ["trigger.days"]),
        ({"every": "week", "at": "x", "days": ["mon", "Fri", 3]}, ["trigger.at", "trigger.days[1]", "trigger.days[2]"]),
        ({"every": "month", "at": "09:00"}, ["trigger.day"]),
        ({"every": "month", "at": "09:00", "day": 32}, ["trigger.day"]),
        ({"every": "month", "at": "09:00", "day": True}, ["trigger.day"]),
        ({"every": "month", "at": "09:00", "day": "first"}, ["trigger.day"]),
        ({"cron": "0 9 * *"}, ["trigger.cron"]),
        ({"cron": "0 0 9 * * 1"}, ["trigger.cron"]),
        ({"cron": "60 9 * * *"}, ["trigger.cron"]),
        ({"cron": "@daily"}, ["trigger.cron"]),
        ({"cron": 5}, ["trigger.cron"]),
        ({"cron": "0 0 31 2 *"}, ["trigger.cron"]),
        ({"cron": f"{'1' * 5000} 0 * * *"}, ["trigger.cron"]),
        ({"cron": "0 9 * * *", "at": "09:00"}, ["trigger.at"]),
    ],
)
def test_faults_have_paths(options: dict[str, Any], paths: list[str]):
    assert [fault.path for fault in faults_in_schedule(options)] == paths


@pytest.mark.parametrize(
    "cron",
    ["* * * * *", "*/4 * * * *", "0,58 * * * *", "*/3 9 1 1 *", "0,1 0 29 2 *", "58,0 0,23 * * *", "*/7 * * * *"],
)
def test_too_often_is_refused(cron: str):
    [fault] = faults_in_schedule({"cron": cron})
    assert fault.path == "trigger.cron"
    assert "often" in fault.text


# ── When ─────────────────────────────────────────────────────────────────────
def test_daily_weekly_monthly_and_by_pattern():
    assert listed(DAILY, "2026-03-04T08:59:59.5", count=2) == ["2026-03-04 09:00 +0100", "2026-03-05 09:00 +0100"]
    assert listed(DAILY, "2026-03-04T09:00", count=1) == ["2026-03-05 09:00 +0100"]
    assert listed({"every": "week", "days": ["fri", "mon"], "at": "17:30"}, "2026-03-04T12:00") == [
        "2026-03-06 17:30 +0100", "2026-03-09 17:30 +0100", "2026-03-13 17:30 +0100",
    ]  # fmt: skip
    assert listed({"every": "month", "day": 1, "at": "06:00"}, "2026-12-01T06:00", count=1) == [
        "2027-01-01 06:00 +0100"
    ]
    assert listed({"cron": "30 9 * * 1-5"}, "2026-03-06T12:00", count=2) == [
        "2026-03-09 09:30 +0100", "2026-03-10 09:30 +0100",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("day", "days"),
    [(28, [28, 28, 28, 28]), (29, [29, 28, 29, 29]), (30, [30, 28, 30, 30]), (31, [31, 28, 31, 30])],
)
def test_a_short_month_has_its_last_day_instead(day: int, days: list[int]):
    found = listed({"every": "month", "day": day, "at": "09:00"}, "2026-01-01T00:00", "UTC", 4)
    assert [int(one[8:10]) for one in found] == days
    assert [int(one[5:7]) for one in found] == [1, 2, 3, 4]


def test_the_last_day_of_the_month_also_in_a_leap_year():
    found = listed({"every": "month", "day": "last", "at": "09:00"}, "2028-01-15T00:00", "UTC")
    assert [one[:10] for one in found] == ["2028-01-31", "2028-02-29", "2028-03-31"]


def test_where_clocks_are_set_forward():
    assert listed({"every": "day", "at": "02:30"}, "2026-03-28T00:00") == [
        "2026-03-28 02:30 +0100", "2026-03-29 03:00 +0200", "2026-03-30 02:30 +0200",
    ]  # fmt: skip
    assert listed({"cron": "0,20,40 2-3 * * *"}, "2026-03-29T01:00", count=5) == [
        "2026-03-29 03:00 +0200", "2026-03-29 03:20 +0200", "2026-03-29 03:40 +0200",
        "2026-03-30 02:00 +0200", "2026-03-30 02:20 +0200",
    ]  # fmt: skip


def test_where_clocks_are_set_back():
    assert listed({"every": "day", "at": "02:30"}, "2026-10-24T12:00", count=2) == [
        "2026-10-25 02:30 +0200", "2026-10-26 02:30 +0100",
    ]  # fmt: skip
    hourly = {"cron": "0 * * * *"}
    assert listed(hourly, "2026-10-25T01:30") == [
        "2026-10-25 02:00 +0200", "2026-10-25 03:00 +0100", "2026-10-25 04:00 +0100",
    ]  # fmt: skip
    # Asked in the second of the two hours, after what came in the first.
    assert listed({"every": "day", "at": "02:45"}, "2026-10-25T02:30+01:00", count=1) == ["2026-10-26 02:45 +0100"]


def test_midnight_that_does_not_exist_and_half_an_hour():
    midnight = {"every": "day", "at": "00:00"}
    assert listed(midnight, "2026-09-05T12:00", "America/Santiago", 2) == [
        "2026-09-06 01:00 -0300", "2026-09-07 00:00 -0300",
    ]  # fmt: skip
    assert listed({"every": "day", "at": "02:15"}, "2026-10-03T12:00", "Australia/Lord_Howe", 2) == [
        "2026-10-04 02:30 +1100", "2026-10-05 02:15 +1100",
    ]  # fmt: skip
    assert listed({"cron": "0 */3 * * *"}, "2026-10-04T00:30", "Australia/Lord_Howe", 2) == [
        "2026-10-04 03:00 +1100", "2026-10-04 06:00 +1100",
    ]  # fmt: skip
    assert listed(midnight, "2026-03-04T12:00+00:00", "Pacific/Kiritimati", 1) == ["2026-03-06 00:00 +1400"]


CLOCKS = st.builds(dt.time, st.integers(0, 23), st.integers(0, 59))
ZONES = st.sampled_from([
    "UTC", "Europe/Berlin", "America/New_York", "America/Santiago", "Australia/Lord_Howe", "Pacific/Kiritimati",
    "Pacific/Pago_Pago", "Asia/Kathmandu", "Africa/Casablanca", "Atlantic/Azores",
])  # fmt: skip
INSTANTS = st.datetimes(dt.datetime(2020, 1, 1), dt.datetime(2035, 1, 1), timezones=st.just(dt.UTC))
DAYS = st.one_of(
    st.just({"every": "day"}),
    st.lists(st.sampled_from(WEEKDAYS), min_size=1).map(lambda days: {"every": "week", "days": days}),
    st.one_of(st.integers(1, 31), st.just("last")).map(lambda day: {"every": "month", "day": day}),
)


def asks_for(options: dict[str, Any], day: dt.date) -> bool:
    last = calendar.monthrange(day.year, day.month)[1]
    match options:
        case {"every": "week", "days": days}:
            return WEEKDAYS[day.weekday()] in days
        case {"day": "last"}:
            return day.day == last
        case {"day": wanted}:
            return day.day == min(wanted, last)
    return True


def exists(wall: dt.datetime, zone: ZoneInfo) -> bool:
    return wall.replace(tzinfo=zone).astimezone(dt.UTC).astimezone(zone).replace(tzinfo=None) == wall


@settings(max_examples=300, deadline=None)
@given(DAYS, CLOCKS, INSTANTS, ZONES)
def test_every_time_that_was_asked_for_and_no_other(
    days: dict[str, Any], clock: dt.time, after: dt.datetime, zone_name: str
):
    zone, options = ZoneInfo(zone_name), {**days, "at": f"{clock:%H:%M}"}
    found = list(islice(times_after(options, after, zone), 40))
    assert all(first < second for first, second in pairwise([after, *found]))
    walls = [moment.astimezone(zone).replace(tzinfo=None) for moment in found]
    for wall in walls:
        asked = dt.datetime.combine(wall.date(), clock)
        assert wall == asked or (wall > asked and not exists(asked, zone))
    first, end = after.astimezone(zone).date(), walls[-1].date()
    asked_days = [day for ahead in range((end - first).days + 1) if asks_for(days, day := first + dt.timedelta(ahead))]
    assert [wall.date() for wall in walls] in (asked_days, asked_days[1:])
    # Whenever one asks, it is the first that is later.
    between = found[0] + (found[1] - found[0]) / 3
    assert next_after(options, between, zone) == found[1]


@settings(max_examples=400, deadline=None)
@given(st.text(max_size=30) | st.lists(st.sampled_from("* 0 1 59 */5 1-5 L LW 5L MON#2 1,2 / - # ² 1/0".split()),
                                       min_size=5, max_size=5).map(" ".join))  # fmt: skip
def test_whatever_pattern_is_sent_is_answered(cron: str):
    faults = list(faults_in_schedule({"cron": cron}))
    assert {fault.path for fault in faults} <= {"trigger.cron"}
    if not faults:
        times = list(islice(times_after({"cron": cron}, dt.datetime(2026, 3, 28, tzinfo=dt.UTC), BERLIN), 5))
        assert all(later > moment for moment, later in pairwise(times))
