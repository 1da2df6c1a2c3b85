"""The builder: what the form holds is the document, and the document is what the form shows."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from notifications.models import Notification
from tests.tracking.pages import HTMX, text
from tests.work import make_project, make_task
from tests.workflows.form import document_in, form_of
from tests.workflows.rules import make_rule, runs
from timetracker.events.models import Event
from tracking.services.tasks import create_task, update_task
from workflows.document import as_text, document_of
from workflows.gallery import ready_rules
from workflows.models import Execution, Rule
from workflows.services.rules import update_rule

pytestmark = pytest.mark.django_db

DOCUMENTS: list[dict[str, Any]] = [
    {
        "name": "All kinds",
        "trigger": {"type": "task_completed"},
        "conditions": [
            {"field": "task.estimated_hours", "operator": ">", "value": 1.5},
            {"field": "priority", "operator": "in", "value": ["high", "urgent"]},
            {"field": "name", "operator": "contains", "value": "äöü & <b>"},
            {"field": "assignee_name", "operator": "in", "value": ["Olga", "Tom"]},
            {"field": "due_at", "operator": "is_empty"},
            {"any": [
                {"field": "status", "operator": "=", "value": "done"},
                {"field": "tracked_hours", "operator": "<=", "value": "{{ estimated_hours }}"},
            ]},
        ],
        "actions": [
            {"type": "send_notification", "title": "{{ task.name }}", "message": "two\nlines", "priority": "high"},
            {"type": "log_time", "duration": 1.5, "task_id": "{{task.id}}"},
            {"type": "stop_timer"},
        ],
    },
    {
        "name": "Any",
        "trigger": {"type": "time_logged"},
        "conditions": {"any": [
            {"field": "billable", "operator": "=", "value": True},
            {"all": [{"field": "hours", "operator": ">", "value": 8}]},
        ]},
        "actions": [{"type": "add_tag", "tag": "long"}],
    },
    {
        "name": "Changed",
        "trigger": {"type": "task_status_change"},
        "conditions": [{"field": "status", "operator": "changed"}],
        "actions": [{"type": "create_task", "name": "Again", "project_id": "{{ project.id }}", "priority": "low"}],
    },
]  # fmt: skip


@pytest.fixture
def browser(client_for, owner: User) -> Client:
    return client_for(owner)


def draft(browser: Client, form: dict[str, Any], deed: str = "", **more: Any) -> str:
    return text(browser.post("/workflows/draft/", {**form, "edit": deed, **more}, headers=HTMX))


def begun(browser: Client, document: dict[str, Any]) -> dict[str, list[str]]:
    """The form that shows a document."""
    html = text(browser.get("/workflows/new/", {"rule": json.dumps(document)}))
    return form_of(html)


# ── Two views of one rule ────────────────────────────────────────────────────
@pytest.mark.parametrize("document", [*DOCUMENTS, *(ready.filled() for ready in ready_rules())],
                         ids=lambda one: one["name"])  # fmt: skip
def test_form_and_json_are_two_views_of_one_rule(browser: Client, document: dict[str, Any]):
    form = begun(browser, document)
    shown = json.loads(form["json"][0])
    assert {name: shown[name] for name in document} == document
    assert browser.post("/workflows/new/", form, headers=HTMX).status_code == 200
    rule = Rule.objects.get()
    assert rule.enabled
    assert {name: document_of(rule)[name] for name in document} == document


def test_what_is_exported_comes_back_letter_by_letter(browser: Client, owner: User):
    update_rule(rule=make_rule(owner, name="Über: <1>"), actor=owner, cooldown_seconds=5, most_per_hour=7)
    rule = Rule.objects.get()
    first = browser.get(f"/workflows/{rule.pk}/export/")
    assert first.headers["Content-Disposition"] == 'attachment; filename="uber-1.json"'
    assert text(first) == as_text(document_of(rule))
    page = browser.post("/workflows/import/", {"text": text(first)})
    browser.post("/workflows/new/", form_of(text(page)), headers=HTMX)
    again = Rule.objects.exclude(pk=rule.pk).get()
    assert text(browser.get(f"/workflows/{again.pk}/export/")) == text(first)


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ("{", "This is no JSON"),
        ("[]", "A rule is an object"),
        ('{"trigger": "task_completed"}', "A rule is an object"),
        ('{"trigger": {}, "colour": 1}', "A rule has no “colour”"),
        ('{"trigger": {"type": "task_completed"}, "name": "x"}' + " " * 100_000, "At most 100000 letters"),
    ],
)
def test_what_is_no_rule_is_not_imported(browser: Client, sent: str, said: str):
    assert said in text(browser.post("/workflows/import/", {"text": sent}))
    assert said in draft(browser, {"trigger": "task_completed"}, "json", json=sent)


def test_an_imported_rule_says_what_is_wrong_with_it(browser: Client):
    document = {"name": "x", "trigger": {"type": "task_completed"}, "actions": [{"type": "send_notification"}]}
    html = text(browser.post("/workflows/import/", {"text": json.dumps(document)}))
    assert 'aria-describedby="a-0-title-error-1"' in html
    assert not Rule.objects.exists()


@pytest.mark.parametrize(
    "odd",
    [
        {"name": 5, "trigger": {"type": ["x"]}, "conditions": 7, "actions": "no"},
        {"trigger": {"type": "task_completed"}, "conditions": [None, 3, {"all": 5}, {"field": {}}], "actions": [1, {}]},
        {"trigger": {"type": "task_completed"}, "conditions": [{"field": "name", "operator": "in", "value": 5}],
         "actions": [{"type": {"x": 1}}, {"type": "send_email", "to_id": -1, "subject": {"a": 1}}]},
    ],
)  # fmt: skip
def test_nonsense_is_shown_and_named_but_breaks_nothing(browser: Client, odd: dict[str, Any]):
    html = draft(browser, {}, "json", json=json.dumps(odd))
    assert "error" in html
    answer = browser.post("/workflows/new/", form_of(f'<form id="rule-form">{html}</form>'), headers=HTMX)
    assert answer.status_code == 200
    assert not Rule.objects.exists()


# ── The buttons ──────────────────────────────────────────────────────────────
def test_what_is_offered_fits_what_happens(browser: Client):
    html = draft(browser, {"trigger": "time_logged", "c.0.field": "hours", "c.0.operator": ">", "c.0.value": "2,5"})
    assert '<option value="billable">' in html
    assert '<option value="hours_until_deadline">' not in html
    assert '<option value="contains">' not in html
    assert document_in(html)["conditions"] == [{"field": "hours", "operator": ">", "value": 2.5}]


def test_conditions_and_groups_are_added_and_removed(browser: Client):
    form: dict[str, Any] = {"trigger": "task_completed", "name": "x"}

    def press(deed: str, **more: Any) -> Any:
        nonlocal form
        html = draft(browser, form, deed, **more)
        steps = form_of(f'<form id="rule-form">{html}</form>')
        form = {name: value for name, value in form.items() if name[1] != "."} | steps
        return document_in(html)["conditions"]

    one = {"field": "name", "operator": "=", "value": ""}
    assert press("add-condition") == [one]
    assert press("add-group") == [one, {"any": [one]}]
    assert press("add-condition:1") == [one, {"any": [one, one]}]
    assert press("remove-condition:1.0") == [one, {"any": [one]}]
    form["c.mode"] = ["any"]
    assert press("") == {"any": [one, {"any": [one]}]}
    assert press("remove-condition:1.0") == {"any": [one]}
    assert press("remove-condition:9") == {"any": [one]}
    assert press("remove-condition:0") == []


@pytest.mark.parametrize(
    ("deed", "order"),
    [
        ("up:2", "acb"), ("up:0", "abc"), ("down:0", "bac"), ("down:2", "abc"), ("move:2:0", "cab"),
        ("move:0:2", "bca"), ("remove-action:1", "ac"), ("move:7:1", "abc"), ("up:", "abc"), ("nonsense", "abc"),
    ],
)  # fmt: skip
def test_what_is_done_changes_its_order(browser: Client, deed: str, order: str):
    document = {"trigger": {"type": "task_completed"}, "name": "x",
                "actions": [{"type": "add_tag", "tag": letter} for letter in "abc"]}  # fmt: skip
    html = draft(browser, begun(browser, document), deed)
    assert "".join(action["tag"] for action in document_in(html)["actions"]) == order


def test_days_of_the_week_are_chosen(browser: Client):
    form: dict[str, Any] = {"trigger": "schedule", "s.every": "week", "s.at": "09:00", "name": "x"}
    assert document_in(draft(browser, form))["trigger"]["days"] == ["mon"]
    html = text(browser.post("/workflows/new/", {**form, "s.week": "1"}, headers=HTMX))
    assert 'id="s-error-1"' in html
    assert not Rule.objects.exists()


def test_another_trigger_keeps_what_it_does_not_know_and_says_so(browser: Client):
    form = begun(browser, DOCUMENTS[0]) | {"trigger": ["timer_started"]}
    html = draft(browser, form)
    assert "This trigger has no field “task.estimated_hours”." in html
    assert document_in(html)["conditions"] == DOCUMENTS[0]["conditions"]


def test_where_a_number_comes_from_stays_though_it_is_not_offered(browser: Client):
    action = {"type": "create_task", "name": "x", "project_id": "{{ nowhere.id }}", "assignee_id": "{{ me.id }}"}
    document = {"name": "x", "trigger": {"type": "task_completed"}, "conditions": [], "actions": [action]}
    form = begun(browser, document)
    assert document_in(draft(browser, form))["actions"] == [action]
    assert 'id="a-0-project_id-error-1"' in text(browser.post("/workflows/new/", form, headers=HTMX))


def test_an_action_is_added(browser: Client):
    form = begun(browser, {"trigger": {"type": "task_completed"}, "actions": []})
    html = draft(browser, form, "add-action", new_action="add_tag")
    assert document_in(html)["actions"] == [{"type": "add_tag"}]
    assert document_in(draft(browser, form, "add-action", new_action="rm -rf"))["actions"] == []


def test_while_one_types_only_the_sentence_comes_back(browser: Client):
    form = begun(browser, DOCUMENTS[1])
    html = text(browser.post("/workflows/draft/", form, headers={**HTMX, "HX-Target": "rule-reads"}))
    assert 'id="rule-steps"' not in html
    assert "When time is logged, if billable is yes or hours is more than 8, add a tag: “long”." in html


def test_what_is_picked_is_named_as_far_as_one_sees_it(browser: Client, owner: User, outsider: User):
    mine, theirs = (
        make_project(manager=owner, name="Mine"),
        make_project(manager=outsider, name="Theirs", is_public=False),
    )
    actions = [{"type": "create_task", "name": "x", "project_id": pk} for pk in (mine.pk, theirs.pk)]
    html = text(browser.get("/workflows/new/", {"rule": json.dumps(
        {"name": "x", "trigger": {"type": "task_completed"}, "actions": actions})}))  # fmt: skip
    assert 'value="Mine"' in html
    assert "Theirs" not in html


# ── Saving ───────────────────────────────────────────────────────────────────
def test_faults_stand_at_their_places_and_nothing_is_lost(browser: Client):
    form = begun(browser, DOCUMENTS[0])
    form["name"], form["a.0.title"], form["c.0.value"] = [""], ["{{ nothing }}"], ["many"]
    html = text(browser.post("/workflows/new/", form, headers=HTMX))
    assert not Rule.objects.exists()
    for place in ("a-0-title-error-1", "c-0-value-error-1"):
        assert f'id="{place}"' in html
    assert 'value="many"' in html
    form["a.0.title"], form["c.0.value"] = ["{{ task.name }}"], ["3"]
    assert 'id="rule-name-error-1"' in text(browser.post("/workflows/new/", form, headers=HTMX))


@pytest.mark.parametrize(
    ("name", "value", "place"),
    [
        ("cooldown_seconds", "soon", "rule-pause-error-1"),
        ("cooldown_seconds", "-1", "rule-pause-error-1"),
        ("most_per_hour", "0", "rule-most-error-1"),
        ("most_per_hour", "1001", "rule-most-error-1"),
    ],
)
def test_limits_are_numbers_within_bounds(browser: Client, name: str, value: str, place: str):
    form = begun(browser, DOCUMENTS[1]) | {name: [value]}
    html = text(browser.post("/workflows/new/", form, headers=HTMX))
    assert f'id="{place}"' in html
    assert f'name="{name}" value="{value}"' in html
    assert not Rule.objects.exists()
    assert f"<code>{name}</code>" in text(browser.post("/workflows/draft/try/", form, headers=HTMX))


def test_a_rule_that_would_run_very_often_asks_once_more(browser: Client, owner: User):
    project = make_project(manager=owner)
    for number in range(101):
        create_task(actor=owner, project=project, name=f"Task {number}")
    form = begun(browser, {"name": "Busy", "trigger": {"type": "task_created"}, "most_per_hour": 1000,
                           "actions": [{"type": "send_notification", "title": "x"}]})  # fmt: skip
    html = text(browser.post("/workflows/new/", form, headers=HTMX))
    assert "would have run 101 times" in html
    assert not Rule.objects.exists()
    answer = browser.post("/workflows/new/", {**form, "sure": "1"}, headers=HTMX)
    assert answer.headers["HX-Redirect"] == f"/workflows/{Rule.objects.get().pk}/"
    off = {name: value for name, value in form.items() if name != "enabled"}
    browser.post("/workflows/new/", off, headers=HTMX)
    assert Rule.objects.filter(enabled=False).count() == 1


def test_a_schedule_that_comes_very_often_asks_once_more(browser: Client):
    form = begun(browser, {"name": "Busy", "trigger": {"type": "schedule", "cron": "*/10 * * * *"},
                           "actions": [{"type": "stop_timer"}]})  # fmt: skip
    assert "would have run 4320 times" in text(browser.post("/workflows/new/", form, headers=HTMX)).replace(",", "")
    assert not Rule.objects.exists()


def test_a_rule_is_edited_unless_somebody_was_faster(browser: Client, owner: User):
    rule = make_rule(owner, name="Before")
    form = form_of(text(browser.get(f"/workflows/{rule.pk}/edit/")))
    form["name"] = ["After"]
    assert browser.post(f"/workflows/{rule.pk}/edit/", form, headers=HTMX).headers["HX-Redirect"]
    rule.refresh_from_db()
    assert rule.name == "After"
    form["name"] = ["Too late"]
    html = text(browser.post(f"/workflows/{rule.pk}/edit/", form, headers=HTMX))
    assert "changed elsewhere in the meantime" in html
    assert "saving once more replaces that" in html
    assert browser.post(f"/workflows/{rule.pk}/edit/", form_of(html), headers=HTMX).headers["HX-Redirect"]
    rule.refresh_from_db()
    assert rule.name == "Too late"
    assert 'value="Too late"' in html


def test_only_who_leads_is_offered_what_others_do(browser: Client, client_for, lead: User):
    assert 'name="scope"' not in text(browser.get("/workflows/new/"))
    assert 'name="scope"' in text(client_for(lead).get("/workflows/new/"))
    form = begun(browser, DOCUMENTS[1]) | {"scope": ["team"]}
    html = text(browser.post("/workflows/new/", form, headers=HTMX))
    assert "Only leads, managers and administrators" in html
    assert not Rule.objects.exists()


def test_without_scripts_it_is_a_form_like_any_other(browser: Client):
    form = begun(browser, DOCUMENTS[1])
    assert browser.post("/workflows/new/", form).status_code == 302
    assert browser.post("/workflows/new/", {**form, "name": ""}).status_code == 422


# ── Trying ───────────────────────────────────────────────────────────────────
def test_a_draft_is_tried_without_a_trace(browser: Client, owner: User):
    task = make_task(make_project(manager=owner), name="Landing page", estimated_hours=2)
    update_task(task=task, actor=owner, status="done")
    runs()
    form = begun(browser, next(iter(ready_rules())).filled())
    before = [model.objects.count() for model in (Rule, Execution, Event, Notification)]
    html = text(browser.post("/workflows/draft/try/", form, headers=HTMX))
    assert "It would run" in html
    assert "estimated hours is more than 0" in html
    assert [model.objects.count() for model in (Rule, Execution, Event, Notification)] == before
    form["a.0.duration"] = ["soon"]
    html = text(browser.post("/workflows/draft/try/", form, headers=HTMX))
    assert "<code>actions[0].duration</code>" in html
