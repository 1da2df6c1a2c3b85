"""What is odd about an entry, by what its person usually does. No database."""

from __future__ import annotations

import datetime as dt
import zoneinfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.anomalies.doubles import Doubled
from analytics.anomalies.history import History
from analytics.anomalies.hours import OddHours
from analytics.anomalies.lengths import Unusual
from analytics.anomalies.worked import Worked

BERLIN, NEW_YORK = zoneinfo.ZoneInfo("Europe/Berlin"), zoneinfo.ZoneInfo("America/New_York")
FIRST = dt.datetime(2026, 1, 5, tzinfo=dt.UTC)


def one(day: int, hour: float, minutes: int = 60, *, pk: int = 9999, zone: dt.tzinfo = dt.UTC, **fields) -> Worked:
    start = (FIRST.replace(tzinfo=zone) + dt.timedelta(days=day, hours=hour)).astimezone(dt.UTC)
    return Worked(pk, start, start + dt.timedelta(minutes=minutes), minutes * 60, **{"task": 1, "project": 1, **fields})


def days(count: int, hours: tuple[float, ...] = (9, 11, 14), zone: dt.tzinfo = dt.UTC) -> list[Worked]:
    """Of 50 to 70 minutes each, no two of a day alike."""
    return [
        one(day, hour, 50 + (7 * day + 5 * at) % 21, pk=10 * day + at, zone=zone, words=f"{day} {at}")
        for day in range(count)
        for at, hour in enumerate(hours)
    ]


# ── Bad input ────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("past", [[], [one(0, 9, pk=1)]])
@pytest.mark.parametrize("entry", [one(1, 3, 900), one(1, 9, 0), one(1, 9, 60 * 24 * 400)])
def test_with_too_little_history_nothing_is_said(past, entry):
    assert History(dt.UTC, past=past).judge(entry) is None


@given(st.lists(st.tuples(st.integers(0, 30), st.floats(0, 23.9), st.integers(0, 3000)), max_size=60))
def test_whatever_the_past_is_an_hour_in_its_midst_is_never_too_long(rows):
    past = [one(day, hour, minutes, pk=at) for at, (day, hour, minutes) in enumerate(rows)]
    middle = sorted(minutes for _day, _hour, minutes in rows)[len(rows) // 2] if rows else 60
    assert not isinstance(History(dt.UTC, past=past).judge(one(31, 9, middle)), Unusual)


# ── Lengths ──────────────────────────────────────────────────────────────────
def test_ten_times_the_usual_is_told_with_its_numbers():
    found = History(dt.UTC, past=days(12)).judge(one(12, 9, 600))
    assert found == Unusual(36000, 53 * 60, 69 * 60, 36, "task")


@pytest.mark.parametrize(
    ("fields", "scope"), [({"task": 2}, "project"), ({"task": None}, "project"), ({"task": 2, "project": 2}, "all")]
)
def test_without_enough_of_the_same_task_others_are_asked(fields, scope):
    found = History(dt.UTC, past=days(12)).judge(one(12, 9, 600, **fields))
    assert isinstance(found, Unusual)
    assert found.scope == scope


def test_a_long_entry_that_is_normal_is_not_told():
    past = days(12) + [one(day, 16, 600, pk=900 + day) for day in range(0, 12, 4)]
    assert History(dt.UTC, past=past).judge(one(12, 9, 600)) is None
    assert History(dt.UTC, past=days(12)).judge(one(12, 9, 250)) is None


# ── Hours ────────────────────────────────────────────────────────────────────
def test_night_hours_of_somebody_who_works_by_day():
    known = History(BERLIN, past=days(30, zone=BERLIN))
    assert known.judge(one(30, 2, zone=BERLIN)) == OddHours(0, 30, 2, 2)
    assert known.judge(one(30, 18, zone=BERLIN)) is None


def test_who_works_only_nights_is_odd_at_noon():
    known = History(BERLIN, past=days(30, (22, 24, 26), BERLIN))
    assert known.judge(one(30, 23, zone=BERLIN)) is None
    assert known.judge(one(30, 12, zone=BERLIN)) == OddHours(0, 31, 12, 12)


def test_after_a_move_nothing_is_said_until_the_new_days_are_known():
    past, moved = days(30, zone=BERLIN), one(30, 0, zone=NEW_YORK).start
    known = History(NEW_YORK, moved, past)
    for new in days(60, zone=NEW_YORK)[90:]:
        assert known.judge(new) is None
        known.add(new)
    assert isinstance(known.judge(one(60, 2, zone=NEW_YORK)), OddHours)


def test_another_rhythm_without_a_move_is_asked_about_for_a_few_days_only():
    known, asked = History(dt.UTC, past=days(40)), []
    for new in days(60, (22, 24, 26))[120:]:
        if known.judge(new):
            asked.append(new.start.date())
        known.add(new)
    assert 1 <= len(set(asked)) <= 4


# ── Doubles ──────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("hour", [11.02, 16])
def test_the_same_twice(hour):
    entry = one(20, 11, 95, pk=800, words="Draft")
    known = History(dt.UTC, past=[*days(20), entry])
    assert known.judge(one(20, hour, 95, words="draft ")) == Doubled(entry)


@pytest.mark.parametrize(
    "again", [one(20, 16, 95, words="Mail"), one(20, 16, 96, words="Draft"), one(21, 11, 95, words="Draft")]
)
def test_what_only_looks_alike(again):
    assert History(dt.UTC, past=[*days(20), one(20, 11, 95, pk=800, words="Draft")]).judge(again) is None


def test_two_equal_stand_ups_a_day_are_normal_for_whoever_has_them():
    pairs = [one(day, hour, 15, pk=500 + 10 * day + hour, words="Stand-up") for day in range(20) for hour in (9, 16)]
    once = [entry for entry in pairs if entry.start.hour == 9]
    today = one(20, 9, 15, pk=800, words="Stand-up")
    assert History(dt.UTC, past=[*days(20), *pairs, today]).judge(one(20, 16, 15, words="Stand-up")) is None
    assert History(dt.UTC, past=[*days(20), *once]).judge(today) is None
