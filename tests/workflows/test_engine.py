"""From an event to what a rule does: once, in order, with its owner's rights, and visibly."""

from __future__ import annotations

import datetime as dt
from typing import Any
from unittest.mock import Mock

import pytest
from django.core import mail
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.services.people import deactivate_people
from notifications.models import Notification
from tests.work import make_entry, make_project, make_task
from tests.workflows.rules import TELL, make_rule, runs
from timetracker.events.dispatch import dispatch
from timetracker.events.models import Delivery, Event
from timetracker.web.errors import Conflict, NotAllowed
from tracking.choices import Review, Source
from tracking.models import Task, TimeEntry
from tracking.services.deadlines import announce_deadlines
from tracking.services.tasks import create_task, update_task
from tracking.services.timer import start_timer, stop_timer
from workflows.actions import ACTIONS
from workflows.models import Execution, Miss, Rule, Step
from workflows.services.matching import match
from workflows.services.rules import update_rule
from workflows.services.running import give_up_on_dead, run_on

pytestmark = pytest.mark.django_db
HOUR = dt.timedelta(hours=1)


@pytest.fixture
def task(owner: User) -> Task:
    return make_task(make_project(manager=owner), name="Landing page", assignee=owner, estimated_hours=1.5)


def done(task: Task, actor: User) -> Task:
    return update_task(task=task, actor=actor, status="done")


# ── What it does ─────────────────────────────────────────────────────────────
def test_the_customers_rule_logs_what_was_estimated(owner: User, task: Task):
    make_rule(
        owner,
        "task_completed",
        {
            "type": "log_time",
            "project_id": "{{task.project_id}}",
            "task_id": "{{task.id}}",
            "duration": "{{task.estimated_hours}}",
            "notes": "Auto-logged on completion",
        },
        conditions=[{"field": "estimated_hours", "operator": ">", "value": 0}],
    )
    done(task, owner)
    assert runs() == ["done"]
    entry = TimeEntry.objects.get()
    task.refresh_from_db()
    assert (entry.user, entry.task, entry.project, entry.seconds) == (owner, task, task.project, 5400)
    assert (entry.description, entry.source) == ("Auto-logged on completion", Source.RULE)
    assert entry.ended_at == Execution.objects.get().event.occurred_at.replace(microsecond=0)
    assert Execution.objects.get().result == [{"entry_id": entry.pk, "seconds": 5400, "person": str(owner)}]


def test_where_it_covers_another_entry_it_is_kept_and_flagged(owner: User, task: Task):
    make_rule(owner, "task_completed", {"type": "log_time", "duration": "1h30"})
    start_timer(user=owner, started_at=task.created_at - 2 * HOUR)
    stop_timer(user=owner)
    done(task, owner)
    assert runs() == ["done"]
    assert TimeEntry.objects.get(source=Source.RULE).review == Review.OVERLAP


def test_steps_follow_each_other(owner: User, task: Task):
    make_rule(
        owner, "task_created",
        {"type": "add_tag", "tag": "new"}, {"type": "assign_task", "assignee_id": "{{ actor.id }}"},
        {"type": "update_status", "status": "in_progress"}, {"type": "start_timer"},
        {"type": "create_task", "name": "Test {{ task.name }}"}, {"type": "send_email", "subject": "{{ task.name }}"},
        {**TELL, "message": "{{ project.name }}"},
    )  # fmt: skip
    made = create_task(actor=owner, project=task.project, name="Home")
    assert runs() == ["done", "stopped"]  # the task that it makes would set it off again
    made.refresh_from_db()
    assert (made.assignee, made.status, [tag.name for tag in made.tags.all()]) == (owner, "in_progress", ["new"])
    assert TimeEntry.objects.running().get().task == made
    assert Task.objects.latest("pk").name == "Test Home"
    assert [sent.subject for sent in mail.outbox] == ["Home"]
    assert Notification.objects.get(category="rule").message == task.project.name
    assert list(Step.objects.order_by("place").values_list("status", flat=True)) == ["done"] * 7


def test_the_timer_stops(owner: User, task: Task):
    make_rule(owner, "task_completed", {"type": "stop_timer"})
    start_timer(user=owner, task=task)
    done(task, owner)
    assert runs() == ["done"]
    assert not TimeEntry.objects.running().exists()


