from __future__ import annotations

import datetime as dt
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction
from django.utils import timezone
from structlog.testing import capture_logs

from tests.events.conftest import let_leases_end
from tests.events.things import make_thing_happen, times_counted
from timetracker.events import dispatch
from timetracker.events.choices import Kind, Status
from timetracker.events.dispatch import MAX_TRIES, Outcome, pause_after, run_again, sweep
from timetracker.events.models import Delivery, Event
from timetracker.events.registry import on, unregister_handler


@pytest.fixture
def broken(thing_types):
    """A handler that raises as long as the list it returns has something in it."""
    faults = [ZeroDivisionError("the wire is cut")]

    @on("thing_happened", name="test.broken")
    def fail(event: Event) -> None:
        make_thing_happen_again()
        if faults:
            raise faults[0]

    return faults


def make_thing_happen_again():
    Event.objects.create(type="half_done")


def test_inner_effect_happens_once_however_often_it_is_dispatched(db, inner):
    delivery = make_thing_happen().deliveries.get()
    assert [dispatch.dispatch(delivery.pk) for _ in range(3)] == [Outcome.DONE, Outcome.NOT_DUE, Outcome.NOT_DUE]
    assert sweep() == 0
    delivery.refresh_from_db()
    assert (times_counted(), delivery.status, delivery.attempts) == (1, Status.DONE, 1)
    assert delivery.finished_at
    assert delivery.lease_token is None


def test_what_somebody_else_did_since_the_batch_was_read_is_not_done_again(db, inner):
    delivery = make_thing_happen().deliveries.get()
    others = []

    def meanwhile() -> bool:
        """Asked between the reading and the claim."""
        others.append(dispatch.dispatch(delivery.pk))
        return False

    assert dispatch.run_batch(until=meanwhile) == 1
    delivery.refresh_from_db()
    assert (others, times_counted(), delivery.attempts) == ([Outcome.DONE], 1, 1)


def test_what_a_handler_records_has_the_event_as_its_cause(db, inner):
    event = make_thing_happen()
    sweep()
    counted = Event.objects.get(type="thing_counted")
    assert (counted.cause, counted.depth) == (event, 1)


def test_outer_is_told_the_stable_id(db, told):
    delivery = make_thing_happen().deliveries.get()
    assert dispatch.dispatch(delivery.pk) == Outcome.DONE
    assert told.read_text() == f"{delivery.uid}\n"


@pytest.mark.django_db(transaction=True)
def test_outer_holds_no_transaction_while_it_calls(thing_types):
    seen = []
    on("thing_happened", name="test.outer", kind=Kind.OUTER)(lambda event: seen.append(connection.in_atomic_block))
    on("thing_happened", name="test.inner")(lambda event: seen.append(connection.in_atomic_block))
    make_thing_happen()
    sweep()
    assert sorted(seen) == [False, True]


def test_a_failure_is_kept_undone_and_tried_again_later(db, broken):
    delivery = make_thing_happen().deliveries.get()
    before = timezone.now()
    with capture_logs() as logs:
        assert dispatch.dispatch(delivery.pk) == Outcome.FAILED
    delivery.refresh_from_db()
    assert (delivery.status, delivery.attempts, delivery.lease_token) == (Status.PENDING, 1, None)
    assert before + dt.timedelta(seconds=3) < delivery.next_try_at < before + dt.timedelta(seconds=9)
    assert "the wire is cut" in delivery.last_error
    assert not Event.objects.filter(type="half_done").exists()
    attempt = delivery.failed_attempts.get()
    assert (attempt.number, attempt.error) == (1, delivery.last_error)
    assert [(line["event"], line["handler"], line["attempts"]) for line in logs] == [
        ("delivery_failed", "test.broken", 1)
    ]
    assert sweep() == 0  # not yet

    broken.clear()
    let_leases_end()
    assert sweep() == 1
    delivery.refresh_from_db()
    assert (delivery.status, delivery.attempts, delivery.last_error) == (Status.DONE, 2, "")
    assert Event.objects.filter(type="half_done").count() == 1


