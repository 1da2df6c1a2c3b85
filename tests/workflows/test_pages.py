"""The pages beside the builder: list, gallery, history, what did not fit, try, versions."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from notifications.models import Notification
from tests.tracking.pages import HTMX, MOST_STATEMENTS, statements, text, toast_of, undo
from tests.work import make_project, make_task
from tests.workflows.form import form_of
from tests.workflows.rules import TELL, make_rule, runs
from timetracker.events.models import Event
from tracking.models import Task
from tracking.services.tasks import update_task
from workflows.choices import RunStatus
from workflows.models import Execution, Rule, Secret, Version
from workflows.services.forgetting import forget
from workflows.services.matching import match
from workflows.services.rules import delete_rule, update_rule
from workflows.trying import back_test

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser(client_for, owner: User) -> Client:
    return client_for(owner)


@pytest.fixture
def task(owner: User) -> Task:
    return make_task(make_project(manager=owner), name="Landing page", estimated_hours=2)


def finish(task: Task, actor: User) -> None:
    update_task(task=task, actor=actor, status="done")
    runs()


def paths(rule: Rule) -> list[str]:
    return ["/workflows/", "/workflows/gallery/", "/workflows/history/", "/workflows/new/", "/workflows/import/",
            *(f"/workflows/{rule.pk}/{page}" for page in ("", "edit/", "misses/", "try/", "versions/"))]  # fmt: skip


# ── The list ─────────────────────────────────────────────────────────────────
def test_without_rules_the_gallery_is_the_next_step(browser: Client):
    html = text(browser.get("/workflows/"))
    assert "No rules yet" in html
    assert 'href="/workflows/gallery/"' in html
    assert "Nothing has run yet" in text(browser.get("/workflows/history/"))


def test_the_list_reads_each_rule_and_finds_it(browser: Client, owner: User):
    make_rule(owner, name="Tell me", conditions=[{"field": "priority", "operator": "=", "value": "urgent"}])
    update_rule(rule=make_rule(owner, "time_logged", {"type": "stop_timer"}, name="Quiet"), actor=owner, enabled=False)
    html = text(browser.get("/workflows/"))
    assert (
        "When a task is completed, if priority is “Urgent”, send a notification: “[name of the task] is done”." in html
    )
    assert "Quiet" not in text(browser.get("/workflows/?show=on"))
    assert "Tell me" not in text(browser.get("/workflows/?trigger=time_logged"))
    assert "Nothing matches" in text(browser.get("/workflows/?q=zzz"))


def test_a_schedule_says_when_it_comes_next(browser: Client, owner: User):
    rule = make_rule(owner, "schedule", {"type": "stop_timer"}, trigger_options={"every": "day", "at": "20:00"})
    for path in ("/workflows/", f"/workflows/{rule.pk}/"):
        html = text(browser.get(path))
        assert "Every day at 20:00, stop my timer." in html
        assert f'Next: <time datetime="{rule.next_run_at.isoformat().replace("+00:00", "Z")[:16]}' in html


def test_switching_and_deleting_can_be_undone(browser: Client, owner: User):
    rule = make_rule(owner)
    answer = browser.post(f"/workflows/{rule.pk}/off/", headers=HTMX)
    rule.refresh_from_db()
    assert not rule.enabled
    undo(browser, answer)
    rule.refresh_from_db()
    assert rule.enabled
    answer = browser.post(f"/workflows/{rule.pk}/delete/", headers=HTMX)
    assert browser.get(f"/workflows/{rule.pk}/").status_code == 404
    assert rule.name not in text(browser.get("/workflows/"))
    assert toast_of(undo(browser, answer))["text"] == "“A rule” is back."
    assert browser.get(f"/workflows/{rule.pk}/").status_code == 200
    assert browser.post(f"/workflows/{rule.pk}/restore/", headers=HTMX).status_code == 404
    answer = browser.post(f"/workflows/{rule.pk}/delete/?page", headers=HTMX)
    assert answer.headers["HX-Redirect"] == "/workflows/"
    assert f'data-undo-url="/workflows/{rule.pk}/restore/"' in text(browser.get("/workflows/"))


def test_a_deleted_rule_runs_no_more_and_neither_does_what_it_had_begun(browser: Client, owner: User, task: Task):
    rule = make_rule(owner, "task_completed", TELL, {"type": "add_tag", "tag": "late"})
    update_task(task=task, actor=owner, status="done")
    delete_rule(rule=rule, actor=owner)
    assert runs() == []
    assert not Notification.objects.filter(category="rule").exists()


def test_steps_of_a_rule_that_was_deleted_meanwhile_are_not_done(owner: User, task: Task):
    rule = make_rule(owner)
    update_task(task=task, actor=owner, status="done")
    match(Event.objects.get(type="task_completed"))
    delete_rule(rule=rule, actor=owner)
    assert runs() == ["failed"]
    assert Execution.objects.get().error_message == "The rule was deleted meanwhile."


def test_what_was_deleted_or_is_old_goes(owner: User, task: Task, settings):
    settings.RULE_HISTORY_KEEP_DAYS = 10
    kept, gone = make_rule(owner, name="kept"), make_rule(owner, name="gone")
    finish(task, owner)
    now = timezone.now()
    delete_rule(rule=gone, actor=owner)
    forget(now + dt.timedelta(days=9))
    assert (Rule.objects.count(), Execution.objects.count()) == (2, 2)
    Execution.objects.filter(rule=kept).update(status=RunStatus.RUNNING)
    forget(now + dt.timedelta(days=11))
    assert list(Execution.objects.values_list("rule", flat=True)) == [kept.pk]
    forget(now + dt.timedelta(days=31))
    assert list(Rule.objects.all()) == [kept]


# ── The gallery ──────────────────────────────────────────────────────────────
def test_the_gallery_opens_a_rule_in_the_builder(browser: Client):
    html = text(browser.get("/workflows/gallery/"))
    assert html.count("Use it") >= 10
    assert 'value="Deadline reminder"' in text(browser.get("/workflows/new/?from=deadline-reminder"))
    assert browser.get("/workflows/new/?from=nothing").status_code == 404


# ── The history ──────────────────────────────────────────────────────────────
def test_a_run_shows_what_set_it_off_and_each_step(browser: Client, owner: User, task: Task):
    rule = make_rule(owner, "task_completed", TELL, {"type": "assign_task", "assignee_id": 999_999}, name="Two steps")
    finish(task, owner)
    run = Execution.objects.get()
    assert (run.status, run.error_message) == (RunStatus.FAILED, "There is no such person.")
    html = text(browser.get(f"/workflows/runs/{run.pk}/"))
    assert "Landing page is done" in html
    assert "1. Send a notification" in html
    assert run.error_message in html
    Rule.objects.filter(pk=rule.pk).update(failures=0)
    step = run.steps.get(place=1)
    step.params = {"assignee_id": owner.pk}
    step.save()
    assert browser.post(f"/workflows/runs/{run.pk}/again/", headers=HTMX).status_code == 204
    assert runs() == ["done"]
    assert browser.post(f"/workflows/runs/{run.pk}/again/", headers=HTMX).status_code == 409
    assert Notification.objects.filter(category="rule").count() == 1


def test_the_history_is_filtered_and_tells_the_chain(browser: Client, owner: User, task: Task):
    make_rule(owner, "task_completed", {"type": "create_task", "name": "Next"}, name="First")
    make_rule(owner, "task_created", {"type": "add_tag", "tag": "new"}, name="Second")
    finish(task, owner)
    second = Execution.objects.get(rule__name="Second")
    html = text(browser.get("/workflows/history/"))
    assert "Set off by “First”" in html
    assert "Second" in text(browser.get(f"/workflows/history/?rule={second.rule_id}&days=1&status=done"))
    assert "Nothing matches" in text(browser.get("/workflows/history/?status=stopped"))
    assert f'href="/workflows/runs/{second.parent_id}/"' in text(browser.get(f"/workflows/runs/{second.pk}/"))
    assert f'href="/workflows/runs/{second.pk}/"' in text(browser.get(f"/workflows/runs/{second.parent_id}/"))


def test_what_did_not_fit_says_which_condition_failed(browser: Client, owner: User, task: Task):
    rule = make_rule(owner, conditions=[{"field": "estimated_hours", "operator": ">", "value": 5}])
    assert "Nothing was left out" in text(browser.get(f"/workflows/{rule.pk}/misses/"))
    finish(task, owner)
    assert "estimated hours is more than 5; found: 2" in text(browser.get(f"/workflows/{rule.pk}/misses/"))


# ── Trying ───────────────────────────────────────────────────────────────────
def test_a_rule_is_tried_on_an_event_that_one_chooses(browser: Client, owner: User, task: Task):
    rule = make_rule(owner, conditions=[{"field": "name", "operator": "contains", "value": "landing"}])
    assert "Nothing of this kind has happened yet" in text(browser.get(f"/workflows/{rule.pk}/try/"))
    other = make_task(task.project, name="Imprint")
    for one in (task, other):
        finish(one, owner)
    before = [model.objects.count() for model in (Rule, Execution, Event, Notification)]
    html = text(browser.get(f"/workflows/{rule.pk}/try/"))
    assert "It would not run" in html
    assert "In the last 30 days it would have run once." in html
    chosen = Event.objects.get(type="task_completed", subject_id=str(task.pk))
    html = text(browser.get(f"/workflows/{rule.pk}/try/?event={chosen.uid}", headers=HTMX))
    assert "It would run" in html
    assert "Landing page is done" in html
    assert [model.objects.count() for model in (Rule, Execution, Event, Notification)] == before


def test_a_back_test_minds_limits_and_days(owner: User, task: Task):
    rule = make_rule(owner, most_per_hour=2)
    now = timezone.now()
    for minutes in (40 * 24 * 60, 60, 59, 20, 10, 0):
        update_task(task=task, actor=owner, status="done")
        latest = Event.objects.filter(type="task_completed").first()
        Event.objects.filter(pk=latest.pk).update(occurred_at=now - dt.timedelta(minutes=minutes))
        task = update_task(task=task, actor=owner, status="todo")
    found = back_test(rule, now)
    assert (found.fits, found.runs, found.whole) == (5, 3, True)
    rule.most_per_hour, rule.cooldown_seconds = 60, 15 * 60
    assert back_test(rule, now).runs == 3


# ── Versions ─────────────────────────────────────────────────────────────────
def test_versions_show_what_changed_and_lead_back(browser: Client, owner: User):
    rule = make_rule(owner, name="One")
    update_rule(rule=rule, actor=owner, enabled=False)
    update_rule(rule=rule, actor=owner, name="Two", cooldown_seconds=60)
    assert list(rule.versions.values_list("number", flat=True)) == [3, 1]
    html = text(browser.get(f"/workflows/{rule.pk}/versions/"))
    assert "&quot;name&quot;: &quot;One&quot;" in html
    assert 'class="added"' in html
    answer = browser.post(f"/workflows/{rule.pk}/versions/1/", headers=HTMX)
    assert answer.headers["HX-Redirect"] == f"/workflows/{rule.pk}/versions/"
    rule.refresh_from_db()
    assert (rule.name, rule.cooldown_seconds, rule.enabled) == ("One", 0, False)
    assert Version.objects.count() == 3
    assert browser.post(f"/workflows/{rule.pk}/versions/2/", headers=HTMX).status_code == 404


def test_a_version_that_fits_no_longer_says_so(browser: Client, owner: User):
    rule = make_rule(owner)
    update_rule(rule=rule, actor=owner, name="Two")
    first = rule.versions.get(number=1)
    first.document["actions"] = [{"type": "dance"}]
    first.save()
    answer = browser.post(f"/workflows/{rule.pk}/versions/1/", headers=HTMX)
    assert answer.status_code == 409
    assert "It fits no longer" in json.dumps(toast_of(answer)) or "It fits no longer" in text(answer)


# ── Webhooks ─────────────────────────────────────────────────────────────────
def test_the_secret_is_shown_once(browser: Client, owner: User):
    form = form_of(text(browser.get("/workflows/new/?from=tell-another")))
    first = text(browser.post("/workflows/new/", form, headers=HTMX))
    rule = Rule.objects.get()
    key = rule.secret.key
    assert f'value="{key}"' in first
    for path in paths(rule):
        assert key not in text(browser.get(path))
    again = text(browser.post(f"/workflows/{rule.pk}/secret/new/", headers=HTMX))
    assert key not in again
    assert f'value="{Rule.objects.get().secret.key}"' in again
    assert "New webhook secret" in text(browser.get("/workflows/"))
    browser.post(f"/workflows/{make_rule(owner).pk}/secret/new/", headers=HTMX)
    assert Secret.objects.count() == 1


# ── All of them ──────────────────────────────────────────────────────────────
def test_nobody_else_comes_near(client_for, owner: User, teammate: User, administrator: User, task: Task):
    rule = make_rule(owner)
    finish(task, owner)
    run = Execution.objects.get()
    for person in (teammate, administrator):
        browser = client_for(person)
        for page in ("", "edit/", "misses/", "try/", "versions/", "export/"):
            assert browser.get(f"/workflows/{rule.pk}/{page}").status_code == 404
        assert browser.get(f"/workflows/runs/{run.pk}/").status_code == 404
        for deed in ("on", "off", "delete", "versions/1"):
            assert browser.post(f"/workflows/{rule.pk}/{deed}/", headers=HTMX).status_code == 404
        assert browser.post(f"/workflows/runs/{run.pk}/again/", headers=HTMX).status_code == 404
        assert browser.post("/workflows/draft/", {"rule": rule.pk}, headers=HTMX).status_code == 404
        assert rule.name not in text(browser.get("/workflows/history/"))


def test_the_number_of_statements_is_constant(browser: Client, owner: User, task: Task):
    def asked() -> dict[str, int]:
        return {path: statements(browser, path) for path in paths(rule)}

    fields: dict[str, Any] = {"conditions": [{"field": "priority", "operator": "!=", "value": "low"}]}
    rule = make_rule(owner, **fields)
    finish(task, owner)
    once = asked()
    for number in range(3):
        make_rule(owner, name=f"Rule {number}")
        update_rule(rule=rule, actor=owner, name=f"Name {number}")
        finish(make_task(task.project), owner)
        finish(make_task(task.project, priority="low"), owner)
    assert asked() == once
    assert max(once.values()) <= MOST_STATEMENTS
