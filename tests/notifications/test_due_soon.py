"""Deadlines and budgets: what the books say is told to those whose matter it is, once, while it is true."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
import time_machine

from accounts.models import User
from notifications.models import Notification
from notifications.services.preferences import save_settings
from tests.notifications.looks import do_at, live, told
from tests.notifications.telling import HOUR, NOON
from tests.work import make_project, make_task
from timetracker.events.dispatch import drain
from tracking.models import Project, Task
from tracking.services.budgets import announce_budgets
from tracking.services.deadlines import announce_deadlines
from tracking.services.entries import create_entry
from tracking.services.projects import update_project
from tracking.services.tasks import update_task

pytestmark = pytest.mark.django_db
DAY = 24 * HOUR


@pytest.fixture
def project(owner: User, teammate: User) -> Project:
    return make_project(manager=owner, members=[teammate], name="Website")


@pytest.fixture
def task(project: Project, teammate: User) -> Task:
    return make_task(project, name="Landing page", assignee=teammate, due_at=NOON + 4 * DAY)


def ask(moment: dt.datetime, which: Any = announce_deadlines) -> None:
    do_at(moment, which, now=moment)


# ── Deadlines ────────────────────────────────────────────────────────────────
def test_a_day_ahead_whoever_has_it_is_told_once(task: Task, owner: User, teammate: User):
    for hours in (80, 72, 25, 24, 23, 2, 1, 0.5):
        ask(NOON + 4 * DAY - hours * HOUR)
    assert told(teammate, "deadline") == ["Landing page is due in 24 hours"]
    assert told(owner, "deadline") == []


def test_how_far_ahead_is_a_setting(task: Task, teammate: User):
    save_settings(person=teammate, deadline_hours=[72, 1])
    for hours in (72, 24, 1):
        ask(NOON + 4 * DAY - hours * HOUR)
    assert told(teammate, "deadline") == ["Landing page is due in 72 hours", "Landing page is due in 60 minutes"]
    assert live(teammate, "deadline") == ["Landing page is due in 60 minutes"]


def test_with_another_due_date_it_is_told_again(task: Task, owner: User, teammate: User):
    ask(NOON + 3 * DAY)
    do_at(NOON + 3 * DAY, update_task, task=task, actor=owner, due_at=NOON + 9 * DAY)
    ask(NOON + 8 * DAY)
    assert told(teammate, "deadline") == ["Landing page is due in 24 hours"] * 2


def test_what_was_moved_a_second_earlier_is_not_told(task: Task, owner: User, teammate: User):
    with time_machine.travel(NOON + 3 * DAY, tick=False):
        announce_deadlines(NOON + 3 * DAY)
        update_task(task=task, actor=owner, due_at=NOON + 30 * DAY)
        drain()
    assert told(teammate, "deadline") == []


def test_done_it_is_out_of_the_way(task: Task, owner: User, teammate: User):
    ask(NOON + 3 * DAY)
    do_at(NOON + 3 * DAY, update_task, task=task, actor=owner, status="done")
    assert live(teammate, "deadline") == []


@pytest.mark.parametrize("change", [{"due_at": NOON + 9 * DAY}, {"due_at": None}, {"assignee": None}])
def test_due_at_another_time_or_with_another_it_is_out_of_the_way(
    task: Task, owner: User, teammate: User, change: dict[str, Any]
):
    ask(NOON + 3 * DAY)
    assert live(teammate, "deadline") == ["Landing page is due in 24 hours"]
    do_at(NOON + 3 * DAY, update_task, task=task, actor=owner, **change)
    assert live(teammate, "deadline") == []


def test_with_another_name_it_stands(task: Task, owner: User, teammate: User):
    ask(NOON + 3 * DAY)
    do_at(NOON + 3 * DAY, update_task, task=task, actor=owner, name="Start page")
    assert live(teammate, "deadline") == ["Landing page is due in 24 hours"]


def test_moved_a_little_the_new_time_is_told_and_stands(task: Task, owner: User, teammate: User):
    ask(NOON + 3 * DAY)
    do_at(NOON + 3 * DAY + HOUR, update_task, task=task, actor=owner, due_at=NOON + 4 * DAY + 2 * HOUR)
    ask(NOON + 3 * DAY + 2 * HOUR)
    assert live(teammate, "deadline") == ["Landing page is due in 24 hours"]
    assert len(told(teammate, "deadline")) == 2


def test_downtime_over_a_threshold_tells_the_nearest(task: Task, teammate: User):
    save_settings(person=teammate, deadline_hours=[72, 24, 1])
    ask(NOON + 4 * DAY - 3 * HOUR)
    assert told(teammate, "deadline") == ["Landing page is due in 3 hours"]


def test_many_are_as_few_statements_as_one(project: Project, teammate: User, django_assert_max_num_queries):
    for number in range(40):
        make_task(project, name=f"Task {number}", assignee=teammate, due_at=NOON + DAY)
    with time_machine.travel(NOON + HOUR, tick=False), django_assert_max_num_queries(20):
        assert announce_deadlines(NOON + HOUR) == 40


# ── Budgets ──────────────────────────────────────────────────────────────────
def log(project: Project, person: User, hours: int, day: int) -> None:
    start = NOON - day * DAY
    do_at(
        start + hours * HOUR,
        create_entry,
        user=person,
        project=project,
        started_at=start,
        ended_at=start + hours * HOUR,
    )


def test_managers_hear_of_each_threshold_once(project: Project, owner: User, teammate: User):
    do_at(NOON - 9 * DAY, update_project, project=project, actor=owner, budget_type="hours", budget_amount=10)
    log(project, teammate, 8, 5)
    ask(NOON - 4 * DAY, announce_budgets)
    ask(NOON - 4 * DAY, announce_budgets)
    log(project, teammate, 3, 3)
    ask(NOON - 2 * DAY, announce_budgets)
    assert told(owner, "budget") == ["80% of the budget of Website is used", "110% of the budget of Website is used"]
    assert live(owner, "budget") == ["110% of the budget of Website is used"]
    assert told(teammate, "budget") == []
    assert Notification.objects.filter(category="budget", type="error").count() == 1


def test_with_another_budget_they_hear_again(project: Project, owner: User, teammate: User):
    do_at(NOON - 9 * DAY, update_project, project=project, actor=owner, budget_type="hours", budget_amount=10)
    log(project, teammate, 8, 5)
    ask(NOON - 4 * DAY, announce_budgets)
    do_at(NOON - 3 * DAY, update_project, project=project, actor=owner, budget_amount=9)
    ask(NOON - 2 * DAY, announce_budgets)
    assert told(owner, "budget") == ["80% of the budget of Website is used", "88% of the budget of Website is used"]


def test_budgets_are_as_few_statements_for_many(owner: User, django_assert_max_num_queries):
    for number in range(20):
        project = make_project(manager=owner, name=f"P{number}", budget_type="hours", budget_amount=1)
        log(project, owner, 1, number + 1)
    with time_machine.travel(NOON, tick=False), django_assert_max_num_queries(12):
        assert announce_budgets(NOON) == 20
