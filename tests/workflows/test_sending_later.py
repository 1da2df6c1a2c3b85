"""What a rule tells later: it waits with its reader, is asked again, and goes the way of every notification."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
import time_machine

from accounts.models import User
from notifications.models import Notification, Outcome
from notifications.services import scheduling
from notifications.services.preferences import save_settings
from tests.notifications.clock import fire_due
from tests.work import make_project, make_task
from tests.workflows.rules import make_rule, runs
from tracking.models import Task
from tracking.services.projects import set_members
from tracking.services.tasks import update_task
from tracking.services.timer import start_timer
from workflows.document import document_of
from workflows.models import Execution, Rule
from workflows.words import read_back

pytestmark = pytest.mark.django_db
NOON = dt.datetime(2026, 3, 4, 12, 0, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)
LATER = {"type": "send_notification", "title": "Ask about {{ task.name }}", "delay": 2}


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture
def task(owner: User) -> Task:
    return make_task(make_project(manager=owner, is_public=False), name="Landing page", assignee=owner)


def set_off(task: Task, owner: User, **more: Any) -> Rule:
    rule = make_rule(owner, "task_completed", LATER | more)
    update_task(task=task, actor=owner, status="done")
    assert runs() == ["done"]
    return rule


def told(person: User) -> list[str]:
    return [row.title for row in Notification.objects.inbox(person).filter(category="rule")]


@pytest.mark.parametrize("delay", [2, "2h", "120m"])
def test_it_waits_with_its_reader_and_comes_then(task: Task, owner: User, clock: time_machine.Coordinates, delay: Any):
    set_off(task, owner, delay=delay)
    [waiting] = Notification.objects.scheduled(owner)
    assert (waiting.deliver_at, waiting.subject_type, waiting.subject_id) == (NOON + 2 * HOUR, "task", task.pk)
    assert told(owner) == []
    assert Execution.objects.get().result == [
        {"notification_id": waiting.pk, "person": str(owner), "deliver_at": "2026-03-04T14:00:00+00:00"}
    ]
    clock.move_to(NOON + 2 * HOUR)
    fire_due(NOON + 2 * HOUR)
    assert told(owner) == ["Ask about Landing page"]


@pytest.mark.parametrize(("works", "comes"), [(True, []), (False, ["Ask about Landing page"])])
@pytest.mark.parametrize("delay", [2, None])
def test_it_comes_only_if_that_is_so_then(
    task: Task, owner: User, clock: time_machine.Coordinates, works: bool, comes: list[str], delay: int | None
):
    if works and not delay:
        start_timer(user=owner)
    set_off(task, owner, delay=delay, condition="no_timer")
    if works and delay:
        start_timer(user=owner)
    clock.move_to(NOON + 2 * HOUR)
    fire_due(NOON + 2 * HOUR)
    assert told(owner) == comes


def test_their_quiet_hours_hold_it(task: Task, owner: User, clock: time_machine.Coordinates):
    save_settings(person=owner, quiet=True, quiet_from=dt.time(13), quiet_until=dt.time(15))
    set_off(task, owner)
    clock.move_to(NOON + 2 * HOUR)
    fire_due(NOON + 2 * HOUR)
    toast = Outcome.objects.get(notification__category="rule", channel="toast")
    assert (toast.state, toast.reason, toast.due_at) == ("held", "quiet", NOON + 3 * HOUR)


def test_who_no_longer_sees_what_it_is_about_does_not_get_it(
    task: Task, owner: User, teammate: User, clock: time_machine.Coordinates
):
    set_members(project=task.project, actor=owner, members=[owner, teammate], managers=[owner, teammate])
    set_off(task, teammate)
    set_members(project=task.project, actor=owner, members=[owner], managers=[owner])
    clock.move_to(NOON + 2 * HOUR)
    fire_due(NOON + 2 * HOUR)
    assert told(teammate) == []


def test_a_late_worker_sends_it_at_once_when_its_time_is_over(task: Task, owner: User, clock: time_machine.Coordinates):
    make_rule(owner, "task_completed", LATER)
    update_task(task=task, actor=owner, status="done")
    clock.move_to(NOON + 5 * HOUR)
    assert runs() == ["done"]
    fire_due(NOON + 5 * HOUR)
    assert told(owner) == ["Ask about Landing page"]


def test_many_that_wait_leave_room_for_ones_own(task: Task, owner: User, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(scheduling, "MOST", 1)
    set_off(task, owner)
    scheduling.schedule(person=owner, title="Tea", deliver_at=NOON + HOUR)
    update_task(task=task, actor=owner, status="todo")
    update_task(task=task, actor=owner, status="done")
    assert runs() == ["done", "failed"]
    assert Notification.objects.scheduled(owner).count() == 2


def test_the_run_says_what_holds_it_back(task: Task, owner: User):
    save_settings(person=owner, quiet=True, quiet_from=dt.time(11), quiet_until=dt.time(15))
    set_off(task, owner, delay=None)
    [result] = Execution.objects.get().result
    assert (result["held_back"], result["until"]) == ("Quiet hours", "2026-03-04T15:00:00+00:00")


def test_whoever_is_told_by_anothers_rule_knows_whose(task: Task, administrator: User, teammate: User):
    save_settings(person=teammate, quiet=True, quiet_from=dt.time(11), quiet_until=dt.time(15))
    make_rule(administrator, "task_completed", LATER | {"delay": None, "to_id": teammate.pk}, scope="team", name="Asks")
    set_members(project=task.project, actor=administrator, members=[teammate], managers=[teammate])
    update_task(task=task, actor=administrator, status="done")
    assert runs() == ["done"]
    assert Notification.objects.get(user=teammate, category="rule").message == "From Ada Admin, by the rule “Asks”."
    assert "held_back" not in Execution.objects.get().result[0]  # how others keep their quiet is theirs


def test_it_is_read_back(owner: User):
    rule = make_rule(owner, "task_completed", LATER | {"condition": "no_timer", "delay": "1h30"})
    assert read_back(rule) == (
        "When a task is completed, send a notification: “Ask about [name of the task]”, 1:30 later, "
        "only if no timer runs."
    )
    assert document_of(rule)["actions"] == [LATER | {"condition": "no_timer", "delay": "1h30"}]
