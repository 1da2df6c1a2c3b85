"""Twenty at once, with real transactions: twenty clean answers, one running timer, one end, one event."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connections
from django.db.models import F

from accounts.models import User
from tests.factories import UserFactory
from tests.work import make_project, make_tag, make_task
from timetracker.events.models import Event
from tracking.models import Client, Task, TimeEntry
from tracking.services.tasks import move_task
from tracking.services.timer import start_timer

pytestmark = [pytest.mark.django_db(transaction=True)]
TWENTY = 20


def at_once(call: Callable[[int], Any]) -> list[Any]:
    barrier = Barrier(TWENTY)

    def run(number: int) -> Any:
        try:
            barrier.wait()
            return call(number)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(TWENTY) as pool:
        return list(pool.map(run, range(TWENTY)))


@pytest.fixture
def callers(api, owner: User) -> list[Any]:
    """One browser or script each, all of the same person."""
    return [api(owner) for _ in range(TWENTY)]


def codes(answers: list[Any]) -> Counter[int]:
    return Counter(answer.status_code for answer in answers)


def events() -> Counter[str]:
    return Counter(Event.objects.values_list("type", flat=True))


def test_twenty_starts(callers, owner: User):
    task = make_task(make_project(rate="90"))
    answers = at_once(
        lambda number: callers[number].post("timer/start/", {"task": task.pk, "description": str(number)})
    )
    assert codes(answers) == {201: TWENTY}
    assert TimeEntry.objects.running().filter(user=owner).count() == 1
    assert TimeEntry.objects.filter(user=owner).count() == TWENTY
    assert (events()["timer_started"], events()["timer_stopped"]) == (TWENTY, TWENTY - 1)


def test_twenty_starts_with_one_uid(callers, owner: User):
    uid = str(uuid.uuid4())
    answers = at_once(lambda number: callers[number].post("timer/start/", {"uid": uid}))
    assert codes(answers) == {201: 1, 200: TWENTY - 1}
    assert len({answer.content for answer in answers}) == 1
    assert events() == {"timer_started": 1}


def test_twenty_creates_with_one_uid(callers, owner: User):
    sent = {"uid": str(uuid.uuid4()), "started_at": "2026-03-02T09:00:00Z", "duration": 60, "tags": ["new"]}
    answers = at_once(lambda number: callers[number].post("time-entries/", sent))
    assert codes(answers) == {201: 1, 200: TWENTY - 1}
    assert TimeEntry.objects.count() == 1
    assert events()["time_logged"] == 1


def test_twenty_clients_of_one_name(api, manager: User):
    callers = [api(manager) for _ in range(TWENTY)]
    answers = at_once(lambda number: callers[number].post("clients/", {"name": "Aldine"}))
    assert codes(answers)[201] == 1
    assert set(codes(answers)) <= {201, 400, 409}  # seen before, or only by the database
    assert Client.objects.count() == 1


def test_twenty_stops_of_one_entry(callers, owner: User):
    entry = start_timer(user=owner)
    answers = at_once(lambda number: callers[number].post("timer/stop/", {"id": entry.pk}))
    assert codes(answers) == {200: TWENTY}
    assert len({answer.json()["ended_at"] for answer in answers}) == 1
    assert events() == {"timer_started": 1, "timer_stopped": 1}


def test_twenty_stops_of_whatever_runs(callers, owner: User):
    start_timer(user=owner)
    answers = at_once(lambda number: callers[number].post("timer/stop/"))
    assert codes(answers) == {200: 1, 409: TWENTY - 1}
    assert events() == {"timer_started": 1, "timer_stopped": 1}


def test_twenty_writes_with_one_idempotency_key(callers, owner: User):
    sent = {"started_at": "2026-03-02T09:00:00Z", "duration": 60}
    answers = at_once(lambda number: callers[number].post("time-entries/", sent, Idempotency_Key="one"))
    assert set(codes(answers)) <= {201, 409}  # the same answer, or that the first is still at it
    assert len({answer.content for answer in answers if answer.status_code == 201}) == 1
    assert TimeEntry.objects.count() == 1


def test_work_that_moves_or_goes_while_twenty_book_on_it(api, administrator: User):
    here, there = make_project(), make_project()
    task, tag = make_task(here), make_tag("ux")
    people = [api(UserFactory.create()) for _ in range(TWENTY - 2)]
    sent = {"task": task.pk, "tags": ["ux"], "started_at": "2026-03-02T09:00:00Z", "duration": 60}

    def call(number: int) -> Any:
        if number == 0:
            return api(administrator).patch(f"tasks/{task.pk}/", {"project": there.pk})
        if number == 1:
            return api(administrator).delete(f"tags/{tag.pk}/")
        return people[number - 2].post("time-entries/", sent)

    answers = at_once(call)
    assert not {answer.status_code for answer in answers} - {200, 201, 204, 400, 409}
    assert not TimeEntry.objects.exclude(project=F("task__project")).exists()


def test_twenty_cards_are_moved_in_a_column_without_room(administrator: User):
    project = make_project()
    cards = [make_task(project, status="review", position=number * 1e-4) for number in range(TWENTY)]
    at_once(
        lambda number: move_task(
            task=cards[number], actor=administrator, status="review", after=cards[(number + 7) % TWENTY]
        )
    )
    places = list(Task.objects.filter(status="review").values_list("position", flat=True))
    assert len(set(places)) == TWENTY