# ── Whether it runs ──────────────────────────────────────────────────────────
def test_what_does_not_fit_is_kept_with_the_condition(owner: User, task: Task):
    rule = make_rule(owner, conditions=[{"field": "estimated_hours", "operator": ">", "value": 2}])
    done(task, owner)
    assert runs() == []
    missed = Miss.objects.get()
    assert (missed.rule, missed.path) == (rule, "conditions[0]")
    assert missed.found == {"field": "estimated_hours", "operator": ">", "wanted": 2, "actual": 1.5}


def test_the_last_fifty_are_kept(owner: User, task: Task, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(Miss, "KEPT", 3)
    make_rule(owner, "task_created", conditions=[{"field": "name", "operator": "=", "value": "x"}])
    for number in range(5):
        create_task(actor=owner, project=task.project, name=f"{number}")
        runs()
    assert [missed.event.payload["name"] for missed in Miss.objects.order_by("at")] == ["2", "3", "4"]


@pytest.mark.parametrize(("scope", "count"), [("own", 0), ("team", 1)])
def test_what_others_do(owner: User, lead: User, task: Task, scope: str, count: int):
    make_rule(lead, "timer_started", {"type": "send_notification", "title": "{{ user.name }}"}, scope=scope)
    start_timer(user=owner)
    assert len(runs()) == count


def test_what_one_may_not_see_sets_nothing_off(owner: User, manager: User, outsider: User):
    """Neither does it leave a trace of what it was."""
    hidden = make_task(make_project(manager=owner, is_public=False), assignee=owner)
    make_rule(manager, scope="team", conditions=[{"field": "name", "operator": "=", "value": "x"}])
    make_rule(manager, scope="team")
    make_rule(outsider)
    done(hidden, owner)
    assert (runs(), Miss.objects.count()) == ([], 0)


def test_only_those_who_lead_watch_others(owner: User):
    with pytest.raises(NotAllowed):
        make_rule(owner, scope="team")


def test_switched_off_is_off(owner: User, task: Task):
    make_rule(owner, enabled=False)
    done(task, owner)
    assert runs() == []


# ── Once ─────────────────────────────────────────────────────────────────────
def test_an_event_sets_a_rule_off_once(owner: User, task: Task):
    make_rule(owner)
    done(task, owner)
    assert runs() == ["done"]
    event = Execution.objects.get().event
    assert match(event) == []
    for delivery in Delivery.objects.all():
        Delivery.objects.filter(pk=delivery.pk).update(status="pending", attempts=0)
        dispatch(delivery.pk)
    assert runs() == ["done"]
    assert Notification.objects.filter(category="rule").count() == 1


@pytest.mark.parametrize(
    ("limits", "expected"),
    [
        ({"most_per_hour": 2}, ["done", "done", "throttled"]),
        ({"cooldown_seconds": 60}, ["done", "throttled", "throttled"]),
        ({"overlap": "skip"}, ["done", "done", "done"]),
    ],
)
def test_limits_are_kept_visibly(owner: User, task: Task, limits: dict[str, Any], expected: list[str]):
    make_rule(owner, "task_created", {"type": "send_notification", "title": "x"}, **limits)
    for _number in range(3):
        create_task(actor=owner, project=task.project, name="Another")
        found = runs()
    assert found == expected


def test_it_is_skipped_while_it_runs(owner: User, task: Task):
    rule = make_rule(owner, overlap="skip")
    Execution.objects.create(rule=rule, rule_version=1)
    done(task, owner)
    assert runs() == ["running", "skipped"]


# ── Loops ────────────────────────────────────────────────────────────────────
def test_two_rules_that_set_each_other_off_stop(owner: User, task: Task):
    for before, after in (("todo", "review"), ("review", "todo")):
        make_rule(
            owner, "task_status_change", {"type": "update_status", "status": after},
            conditions=[{"field": "status", "operator": "=", "value": before}], name=after,
        )  # fmt: skip
    update_task(task=task, actor=owner, status="review")
    assert runs() == ["done", "done", "stopped"]
    assert [one.depth for one in Execution.objects.order_by("pk")] == [1, 2, 3]
    assert "has set off this event itself" in Execution.objects.latest("pk").error_message


def test_a_long_line_of_rules_stops(owner: User, task: Task):
    line = ["todo", "in_progress", "review", "cancelled", "done"]
    for number in range(7):
        make_rule(
            owner, "task_created", {"type": "create_task", "name": f"{number + 1}"},
            conditions=[{"field": "name", "operator": "=", "value": f"{number}"}],
        )  # fmt: skip
    create_task(actor=owner, project=task.project, name="0")
    assert runs() == ["done"] * len(line) + ["stopped"]


# ── When it does not work ────────────────────────────────────────────────────
def test_a_rule_that_lost_its_right_is_switched_off_and_says_so(owner: User, task: Task):
    hidden = make_task(make_project(is_public=False))
    rule = make_rule(owner, "task_completed", {"type": "update_status", "status": "review", "task_id": hidden.pk})
    done(task, owner)
    assert runs() == ["failed"]
    rule.refresh_from_db()
    assert (rule.enabled, rule.off_because) == (False, "The rule's owner no longer sees this task.")
    assert Notification.objects.get(category="rule_off").message == rule.off_because
    hidden.refresh_from_db()
    assert hidden.status == "todo"


def test_what_is_gone_fails_and_keeps_the_rule(owner: User, task: Task):
    gone = make_task(task.project)
    rule = make_rule(owner, "task_completed", {"type": "add_tag", "tag": "x", "task_id": gone.pk}, TELL)
    gone.delete()
    done(task, owner)
    assert runs() == ["failed"]
    rule.refresh_from_db()
    assert (rule.enabled, rule.failures) == (True, 1)
    assert Execution.objects.get().error_message == "This task is no longer there."
    assert list(Step.objects.order_by("place").values_list("status", flat=True)) == ["failed", "waiting"]
    assert not Notification.objects.filter(category="rule").exists()


def test_ten_failures_in_a_row_are_the_end(owner: User, task: Task):
    rule = make_rule(owner, "task_created", {"type": "assign_task", "assignee_id": 10**9})
    for _number in range(11):
        create_task(actor=owner, project=task.project, name="Another")
        found = runs()
    rule.refresh_from_db()
    assert (found, rule.enabled) == (["failed"] * 10, False)
    assert "10 times in a row" in rule.off_because
    rule = update_rule(rule=rule, actor=owner, enabled=True)
    assert (rule.failures, rule.off_because) == (0, "")


def test_it_goes_on_from_the_step_that_failed(owner: User, task: Task, monkeypatch: pytest.MonkeyPatch):
    make_rule(owner, "task_completed", TELL, {"type": "create_task", "name": "Next"})
    project = task.project
    with monkeypatch.context() as patched:
        patched.setattr("workflows.actions.tasks.create_task", _refuse)
        done(task, owner)
        assert runs() == ["failed"]
    run_on(execution=Execution.objects.get())
    assert runs() == ["done"]
    assert Task.objects.filter(project=project, name="Next").count() == 1
    assert Notification.objects.filter(category="rule").count() == 1
    with pytest.raises(Conflict):
        run_on(execution=Execution.objects.get())


def _refuse(**_fields: Any) -> None:
    raise ValidationError("Not today.")


def test_what_passes_by_itself_is_tried_again(owner: User, task: Task, monkeypatch: pytest.MonkeyPatch):
    make_rule(owner, "task_completed", {"type": "send_email", "subject": "x"})
    tries: list[str] = []

    def send(message: Any) -> None:
        tries.append(message.extra_headers["Message-ID"])
        if len(tries) == 1:
            raise ConnectionError("The mail server is away.")

    monkeypatch.setattr("workflows.actions.messages.EmailMessage.send", send)
    done(task, owner)
    assert runs() == ["running"]
    Delivery.objects.filter(status="pending").update(next_try_at="2020-01-01T00:00:00Z")
    assert runs() == ["done"]
    assert len(tries) == 2
    assert len(set(tries)) == 1


def test_what_is_tried_too_often_fails_and_may_go_on(owner: User, task: Task, monkeypatch: pytest.MonkeyPatch):
    make_rule(owner, "task_completed", {"type": "send_email", "subject": "x"})
    away = Mock(side_effect=ConnectionError("The mail server is away."))
    monkeypatch.setattr("workflows.actions.messages.EmailMessage.send", away)
    done(task, owner)
    assert (runs(), give_up_on_dead()) == (["running"], 0)
    Delivery.objects.filter(status="pending").update(status="dead")
    assert (give_up_on_dead(), give_up_on_dead()) == (1, 0)
    execution = Execution.objects.get()
    assert (execution.status, execution.error_message) == ("failed", "The mail server is away.")
    run_on(execution=execution)
    assert (runs(), give_up_on_dead()) == (["running"], 0)  # the tries of its new turn count
    away.side_effect = None
    Delivery.objects.filter(status="pending").update(next_try_at="2020-01-01T00:00:00Z")
    assert runs() == ["done"]


@pytest.mark.django_db(transaction=True)
def test_events_at_once_never_wait_crosswise(owner: User, run_at_once):
    """Each rule fits one of the two events and misses the other."""
    project = make_project(manager=owner)
    for name in ("a", "b") * 3:
        make_rule(owner, "task_created", conditions=[{"field": "name", "operator": "=", "value": name}])
    events = [record_of(create_task(actor=owner, project=project, name=name)) for name in ("a", "b") * 4]
    made = run_at_once(*[lambda event=event: len(in_transaction(match, event)) for event in events])
    assert made == [3] * 8
    assert list(Rule.objects.values_list("misses", flat=True)) == [4] * 6


def record_of(task: Task) -> Event:
    return Event.objects.get(type="task_created", subject_id=str(task.pk))


def in_transaction(work: Any, *given: Any) -> Any:
    with transaction.atomic():
        return work(*given)


def test_whoever_leaves_has_no_rules_that_run(owner: User, administrator: User, task: Task):
    rule = make_rule(owner)
    deactivate_people(actor=administrator, people=User.objects.filter(pk=owner.pk))
    runs()
    rule.refresh_from_db()
    assert (rule.enabled, rule.off_because) == (False, "Its owner has left.")


def test_time_for_others_needs_the_right_to_log_for_them(owner: User, lead: User, outsider: User, task: Task):
    """The right is the lead's, and nobody else's: the entry belongs to the assignee."""
    make_rule(lead, "task_completed", {"type": "log_time", "duration": 1}, scope="team")
    done(task, owner)
    assert runs() == ["done"]
    assert TimeEntry.objects.get().user == owner
    Rule.objects.all().delete()
    rule = make_rule(owner, "task_completed", {"type": "log_time", "duration": 1})
    given = make_task(task.project, assignee=outsider)
    done(given, owner)
    assert runs() == ["failed"]
    rule.refresh_from_db()
    assert not rule.enabled


def test_a_rule_may_delete_nothing_that_it_is_about(owner: User, task: Task):
    """A task that is gone by the time the rule runs is told, not stumbled over."""
    make_rule(owner, "task_completed", {"type": "add_tag", "tag": "x"})
    update_task(task=task, actor=owner, status="done")
    Task.objects.filter(pk=task.pk).delete()
    assert runs() == ["failed"]


def test_every_action_is_tried_here():
    assert set(ACTIONS) == {
        "log_time", "send_notification", "update_status", "assign_task", "create_task", "add_tag", "start_timer",
        "stop_timer", "send_email", "send_webhook",
    }  # fmt: skip


def test_an_entry_is_tagged(owner: User):
    make_rule(owner, "time_logged", {"type": "add_tag", "tag": "billable"})
    entry = make_entry(owner)
    assert runs() == ["done"]
    assert [tag.name for tag in entry.tags.all()] == ["billable"]


def test_the_customers_reminder(owner: User, task: Task):
    make_rule(
        owner,
        "deadline_approaching",
        {
            "type": "send_notification",
            "title": "Deadline Alert",
            "message": "{{task.name}} is due in {{hours_until_deadline}} hours",
            "priority": "high",
        },
        conditions=[{"field": "hours_until_deadline", "operator": "<=", "value": 24}],
    )
    now = timezone.now()
    Task.objects.filter(pk=task.pk).update(due_at=now + 70 * HOUR)
    for hours in (0, 46, 47):
        announce_deadlines(now + hours * HOUR)
    assert runs() == ["done"]
    told = Notification.objects.get(category="rule")
    assert (told.title, told.priority) == ("Deadline Alert", "high")
    assert told.message == "Landing page is due in 24 hours"
