"""Several people, or one with several devices, at the same moment on several processes: one clean result each time.

tests/api/test_races.py has the same promises for threads of one process, where more can be counted.
"""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from threading import Barrier

import httpx
from django.conf import settings

from accounts.models import User
from accounts.services.tokens import create_token
from notifications.models import Notification
from tests.conftest import ClientFor
from tests.deploy import truth
from tests.deploy.stack import Stack
from tests.factories import UserFactory
from tests.work import make_entry, make_project, make_task
from timetracker.events.models import Delivery, Event
from timetracker.events.wake import wake
from tracking.models import Batch, Task, TimeEntry
from tracking.services.entries import update_entry
from workflows.models import Execution
from workflows.services.rules import create_rule

EIGHT = 8


@dataclass(frozen=True)
class Here:
    stack: Stack
    client_for: ClientFor

    def asked(self, **headers: str) -> httpx.Client:
        """One device: a connection of its own, which any process of gunicorn may take."""
        address = self.stack.env["PUBLIC_URL"]
        return httpx.Client(base_url=address, headers={"Origin": address, **headers}, timeout=30, trust_env=False)

    def script(self, person: User) -> httpx.Client:
        return self.asked(Authorization=f"Token {create_token(actor=person, person=person, name='race')[1]}")

    def browser(self, person: User) -> httpx.Client:
        cookie = self.client_for(person).cookies[settings.SESSION_COOKIE_NAME].value
        device = self.asked(**{"X-CSRFToken": "a" * 32, "HX-Request": "true"})
        device.cookies.update({settings.SESSION_COOKIE_NAME: cookie, settings.CSRF_COOKIE_NAME: "a" * 32})
        return device


def at_once(devices: list[httpx.Client], call: Callable[[int, httpx.Client], httpx.Response]) -> list[httpx.Response]:
    barrier = Barrier(len(devices))

    def run(number: int) -> httpx.Response:
        barrier.wait()
        return call(number, devices[number])

    with ThreadPoolExecutor(len(devices)) as pool:
        answers = list(pool.map(run, range(len(devices))))
    for device in devices:
        device.close()
    return answers


def codes(answers: list[httpx.Response]) -> Counter[int]:
    return Counter(answer.status_code for answer in answers)


def events_of(person: User) -> Counter[str]:
    return Counter(Event.objects.filter(actor=person).values_list("type", flat=True))


def starts_and_stops(here: Here) -> None:
    person = UserFactory.create()
    devices = [here.script(person) for _ in range(EIGHT)]
    said = at_once(devices, lambda n, device: device.post("/api/timer/start/", json={"description": str(n)}))
    assert codes(said) == {201: EIGHT}
    running = TimeEntry.objects.running().get(user=person)
    assert TimeEntry.objects.filter(user=person).count() == EIGHT
    devices = [here.script(person) for _ in range(EIGHT)]
    said = at_once(devices, lambda _n, device: device.post("/api/timer/stop/", json={"id": running.pk}))
    assert codes(said) == {200: EIGHT}
    assert len({answer.json()["ended_at"] for answer in said}) == 1
    events = events_of(person)
    assert (events["timer_started"], events["timer_stopped"]) == (EIGHT, EIGHT)


def one_uid(here: Here) -> None:
    person = UserFactory.create()
    sent = {"uid": str(uuid.uuid4()), "started_at": "2026-03-02T09:00:00Z", "duration": 60, "tags": ["new"]}
    devices = [here.script(person) for _ in range(EIGHT)]
    said = at_once(devices, lambda _n, device: device.post("/api/time-entries/", json=sent))
    assert codes(said) == {201: 1, 200: EIGHT - 1}
    assert len({answer.content for answer in said}) == 1
    assert TimeEntry.objects.filter(user=person).count() == 1
    assert events_of(person)["time_logged"] == 1


