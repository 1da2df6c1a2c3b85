"""One typed line: what each word is read as, and that a written entry reads back as itself."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tracking.quick_entry import QuickEntry, format_quick_entry, parse

TODAY = dt.date(2026, 11, 25)  # a Wednesday
HOUR = 3600


def time(hour: int, minute: int = 0) -> dt.time:
    return dt.time(hour, minute)


def day(month: int, number: int, year: int = 2026) -> dt.date:
    return dt.date(year, month, number)


def span(start: dt.time, end: dt.time, *, next_day: bool = False) -> dict[str, Any]:
    return {"start": start, "end": end, "next_day": next_day}


LINES: list[tuple[str, dict[str, Any]]] = [
    ("2h design review @acme-site #ux yesterday",
     {"seconds": 2 * HOUR, "description": "design review", "work": "acme-site", "tags": ("ux",), "day": day(11, 24)}),
    ("9-1030 standup", {**span(time(9), time(10, 30)), "description": "standup"}),
    ("1:30 call with Ann @acme tomorrow",
     {"seconds": 5400, "description": "call with Ann", "work": "acme", "day": day(11, 26)}),
    ("2 Std Entwurf @acme gestern",
     {"seconds": 2 * HOUR, "description": "Entwurf", "work": "acme", "day": day(11, 24)}),
    ("9 bis 10:30 Standup", {**span(time(9), time(10, 30)), "description": "Standup"}),
    # durations
    ("1h30", {"seconds": 5400}), ("1h30m", {"seconds": 5400}), ("1h 30m", {"seconds": 5400}),
    ("90m", {"seconds": 5400}),
    ("90min x", {"seconds": 5400, "description": "x"}), ("1,5h", {"seconds": 5400}), ("1.5h", {"seconds": 5400}),
    ("1 h 30 min", {"seconds": 5400}), ("45 Minuten", {"seconds": 2700}), ("2 hours", {"seconds": 7200}),
    ("2 std.", {"seconds": 7200}), ("0:45", {"seconds": 2700}), ("2h, Plan", {"seconds": 7200, "description": "Plan"}),
    ("2 cups", {"description": "2 cups"}), ("1:75", {"description": "1:75"}), ("0h", {"description": "0h"}),
    ("2h 3h", {"seconds": 7200, "description": "3h"}), ("5 m", {"description": "5 m"}),
    # clock times
    ("9–10:30", span(time(9), time(10, 30))), ("9:00-10:30", span(time(9), time(10, 30))),
    ("9 - 10:30 x", {**span(time(9), time(10, 30)), "description": "x"}), ("9 to 10:30", span(time(9), time(10, 30))),
    ("from 9 to 10", span(time(9), time(10))), ("von 9 bis 10 Uhr", span(time(9), time(10))),
    ("9.30-10.15 Uhr", span(time(9, 30), time(10, 15))), ("9am-1pm", span(time(9), time(13))),
    ("22-6", span(time(22), time(6), next_day=True)), ("9-24", span(time(9), time(0), next_day=True)),
    ("at 9 2h", {"start": time(9), "seconds": 2 * HOUR}), ("um 9:30 Uhr", {"start": time(9, 30)}),
    ("at 42 Main St", {"description": "at 42 Main St"}), ("9-9", {"description": "9-9"}),
    ("9-10 2h", {**span(time(9), time(10)), "description": "2h"}),
    ("2h 9-10", {"seconds": 7200, "description": "9-10"}),
    ("25-26", {"description": "25-26"}),
    # days
    ("heute", {"day": TODAY}), ("vorgestern", {"day": day(11, 23)}), ("monday", {"day": day(11, 23)}),
    ("Wednesday", {"day": day(11, 18)}), ("am Freitag", {"day": day(11, 20)}), ("letzten Montag", {"day": day(11, 23)}),
    ("mo. x", {"day": day(11, 23), "description": "x"}), ("so do mi sun sat", {"description": "so do mi sun sat"}),
    ("2026-11-02", {"day": day(11, 2)}), ("on 2026-11-02", {"day": day(11, 2)}), ("3.11.", {"day": day(11, 3)}),
    ("3.11.2025", {"day": day(11, 3, 2025)}), ("3.11.25", {"day": day(11, 3, 2025)}), ("3 Nov", {"day": day(11, 3)}),
    ("Nov 3rd x", {"day": day(11, 3), "description": "x"}), ("3. November 2025", {"day": day(11, 3, 2025)}),
    ("24.12.", {"day": day(12, 24)}), ("2.1.", {"day": day(1, 2, 2027)}), ("31.2.", {"description": "31.2."}),
    ("yesterday today", {"day": day(11, 24), "description": "today"}), ("3.11", {"description": "3.11"}),
    # signs
    ('@"Website relaunch" go', {"work": "Website relaunch", "description": "go"}),
    ("@one @two", {"work": "one", "description": "@two"}),
    ("call @acme, then", {"work": "acme", "description": "call then"}),
    ("#ux #UX #dev", {"tags": ("ux", "dev")}), ('#"two words"', {"tags": ("two words",)}),
    ("fix #12 in C#", {"description": "fix #12 in C#"}),
    ("mail ann@acme.example", {"description": "mail ann@acme.example"}),
    ("see https://x.example/a#b:9", {"description": "see https://x.example/a#b:9"}),
    ("$ x", {"billable": True, "description": "x"}), ("!$ x", {"billable": False, "description": "x"}),
    ("$5 lunch", {"description": "$5 lunch"}), ("@ # x", {"description": "@ # x"}),
    (r"\2h \@home \tomorrow", {"description": "2h @home tomorrow"}), ("", {}), ("   ", {}),
]  # fmt: skip


@pytest.mark.parametrize(("line", "expected"), LINES, ids=[line for line, _expected in LINES])
def test_lines(line: str, expected: dict[str, Any]):
    assert parse(line, today=TODAY) == QuickEntry(**expected)


def test_each_word_has_its_reading():
    read = parse('9 bis 10 Plan @"A b" #x am Freitag $', today=TODAY).readings
    assert [(one.kind, one.text) for one in read] == [
        ("span", "9 bis 10"), ("description", "Plan"), ("work", '@"A b"'), ("tag", "#x"), ("day", "am Freitag"),
        ("billable", "$"),
    ]  # fmt: skip


WORDS = st.one_of(
    st.sampled_from(
        'tomorrow morgen 2h 9-10 9 bis to 10:30 at um @home #12 #x $ !$ \\ \\x "q" @"a mo. Nov 3 3.11. Uhr std'.split()
    ),
    st.text(min_size=1, max_size=12).filter(lambda word: not re.search(r"\s", word)),
)
NAMES = (
    st.text(min_size=1, max_size=20).map(str.strip).filter(lambda name: name and '"' not in name and "\x00" not in name)
)
CLOCKS = st.times().map(lambda clock: clock.replace(microsecond=0))


@st.composite
def entries(draw: st.DrawFn) -> QuickEntry:
    tags = {tag.casefold(): tag for tag in draw(st.lists(NAMES.filter(lambda tag: not tag.isdecimal()), max_size=3))}
    times: dict[str, Any] = {}
    shape = draw(st.sampled_from(["none", "span", "start", "duration", "both"]))
    if shape == "span":
        start, end = draw(st.lists(CLOCKS, min_size=2, max_size=2, unique=True))
        times = span(start, end, next_day=end < start or end == dt.time(0))
    if shape in {"start", "both"}:
        times["start"] = draw(CLOCKS)
    if shape in {"duration", "both"}:
        times["seconds"] = draw(st.integers(1, 9999 * HOUR))
    return QuickEntry(
        " ".join(draw(st.lists(WORDS, max_size=6))),
        draw(st.one_of(st.just(""), NAMES)),
        tuple(tags.values()),
        draw(st.one_of(st.none(), st.dates(dt.date(1971, 1, 1), dt.date(2998, 12, 31)))),
        billable=draw(st.sampled_from([None, True, False])),
        **times,
    )


@example(QuickEntry("Uhr", **span(dt.time(9), dt.time(10))))
@given(entries())
@settings(max_examples=400, deadline=None)
def test_what_is_written_reads_back(entry: QuickEntry):
    assert parse(format_quick_entry(entry), today=TODAY) == entry


@example("; 0", dt.date(2026, 3, 4))
@given(st.one_of(st.text(max_size=200), st.lists(WORDS, max_size=20).map(" ".join)), st.dates())
@settings(max_examples=400, deadline=None)
def test_any_text_is_read_whole(text: str, today: dt.date):
    read = parse(text, today=today).readings
    assert all(text[one.start : one.end] == one.text for one in read)
    covered = "".join(one.text for one in read)
    assert re.sub(r"\s", "", covered) == re.sub(r"\s", "", text)


def test_a_long_line_takes_no_longer_a_word(monkeypatch: pytest.MonkeyPatch):
    """Each word is looked at a fixed number of times, whatever stands around it."""
    from tracking import quick_entry

    counted = []
    read = quick_entry._read
    monkeypatch.setattr(quick_entry, "_read", lambda words, *rest: counted.append(len(words)) or read(words, *rest))
    parse("9 bis " * 1000, today=TODAY)
    assert len(counted) <= 2000
    assert max(counted) <= 6
