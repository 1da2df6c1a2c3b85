"""When it comes again: by the clock on the wall, never in the past, and what was slept through once."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from notifications.recurrence import begun, checked, first_at, moved, next_after
from timetracker.web.times import combine_local

ZONES = [
    ZoneInfo(name)
    for name in (
        "UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Pacific/Kiritimati", "Pacific/Pago_Pago",
        "America/Havana", "Africa/Cairo",
    )
]  # fmt: skip
BERLIN, NEW_YORK, TOKYO = ZoneInfo("Europe/Berlin"), ZoneInfo("America/New_York"), ZoneInfo("Asia/Tokyo")
DAY = 24 * 3600

zones = st.sampled_from(ZONES)
moments = st.datetimes(dt.datetime(2024, 1, 1), dt.datetime(2028, 1, 1), timezones=st.just(dt.UTC))
clocks = st.times().map("{:%H:%M}".format)
by_clock = st.fixed_dictionaries({"at": clocks}, optional={"days": st.lists(st.integers(0, 6), min_size=1)})
by_interval = st.fixed_dictionaries({"every_seconds": st.integers(60, 366 * DAY)})
by_days = st.fixed_dictionaries({"every_seconds": st.integers(1, 366).map(lambda days: days * DAY)})
recurrences = (by_clock | by_interval | by_days).map(checked)
json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=8,
)


def berlin(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=BERLIN)


# ── When ─────────────────────────────────────────────────────────────────────
@given(recurrences, moments, st.timedeltas(dt.timedelta(0), dt.timedelta(days=900)), zones, zones)
def test_the_next_time_lies_ahead_whatever_was_slept_through(recurrence, last, slept, zone, later_zone):
    """Also for whoever has moved meanwhile."""
    now = last + slept
    assert next_after(begun(recurrence, last, zone), last, now, later_zone) > now
    assert moved(begun(recurrence, last, zone), now + dt.timedelta(seconds=1), now, later_zone) > now


@given(by_clock.map(checked), moments, zones)
def test_one_a_local_date(recurrence, now, zone):
    dates, moment = [], now
    for _turn in range(20):
        moment = next_after(recurrence, moment, moment, zone)
        local = moment.astimezone(zone)
        dates.append(local.date())
        assert local.weekday() in recurrence["days"]
        assert moment == combine_local(local.date(), dt.time.fromisoformat(recurrence["at"]), zone)
    assert len(set(dates)) == 20
    assert (dates[-1] - dates[0]).days <= 20 * 7
    if recurrence["days"] == list(range(7)):
        assert [(b - a).days for a, b in pairwise(dates)] == [1] * 19


@given(st.integers(1, 14), moments, zones)
def test_whole_days_keep_the_time_of_day(days, first, zone):
    local = first.astimezone(zone)
    recurrence, moment = begun({"every_seconds": days * DAY}, first, zone), first
    for turn in range(1, 60):
        moment = next_after(recurrence, moment, moment, zone)
        expected = combine_local(local.date() + dt.timedelta(days=days * turn), local.time(), zone)
        assert moment == expected


@given(by_interval, moments, st.integers(0, 10**7), zones)
def test_an_interval_is_counted_from_the_last_time(recurrence, last, late, zone):
    seconds = recurrence["every_seconds"]
    if seconds % DAY:
        now = last + dt.timedelta(seconds=late)
        found = next_after(recurrence, last, now, zone)
        assert (found - last).total_seconds() % seconds == 0
        assert found - now <= dt.timedelta(seconds=seconds)


def test_one_that_falls_into_the_missing_hour_is_back_the_day_after():
    recurrence = begun({"every_seconds": DAY}, berlin("2026-03-28 02:30"), BERLIN)
    missing = next_after(recurrence, berlin("2026-03-28 02:30"), berlin("2026-03-28 02:30"), BERLIN)
    assert missing == berlin("2026-03-29 03:30")
    assert next_after(recurrence, missing, missing, BERLIN) == berlin("2026-03-30 02:30")


def test_an_hour_that_comes_twice_is_one_time():
    first = first_at({"at": "02:30", "days": list(range(7))}, berlin("2026-10-24 12:00"), BERLIN)
    assert first == dt.datetime(2026, 10, 25, 0, 30, tzinfo=dt.UTC)
    assert first_at({"at": "02:30", "days": list(range(7))}, first, BERLIN) == berlin("2026-10-26 02:30")


@pytest.mark.parametrize(
    ("zone", "expected"), [(NEW_YORK, "2026-05-04 18:00-04:00"), (TOKYO, "2026-05-05 18:00+09:00")]
)
def test_whoever_moves_is_reminded_by_the_clock_of_where_they_are(zone, expected):
    now, due = berlin("2026-05-04 12:00"), berlin("2026-05-04 18:00")
    wanted = dt.datetime.fromisoformat(expected)
    assert moved(checked({"at": "18:00"}), due, now, zone) == wanted
    assert moved(begun({"every_seconds": DAY}, due, BERLIN), due, now, zone) == wanted
    assert moved({"every_seconds": 3600}, due, now, zone) == due


# ── What is one ──────────────────────────────────────────────────────────────
@given(json)
def test_anything_else_is_refused_with_a_text(sent):
    try:
        found = checked(sent)
    except ValidationError:
        return
    assert checked(found) == found


@given(st.fixed_dictionaries({}, optional={"every_seconds": json, "at": json, "days": json, "clock": json}))
def test_fields_of_any_kind_are_refused_or_usable(sent):
    now = dt.datetime(2026, 3, 2, 9, tzinfo=dt.UTC)
    try:
        found = checked(sent)
    except ValidationError:
        return
    assert next_after(found, now, now, BERLIN) > now


@pytest.mark.parametrize(
    "sent",
    [
        None, [], "daily", 1, {}, {"every_seconds": 0.001}, {"every_seconds": 0}, {"every_seconds": 59},
        {"every_seconds": -60}, {"every_seconds": 3600.0}, {"every_seconds": "3600"}, {"every_seconds": True},
        {"every_seconds": 367 * DAY}, {"every_seconds": 10**30}, {"every_seconds": 3600, "at": "18:00"},
        {"every_seconds": 3600, "days": [0]}, {"at": 18}, {"at": "24:00"}, {"at": "18"}, {"at": "1800"}, {"at": "8:00"},
        {"at": "18:00+02:00"}, {"at": "18:00Z"}, {"at": "18:00\n"}, {"at": "१८:००"}, {"at": None},
        {"at": "18:00", "days": []}, {"at": "18:00", "days": [7]}, {"at": "18:00", "days": [True]},
        {"at": "18:00", "days": [0.0]}, {"at": "18:00", "days": "0"}, {"at": "18:00", "days": {"0": 1}},
        {"at": "18:00", "day": 1}, {"days": [1]}, {"clock": "18:00"},
    ],
)  # fmt: skip
def test_refused(sent):
    with pytest.raises(ValidationError):
        checked(sent)


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ({"every_seconds": 60}, {"every_seconds": 60}),
        ({"every_seconds": DAY, "clock": "18:00:00"}, {"every_seconds": DAY}),  # as it was answered before
        ({"at": "18:00:59"}, {"at": "18:00", "days": [0, 1, 2, 3, 4, 5, 6]}),
        ({"at": "00:00", "days": [4, 0, 4]}, {"at": "00:00", "days": [0, 4]}),
    ],
)
def test_tidied(sent, kept):
    assert checked(sent) == kept
