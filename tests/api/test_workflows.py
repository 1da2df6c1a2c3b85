"""Rules over the API: the guide's own, faults with their path, and what became of them."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.apps import apps
from django.core import mail
from django.test import Client

from accounts.models import User
from tests.conftest import ClientFor
from tests.tracking.pages import MOST_STATEMENTS, statements
from tests.work import make_project, make_task
from tests.workflows.rules import make_rule, runs
from timetracker.events.models import Event
from tracking.models import TimeEntry
from tracking.services.tasks import update_task
from workflows.models import Rule

pytestmark = pytest.mark.django_db
GUIDE: dict[str, Any] = {
    "name": "Auto-log completed tasks",
    "trigger": {"type": "task_completed"},
    "conditions": [{"field": "estimated_hours", "operator": ">", "value": 0}],
    "actions": [
        {
            "type": "log_time",
            "project_id": "{{task.project_id}}",
            "task_id": "{{task.id}}",
            "duration": "{{task.estimated_hours}}",
            "notes": "Auto-logged on completion",
        }
    ],
}


@pytest.fixture
def olga(client_for: ClientFor, owner: User) -> Client:
    return client_for(owner)


def send(browser: Client, method: str, path: str, data: Any = None) -> Any:
    return browser.generic(method, path, json.dumps(data), content_type="application/json")


def test_the_guides_rule_is_taken_as_it_stands(olga: Client, owner: User):
    made = send(olga, "POST", "/api/workflows", GUIDE)
    assert made.status_code == 201
    assert made.headers["Location"].endswith(f"/api/workflows/{made.json()['id']}/")
    assert {name: made.json()[name] for name in GUIDE} == GUIDE
    task = make_task(make_project(manager=owner), assignee=owner, estimated_hours=2)
    update_task(task=task, actor=owner, status="done")
    assert runs() == ["done"]
    assert TimeEntry.objects.get().seconds == 7200
    [execution] = olga.get(f"/api/workflows/{made.json()['id']}/executions/").json()
    assert (execution["status"], execution["depth"], execution["parent"]) == ("done", 1, None)
    assert execution["steps"][0]["input"] == {
        "project_id": task.project_id, "task_id": task.pk, "duration": 2.0, "notes": "Auto-logged on completion",
    }  # fmt: skip


def test_a_rule_is_tried_on_what_has_happened(olga: Client, owner: User, outsider: User):
    rule = make_rule(
        owner,
        "task_completed",
        {"type": "log_time", "duration": "{{ task.estimated_hours }}"},
        {"type": "send_email", "subject": "{{ task.name }} by {{ actor.name }}"},
        conditions=[
            {"field": "estimated_hours", "operator": ">", "value": 2},
            {"any": [{"field": "name", "operator": "=", "value": "x"}, {"field": "id", "operator": ">", "value": 0}]},
        ],
    )
    url = f"/api/workflows/{rule.pk}/test/"
    assert send(olga, "POST", url, {}).status_code == 409
    for hours in (3, 1):
        task = make_task(make_project(manager=owner), assignee=owner, estimated_hours=hours, name=f"{hours} h")
        update_task(task=task, actor=owner, status="done")
    hidden = make_task(make_project(manager=outsider, is_public=False), assignee=outsider)
    update_task(task=hidden, actor=outsider, status="done")
    runs()
    before, sent = counted(), len(mail.outbox)
    last = send(olga, "POST", url, {}).json()
    assert (last["matched"], [one["held"] for one in last["conditions"]]) == (False, [False, False, True])
    assert last["conditions"][0] | {"path": ""} == {
        "path": "", "field": "estimated_hours", "operator": ">", "wanted": 2, "actual": 1.0, "held": False,
    }  # fmt: skip
    events = Event.objects.filter(type="task_completed").order_by("pk").values_list("uid", flat=True)
    first = send(olga, "POST", url, {"event": str(events[0])}).json()
    assert first["matched"]
    assert first["actions"] == [
        {"type": "log_time", "duration": 3.0},
        {"type": "send_email", "subject": f"3 h by {owner}"},
    ]
    assert send(olga, "POST", url, {"event": str(events[2])}).status_code == 404
    assert (counted(), len(mail.outbox)) == (before, sent)


def counted() -> dict[str, int]:
    return {model._meta.label: model._default_manager.count() for model in apps.get_models()}


def test_changed_listed_and_thrown_away(olga: Client, owner: User):
    rule = make_rule(owner, name="First")
    make_rule(owner, "time_logged", {"type": "add_tag", "tag": "x"}, name="Second", enabled=False)
    assert [row["name"] for row in olga.get("/api/workflows/?enabled=true").json()["results"]] == ["First"]
    assert [row["name"] for row in olga.get("/api/workflows/?trigger_type=time_logged").json()["results"]] == ["Second"]
    changed = send(olga, "PATCH", f"/api/workflows/{rule.pk}/", {"enabled": False, "name": "Off"})
    assert (changed.json()["enabled"], changed.json()["name"], changed.json()["version"]) == (False, "Off", 2)
    whole = send(olga, "PUT", f"/api/workflows/{rule.pk}/", GUIDE)
    assert (whole.status_code, whole.json()["actions"]) == (200, GUIDE["actions"])
    assert olga.delete(f"/api/workflows/{rule.pk}/").status_code == 204
    assert Rule.objects.alive().count() == 1


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"conditions": [{"field": "estimated_hours", "operator": ">", "value": "0"}]}, "conditions[0].value"),
        ({"actions": [{"type": "log_time", "duration": "{{ nothing }}"}]}, "actions[0].duration"),
        ({"actions": None}, "actions"),
        ({"trigger": {"type": "never"}}, "trigger.type"),
        ({"trigger": "task_completed"}, "trigger"),
        ({"scope": "world"}, "scope"),
        ({"most_per_hour": 0}, "most_per_hour"),
    ],
)
@pytest.mark.parametrize("method", ["POST", "PATCH"])
def test_a_fault_is_told_with_its_path(olga: Client, owner: User, method: str, changes: dict[str, Any], path: str):
    url = "/api/workflows/" if method == "POST" else f"/api/workflows/{make_rule(owner).pk}/"
    refused = send(olga, method, url, {**GUIDE, **changes})
    assert refused.status_code == 400
    assert any(error["field"].startswith(path) for error in refused.json()["errors"])


def test_a_rule_of_what_others_do_needs_somebody_to_lead(olga: Client, client_for: ClientFor, lead: User):
    assert send(olga, "POST", "/api/workflows/", {**GUIDE, "scope": "team"}).status_code == 403
    assert send(client_for(lead), "POST", "/api/workflows/", {**GUIDE, "scope": "team"}).status_code == 201


@pytest.mark.parametrize("rows", [1, 3])
def test_statements(olga: Client, owner: User, rows: int):
    task = make_task(make_project(manager=owner), assignee=owner)
    for _number in range(rows):
        rule = make_rule(owner, "task_status_change")
        update_task(task=task, actor=owner, status="review")
        update_task(task=task, actor=owner, status="todo")
    runs()
    assert statements(olga, "/api/workflows/") <= MOST_STATEMENTS
    assert statements(olga, f"/api/workflows/{rule.pk}/executions/") <= MOST_STATEMENTS
