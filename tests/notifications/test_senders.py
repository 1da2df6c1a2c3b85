"""Who is told of what: from the event that a service records to the notification."""

from __future__ import annotations

import pytest

from accounts.models import User
from accounts.services.tokens import create_token
from notifications.models import Notification
from tests.work import make_project, make_task
from timetracker.events.choices import Status
from timetracker.events.dispatch import drain
from timetracker.events.models import Delivery
from tracking.services.projects import archive_project
from tracking.services.tasks import create_task, update_task
from tracking.services.timer import start_timer, stop_timer

pytestmark = pytest.mark.django_db


def told(person: User) -> list[str]:
    drain()
    assert not Delivery.objects.exclude(status=Status.DONE).exists()
    return [row.title for row in Notification.objects.of(person)]


def test_whoever_is_given_a_task_is_told(owner: User, teammate: User, outsider: User):
    task = make_task(make_project(owner, (teammate,), name="Website"), name="Design")
    update_task(task=task, actor=owner, assignee=teammate)
    assert told(teammate) == ["Olga Owner gave you a task: Design"]
    assert told(owner) == told(outsider) == []
    [row] = Notification.objects.of(teammate)
    assert row.message == "Website"
    assert [action["label"] for action in row.actions] == ["Start timer", "Open"]


def test_a_task_made_for_somebody_tells_them_once(owner: User, teammate: User):
    create_task(actor=owner, project=make_project(owner, (teammate,)), name="Design", assignee=teammate)
    assert told(teammate) == ["Olga Owner gave you a task: Design"]


def test_whoever_takes_a_task_tells_nobody(owner: User):
    update_task(task=make_task(make_project(owner)), actor=owner, assignee=owner)
    assert told(owner) == []


def test_a_task_given_on_at_once_tells_the_last(owner: User, teammate: User, administrator: User):
    task = make_task(make_project(owner, (teammate, administrator)))
    update_task(task=task, actor=owner, assignee=teammate)
    update_task(task=task, actor=owner, assignee=administrator)
    assert told(teammate) == []
    assert len(told(administrator)) == 1


def test_a_long_name_is_shortened(owner: User, teammate: User):
    task = make_task(make_project(owner, (teammate,)), name="x" * 250)
    update_task(task=task, actor=owner, assignee=teammate)
    [title] = told(teammate)
    assert len(title) == 200
    assert title.endswith("x…")


def test_it_is_said_in_the_language_of_whoever_is_told(owner: User, teammate: User):
    User.objects.filter(pk=teammate.pk).update(language="de")
    update_task(task=make_task(make_project(owner, (teammate,)), name="Entwurf"), actor=owner, assignee=teammate)
    assert told(teammate) == ["Olga Owner hat dir eine Aufgabe gegeben: Entwurf"]


def test_whoever_gave_the_task_is_told_that_it_is_done(owner: User, teammate: User, manager: User):
    task = create_task(actor=manager, project=make_project(owner, (teammate, manager)), name="Design")
    update_task(task=task, actor=owner, assignee=teammate)
    drain()
    Notification.objects.all().delete()
    update_task(task=task, actor=teammate, status="done")
    assert told(owner) == ["Tom Teammate finished Design"]
    assert told(manager) == told(teammate) == []


def test_a_task_given_to_nobody_tells_its_author(owner: User, teammate: User):
    task = create_task(actor=owner, project=make_project(owner, (teammate,)), name="Design")
    update_task(task=task, actor=teammate, status="done")
    assert told(owner) == ["Tom Teammate finished Design"]


def test_managers_are_told_that_their_project_is_archived(owner: User, teammate: User, administrator: User):
    project = make_project(owner, (teammate,), name="Website")
    archive_project(project=project, actor=administrator)
    assert told(owner) == ["Ada Admin archived Website"]
    assert told(teammate) == told(administrator) == []


def test_whose_timer_is_stopped_is_told(owner: User, administrator: User):
    start_timer(user=owner, description="Design")
    stop_timer(user=owner, actor=administrator)
    assert told(owner) == ["Ada Admin stopped your timer: Design"]
    assert told(administrator) == []


def test_whoever_stops_their_own_timer_is_not(owner: User):
    start_timer(user=owner)
    stop_timer(user=owner)
    assert told(owner) == []


def test_a_new_token_is_told_to_whom_it_acts_for(owner: User):
    create_token(actor=owner, person=owner, name="backup")
    assert told(owner) == ["A new API token can act for you: backup"]
