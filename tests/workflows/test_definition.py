"""What a rule may say, found when it is saved: whatever is sent is answered with paths, and nothing raises."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workflows.actions import ACTIONS
from workflows.definition import faults_of
from workflows.operators import Operator
from workflows.placeholders import filled, is_broken
from workflows.triggers import TRIGGERS

TELL = {"type": "send_notification", "title": "Hello"}


@pytest.mark.parametrize(
    ("trigger", "action", "path"),
    [
        ("task_vanished", TELL, "trigger.type"),
        (None, TELL, "trigger.type"),
        ("task_completed", {"type": "format_disk"}, "actions[0].type"),
        ("task_completed", "send_notification", "actions[0].type"),
        ("task_completed", {"type": "send_notification"}, "actions[0].title"),
        ("task_completed", {**TELL, "colour": "red"}, "actions[0].colour"),
        ("task_completed", {**TELL, "title": "{{ task.owner.password }}"}, "actions[0].title"),
        ("task_completed", {**TELL, "title": "{{ task.name|upper }}"}, "actions[0].title"),
        ("task_completed", {**TELL, "title": "{{ task.name"}, "actions[0].title"),
        ("task_completed", {**TELL, "title": 7}, "actions[0].title"),
        ("task_completed", {**TELL, "title": "x" * 1000}, "actions[0].title"),
        ("task_completed", {**TELL, "priority": "now"}, "actions[0].priority"),
        ("task_completed", {"type": "log_time", "duration": "long"}, "actions[0].duration"),
        ("task_completed", {"type": "log_time", "duration": 0}, "actions[0].duration"),
        ("task_completed", {"type": "log_time", "duration": "about {{ estimated_hours }}"}, "actions[0].duration"),
        ("task_completed", {"type": "log_time", "duration": 1, "task_id": "{{ task.name }}"}, "actions[0].task_id"),
        ("task_completed", {"type": "log_time", "duration": 1, "task_id": "7"}, "actions[0].task_id"),
        ("project_created", {"type": "update_status", "status": "done"}, "actions[0].task_id"),
        ("schedule", TELL, "trigger.every"),
        ("task_completed", {"type": "add_tag", "tag": "two words"}, "actions[0].tag"),
        ("task_completed", {**TELL, "url": "https://example.org/"}, "actions[0].url"),
        ("task_completed", {**TELL, "title": "a\x00"}, "actions[0].title"),
        ("task_completed", {**TELL, "message": "{{ task.name }} \ud800"}, "actions[0].message"),
        ("task_completed", {"type": "log_time", "duration": float("nan")}, "actions[0].duration"),
        (
            "task_completed",
            {"type": "create_task", "name": "x", "due_at": "0001-01-01T00:00+14:00"},
            "actions[0].due_at",
        ),
    ],
)
def test_a_fault_is_told_with_its_path(trigger: Any, action: Any, path: str):
    assert [fault.path for fault in faults_of(trigger, [], [action])] == [path]


@pytest.mark.parametrize("actions", [None, [], {}, "x", [TELL] * 11])
def test_how_much_a_rule_does(actions: Any):
    assert [fault.path for fault in faults_of("task_completed", [], actions)] == ["actions"]


def test_a_single_placeholder_keeps_its_type():
    values = {"task.estimated_hours": 2.5, "task.name": "Home & Co", "tags": ["a", "b"], "gone": None}
    assert filled("{{task.estimated_hours}}", values) == 2.5
    assert filled("{{ task.name }} takes {{ task.estimated_hours }} h", values) == "Home & Co takes 2.5 h"
    assert filled("{{ tags }} {{ gone }}{{ task.name }}", values) == "a, b Home & Co"
    assert filled("{{ __class__ }}", values) is None
    assert filled("{{ hours }} h", {"hours": 2.0003}) == "2 h"
    assert is_broken("{{ a }} }}")


NAMES = st.sampled_from(["name", "task.name", "status", "estimated_hours", "hours", "due_at", "nope", "", "id"])
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10)
    | st.sampled_from(["{{ task.name }}", "{{ id }}", "{{", "done", "1h30", "2026-03-04"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=6,
)  # fmt: skip
CONDITION = st.fixed_dictionaries(
    {"field": NAMES | VALUES, "operator": st.sampled_from([*Operator]) | VALUES, "value": VALUES}
)
CONDITIONS = st.recursive(
    CONDITION | VALUES,
    lambda inner: st.lists(inner, max_size=3) | st.fixed_dictionaries({"any": st.lists(inner, max_size=3)}),
    max_leaves=6,
)
ACTION = st.builds(
    lambda name, given: {"type": name, **given},
    st.sampled_from([*ACTIONS, "nothing"]),
    st.dictionaries(st.sampled_from(["title", "duration", "task_id", "status", "tag", "x"]), VALUES, max_size=4),
)


OPTIONS = VALUES | st.dictionaries(
    st.sampled_from(["every", "at", "days", "day", "cron", "x"]),
    VALUES | st.sampled_from(["day", "week", "month", "09:00", ["mon"], 31, "last", "0 9 * * 1"]),
    max_size=4,
)


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from([*TRIGGERS, "schedule", "nothing"]) | VALUES, CONDITIONS,
    st.lists(ACTION | VALUES, max_size=3) | VALUES, OPTIONS,
)  # fmt: skip
def test_whatever_is_sent_is_answered_with_paths(trigger: Any, conditions: Any, actions: Any, options: Any):
    for fault in faults_of(trigger, conditions, actions, options):
        assert fault.path.startswith(("trigger", "conditions", "actions"))
        assert fault.text
