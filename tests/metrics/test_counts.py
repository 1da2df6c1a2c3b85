"""Each figure moves when the thing happens, and not when it does not."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.utils import OperationalError, ProgrammingError
from django.test import Client
from django.utils import timezone

from accounts.models import User
from notifications.choices import Channel
from notifications.models import Outcome as Row
from notifications.services.mailing import mail
from notifications.services.preferences import set_preferences
from notifications.services.reading import mark_shown
from tests.events.things import make_thing_happen, register_types
from tests.metrics.conftest import Moved
from tests.notifications.telling import tell
from tests.work import make_entry, make_project, make_task
from tests.workflows.rules import make_rule, runs
from timetracker.events import clock, registry
from timetracker.events.dispatch import MAX_TRIES, dispatch, drain
from timetracker.events.models import Delivery, Event
from timetracker.events.registry import on
from tracking.choices import TaskStatus
from tracking.services.tasks import move_task
from tracking.services.timer import start_timer, stop_timer

pytestmark = pytest.mark.django_db(transaction=True)
NOW = dt.datetime(2026, 3, 4, 12, 0, tzinfo=dt.UTC)


def test_timers_and_events(owner: User, moved: Moved):
    names = [("timetracker_timers_started_total", {}), ("timetracker_timers_stopped_total", {}),
             ("timetracker_events_total", {"type": "timer_started"})]  # fmt: skip
    assert [moved(name, **labels) for name, labels in names] == [0, 0, 0]
    start_timer(user=owner)
    assert [moved(name, **labels) for name, labels in names] == [1, 0, 1]
    start_timer(user=owner)  # takes the place of the first
    stopped = stop_timer(user=owner)
    assert not stop_timer(user=owner, entry_id=stopped.entry.pk).first  # it says the first end again
    assert [moved(name, **labels) for name, labels in names] == [2, 2, 2]


def test_entries_by_hand(owner: User, moved: Moved):
    assert moved("timetracker_entries_logged_total", source="manual") == 0
    make_entry(owner)
    assert moved("timetracker_entries_logged_total", source="manual") == 1


def test_what_was_taken_back_did_not_happen(owner: User, moved: Moved):
    assert moved("timetracker_timers_started_total") == 0
    with transaction.atomic():
        start_timer(user=owner)
        transaction.set_rollback(True)
    assert moved("timetracker_timers_started_total") == 0


@pytest.fixture
def failing(empty_registry: None) -> Delivery:
    register_types()

    @on("thing_happened", name="test.fail")
    def fail(event: Any) -> None:
        raise ValueError("not today")

    return make_thing_happen().deliveries.get()


@pytest.fixture
def empty_registry(monkeypatch: pytest.MonkeyPatch) -> Any:
    for name in ("_types", "_types_by_class", "_handlers"):
        monkeypatch.setattr(registry, name, {})
    yield
    for name in list(registry.handlers()):
        registry.unregister_handler(name)


def test_a_delivery_that_fails_and_dies(failing: Delivery, moved: Moved):
    def counted() -> list[float]:
        return [moved("timetracker_deliveries_total", handler="test.fail", outcome=name) for name in ("failed", "dead")]

    assert counted() == [0, 0]
    dispatch(failing.pk)
    assert counted() == [1, 0]
    Delivery.objects.update(attempts=MAX_TRIES - 1, next_try_at=timezone.now())
    dispatch(failing.pk)
    assert counted() == [1, 1]


def test_a_delivery_that_is_done_and_how_late(owner: User, moved: Moved):
    names = [("timetracker_deliveries_total", {"handler": "notifications.follow_timer", "outcome": "done"}),
             ("timetracker_delivery_lag_seconds_count", {"handler": "notifications.follow_timer"})]  # fmt: skip
    assert [moved(name, **labels) for name, labels in names] == [0, 0]
    start_timer(user=owner)
    Delivery.objects.update(next_try_at=timezone.now())
    late = {"handler": "notifications.follow_timer", "le": "60.0"}
    assert moved("timetracker_delivery_lag_seconds_bucket", **late) == 0
    Event.objects.update(occurred_at=timezone.now() - dt.timedelta(minutes=2))
    drain()
    assert [moved(name, **labels) for name, labels in names] == [1, 1]
    assert moved("timetracker_delivery_lag_seconds_bucket", **late) == 0, "it came after two minutes"


def test_a_handler_of_another_version_makes_no_series(failing: Delivery, moved: Moved):
    assert moved("timetracker_deliveries_total", handler="unknown", outcome="failed") == 0
    registry.unregister_handler("test.fail")
    dispatch(failing.pk)
    assert moved("timetracker_deliveries_total", handler="unknown", outcome="failed") == 1


def test_a_rule_that_runs(owner: User, moved: Moved):
    assert moved("timetracker_rule_runs_total", outcome="done") == 0
    make_rule(owner)
    task = make_task(make_project(owner), name="Write", assignee=owner)
    move_task(task=task, actor=owner, status=TaskStatus.DONE)
    assert runs() == ["done"]
    assert moved("timetracker_rule_runs_total", outcome="done") == 1


def test_a_rule_that_is_held_back(owner: User, moved: Moved):
    assert moved("timetracker_rule_runs_total", outcome="throttled") == 0
    make_rule(owner, cooldown_seconds=3600)
    for name in ("One", "Two"):
        move_task(task=make_task(make_project(owner), name=name), actor=owner, status=TaskStatus.DONE)
    assert runs() == ["done", "throttled"]
    assert moved("timetracker_rule_runs_total", outcome="throttled") == 1


def test_notifications_by_channel_and_outcome(owner: User, moved: Moved):
    def counted(channel: str, outcome: str, reason: str = "") -> float:
        return moved("timetracker_notifications_total", channel=channel, outcome=outcome, reason=reason)

    steps = [("centre", "sent"), ("toast", "queued"), ("toast", "seen"), ("email", "queued"), ("email", "sent")]
    assert [counted(*step) for step in steps] == [0] * 5
    set_preferences(person=owner, grid={"own": [Channel.CENTRE, Channel.TOAST, Channel.EMAIL]})
    assert counted("sound", "held", "preference") == 0
    row = tell(owner)
    assert [counted(*step) for step in steps] == [1, 1, 0, 1, 0]
    assert counted("sound", "held", "preference") == 1
    mark_shown(person=owner, ids=[row.pk], channel=Channel.TOAST)
    mark_shown(person=owner, ids=[row.pk], channel=Channel.TOAST)  # known
    mail(notification_id=row.pk)
    mail(notification_id=row.pk)  # it went out before
    assert [counted(*step) for step in steps] == [1, 1, 1, 1, 1]
    assert Row.objects.get(notification=row, channel=Channel.EMAIL).state == "sent"


def test_jobs_and_turns_of_the_clock(monkeypatch: pytest.MonkeyPatch, moved: Moved):
    monkeypatch.setattr(clock, "_jobs", {})
    clock.job("test.well", every=dt.timedelta(minutes=1))(lambda now: None)

    @clock.job("test.badly", every=dt.timedelta(minutes=1))
    def badly(now: dt.datetime) -> None:
        raise ValueError("not today")

    names = [("timetracker_clock_turns_total", {}),
             ("timetracker_jobs_total", {"name": "test.well", "outcome": "done"}),
             ("timetracker_jobs_total", {"name": "test.badly", "outcome": "failed"}),
             ("timetracker_job_seconds_count", {"name": "test.badly"})]  # fmt: skip
    assert [moved(name, **labels) for name, labels in names] == [0, 0, 0, 0]
    clock.run_due_jobs(NOW)
    clock.run_due_jobs(NOW)  # of this minute: nothing is due
    assert [moved(name, **labels) for name, labels in names] == [2, 1, 1, 1]


def test_requests_by_the_name_of_their_address(client_for: Any, owner: User, moved: Moved):
    asked = {"view": "tracking:entries", "method": "GET", "status": 200}
    names = [("timetracker_requests_total", asked), ("timetracker_request_seconds_count", {"view": "tracking:entries"})]
    assert [moved(name, **labels) for name, labels in names] == [0, 0]
    client_for(owner).get("/entries/")
    assert [moved(name, **labels) for name, labels in names] == [1, 1]


def test_made_up_paths_and_methods_make_no_series(client: Client, moved: Moved):
    labels = {"view": "none", "method": "GET", "status": 404}
    assert moved("timetracker_requests_total", **labels) == 0
    for path in ("/wp-login.php", "/a/b/c/", "/metrics/", "/%00"):
        client.get(path)
    assert moved("timetracker_requests_total", **labels) == 4
    odd = {"view": "none", "method": "other", "status": 405}
    assert moved("timetracker_requests_total", **odd) == 0
    for method in ("BREW", "WHEN", "PROPFIND"):
        client.generic(method, "/nowhere/")
    assert moved("timetracker_requests_total", **odd) == 3


def test_what_machines_ask_is_not_counted(client: Client, moved: Moved):
    names = [{"view": "metrics:metrics"}, {"view": "web:healthz"}]
    for _ in range(2):
        client.get("/metrics")
        client.get("/healthz")
        assert [moved("timetracker_request_seconds_count", **labels) for labels in names] == [0, 0]


def test_statements_and_those_that_failed(moved: Moved):
    database = {"alias": "default", "vendor": connection.vendor}
    name = (OperationalError if connection.vendor == "sqlite" else ProgrammingError).__name__
    asked = [("django_db_execute_total", database), ("django_db_query_duration_seconds_count", database),
             ("django_db_errors_total", database | {"type": name})]  # fmt: skip
    assert [moved(one, **labels) for one, labels in asked] == [0, 0, 0]
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        with pytest.raises((OperationalError, ProgrammingError)):
            cursor.execute("SELECT nothing FROM nowhere")
    assert [moved(one, **labels) for one, labels in asked] == [2, 2, 1]
