"""When a digest comes, without a database: by the clock on the wall, over every change of it."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifications.digest_times import DAY, DigestTimes, day_after

BERLIN = ZoneInfo("Europe/Berlin")
ZONES = st.sampled_from(
    ["UTC", "Europe/Berlin", "Pacific/Kiritimati", "Pacific/Pago_Pago", "Pacific/Apia", "Australia/Lord_Howe",
     "America/Havana", "Africa/Cairo"]
).map(ZoneInfo)  # fmt: skip
MOMENTS = st.datetimes(dt.datetime(2011, 1, 1), dt.datetime(2030, 1, 1), timezones=st.just(dt.UTC))
TIMES = st.builds(DigestTimes, ZONES, st.times().map(lambda at: at.replace(second=0, microsecond=0)), st.none())
WEEKLY = st.builds(DigestTimes, ZONES, st.just(dt.time(8)), st.integers(0, 6))


def utc(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC)


def test_every_day_at_the_time_of_the_wall():
    times = DigestTimes(BERLIN, dt.time(18), None)
    assert times.next_after(utc("2026-03-28 12:00")).moment == utc("2026-03-28 17:00")
    assert times.next_after(utc("2026-03-28 17:00")).moment == utc("2026-03-29 16:00")  # the clock has changed
    assert times.latest(utc("2026-03-29 16:00")).day == dt.date(2026, 3, 29)
    assert times.latest(utc("2026-03-29 15:59")).day == dt.date(2026, 3, 28)


def test_every_week_on_its_day():
    times = DigestTimes(BERLIN, dt.time(8), 4)
    assert times.next_after(utc("2026-03-04 12:00")).moment == utc("2026-03-06 07:00")
    assert times.latest(utc("2026-03-04 12:00")).day == dt.date(2026, 2, 27)


@pytest.mark.parametrize(("day", "moment"), [("2026-03-29", "2026-03-29 01:30"), ("2026-10-25", "2026-10-25 00:30")])
def test_a_time_that_does_not_exist_or_exists_twice_comes_once(day: str, moment: str):
    times = DigestTimes(BERLIN, dt.time(2, 30), None)
    slot = times.latest(utc(f"{day} 12:00"))
    assert (slot.day, slot.moment) == (dt.date.fromisoformat(day), utc(moment))
    assert times.next_after(slot.moment).day == slot.day + DAY


@given(st.one_of(TIMES, WEEKLY), MOMENTS)
def test_the_last_and_the_next_stand_on_either_side(times: DigestTimes, moment: dt.datetime):
    last, following = times.latest(moment), times.next_after(moment)
    assert last.moment <= moment < following.moment
    assert times.latest(following.moment - dt.timedelta(seconds=1)).moment == last.moment
    assert times.key(last) != times.key(times.latest(following.moment))


@given(WEEKLY, MOMENTS)
def test_a_week_has_one_name_whichever_its_day(times: DigestTimes, moment: dt.datetime):
    slot = times.next_after(moment)
    assert slot.day.weekday() == times.weekday
    monday = slot.day - dt.timedelta(days=slot.day.weekday())
    assert times.key(slot) == f"digest:week:{monday}"


@given(MOMENTS, ZONES)
def test_the_next_day_begins_where_the_date_changes(moment: dt.datetime, zone: ZoneInfo):
    begins = day_after(moment, zone)
    assert begins > moment
    assert begins.astimezone(zone).date() > moment.astimezone(zone).date()
    assert (begins - dt.timedelta(seconds=1)).astimezone(zone).date() <= moment.astimezone(zone).date()
