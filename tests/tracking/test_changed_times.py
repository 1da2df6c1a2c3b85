"""An entry whose times change: what is asked for is what is worked, and breaks are neither lost nor made."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import User
from tests.work import MONDAY, make_entry
from tracking.services.entries import update_entry
from tracking.services.spans import Times, changed_times

HOUR = dt.timedelta(hours=1)
DAY = dt.timedelta(days=1)
NOON = (MONDAY + 3 * HOUR, MONDAY + 4 * HOUR)
WORKDAY = Times(MONDAY, MONDAY + 8 * HOUR, (NOON,))  # 9 to 17 with a break from 12 to 13


@st.composite
def times(draw: st.DrawFn) -> Times:
    marks = sorted(draw(st.sets(st.integers(1, 2000), max_size=6)))
    pairs = zip(marks[::2], marks[1::2], strict=False)
    minute = dt.timedelta(minutes=1)
    end = max(marks, default=0) + draw(st.integers(1, 600))
    return Times(MONDAY, MONDAY + end * minute, tuple((MONDAY + a * minute, MONDAY + b * minute) for a, b in pairs))


moves = st.integers(-3000, 3000).map(lambda minutes: dt.timedelta(minutes=minutes))


@given(times(), moves, st.integers(60, 200_000))
def test_a_duration_is_what_is_worked(old: Times, move: dt.timedelta, seconds: int):
    new = changed_times(old, start=old.start + move, end=None, seconds=seconds)
    assert new.seconds == seconds
    assert_whole(new)


@given(times(), moves)
def test_moved_as_a_whole_it_stays_the_same(old: Times, move: dt.timedelta):
    for asked in ({"end": old.end + move, "seconds": None}, {"end": None, "seconds": old.seconds}):
        new = changed_times(old, start=old.start + move, **asked)
        assert (new.seconds, len(new.breaks), new.length) == (old.seconds, len(old.breaks), old.length)


@given(times(), moves, st.integers(1, 5000))
def test_breaks_keep_to_the_inside(old: Times, move: dt.timedelta, minutes: int):
    start = old.start + move
    assert_whole(changed_times(old, start=start, end=start + dt.timedelta(minutes=minutes), seconds=None))


def assert_whole(new: Times) -> None:
    position = new.start
    for first, last in new.breaks:
        assert position <= first < last <= new.end
        position = last
    assert new.seconds >= 0


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"seconds": 3600}, Times(MONDAY, MONDAY + HOUR)),
        ({"seconds": 4 * 3600}, Times(MONDAY, MONDAY + 5 * HOUR, (NOON,))),
        ({"start": MONDAY + 5 * HOUR, "seconds": 7200}, Times(MONDAY + 5 * HOUR, MONDAY + 7 * HOUR)),
        ({"start": MONDAY + HOUR}, Times(MONDAY + HOUR, MONDAY + 8 * HOUR, (NOON,))),
        ({"end": MONDAY + 3.5 * HOUR}, Times(MONDAY, MONDAY + 3.5 * HOUR, ((NOON[0], MONDAY + 3.5 * HOUR),))),
        (
            {"start": MONDAY + DAY, "end": MONDAY + DAY + 4 * HOUR},
            Times(MONDAY + DAY, MONDAY + DAY + 4 * HOUR, ((NOON[0] + DAY, NOON[1] + DAY),)),
        ),
    ],
)
def test_examples(asked: dict, expected: Times):
    assert changed_times(WORKDAY, **{"start": WORKDAY.start, "end": None, "seconds": None, **asked}) == expected


@pytest.mark.django_db
def test_breaks_are_stored_and_recorded_as_they_become(owner: User):
    entry = make_entry(owner, minutes=480, breaks=[NOON])
    entry = update_entry(entry=entry, actor=owner, started_at=MONDAY + DAY, duration=7 * 3600)
    assert list(entry.breaks.values_list("started_at", "ended_at")) == [(NOON[0] + DAY, NOON[1] + DAY)]
    assert (entry.seconds, entry.break_seconds, entry.ended_at) == (7 * 3600, 3600, MONDAY + DAY + 8 * HOUR)
