"""What fits whom, told with its path when a rule is saved; and what holds when something happens."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflows.conditions import Checked, faults_in, first_failure, trace
from workflows.operators import OPERATORS, Kind, Operator, holds
from workflows.triggers import triggers

TASK = {
    "id": 7, "name": "Landing page", "task.name": "Landing page", "status": "done", "old_status": "todo",
    "estimated_hours": 4.0, "tracked_hours": 6.5, "due_at": "2026-03-04T12:00:00+00:00", "assignee_id": None,
}  # fmt: skip


def one(field: str, operator: str, value: Any = None) -> dict[str, Any]:
    return {"field": field, "operator": operator, **({} if value is None else {"value": value})}


def paths(conditions: Any, trigger: str = "task_status_change") -> list[str]:
    return [fault.path for fault in faults_in(conditions, triggers()[trigger])]


def failed(conditions: Any, values: dict[str, Any] = TASK) -> Checked | None:
    assert paths(conditions) == []
    return first_failure(conditions, triggers()["task_status_change"], values)


# ── When it is saved ─────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("conditions", "path"),
    [
        ("no list", "conditions"),
        ([7], "conditions[0]"),
        ([one("nothing", "=", "x")], "conditions[0].field"),
        ([one("__class__", "=", "x")], "conditions[0].field"),
        ([one("name", ">", "x")], "conditions[0].operator"),
        ([one("name", "like", "x")], "conditions[0].operator"),
        ([one("estimated_hours", ">", "4")], "conditions[0].value"),
        ([one("estimated_hours", ">", True)], "conditions[0].value"),
        ([one("name", "=", 4)], "conditions[0].value"),
        ([one("name", "=")], "conditions[0].value"),
        ([one("name", "is_empty", "x")], "conditions[0].value"),
        ([one("name", "changed")], "conditions[0].operator"),
        ([one("status", "=", "Done")], "conditions[0].value"),
        ([one("status", "in", ["done", "finished"])], "conditions[0].value[1]"),
        ([one("status", "in", "done")], "conditions[0].value"),
        ([one("due_at", "<", "soon")], "conditions[0].value"),
        ([one("estimated_hours", "<", "{{ task.name }}")], "conditions[0].value"),
        ([one("estimated_hours", "<", "{{ task.owner }}")], "conditions[0].value"),
        ([{**one("name", "=", "x"), "code": "1"}], "conditions[0].code"),
        ({"any": [one("name", "=", "x"), one("nope", "=", "x")]}, "conditions.any[1].field"),
        ([{"any": []}], "conditions[0]"),
        ([{"any": [], "all": []}], "conditions[0]"),
        ([{"any": [{"all": [one("name", "=", "x")]}]}], "conditions[0].any[0]"),
        ([one("name", "=", "x")] * 31, "conditions"),
        ([one("name", "=", "a\x00")], "conditions[0].value"),
        ([one("status", "in", ["done", "\ud800"])], "conditions[0].value[1]"),
        ([one("estimated_hours", ">", float("inf"))], "conditions[0].value"),
    ],
)
def test_a_fault_is_told_with_its_path(conditions: Any, path: str):
    assert paths(conditions) == [path]


def test_a_field_goes_by_all_its_names():
    entry = triggers()["time_logged"].fields
    assert entry["task_id"] is entry["entry.task_id"] is entry["task.id"]
    assert triggers()["task_completed"].fields["task.estimated_hours"].kind == Kind.NUMBER
    assert triggers()["task_completed"].fields["due_at"].kind == Kind.MOMENT


# ── When something happens ───────────────────────────────────────────────────
@pytest.mark.parametrize(
    "condition",
    [
        one("task.name", "contains", "LANDING"), one("name", "not_contains", "page 2"), one("status", "changed"),
        one("status", "in", ["review", "done"]), one("status", "not_in", ["todo"]), one("status", "!=", "todo"),
        one("estimated_hours", ">=", 4), one("estimated_hours", "<", "{{ tracked_hours }}"),
        one("assignee_id", "!=", 3), one("assignee_id", "is_empty"), one("name", "is_not_empty"),
        one("due_at", ">", "2026-03-04"), one("due_at", "=", "2026-03-04T13:00:00+01:00"),
    ],
)  # fmt: skip
def test_what_holds(condition: dict[str, Any]):
    assert failed([condition]) is None


@pytest.mark.parametrize(
    ("condition", "actual"),
    [
        (one("name", "=", "landing"), "Landing page"), (one("estimated_hours", ">", 4), 4.0),
        (one("assignee_id", "=", 3), None), (one("assignee_id", ">", 0), None), (one("assignee_id", "in", [1]), None),
        (one("due_at", "<", "2026-03-04"), "2026-03-04T12:00:00+00:00"),
    ],
)  # fmt: skip
def test_what_does_not_says_what_it_found(condition: dict[str, Any], actual: Any):
    found = failed([one("status", "=", "done"), condition])
    assert found is not None
    assert (found.path, found.field, found.actual) == ("conditions[1]", condition["field"], actual)


def test_groups():
    yes, no = one("status", "=", "done"), one("status", "=", "todo")
    assert failed([yes, {"any": [no, yes]}]) is None
    assert failed({"any": [no, {"all": [yes, yes]}]}) is None
    found = failed({"any": [no, {"all": [yes, no]}]})
    assert found is not None
    assert found.path == "conditions.any[1].all[1]"
    assert [each.held for each in trace({"any": [no, {"all": [yes, no]}]}, triggers()["task_status_change"], TASK)] == [
        False, True, False,
    ]  # fmt: skip
    assert failed([]) is None


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8)
    | st.sampled_from(["2026-03-04", "2026-99-99T99:99:99Z", "done"]),
    lambda inner: st.lists(inner, max_size=3),
)  # fmt: skip


@given(st.sampled_from(list(Kind)), st.data(), JSON, JSON)
def test_a_comparison_never_raises(kind: Kind, data: st.DataObject, actual: Any, wanted: Any):
    operator = data.draw(st.sampled_from([each for each in OPERATORS[kind] if each != Operator.CHANGED]))
    if operator in {Operator.IN, Operator.NOT_IN} and not isinstance(wanted, list):
        wanted = [wanted]
    assert holds(operator, kind, actual, wanted) in {True, False}
    assert holds(Operator.EMPTY, kind, actual, None) != holds(Operator.NOT_EMPTY, kind, actual, None)
