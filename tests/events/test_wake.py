"""Waking those who run deliveries costs a request next to nothing, whatever state the broker is in."""

from __future__ import annotations

import threading
import time

import pytest
from django.utils import timezone
from structlog.testing import capture_logs

from tests.events.things import make_thing_happen, times_counted
from timetracker.celery import app
from timetracker.events import wake
from timetracker.events.choices import Kind
from timetracker.events.dispatch import sweep

LIMIT = 0.6


@pytest.mark.django_db(transaction=True)
def test_the_request_goes_on_and_the_event_is_swept_later(inner, told, broken_broker):
    with capture_logs() as logs:
        began = time.monotonic()
        make_thing_happen()
        first = time.monotonic() - began
        for _ in range(20):
            make_thing_happen()
        others = time.monotonic() - began - first
    assert first < LIMIT
    assert others < LIMIT
    assert [line["event"] for line in logs] == ["wake_up_failed"]  # then the broker is left alone for a moment
    assert sweep() == 42
    assert times_counted() == 21


def test_a_broker_that_is_back_is_used_again(broken_broker, monkeypatch):
    sent = []
    wake.wake([1])
    wake._broker.away_until = time.monotonic()  # some seconds later
    monkeypatch.setattr(wake.current_app, "send_task", lambda name, args, **options: sent.append((name, args, options)))
    wake.wake([2, 3])
    assert [(name, args) for name, args, _ in sent] == [(wake.DISPATCH_TASK, [2]), (wake.DISPATCH_TASK, [3])]
    assert all(options["retry"] is False and options["expires"] for _, _, options in sent)


def test_the_task_that_is_sent_by_name_exists():
    app.loader.import_default_modules()
    assert wake.DISPATCH_TASK in app.tasks


def test_threads_of_this_process_are_rung_for(settings, monkeypatch):
    settings.EVENTS_DISPATCH = "thread"
    bells = {kind: threading.Event() for kind in Kind}
    monkeypatch.setattr(wake, "bells", {bell: kind for kind, bell in bells.items()})
    wake.wake([1], {Kind.OUTER})
    assert (bells[Kind.INNER].is_set(), bells[Kind.OUTER].is_set()) == (False, True)
    wake.wake([1])
    assert bells[Kind.INNER].is_set()


def test_the_clock_is_woken_for_what_comes_before_its_turn(settings, monkeypatch):
    settings.EVENTS_DISPATCH = "thread"
    bell = threading.Event()
    monkeypatch.setattr(wake, "bells", {bell: wake.CLOCK})
    wake.wake([1])
    assert not bell.is_set()
    wake.wake_clock(timezone.now())
    assert bell.is_set()
    sent = []
    monkeypatch.setattr(wake._broker, "send", sent.extend)
    settings.EVENTS_DISPATCH = "celery"
    soon = timezone.now() + wake.AHEAD / 2
    wake.wake_clock(soon)
    wake.wake_clock(soon + wake.AHEAD)  # by then the clock has had its turn
    assert [(name, options["eta"]) for name, _args, options in sent] == [(wake.AWAITED_TASK, soon)]
    app.loader.import_default_modules()
    assert wake.AWAITED_TASK in app.tasks