def test_after_enough_tries_it_is_dead_until_run_again(db, broken):
    delivery = make_thing_happen().deliveries.get()
    with capture_logs() as logs:
        for _ in range(MAX_TRIES + 2):
            let_leases_end()
            sweep()
    delivery.refresh_from_db()
    assert (delivery.status, delivery.attempts) == (Status.DEAD, MAX_TRIES)
    assert [attempt.number for attempt in delivery.failed_attempts.all()] == list(range(1, MAX_TRIES + 1))
    assert (logs[-1]["event"], logs[-1]["log_level"]) == ("delivery_dead", "error")
    assert "the wire is cut" in logs[-1]["error"]

    broken.clear()
    assert run_again(delivery)
    assert sweep() == 1
    delivery.refresh_from_db()
    assert (delivery.status, delivery.attempts) == (Status.DONE, 1)
    assert delivery.failed_attempts.count() == MAX_TRIES  # history stays


@pytest.mark.django_db(transaction=True)
def test_run_again_wakes_and_only_touches_the_dead(inner, monkeypatch):
    woken = []
    monkeypatch.setattr("timetracker.events.dispatch.wake", woken.append)
    delivery = make_thing_happen().deliveries.get()
    assert not run_again(delivery)
    sweep()
    assert not run_again(delivery)
    Delivery.objects.update(status=Status.DEAD)
    assert run_again(delivery)
    assert woken == [[delivery.pk]]


def test_one_failing_handler_does_not_stop_the_others(db, broken, told):
    make_thing_happen()
    sweep()
    assert len(told.read_text().splitlines()) == 1


def test_a_handler_this_version_does_not_know_waits_for_one_that_does(db, inner):
    delivery = make_thing_happen().deliveries.get()
    unregister_handler("test.count")
    assert dispatch.dispatch(delivery.pk) == Outcome.FAILED
    delivery.refresh_from_db()
    assert "no handler named test.count" in delivery.last_error


def test_a_handler_that_crashes_its_worker_each_time_dies_in_the_end(db, inner):
    delivery = make_thing_happen().deliveries.get()
    for _ in range(MAX_TRIES):
        let_leases_end()
        assert dispatch._claim(delivery.pk)  # and then the worker is killed
    let_leases_end()
    assert dispatch.dispatch(delivery.pk) == Outcome.DEAD
    assert times_counted() == 0
    assert "worker stopped" in delivery.failed_attempts.first().error


def test_a_lease_keeps_others_away_until_it_ends(db, inner):
    delivery = make_thing_happen().deliveries.get()
    first = dispatch._claim(delivery.pk)
    assert dispatch.dispatch(delivery.pk) == Outcome.NOT_DUE
    assert first.next_try_at > timezone.now() + dt.timedelta(seconds=10)
    let_leases_end()
    assert dispatch.dispatch(delivery.pk) == Outcome.DONE
    assert times_counted() == 1


@pytest.mark.parametrize(
    ("wait", "at_least"), [(dt.timedelta(hours=5), 17_990), (dt.timedelta(seconds=-5), 3), (None, 3)]
)
def test_one_that_names_a_time_is_left_alone_until_then(db, inner, monkeypatch, wait, at_least):
    delivery = make_thing_happen().deliveries.get()
    before = timezone.now()

    def fail(delivery):
        raise dispatch.TryLaterError("busy", not_before=wait and before + wait)

    monkeypatch.setattr(dispatch, "_run", fail)
    assert dispatch.dispatch(delivery.pk) == Outcome.FAILED
    delivery.refresh_from_db()
    paused = (delivery.next_try_at - before).total_seconds()
    assert at_least < paused < at_least + 15
    assert "busy" in delivery.last_error


def test_who_lost_the_lease_changes_nothing(db, broken, inner):
    event = make_thing_happen()
    slow_inner = dispatch._claim(event.deliveries.get(handler="test.count").pk)
    slow_broken = dispatch._claim(event.deliveries.get(handler="test.broken").pk)
    let_leases_end()
    broken.clear()
    sweep()
    with pytest.raises(dispatch.LeaseLostError):
        dispatch._run(slow_inner)
    assert dispatch._fail(slow_broken, "too late") == Outcome.LOST
    assert times_counted() == 1
    assert set(event.deliveries.values_list("status", flat=True)) == {Status.DONE}


