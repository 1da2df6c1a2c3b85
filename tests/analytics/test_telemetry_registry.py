"""What may be sent, and what a message looks like when it leaves."""

from __future__ import annotations

import math
import re
import string

import pytest
from django.conf import settings
from django.core.management import call_command
from hypothesis import given
from hypothesis import strategies as st

from analytics.queries.telemetry import MOST_WAITING
from analytics.services.telemetry_counters import MOST_KINDS
from analytics.telemetry import buckets
from analytics.telemetry.documentation import as_markdown, with_table
from analytics.telemetry.events import TRIGGERS
from analytics.telemetry.facts import COUNTED, USED
from analytics.telemetry.messages import before_send
from analytics.telemetry.registry import WIRE, Declared, UndeclaredError, check, common, declare, declared
from timetracker.events.registry import event_types
from workflows import triggers

REQUIRED = {
    "client_created", "project_created", "task_created", "task_completed", "timer_started", "timer_stopped",
    "entry_logged", "time_imported", "data_exported", "report_run", "rule_made", "rule_run", "notification_opened",
    "widget_added", "shortcut_used", "estimate_shown", "set_up_finished",
}  # fmt: skip
ENVELOPE = {"distinct_id": "0" * 8, "uuid": "1" * 8, "timestamp": "2026-11-27T00:00:00+00:00"}


def message(event: str, **properties: object) -> dict:
    return {**ENVELOPE, "event": event, "properties": properties}


def test_every_event_is_declared_with_a_reason():
    assert set(declared()) == REQUIRED
    for event in declared().values():
        assert str(event.about)
        assert str(event.reason)
        for one in event.properties:
            assert str(one.about)
            assert one.allowed


def test_no_word_of_a_property_could_be_somebodys():
    """They are short, and made of what programs are made of."""
    for event in declared().values():
        for one in event.properties:
            for word in one.allowed:
                assert re.fullmatch(r"[a-z0-9_<>-]{1,30}( days?)?", word), (event.name, one.name, word)


def test_a_week_with_everything_in_every_variety_can_wait():
    kinds = sum(math.prod(len(one.allowed) for one in event.properties) for event in declared().values())
    assert kinds * 7 <= MOST_WAITING
    assert kinds * 2 <= MOST_KINDS, "in memory, around midnight"


def test_what_sets_rules_off_is_the_list_of_the_rules():
    assert TRIGGERS == triggers.TRIGGERS


def test_what_is_counted_of_events_exists():
    assert COUNTED.keys() <= event_types().keys()


@pytest.mark.parametrize(
    ("name", "facts", "expected"),
    [
        ("report_run", {"days": 7}, {"span": "2-7 days"}),
        ("data_exported", {"what": "lines", "format": "xlsx"}, {"what": "lines", "format": "xlsx"}),
        ("notification_opened", {}, {}),
        ("widget_added", {"widget": "quick-stats"}, {"widget": "quick-stats"}),
        ("shortcut_used", {"category": "go", "times": 3}, {"category": "go"}),
        ("estimate_shown", {"basis": "own"}, {"basis": "own"}),
    ],
)
def test_what_is_used_without_an_event(name, facts, expected):
    assert USED[name](facts) == (name, expected)
    check(name, expected)


def test_all_of_them_are_tried_above():
    assert set(USED) == {
        "report_run", "data_exported", "notification_opened", "widget_added", "shortcut_used", "estimate_shown",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("name", "properties"),
    [
        ("nothing", {}),
        ("client_created", {"name": "Kestrel"}),
        ("timer_stopped", {}),
        ("timer_stopped", {"duration": "17 minutes"}),
        ("timer_stopped", {"duration": ">4h", "project": "yes"}),
    ],
)
def test_undeclared_is_an_error(name, properties):
    with pytest.raises(UndeclaredError):
        check(name, properties)


def test_no_event_is_declared_twice():
    with pytest.raises(ValueError, match="two declarations of client_created"):
        declare(Declared("client_created", "", ""))


