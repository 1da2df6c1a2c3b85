"""kill -9 anywhere on the way of a rule: nothing is lost, and what is ours happens once."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from accounts.models import User
from tests.events.conftest import let_leases_end
from tests.events.crashing import crasher_of
from tests.work import make_project, make_task
from tests.workflows.crashing import ALLOWED, POINTS, WHAT
from tests.workflows.receiver import receiving
from tests.workflows.rules import make_rule
from timetracker.events.choices import Status
from timetracker.events.dispatch import sweep
from timetracker.events.models import Delivery, Event
from tracking.models import Task, TimeEntry
from workflows.models import Execution, Step

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(scope="module")
def crasher(django_db_setup, django_db_blocker) -> Iterator[Callable[[str, str, Path], int]]:
    with crasher_of("tests.workflows.crashing") as run:
        yield run


@pytest.mark.parametrize("what", WHAT)
@pytest.mark.parametrize("point", POINTS)
def test_killed_on_its_way(owner: User, crasher, settings, what: str, point: str):
    settings.OUTBOUND_ALLOWED_NETWORKS = ALLOWED
    make_task(make_project(manager=owner), name="First", assignee=owner)
    with receiving() as receiver:
        make_rule(
            owner, "task_completed",
            {"type": "create_task", "name": "Next"}, {"type": "send_webhook", "url": receiver.url()},
            {"type": "log_time", "duration": 1},
        )  # fmt: skip
        assert crasher(what, point, Path()) == -signal.SIGKILL
        what_is_left_is_done()
    assert Execution.objects.get().status == "done"
    assert list(Step.objects.order_by("place").values_list("status", flat=True)) == ["done"] * 3
    assert (Task.objects.filter(name="Next").count(), TimeEntry.objects.count()) == (1, 1)
    assert list(turns()) == [0, 1, 2]
    assert Event.objects.filter(type__in=["task_created", "time_logged"]).count() == 2
    sent_twice = (what, point) == ("the webhook", "in the work")
    assert len(receiver.seen) == (2 if sent_twice else 1)
    assert {headers["webhook-id"] for headers, _body in receiver.seen} == {str(Step.objects.get(place=1).uid)}


def what_is_left_is_done() -> None:
    for _turn in range(3):
        let_leases_end()
        sweep()
    assert not Delivery.objects.exclude(status=Status.DONE).exists()


def turns() -> list[int]:
    events = Event.objects.filter(type="rule_step").order_by("pk")
    return [event.payload["place"] for event in events]
