"""A task that is due soon says so once for each threshold, and again where the due date has changed."""

from __future__ import annotations

import datetime as dt

import pytest

from accounts.models import User
from tests.tracking.pages import NOON
from tests.work import make_project, make_task
from timetracker.events.models import Event
from tracking.models import Task
from tracking.services.deadlines import announce_deadlines
from tracking.services.tasks import update_task

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("wednesday")]
HOUR = dt.timedelta(hours=1)
MINUTE = dt.timedelta(minutes=1)


def told() -> list[tuple[int, float]]:
    events = Event.objects.filter(type="deadline_approaching").order_by("pk")
    return [(event.payload["threshold_hours"], event.payload["hours_until_deadline"]) for event in events]


def at(moment: dt.datetime, *times: int) -> list[int]:
    return [announce_deadlines(moment + dt.timedelta(hours=hours)) for hours in times]


def due(hours: float, **fields: object) -> Task:
    return make_task(make_project(), due_at=NOON + dt.timedelta(hours=hours), **fields)


def test_once_for_each_threshold(owner: User):
    task = due(80, assignee=owner)
    assert at(NOON, 0, 8, 9, 55, 56, 57, 78, 79, 79, 81) == [0, 1, 0, 0, 1, 0, 0, 1, 0, 0]
    assert told() == [(72, 72.0), (24, 24.0), (1, 1.0)]
    event = Event.objects.latest("pk")
    assert (event.person_id, event.project_id, event.subject_id) == (owner.pk, task.project_id, str(task.pk))


def test_what_is_due_at_once_is_told_once():
    due(0.5)
    assert at(NOON, 0, 0) == [1, 0]
    assert told() == [(1, 0.5)]


def test_another_due_date_is_told_again(owner: User):
    task = due(20)
    assert at(NOON, 0, 0) == [1, 0]
    update_task(task=task, actor=owner, name="Another name")
    assert at(NOON, 0) == [0]
    update_task(task=task, actor=owner, due_at=NOON + 23 * HOUR)
    assert at(NOON, 0, 0) == [1, 0]
    assert told() == [(24, 20.0), (24, 23.0)]


@pytest.mark.parametrize(
    "fields",
    [
        {"status": "done", "completed_at": NOON}, {"status": "cancelled"}, {"archived_at": NOON},
        {"due_at": NOON - MINUTE}, {"due_at": NOON}, {"due_at": None}, {"due_at": NOON + 72 * HOUR + MINUTE},
    ],
)  # fmt: skip
def test_nobody_is_reminded_of_what_is_not_due(fields: dict[str, object]):
    make_task(make_project(), **{"due_at": NOON + HOUR, **fields})
    assert at(NOON, 0) == [0]


def test_two_at_once_tell_one(django_capture_on_commit_callbacks):
    task = due(2)
    with django_capture_on_commit_callbacks():
        announce_deadlines(NOON)
    task.deadline_marks.filter(hours=72).delete()
    assert at(NOON, 0) == [0]
