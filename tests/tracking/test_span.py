"""What people type as times, and what becomes of it."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from tracking.forms.span import Person, Typed, read_moment, read_span, write_moment

BERLIN = ZoneInfo("Europe/Berlin")
MONDAY = dt.date(2026, 3, 2)
NOON = dt.datetime(2026, 3, 2, 11, 0, tzinfo=dt.UTC)  # 12:00 in Berlin
FORWARD, BACK = dt.date(2026, 3, 29), dt.date(2026, 10, 25)


def spans(day: dt.date = MONDAY, zone: dt.tzinfo = BERLIN, **typed) -> tuple[str, str]:
    """As the person's clock shows them."""
    start, end = read_span(Typed(day, **typed), Person(zone, NOON))
    return tuple(f"{moment.astimezone(zone):%m-%d %H:%M}" for moment in (start, end))


def refusal(day: dt.date = MONDAY, **typed) -> tuple[str, str]:
    with pytest.raises(ValidationError) as error:
        read_span(Typed(day, **typed), Person(BERLIN, NOON))
    [(field, [message])] = error.value.message_dict.items()
    return field, message


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ({"start": "9", "end": "10:30"}, ("03-02 09:00", "03-02 10:30")),
        ({"start": "9-1030"}, ("03-02 09:00", "03-02 10:30")),
        ({"start": "9:00 – 10:30"}, ("03-02 09:00", "03-02 10:30")),
        ({"start": "9", "duration": "90m"}, ("03-02 09:00", "03-02 10:30")),
        ({"end": "10:30", "duration": "1:30"}, ("03-02 09:00", "03-02 10:30")),
        ({"start": "9", "end": "1030", "duration": "1.5"}, ("03-02 09:00", "03-02 10:30")),
        ({"start": "22", "end": "6", "next_day": True}, ("03-02 22:00", "03-03 06:00")),
        ({"start": "22-6", "next_day": True}, ("03-02 22:00", "03-03 06:00")),
        ({"start": "9-24"}, ("03-02 09:00", "03-03 00:00")),
        ({"duration": "1h30"}, ("03-02 10:30", "03-02 12:00")),
    ],
)
def test_what_people_write(typed, expected):
    assert spans(**typed) == expected


def test_a_duration_on_another_day_begins_when_work_begins():
    assert spans(day=dt.date(2026, 2, 27), duration="2h") == ("02-27 09:00", "02-27 11:00")


def test_a_duration_on_another_day_follows_what_is_there():
    busy_until = dt.datetime(2026, 3, 3, 11, 20, tzinfo=dt.UTC)
    start, end = read_span(
        Typed(dt.date(2026, 3, 3), duration="1:30"),
        Person(dt.UTC, busy_until + dt.timedelta(days=9), busy_until=busy_until),
    )
    assert (start, end) == (busy_until, busy_until + dt.timedelta(minutes=90))


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({}, "duration"),
        ({"start": "9"}, "end"),
        ({"end": "9"}, "start"),
        ({"start": "25"}, "start"),
        ({"start": "9", "end": "soon"}, "end"),
        ({"start": "10", "end": "9"}, "end"),
        ({"start": "22-6"}, "end"),
        ({"start": "9", "end": "9"}, "end"),
        ({"start": "9-10", "end": "11"}, "end"),
        ({"start": "9", "duration": "0"}, "duration"),
        ({"start": "9", "duration": "long"}, "duration"),
        ({"start": "9", "end": "10", "duration": "2h"}, "duration"),
        ({"duration": "13h"}, "duration"),
        ({"start": "2026-13-45 09:00", "end": "10"}, "start"),
        ({"start": "0000-01-01 09:00", "end": "10"}, "start"),
    ],
)
def test_refusals_say_where(typed, field):
    assert refusal(**typed)[0] == field


def test_an_earlier_end_says_what_to_tick():
    assert "Ends the next day" in refusal(start="22", end="6")[1]


@pytest.mark.parametrize("start", ["2026-03-02T09:00+05:30", "2026-03-02 03:30Z", "2026-03-02T04:30:00+0100"])
def test_an_offset_is_honoured(start):
    assert spans(start=start, duration="1h") == ("03-02 04:30", "03-02 05:30")


def test_an_end_with_a_date_of_its_own():
    assert spans(start="9", end="2026-03-04 10:00") == ("03-02 09:00", "03-04 10:00")


def test_a_time_the_clocks_skip_is_refused_with_what_to_write():
    field, message = refusal(day=FORWARD, start="2:30", end="5")
    assert field == "start"
    assert "does not exist" in message
    assert "03:30" in message


def test_a_time_that_comes_twice_is_refused_with_both_ways_to_write_it():
    field, message = refusal(day=BACK, start="1", end="2:30")
    assert field == "end"
    assert "2026-10-25 02:30+02:00" in message
    assert "2026-10-25 02:30+01:00" in message
    start, end = read_span(Typed(BACK, start="1", end="2026-10-25 02:30+01:00"), Person(BERLIN, NOON))
    assert end - start == dt.timedelta(hours=2.5)


def test_nights_of_23_and_25_hours_count_what_has_passed():
    for day, hours in ((FORWARD, 8), (BACK, 10)):
        start, end = read_span(Typed(day, start="0", end="9"), Person(BERLIN, NOON))
        assert end - start == dt.timedelta(hours=hours)


zones = st.sampled_from(
    ["Europe/Berlin", "America/New_York", "Pacific/Kiritimati", "Pacific/Pago_Pago", "Asia/Kolkata"]
)
minutes = st.datetimes(dt.datetime(2020, 1, 1), dt.datetime(2030, 1, 1)).map(
    lambda moment: moment.replace(second=0, microsecond=0, tzinfo=dt.UTC)
)


@given(moment=minutes, name=zones)
def test_what_a_form_shows_is_read_as_the_same_instant(moment, name):
    zone = ZoneInfo(name)
    day = moment.astimezone(zone).date()
    assert read_moment("start", write_moment(moment, zone, day), day, zone) == moment
    assert read_moment("start", write_moment(moment, zone), day, zone) == moment
