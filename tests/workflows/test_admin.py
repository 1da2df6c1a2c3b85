"""Administrators limit and switch off, and run again; what a rule says is its owner's."""

from __future__ import annotations

from typing import Any

import pytest
from django.apps import apps
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.test import Client

from accounts.models import User
from notifications.models import Notification
from tests.conftest import ClientFor
from tests.work import make_project, make_task
from tests.workflows.rules import TELL, make_rule, runs
from tracking.services.tasks import update_task
from workflows.models import Execution, Rule

pytestmark = pytest.mark.django_db
LIMITS = {"enabled": "on", "most_per_hour": 60, "cooldown_seconds": 0, "overlap": "all"}


@pytest.fixture
def browser(client_for: ClientFor, administrator: User) -> Client:
    return client_for(administrator)


def test_every_model_is_there_and_opens(browser: Client, owner: User):
    task = make_task(make_project(manager=owner), assignee=owner)
    make_rule(owner)
    never = [{"field": "name", "operator": "=", "value": "x"}]
    make_rule(owner, "task_completed", {"type": "send_webhook", "url": "https://a.example/"}, conditions=never)
    update_task(task=task, actor=owner, status="done")
    assert runs() == ["done"]
    for model in apps.get_app_config("workflows").get_models():
        url = f"/admin/workflows/{model._meta.model_name}/"
        assert admin.site.is_registered(model)
        assert browser.get(url).status_code == 200
        [*rows] = model._default_manager.all()
        assert rows
        for row in rows:
            assert browser.get(f"{url}{row.pk}/change/").status_code == 200
        assert browser.get(f"{url}add/").status_code == 403


def test_limits_are_set_and_nothing_else(browser: Client, owner: User):
    rule = make_rule(owner)
    sent = {**LIMITS, "most_per_hour": 5, "name": "Mine now", "actions": "[]"}
    assert browser.post(f"/admin/workflows/rule/{rule.pk}/change/", sent).status_code == 302
    changed = Rule.objects.get()
    assert (changed.most_per_hour, changed.name, changed.actions, changed.enabled) == (5, rule.name, [TELL], True)
    sent.pop("enabled")
    browser.post(f"/admin/workflows/rule/{rule.pk}/change/", sent)
    assert not Rule.objects.get().enabled
    Rule.objects.update(failures=10, off_because="It failed 10 times in a row.")
    browser.post(f"/admin/workflows/rule/{rule.pk}/change/", {**sent, "enabled": "on"})
    again = Rule.objects.get()
    assert (again.enabled, again.failures, again.off_because) == (True, 0, "")
    browser.post(f"/admin/workflows/rule/{rule.pk}/delete/", {"post": "yes"})
    assert not Rule.objects.alive().exists()


def test_what_failed_is_run_again(browser: Client, owner: User, monkeypatch: pytest.MonkeyPatch):
    task = make_task(make_project(manager=owner), assignee=owner)
    make_rule(owner, "task_completed", {"type": "create_task", "name": "Next"}, TELL)
    with monkeypatch.context() as patched:
        patched.setattr("workflows.actions.tasks.create_task", _refuse)
        update_task(task=task, actor=owner, status="done")
        assert runs() == ["failed"]
    chosen = {"action": "run_again", "_selected_action": [Execution.objects.get().pk]}
    assert browser.post("/admin/workflows/execution/", chosen).status_code == 302
    assert runs() == ["done"]
    assert Notification.objects.filter(category="rule").count() == 1


def _refuse(**_fields: Any) -> None:
    raise ValidationError("Not today.")
