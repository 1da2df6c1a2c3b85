"""Short leases: renewed while a call lasts, taken over soon after a crash, and never from who is still at work."""

from __future__ import annotations

import datetime as dt
import threading

import pytest
from django.db import DatabaseError, connection
from django.db.models import QuerySet
from django.utils import timezone
from structlog.testing import capture_logs

from tests.events.conftest import let_leases_end
from tests.events.things import make_thing_happen
from tests.live.tools import soon
from timetracker.events import dispatch, leases
from timetracker.events.choices import Kind, Status
from timetracker.events.dispatch import Outcome
from timetracker.events.models import Delivery, Event
from timetracker.events.registry import on


@pytest.fixture
def quick(monkeypatch) -> None:
    monkeypatch.setattr(leases, "RENEWED_EVERY", 0.02)


@pytest.fixture
def seen(thing_types) -> list[bool]:
    """Whether the lease that ended while a call lasted was renewed before it came back."""
    found: list[bool] = []

    @on("thing_happened", name="test.slow", kind=Kind.OUTER)
    def slow(event: Event) -> None:
        let_leases_end()
        found.append(soon(lambda: not dispatch.due_deliveries().exists()))

    return found


def in_thread(delivery: Delivery, outcomes: list[Outcome]) -> threading.Thread:
    def run() -> None:
        outcomes.append(dispatch.dispatch(delivery.pk))
        connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


@pytest.mark.django_db(transaction=True)
def test_a_handler_still_at_work_after_its_lease_is_not_joined_by_a_second(thing_types, monkeypatch):
    """The row is locked while an inner handler works, so even an ended lease does not double the effect."""
    begun, go_on = threading.Event(), threading.Event()
    runs = []

    @on("thing_happened", name="test.slow")
    def slow(event: Event) -> None:
        runs.append(event.pk)
        begun.set()
        assert go_on.wait(10)

    monkeypatch.setattr(leases, "LEASE", dt.timedelta(seconds=-1))  # over as soon as it has begun
    delivery = make_thing_happen().deliveries.get()
    outcomes: list[Outcome] = []
    first = in_thread(delivery, outcomes)
    assert begun.wait(10)
    second = in_thread(delivery, outcomes)
    if connection.vendor == "postgresql":  # which does not make the second wait for the first
        second.join(20)
        assert outcomes == [Outcome.NOT_DUE]
    go_on.set()
    first.join(20)
    second.join(20)
    assert sorted(outcome.name for outcome in outcomes) == ["DONE", "NOT_DUE"]
    assert len(runs) == 1
    assert Delivery.objects.get().attempts == 1


@pytest.mark.django_db(transaction=True)
def test_the_lease_of_a_call_that_takes_long_is_renewed(seen, quick):
    delivery = make_thing_happen().deliveries.get()
    assert dispatch.dispatch(delivery.pk) == Outcome.DONE
    assert seen == [True]
    assert not [thread for thread in threading.enumerate() if thread.name == "lease"]


@pytest.mark.django_db(transaction=True)
def test_a_call_that_never_comes_back_is_given_up(thing_types, quick, monkeypatch):
    monkeypatch.setattr(leases, "LONGEST", 0.0)
    ended = []

    @on("thing_happened", name="test.stuck", kind=Kind.OUTER)
    def stuck(event: Event) -> None:
        ended.append(soon(lambda: not [thread for thread in threading.enumerate() if thread.name == "lease"]))
        let_leases_end()
        ended.append(dispatch.due_deliveries().exists())

    dispatch.dispatch(make_thing_happen().deliveries.get().pk)
    assert ended == [True, True]


@pytest.mark.django_db(transaction=True)
def test_who_renews_goes_on_when_the_database_was_away(seen, quick, monkeypatch):
    update, failures = QuerySet.update, [DatabaseError("away")]

    def fail_once(self: QuerySet, **fields: object) -> int:
        if threading.current_thread().name == "lease" and failures:
            raise failures.pop()
        return update(self, **fields)

    monkeypatch.setattr(QuerySet, "update", fail_once)
    delivery = make_thing_happen().deliveries.get()
    with capture_logs() as logs:
        assert dispatch.dispatch(delivery.pk) == Outcome.DONE
    assert (seen, failures) == ([True], [])
    assert [line["event"] for line in logs] == ["lease_not_renewed"]


def test_only_what_somebody_left_is_sent_again_at_once(db, inner, told, monkeypatch):
    sent: list[int] = []
    monkeypatch.setattr(dispatch, "wake", sent.extend)
    left, waiting = make_thing_happen().deliveries.order_by("pk")
    dispatch._claim(left.pk)
    dispatch.wake_for_left()
    assert sent == []  # it may be at work
    let_leases_end()
    dispatch.wake_for_left()
    assert sent == [left.pk]
    dispatch.wake_for_due()
    assert sorted(sent[1:]) == [left.pk, waiting.pk]
    Delivery.objects.filter(pk=left.pk).update(status=Status.DONE, finished_at=timezone.now())
    dispatch.wake_for_left()
    assert len(sent) == 3