def test_an_outer_call_that_outlives_its_lease_is_not_marked_twice(db, thing_types):
    """At least once: somebody else took over meanwhile."""
    calls = []

    @on("thing_happened", name="test.slow", kind=Kind.OUTER)
    def slow(event: Event) -> None:
        calls.append(event.pk)
        if len(calls) == 1:
            let_leases_end()
            sweep()

    delivery = make_thing_happen().deliveries.get()
    assert dispatch.dispatch(delivery.pk) == Outcome.LOST
    assert len(calls) == 2
    delivery.refresh_from_db()
    assert delivery.status == Status.DONE


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("together", [2, 8])
def test_dispatchers_racing_on_one_delivery_run_it_once(inner, told, together):
    """A handler with a transaction and one without; all start at the same moment."""
    deliveries = list(make_thing_happen().deliveries.values_list("pk", flat=True))
    barrier = threading.Barrier(together)

    def race() -> list[Outcome]:
        try:
            barrier.wait(timeout=10)
            return [dispatch.dispatch(pk) for pk in deliveries]
        finally:
            connection.close()

    with ThreadPoolExecutor(together) as pool:
        outcomes = [outcome for future in [pool.submit(race) for _ in range(together)] for outcome in future.result(30)]
    assert sorted(outcome.name for outcome in outcomes) == ["DONE"] * 2 + ["NOT_DUE"] * 2 * (together - 1)
    assert (times_counted(), len(told.read_text().splitlines())) == (1, 1)


def test_sweep_takes_the_longest_waiting_first(db, thing_types):
    seen = []
    on("thing_happened", name="test.see")(lambda event: seen.append(event.payload["name"]))
    for name, age in (("young", 1), ("old", 60)):
        event = make_thing_happen(name=name)
        event.deliveries.update(next_try_at=timezone.now() - dt.timedelta(minutes=age))
    assert sweep() == 2
    assert seen == ["old", "young"]


def test_drain_stops_when_it_is_told_to(db, inner):
    for _ in range(3):
        make_thing_happen()
    assert dispatch.drain(until=lambda: times_counted() == 2) == 2


def test_due_jobs_wake_for_what_is_left(db, inner, told, monkeypatch):
    woken = []
    monkeypatch.setattr("timetracker.events.dispatch.wake", woken.append)
    dispatch.wake_for_due()
    assert woken == []
    event = make_thing_happen()
    dispatch.wake_for_due()
    assert [sorted(ids) for ids in woken] == [sorted(event.deliveries.values_list("pk", flat=True))]


def test_pauses_grow_with_jitter_up_to_about_an_hour():
    seconds = [[pause_after(tries).total_seconds() for _ in range(50)] for tries in range(1, 9)]
    for found, middle in zip(seconds, [5, 15, 45, 135, 405, 1215, 3600, 3600], strict=True):
        assert middle * 0.74 < min(found) < max(found) < middle * 1.26
    assert len(set(seconds[0])) > 10


def test_a_bug_in_the_dispatcher_itself_is_not_hidden(db, inner, monkeypatch):
    delivery = make_thing_happen().deliveries.get()
    monkeypatch.setattr(dispatch, "_claim", lambda pk: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        dispatch.dispatch(delivery.pk)


def test_a_handlers_broken_transaction_is_a_failure_like_any_other(db, thing_types):
    @on("thing_happened", name="test.clash")
    def clash(event: Event) -> None:
        with transaction.atomic():
            Event.objects.create(type="x", uid=event.uid)

    delivery = make_thing_happen().deliveries.get()
    assert dispatch.dispatch(delivery.pk) == Outcome.FAILED


def test_a_handler_that_would_end_its_thread_has_failed(db, broken):
    broken[0] = SystemExit(1)
    delivery = make_thing_happen().deliveries.get()
    assert dispatch.dispatch(delivery.pk) == Outcome.FAILED