def one_card(here: Here) -> None:
    """All to different places of one column, and half of them to another column."""
    people = [UserFactory.create() for _ in range(EIGHT)]
    project = make_project(members=people)
    card, *others = [make_task(project, status="todo", position=float(number)) for number in range(4)]
    columns = ("todo", "review")

    def move(number: int, device: httpx.Client) -> httpx.Response:
        status = columns[number % 2]
        after = others[number % 3].pk if status == "todo" else ""
        return device.post(f"/tasks/{card.pk}/move/", data={"status": status, "after": after})

    assert codes(at_once([here.browser(person) for person in people], move)) == {204: EIGHT}
    places = list(Task.objects.filter(project=project, status="todo").values_list("position", flat=True))
    assert len(set(places)) == len(places)
    moves = Event.objects.filter(type="task_status_change", payload__id=card.pk).order_by("pk")
    ways = [(event.payload["old_status"], event.payload["status"]) for event in moves]
    assert ways == [(columns[number % 2], columns[(number + 1) % 2]) for number in range(len(ways))]
    assert ways
    card.refresh_from_db()
    assert card.status == ways[-1][1]


def one_undo(here: Here) -> None:
    person = UserFactory.create()
    entry = make_entry(person, description="as it was")
    batch = update_entry(entry=entry, actor=person, description="as it is").batch_id
    devices = [here.browser(person) for _ in range(EIGHT)]
    said = at_once(devices, lambda _n, device: device.post(f"/changes/{batch}/undo/"))
    assert codes(said) == {204: 1, 409: EIGHT - 1}
    entry.refresh_from_db()
    assert entry.description == "as it was"
    assert Batch.objects.filter(undoes=batch).count() == 1


def billed_while_written(here: Here) -> None:
    """What is billed no longer changes: an answer of success came before, and nothing after."""
    boss, person = UserFactory.create(role="administrator"), UserFactory.create()
    entry = make_entry(person)
    devices = [here.browser(boss), *[here.script(person) for _ in range(EIGHT)]]

    def call(number: int, device: httpx.Client) -> httpx.Response:
        if number == 0:
            return device.post("/entries/bulk/", data={"action": "bill", "ids": [entry.pk]})
        return device.patch(f"/api/time-entries/{entry.pk}/", json={"description": str(number)})

    bill, *said = at_once(devices, call)
    assert bill.status_code == 204
    assert set(codes(said)) <= {200, 409}
    events = Event.objects.filter(type="entry_changed", payload__id=entry.pk).order_by("pk")
    changed = [set(event.payload["changes"]) for event in events]
    assert changed == [{"description"}] * codes(said)[200] + [{"billed"}]


def two_workers(here: Here) -> None:
    """Every delivery is told to both, several times over."""
    person = UserFactory.create()
    create_rule(
        actor=person,
        name="Say",
        trigger_type="time_logged",
        most_per_hour=1000,
        actions=[{"type": "send_notification", "title": "Logged"}],
    )
    sent = {"started_at": "2026-03-02T09:00:00Z", "duration": 60}
    devices = [here.script(person) for _ in range(EIGHT)]
    assert codes(at_once(devices, lambda _n, device: device.post("/api/time-entries/", json=sent))) == {201: EIGHT}
    for _again in range(4):
        wake(list(Delivery.objects.filter(event__actor=person).values_list("pk", flat=True)))
    truth.drain_time(30)
    assert not Delivery.objects.exclude(status="done").exists()
    assert events_of(person)["time_logged"] == EIGHT
    assert Execution.objects.filter(rule__user=person).count() == EIGHT
    assert Notification.objects.filter(user=person, title="Logged").count() == EIGHT


CHECKS = (starts_and_stops, one_uid, one_card, one_undo, billed_while_written, two_workers)


def test_races(stack: Stack, organisation, client_for: ClientFor):
    """One test: each of several workers would start all the processes for its share."""
    stack.start_parts("web", "worker-1", "worker-2", "beat")
    for check in CHECKS:
        check(Here(stack, client_for))
    assert "Traceback" not in stack.log("web")
