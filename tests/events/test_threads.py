from __future__ import annotations

import datetime as dt
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection

from tests.events.things import make_thing_happen, times_counted
from timetracker.events import dispatch, threads
from timetracker.events.choices import Kind, Status
from timetracker.events.clock import job
from timetracker.events.models import Delivery, Event
from timetracker.events.registry import on

pytestmark = pytest.mark.django_db(transaction=True)


def soon(condition: Callable[[], bool], within: float = 10.0) -> bool:
    deadline = time.monotonic() + within
    pause = threading.Event()
    while not condition():
        if time.monotonic() > deadline:
            return False
        pause.wait(0.01)
    return True


@pytest.fixture(autouse=True)
def _on_one_machine(settings) -> None:
    settings.EVENTS_DISPATCH = "thread"


@pytest.fixture
def running(no_jobs) -> Iterator[list[threading.Thread]]:
    started = threads.start_threads()
    yield started
    assert threads.stop_threads(started, within=10)


def test_an_event_is_handled_at_once(inner, told, running):
    began = time.monotonic()
    make_thing_happen()
    assert soon(lambda: not Delivery.objects.exclude(status=Status.DONE).exists())
    assert time.monotonic() - began < 2
    assert times_counted() == 1


def test_what_was_left_before_the_start_is_handled(inner, no_jobs):
    make_thing_happen()
    started = threads.start_threads()
    try:
        assert soon(lambda: times_counted() == 1)
    finally:
        threads.stop_threads(started, within=10)


def test_a_slow_receiver_outside_holds_up_nothing_inside(inner, running):
    calling, go_on = threading.Event(), threading.Event()

    @on("thing_happened", name="test.slow", kind=Kind.OUTER)
    def slow(event: Event) -> None:
        calling.set()
        go_on.wait(20)

    try:
        make_thing_happen()
        assert calling.wait(10)
        assert soon(lambda: times_counted() == 1)
        make_thing_happen()
        assert soon(lambda: times_counted() == 2)
    finally:
        go_on.set()


def test_a_failed_try_is_repeated_without_a_bell(thing_types, running, monkeypatch):
    monkeypatch.setattr(dispatch, "FIRST_PAUSE", dispatch.FIRST_PAUSE / 50)
    tries = []

    @on("thing_happened", name="test.second_time")
    def second_time(event: Event) -> None:
        tries.append(event.pk)
        if len(tries) == 1:
            raise ZeroDivisionError

    make_thing_happen()
    assert soon(lambda: Delivery.objects.filter(status=Status.DONE, attempts=2).exists())


def test_trouble_with_the_database_is_survived(inner, running, monkeypatch):
    monkeypatch.setattr(threads, "AFTER_TROUBLE", 0.01)
    troubles = iter([OSError("gone"), OSError("still gone")])
    drain = dispatch.drain

    def troubled(*args, **kwargs):
        error = next(troubles, None)
        if error:
            raise error
        return drain(*args, **kwargs)

    monkeypatch.setattr(dispatch, "drain", troubled)
    make_thing_happen()
    assert soon(lambda: times_counted() == 1)


def test_stopping_waits_for_the_handler_at_work(thing_types, no_jobs):
    begun, go_on = threading.Event(), threading.Event()

    @on("thing_happened", name="test.slow")
    def slow(event: Event) -> None:
        begun.set()
        go_on.wait(20)

    started = threads.start_threads()
    make_thing_happen()
    assert begun.wait(10)
    assert not threads.stop_threads(started, within=0.05)
    go_on.set()
    assert threads.stop_threads(started, within=10)
    assert Delivery.objects.get().status == Status.DONE


def test_the_clock_runs_jobs(no_jobs):
    rung = threading.Event()
    job("test.tick", every=dt.timedelta(minutes=1))(lambda now: rung.set())
    started = threads.start_threads()
    try:
        assert rung.wait(10)
    finally:
        assert threads.stop_threads(started, within=10)


def test_none_where_celery_does_it(settings):
    settings.EVENTS_DISPATCH = "celery"
    assert threads.start_threads() == []


def test_process_events_sweeps_once(inner, capsys):
    make_thing_happen()
    make_thing_happen()
    call_command("process_events")
    assert capsys.readouterr().out == "2 deliveries processed.\n"
    assert times_counted() == 2


def test_process_events_goes_on_until_it_is_stopped():
    """In a process of its own, because it listens for signals. It knows no such handler: that it tried is enough."""
    event = Event.objects.create(type="thing_happened")
    Delivery.objects.create(event=event, handler="test.elsewhere", kind=Kind.INNER)
    program = (
        "import sys, django; from django.conf import settings; settings.DATABASES['default']['NAME'] = sys.argv[1]; "
        "django.setup(); from django.core.management import call_command; call_command('process_events', loop=True)"
    )
    command = [sys.executable, "-c", program, str(connection.settings_dict["NAME"])]
    connection.close()
    with subprocess.Popen(command, cwd=settings.BASE_DIR, stderr=subprocess.DEVNULL) as process:
        try:
            assert soon(lambda: Delivery.objects.get().attempts == 1, within=30)
            process.send_signal(signal.SIGTERM)
            assert process.wait(15) == 0
        finally:
            process.kill()
