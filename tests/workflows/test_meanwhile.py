"""What changes between an event and the step that it sets off: the step does what may be done by then, or says no."""

from __future__ import annotations

from typing import Any

import pytest
from django.core import mail

from accounts.models import User
from accounts.services.people import deactivate_people
from notifications.models import Notification
from tests.work import make_entry, make_project, make_task
from tests.workflows.rules import TELL, make_rule, runs
from timetracker.events.dispatch import dispatch
from timetracker.events.models import Delivery
from tracking.models import ProjectMember, Task, TimeEntry
from tracking.services.entries import delete_entry
from tracking.services.tasks import delete_task, update_task
from tracking.services.timer import start_timer
from workflows.models import Execution, Rule, Step
from workflows.services.rules import switch_off, update_rule

pytestmark = pytest.mark.django_db


@pytest.fixture
def task(owner: User) -> Task:
    return make_task(make_project(manager=owner), name="Landing page", assignee=owner)


def done_and_matched(task: Task, owner: User) -> None:
    """Up to its first step, which is due and has not begun."""
    update_task(task=task, actor=owner, status="done")
    dispatch(Delivery.objects.get(handler="workflows.match", event__type="task_completed").pk)
    assert Execution.objects.get().status == "running"


def error() -> str:
    assert runs() == ["failed"]
    return Execution.objects.get().error_message


@pytest.mark.parametrize(
    "action",
    [
        {"type": "add_tag", "tag": "x"},
        {"type": "update_status", "status": "todo"},
        {"type": "log_time", "duration": 1},
        {"type": "start_timer"},
        {"type": "assign_task", "assignee_id": "{{ actor.id }}"},
    ],
)
def test_the_task_was_deleted(owner: User, task: Task, action: dict[str, Any]):
    rule = make_rule(owner, "task_completed", action, TELL)
    done_and_matched(task, owner)
    delete_task(task=task, actor=owner)
    assert error() == "This task is no longer there."
    rule.refresh_from_db()
    assert (rule.enabled, rule.failures, TimeEntry.objects.count()) == (True, 1, 0)
    assert not Notification.objects.filter(category="rule").exists()


def test_what_tells_of_a_deleted_task_still_tells(owner: User, task: Task):
    """It needs no more than the event."""
    make_rule(owner, "task_completed", {"type": "send_email", "subject": "{{ task.name }}"})
    done_and_matched(task, owner)
    delete_task(task=task, actor=owner)
    assert (runs(), mail.outbox[0].subject) == (["done"], "Landing page")


def test_the_entry_was_put_into_the_trash(owner: User):
    make_rule(owner, "time_logged", {"type": "add_tag", "tag": "x"})
    entry = make_entry(owner)
    delete_entry(entry=entry, actor=owner)
    assert error() == "This time entry is no longer there."
    assert Rule.objects.get().enabled


def test_an_entry_without_a_task_has_none_to_change(owner: User):
    make_rule(owner, "time_logged", {"type": "update_status", "status": "done"})
    make_entry(owner)
    assert error() == "What happened is about no task."


@pytest.mark.parametrize("action", [TELL, {"type": "send_email", "subject": "x"}, {"type": "create_task", "name": "x"}])
def test_the_project_is_no_longer_its_owners_to_see(owner: User, task: Task, action: dict[str, Any]):
    """What happened is not told on; the rule may be right for other projects, and stays."""
    rule = make_rule(owner, "task_completed", action)
    done_and_matched(task, owner)
    ProjectMember.objects.all().delete()
    task.project.is_public = False
    task.project.save(update_fields=["is_public"])
    assert error() == "Its owner no longer sees what happened."
    rule.refresh_from_db()
    assert (rule.enabled, mail.outbox, Task.objects.count()) == (True, [], 1)
    assert not Notification.objects.exists()


def test_its_owner_left(owner: User, administrator: User, task: Task):
    rule = make_rule(owner, "task_completed", {"type": "send_email", "subject": "x"})
    done_and_matched(task, owner)
    deactivate_people(actor=administrator, people=User.objects.filter(pk=owner.pk))
    assert error() == "Its owner has left."
    rule.refresh_from_db()
    assert (rule.enabled, rule.off_because, mail.outbox) == (False, "Its owner has left.", [])


def test_it_does_what_it_said_when_it_began(owner: User, task: Task):
    rule = make_rule(owner, "task_completed", {"type": "create_task", "name": "Then"})
    done_and_matched(task, owner)
    update_rule(rule=rule, actor=owner, actions=[{"type": "create_task", "name": "Now"}])
    switch_off(rule=rule, reason="Enough.")
    assert runs() == ["done"]
    assert Task.objects.latest("pk").name == "Then"


# ── What a placeholder stands for ────────────────────────────────────────────
def test_numbers_are_text_where_text_is_wanted(owner: User, task: Task):
    Task.objects.update(estimated_hours=1.5)
    task.refresh_from_db()
    make_rule(
        owner, "task_completed", {"type": "create_task", "name": "{{ id }}", "description": "{{ estimated_hours }}"},
        {"type": "log_time", "duration": "{{ estimated_hours }}", "notes": "{{ id }}"}, {**TELL, "title": "{{ id }}"},
    )  # fmt: skip
    update_task(task=task, actor=owner, status="done")
    assert runs() == ["done"]
    made, text = Task.objects.latest("pk"), str(task.pk)
    assert (made.name, made.description, TimeEntry.objects.get().description) == (text, "1.5", text)
    assert Step.objects.get(place=1).input == {"duration": 1.5, "notes": text}


@pytest.mark.parametrize(
    ("action", "what"),
    [
        ({**TELL, "title": "{{ estimated_hours }}"}, "Title"),
        ({"type": "create_task", "name": "{{ due_at }}"}, "Name"),
        ({"type": "assign_task", "assignee_id": "{{ complexity }}"}, "To"),
        ({"type": "log_time", "duration": "{{ estimated_hours }}"}, "Duration"),
    ],
)
def test_what_is_needed_and_missing_is_named(owner: User, task: Task, action: dict[str, Any], what: str):
    make_rule(owner, "task_completed", action)
    update_task(task=task, actor=owner, status="done")
    assert error() == f"“{what}” is needed, and the event has none."


def test_what_became_of_it_is_said_in_the_language_of_its_owner(owner: User):
    User.objects.filter(pk=owner.pk).update(language="de")
    make_rule(owner, "task_completed", {"type": "assign_task", "assignee_id": 999_999})
    update_task(task=make_task(make_project(manager=owner)), actor=owner, status="done")
    assert runs() == ["failed"]
    assert Execution.objects.get().error_message == "Diese Person gibt es nicht."


def test_the_timer_stops_only_where_it_runs_on_the_task(owner: User):
    task = make_task(make_project(manager=owner), assignee=owner)
    make_rule(owner, "task_completed", {"type": "stop_timer", "task_id": "{{ task.id }}"})
    start_timer(user=owner, description="Something else")
    update_task(task=task, actor=owner, status="done")
    assert runs() == ["done"]
    assert Step.objects.get().output == {"stopped": False, "reason": "No timer runs on this task."}
    assert TimeEntry.objects.running().exists()
