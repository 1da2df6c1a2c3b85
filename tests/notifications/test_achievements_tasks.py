"""Tasks that stayed within their estimate: ten, fifty, a hundred."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from django.test import Client

from accounts.models import User
from notifications.models import Achievement, CountedTask
from tests.conftest import ClientFor
from tests.notifications.achieving import DAY, MONDAY, earned, estimated, finish, log, settle, told, work
from tests.notifications.telling import HOUR
from tests.work import make_project
from tracking.models import Project, Task
from tracking.services.tasks import update_task
from tracking.services.timer import start_timer

pytestmark = pytest.mark.django_db
EVENING = MONDAY + 10 * HOUR


@pytest.fixture
def project(owner: User, teammate: User) -> Project:
    return make_project(owner, (teammate,))


def counts(person: User) -> int:
    return CountedTask.objects.filter(person=person).count()


def tens(person: User) -> list[str]:
    return [one for one in earned(person) if one.startswith("estimates")]


def test_ten_of_them(owner: User, project: Project):
    for number in range(10):
        assert tens(owner) == []
        task = estimated(owner, project=project)
        work(owner, MONDAY + number * HOUR, 0.5, task=task)
        finish(owner, task, MONDAY + (number + 0.5) * HOUR)
    assert tens(owner) == ["estimates 10"]
    assert told(owner)[-1] == "Achieved: 10 tasks finished within their estimates"


@pytest.mark.parametrize(("hours", "within"), [(2, 1), (2.01, 0)])
def test_to_the_second(owner: User, project: Project, hours: float, within: int):
    task = estimated(owner, 2, project=project)
    work(owner, MONDAY, hours, task=task)
    finish(owner, task, EVENING)
    assert counts(owner) == within


def test_everybodys_time_on_it_counts_against_the_estimate(owner: User, teammate: User, project: Project):
    task = estimated(owner, 2, project=project)
    work(owner, MONDAY, 1, task=task)
    work(teammate, MONDAY, 1.5, task=task)
    finish(owner, task, EVENING)
    assert counts(owner) == counts(teammate) == 0


def test_without_an_estimate_or_without_time_there_is_nothing_to_stay_within(owner: User, project: Project):
    task, idle = estimated(owner, project=project), estimated(owner, project=project)
    with time_machine.travel(MONDAY, tick=False):
        update_task(task=task, actor=owner, estimated_hours=None)
    work(owner, MONDAY, 1, task=task)
    finish(owner, task, EVENING)
    finish(owner, idle, EVENING)
    assert counts(owner) == 0


def test_an_estimate_from_after_the_work_is_none(owner: User, project: Project):
    task = estimated(owner, 1, project=project)
    work(owner, MONDAY, 3, task=task)
    with time_machine.travel(EVENING, tick=False):
        update_task(task=task, actor=owner, estimated_hours=4)
    finish(owner, task, EVENING)
    assert counts(owner) == 0


def test_what_still_runs_on_it_counts(owner: User, project: Project):
    task = estimated(owner, 2, project=project)
    with time_machine.travel(MONDAY, tick=False):
        start_timer(user=owner, task=task)
    finish(owner, task, MONDAY + 3 * HOUR)
    assert counts(owner) == 0


def test_somebody_elses_word_that_it_is_done_does_not_count(owner: User, teammate: User, project: Project):
    task = estimated(owner, project=project)
    work(owner, MONDAY, 1, task=task)
    finish(owner, task, EVENING, actor=teammate)
    assert counts(owner) == counts(teammate) == 0


def test_many_set_to_done_at_once_do_not_count(client_for: ClientFor, owner: User, project: Project):
    tasks = [estimated(owner, project=project) for _ in range(3)]
    for number, task in enumerate(tasks):
        work(owner, MONDAY + number * HOUR, 0.5, task=task)
    with time_machine.travel(EVENING, tick=False):
        browser: Client = client_for(owner)
        sent = {"action": "status", "value": "done", "ids": [task.pk for task in tasks]}
        browser.post("/tasks/bulk/", sent)
        settle()
    assert Task.objects.filter(status="done").count() == 3
    assert counts(owner) == 0


def test_opened_again_it_counts_no_more_and_done_again_once(owner: User, project: Project):
    task = estimated(owner, project=project)
    work(owner, MONDAY, 1, task=task)
    finish(owner, task, EVENING)
    assert counts(owner) == 1
    with time_machine.travel(EVENING + HOUR, tick=False):
        update_task(task=task, actor=owner, status="todo")
        settle()
    assert counts(owner) == 0
    finish(owner, task, EVENING + 2 * HOUR)
    assert counts(owner) == 1


def test_opened_again_at_once_the_tenth_was_not_earned(owner: User, project: Project):
    for number in range(9):
        done = Task.objects.create(project=project, name=f"{number}", assignee=owner)
        CountedTask.objects.create(person=owner, task=done, finished_at=MONDAY - DAY)
    task = estimated(owner, project=project)
    work(owner, MONDAY, 1, task=task)
    finish(owner, task, EVENING)
    assert tens(owner) == ["estimates 10"]
    with time_machine.travel(EVENING + dt.timedelta(seconds=20), tick=False):
        update_task(task=task, actor=owner, status="todo")
        settle()
    assert tens(owner) == []
    assert not Achievement.objects.filter(kind="estimates").exists()


def test_time_that_is_logged_afterwards_changes_nothing(owner: User, project: Project):
    task = estimated(owner, 2, project=project)
    work(owner, MONDAY, 1, task=task)
    finish(owner, task, EVENING)
    log(owner, EVENING, 5, EVENING + 6 * HOUR, task=task)
    assert counts(owner) == 1