# ── before_send ──────────────────────────────────────────────────────────────
def test_an_undeclared_event_does_not_leave():
    assert before_send(message("$pageview", version="0.1.0")) is None


def test_what_the_library_adds_does_not_leave():
    added = {
        "$lib": "posthog-python", "$lib_version": "7", "$os": "Linux", "$os_distro": "Debian", "$python_version": "3",
        "$python_runtime": "CPython", "$session_id": "1", "$release_id": "2", "$is_server": True, "$ip": "10.0.0.1",
        "$geoip_disable": False, "$set": {"name": "Ada"}, "$groups": {"organisation": "Kestrel"},
    }  # fmt: skip
    left = before_send({**message("timer_stopped", duration=">4h", times=2, **added), "$set": {"email": "a@b"}})
    assert WIRE["$ip"].split(".") == ["0"] * 4
    assert left == {
        **ENVELOPE,
        "event": "timer_stopped",
        "properties": {
            "duration": ">4h", "times": 2, "$geoip_disable": True, "$ip": WIRE["$ip"], "$process_person_profile": False,
        },
    }  # fmt: skip


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)
names = st.sampled_from(["duration", "source", "version", "team_size", "times", "$ip", "$lib", "name"]) | st.text()


@given(event=st.sampled_from(sorted(REQUIRED)) | st.text(), properties=st.dictionaries(names, anything, max_size=8))
def test_whatever_comes_only_allowed_words_leave(event, properties):
    left = before_send(message(event, **properties))
    if event not in declared():
        assert left is None
        return
    assert left is not None
    words = {one.name: one.allowed for one in declared()[event].properties}
    for name, value in left["properties"].items():
        if name in WIRE:
            assert value == WIRE[name]
        elif name in words:
            assert value in words[name]
        else:
            assert common()[name].fits(value)


@given(st.text(alphabet=string.printable))
def test_a_version_is_short_and_begins_with_a_number(text):
    if common()["version"].fits(text):
        assert len(text) <= 32
        assert not text or text[0].isdigit()
        assert not set(text) & set(" @/:\\\"'")


# ── Ranges ───────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("seconds", "word"),
    [
        (None, "<15m"), (0, "<15m"), (899, "<15m"), (900, "15m-1h"), (3599, "15m-1h"), (3600, "1-4h"),
        (14400, "1-4h"), (14401, ">4h"),
    ],
)  # fmt: skip
def test_durations(seconds, word):
    assert buckets.duration(seconds) == word


@pytest.mark.parametrize(
    ("people", "word"),
    [(0, "1"), (1, "1"), (2, "2-5"), (5, "2-5"), (6, "6-20"), (20, "6-20"), (21, "21-100"), (100, "21-100"),
     (101, ">100")],
)  # fmt: skip
def test_team_sizes(people, word):
    assert buckets.team_size(people) == word


@given(st.integers(1, 10**9), st.integers(1, 10**9))
def test_ranges_grow_with_what_is_in_them(one, other):
    small, large = sorted((one, other))
    for words, function in [
        (buckets.DURATIONS, buckets.duration),
        (buckets.TEAM_SIZES, buckets.team_size),
        (buckets.AMOUNTS, buckets.amount),
        (buckets.SPANS, buckets.span),
    ]:
        assert words.index(function(small)) <= words.index(function(large))


# ── The document ─────────────────────────────────────────────────────────────
def test_docs_telemetry_md_is_current():
    text = (settings.BASE_DIR / "docs" / "telemetry.md").read_text()
    assert text == with_table(text), "Run manage.py telemetry_doc."
    assert as_markdown() in text


def test_the_command_writes_the_table(tmp_path, settings):
    (tmp_path / "docs").mkdir()
    path = tmp_path / "docs" / "telemetry.md"
    path.write_text(with_table("# Guide\n").replace("widget_added", "something_else"))
    settings.BASE_DIR = tmp_path
    call_command("telemetry_doc")
    assert path.read_text() == with_table("# Guide\n")
