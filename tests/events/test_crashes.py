"""kill -9 at every point of a delivery's life, in a process of its own. Nothing is lost; inner effects happen once."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.events.conftest import let_leases_end
from tests.events.crashing import POINTS, crasher_of
from tests.events.things import times_counted
from timetracker.events.choices import Status
from timetracker.events.dispatch import sweep
from timetracker.events.models import Delivery, Event


@pytest.fixture(scope="module")
def crasher(django_db_setup, django_db_blocker) -> Iterator[Callable[[str, str, Path], int]]:
    with crasher_of("tests.events.crashing") as run:
        yield run


@pytest.fixture
def run_until_killed(crasher, tmp_path) -> Callable[[str, str], None]:
    def run(kind: str, point: str) -> None:
        assert crasher(kind, point, tmp_path / "told") == -signal.SIGKILL

    return run


def assert_nothing_lost() -> Event:
    event = Event.objects.get(type="thing_happened")
    assert event.deliveries.get().status in {Status.PENDING, Status.DONE}
    return event


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("point", POINTS)
def test_inner_effect_happens_exactly_once(inner, run_until_killed, point):
    run_until_killed("inner", point)
    event = assert_nothing_lost()
    assert times_counted() == 0  # the transaction died with the process
    let_leases_end()
    sweep()
    assert times_counted() == 1
    assert Event.objects.get(type="thing_counted").cause == event
    assert Delivery.objects.get().status == Status.DONE
    let_leases_end()
    assert (sweep(), times_counted()) == (0, 1)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("point", POINTS)
def test_outer_call_happens_at_least_once_with_the_same_id(told, run_until_killed, point):
    run_until_killed("outer", point)
    assert_nothing_lost()
    let_leases_end()
    sweep()
    ids = told.read_text().splitlines()
    delivery = Delivery.objects.get()
    assert set(ids) == {str(delivery.uid)}
    assert len(ids) == (2 if point in {"in the handler", "before the mark"} else 1)
    assert delivery.status == Status.DONE


@pytest.mark.django_db(transaction=True)
def test_what_a_crash_left_shows_as_a_failed_try(inner, run_until_killed):
    run_until_killed("inner", "in the handler")
    let_leases_end()
    sweep()
    delivery = Delivery.objects.get()
    assert delivery.attempts == 2
    assert "worker stopped" in delivery.failed_attempts.get().error
