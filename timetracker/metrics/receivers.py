"""From what happens to the figures: the only place that counts. The rooms know nothing of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from celery.signals import beat_init, worker_ready
from django.db import transaction
from django.db.backends.signals import connection_created
from django.db.models.signals import post_save
from django.dispatch import Signal
from django.utils import timezone

from notifications.signals import outcome_noted
from timetracker.events import registry
from timetracker.events.dispatch import Outcome
from timetracker.events.models import Delivery, Event
from timetracker.events.signals import clock_turned, delivery_tried, events_recorded, job_ran
from timetracker.live.signals import push_heard, push_sent, server_began, server_ended, socket_closed, socket_opened
from timetracker.metrics import definitions as of
from timetracker.metrics import statements
from timetracker.metrics.choices import ProcessKind
from timetracker.metrics.exporter import start_exporter
from timetracker.metrics.reporter import start_reports, stop_reports
from timetracker.metrics.state import UNKNOWN
from timetracker.web.background import LONG
from tracking.choices import Source
from workflows.choices import RunStatus
from workflows.models import Execution


def count_events(events: Sequence[Event], **_signal: Any) -> None:
    for event in events:
        of.EVENTS.labels(event.type).inc()
        if event.type == "timer_started":
            of.TIMERS_STARTED.inc()
        elif event.type == "timer_stopped":
            of.TIMERS_STOPPED.inc()
        elif event.type == "time_logged":
            of.ENTRIES_LOGGED.labels(event.payload["source"]).inc()
        elif event.type == "time_imported":
            of.ENTRIES_LOGGED.labels(Source.IMPORT.value).inc(event.payload["entries"])


def count_delivery(delivery: Delivery, outcome: Outcome, **_signal: Any) -> None:
    handler = delivery.handler if delivery.handler in registry.handlers() else UNKNOWN
    of.DELIVERIES.labels(handler, outcome.value).inc()
    if outcome == Outcome.DONE:
        lag = timezone.now() - delivery.event.occurred_at
        of.DELIVERY_LAG.labels(handler).observe(max(0.0, lag.total_seconds()))


def count_rule_run(instance: Execution, **_signal: Any) -> None:
    """Receives every save; one that still runs is counted when it has come to an end."""
    outcome = str(instance.status)
    if outcome != RunStatus.RUNNING:
        transaction.on_commit(lambda: of.RULE_RUNS.labels(outcome).inc(), robust=True)


def count_notification(channel: str, state: str, reason: str, count: int, **_signal: Any) -> None:
    of.NOTIFICATIONS.labels(channel, state, reason).inc(count)


def count_opened(**_signal: Any) -> None:
    of.SOCKETS_OPEN.inc()
    of.SOCKETS_OPENED.inc()


def count_closed(**_signal: Any) -> None:
    of.SOCKETS_OPEN.dec()


def count_push(failed: bool, **_signal: Any) -> None:
    of.PUSHES.labels("failed" if failed else "sent").inc()


def count_heard(seconds: float, **_signal: Any) -> None:
    of.PUSH_SECONDS.observe(seconds)


def count_job(name: str, seconds: float, error: BaseException | None, **_signal: Any) -> None:
    of.JOBS.labels(name, "failed" if error else "done").inc()
    of.JOB_SECONDS.labels(name).observe(seconds)


def count_turn(**_signal: Any) -> None:
    of.CLOCK_TURNS.inc()


def begin_worker(sender: Any, **_signal: Any) -> None:
    start_exporter()  # a worker and the beat serve no pages
    start_reports(ProcessKind.LONG if LONG in sender.app.amqp.queues.consume_from else ProcessKind.WORKER)


def begin_beat(**_signal: Any) -> None:
    start_exporter()
    start_reports(ProcessKind.BEAT)


def begin_server(**_signal: Any) -> None:
    start_reports(ProcessKind.ALL)


def end_server(**_signal: Any) -> None:
    stop_reports()


RECEIVERS: tuple[tuple[Signal, Callable[..., None], Any], ...] = (
    (events_recorded, count_events, None),
    (delivery_tried, count_delivery, None),
    (job_ran, count_job, None),
    (clock_turned, count_turn, None),
    (outcome_noted, count_notification, None),
    (socket_opened, count_opened, None),
    (socket_closed, count_closed, None),
    (push_sent, count_push, None),
    (push_heard, count_heard, None),
    (post_save, count_rule_run, Execution),
    (connection_created, statements.watch, None),
)


def connect() -> None:
    for signal, receiver, sender in RECEIVERS:
        signal.connect(receiver, sender=sender, dispatch_uid=f"metrics.{receiver.__name__}")
    statements.watch_open()
    worker_ready.connect(begin_worker, dispatch_uid="metrics.worker")
    beat_init.connect(begin_beat, dispatch_uid="metrics.beat")
    server_began.connect(begin_server, dispatch_uid="metrics.server_began")
    server_ended.connect(end_server, dispatch_uid="metrics.server_ended")


def disconnect() -> None:
    """For measuring what all this costs."""
    for signal, receiver, sender in RECEIVERS:
        signal.disconnect(receiver, sender=sender, dispatch_uid=f"metrics.{receiver.__name__}")
    statements.unwatch()
