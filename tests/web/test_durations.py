import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from timetracker.web.durations import format_duration, parse_duration, shown_seconds

WRITTEN = {
    "1:30": 5400,
    "01:30": 5400,
    ":45": 2700,
    "1:30:15": 5415,
    "120:00": 432_000,
    "1h30": 5400,
    "1h30m": 5400,
    "1h 5m 3s": 3903,
    "1 h 30 min": 5400,
    "1 H 30 MIN": 5400,
    "2h": 7200,
    "2 hours": 7200,
    "2 Stunden 15 Minuten": 8100,
    "1 Std. 30 Min.": 5400,
    "90m": 5400,
    "90 min": 5400,
    "0.5m": 30,
    "45s": 45,
    "90 sec": 90,
    "1.5": 5400,
    "1,5": 5400,
    "1,5h": 5400,
    ".25": 900,
    ",25": 900,
    "0.333": 1199,
    "2": 7200,
    "0": 0,
    "  2  ": 7200,
}


@pytest.mark.parametrize(("text", "seconds"), WRITTEN.items())
def test_reads_what_people_write(text: str, seconds: int) -> None:
    assert parse_duration(text) == seconds


@pytest.mark.parametrize(
    "text",
    ["", " ", "abc", "-1", "1:5", "h", "m", "1:2:3", "1h30x", "1..5", "1.5.5", "30m 1h", "1e3", "٣", "∞", "1:30h"],
)
def test_refuses_what_is_no_duration(text: str) -> None:
    with pytest.raises(ValueError, match="Write a duration"):
        parse_duration(text)


@pytest.mark.parametrize("text", ["1:75", "1h90m", "1h75", "1:00:60", "2m90s"])
def test_refuses_minutes_over_59(text: str) -> None:
    with pytest.raises(ValueError, match="stop at 59"):
        parse_duration(text)


@pytest.mark.parametrize("text", ["100000", "999999999", "999999999m", "999999:00"])
def test_refuses_what_no_column_holds(text: str) -> None:
    with pytest.raises(ValueError, match="longer than we can count"):
        parse_duration(text)


@given(st.integers(min_value=0, max_value=3_000_000))
def test_clock_round_trip(seconds: int) -> None:
    assert parse_duration(format_duration(seconds, with_seconds=True)) == seconds
    assert parse_duration(format_duration(seconds)) == shown_seconds(seconds)


@pytest.mark.parametrize("language", ["en", "de"])
def test_decimal_round_trip(language: str) -> None:
    @given(st.integers(min_value=0, max_value=3_000_000))
    def round_trip(seconds: int) -> None:
        with translation.override(language):
            assert parse_duration(format_duration(seconds, "decimal")) == shown_seconds(seconds, "decimal")

    round_trip()


@given(st.text(max_size=30))
def test_any_text_is_answered(text: str) -> None:
    try:
        assert 0 <= parse_duration(text) < 2**31
    except ValueError as error:
        assert str(error)  # noqa: PT017 - most texts are refused, some are fine


def test_formats() -> None:
    assert format_duration(5400) == "1:30"
    assert format_duration(89) == "0:01"
    assert format_duration(90) == "0:02"
    assert format_duration(5405, with_seconds=True) == "1:30:05"
    assert format_duration(-5400) == "−1:30"
    assert format_duration(5400, "decimal") == "1.50"
    with translation.override("de"):
        assert format_duration(5400, "decimal") == "1,50"


def test_thousands_are_for_reading_alone() -> None:
    long = 1_234_567 * 3600 + 1800
    assert format_duration(long) == "1234567:30"
    assert format_duration(long, grouped=True) == "1,234,567:30"
    assert format_duration(-long, grouped=True) == "−1,234,567:30"
    assert format_duration(999 * 3600, grouped=True) == "999:00"
    assert format_duration(long, "decimal", grouped=True) == "1,234,567.50"
    with translation.override("de"):
        assert format_duration(long, grouped=True) == "1.234.567:30"
        assert format_duration(long, "decimal", grouped=True) == "1.234.567,50"


@given(st.lists(st.integers(min_value=0, max_value=90_000), max_size=20), st.sampled_from(["clock", "decimal"]))
def test_a_total_of_shown_lines_adds_up(lines: list[int], hours_format: str) -> None:
    total = sum(shown_seconds(line, hours_format) for line in lines)
    assert shown_seconds(total, hours_format) == total
