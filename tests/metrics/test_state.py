"""How things stand, asked of the database."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as the_settings
from django.db import DatabaseError, connection
from django.utils import timezone

from accounts.models import User
from tests.analytics.foresight import make_model
from tests.backups.kept import keep
from tests.factories import UserFactory
from tests.metrics.figures import figure
from tests.metrics.test_reports import make_report
from tests.notifications.telling import tell
from tests.workflows.rules import make_rule
from timetracker.backups.choices import Kind
from timetracker.backups.queries import last_backup, last_drill
from timetracker.events import clock
from timetracker.events.choices import Status
from timetracker.events.models import Delivery, JobRun
from timetracker.metrics import state as state_module
from timetracker.metrics.choices import ProcessKind
from timetracker.metrics.exposition import scrape
from timetracker.metrics.state import state
from timetracker.web.database import database_bytes
from tracking.services.timer import pause_timer, start_timer
from workflows.services.rules import switch_off

pytestmark = pytest.mark.django_db
# PostgreSQL is asked how large it is, and beside Redis the work is spread over processes.
STATEMENTS = 9 + (connection.vendor == "postgresql") + bool(the_settings.REDIS_URL)
HOUR = dt.timedelta(hours=1)


def now_said(name: str, /, **labels: Any) -> float:
    state.forget()
    return figure(scrape(state).decode(), name, **labels)


@pytest.mark.parametrize("count", [0, 3])
def test_nine_statements_whatever_the_data(organisation: Any, django_assert_num_queries: Any, count: int):
    for _ in range(count):
        person = UserFactory.create()
        start_timer(user=person)
        make_rule(person)
        tell(person)
    Delivery.objects.filter(pk__in=Delivery.objects.values("pk")[:count]).update(status=Status.DEAD)
    with django_assert_num_queries(STATEMENTS):
        list(state.collect())


def test_the_database_is_not_asked_again_at_once(django_assert_num_queries: Any, monkeypatch: pytest.MonkeyPatch):
    scrape(state)
    with django_assert_num_queries(0):
        scrape(state)
    monkeypatch.setattr(state_module, "KEPT", 0.0)
    with django_assert_num_queries(STATEMENTS):
        scrape(state)


def test_which_part_of_the_work_nobody_does(settings: Any):
    settings.REDIS_URL = ""
    assert now_said("timetracker_part_missing", kind="long") == 0
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    make_report(1, kind=ProcessKind.WORKER)
    found = {kind: now_said("timetracker_part_missing", kind=kind) for kind in ("worker", "long", "beat", "sockets")}
    assert found == {"worker": 0, "long": 1, "beat": 1, "sockets": 1}


def test_running_timers(owner: User, teammate: User):
    for person in (owner, teammate):
        start_timer(user=person)
    assert now_said("timetracker_timers_running", paused="no") == 2
    pause_timer(user=owner)
    assert now_said("timetracker_timers_running", paused="no") == 1
    assert now_said("timetracker_timers_running", paused="yes") == 1


def test_the_queue_and_how_long_it_waits(owner: User):
    start_timer(user=owner)
    waiting = Delivery.objects.filter(kind="inner").count()
    assert now_said("timetracker_deliveries_pending", kind="inner") == waiting > 1
    Delivery.objects.update(next_try_at=timezone.now() + HOUR)
    assert now_said("timetracker_deliveries_due", kind="inner") == 0
    assert now_said("timetracker_deliveries_overdue_seconds", kind="inner") == 0
    first = Delivery.objects.filter(kind="inner").last()
    Delivery.objects.filter(pk=first.pk).update(next_try_at=timezone.now() - HOUR)
    assert now_said("timetracker_deliveries_pending", kind="inner") == waiting
    assert now_said("timetracker_deliveries_due", kind="inner") == 1
    assert 3600 <= now_said("timetracker_deliveries_overdue_seconds", kind="inner") < 3660


def test_dead_deliveries(owner: User):
    assert now_said("timetracker_deliveries_dead", handler="none") == 0
    start_timer(user=owner)
    known, other = Delivery.objects.order_by("pk")[:2]
    Delivery.objects.filter(pk=known.pk).update(status=Status.DEAD)
    Delivery.objects.filter(pk=other.pk).update(status=Status.DEAD, handler="of.another.version")
    assert now_said("timetracker_deliveries_dead", handler=known.handler) == 1
    assert now_said("timetracker_deliveries_dead", handler="unknown") == 1


def test_jobs_and_their_last_success(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(clock, "_jobs", {})
    fails: list[bool] = []

    @clock.job("test.now_and_then", every=dt.timedelta(minutes=1))
    def now_and_then(now: dt.datetime) -> None:
        if fails:
            raise ValueError("not today")

    first = timezone.now() - HOUR
    clock.run_due_jobs(first)
    job = {"name": "test.now_and_then"}
    succeeded = JobRun.objects.get().succeeded_at.timestamp()
    assert now_said("timetracker_job_last_success_timestamp_seconds", **job) == pytest.approx(succeeded)
    assert now_said("timetracker_job_last_failed", **job) == 0
    fails.append(True)
    clock.run_due_jobs(first + HOUR)
    assert now_said("timetracker_job_last_start_timestamp_seconds", **job) == pytest.approx((first + HOUR).timestamp())
    assert now_said("timetracker_job_last_success_timestamp_seconds", **job) == pytest.approx(succeeded)
    assert now_said("timetracker_job_last_failed", **job) == 1


def test_the_model_in_use(organisation: Any):
    model = make_model(version=3)
    kind = {"kind": model.kind}
    assert now_said("timetracker_model_version", **kind) == 3
    assert now_said("timetracker_model_trained_timestamp_seconds", **kind) == pytest.approx(
        model.trained_at.timestamp()
    )
    assert now_said("timetracker_model_held_ratio", **kind) == model.accuracy
    assert now_said("timetracker_model_error_hours", **kind) == model.metrics["recent"]["model"]["mae"] > 0


def test_rules_and_what_waits_in_a_channel(owner: User):
    make_rule(owner)
    switch_off(rule=make_rule(owner), reason="for a test")
    assert now_said("timetracker_notifications_queued", channel="toast") == 1  # that it was switched off
    tell(owner)
    assert now_said("timetracker_rules", state="on") == 1
    assert now_said("timetracker_rules", state="off") == 1
    assert now_said("timetracker_rule_runs_running") == 0
    assert now_said("timetracker_notifications_queued", channel="toast") == 2


def test_the_size_of_the_database():
    assert now_said("timetracker_database_bytes") == database_bytes() > 10_000


def test_the_last_backup_and_the_last_trial(db: None, tmp_path: Path):
    state.forget()
    assert b"\ntimetracker_backup_last_success_timestamp_seconds " not in scrape(state)
    first = keep(tmp_path, timezone.now() - 30 * HOUR, drilled_at=timezone.now() - 29 * HOUR, drill_error="cut off")
    last = keep(tmp_path, timezone.now() - 6 * HOUR)
    keep(tmp_path, timezone.now() - HOUR, error="disk full")
    keep(tmp_path, timezone.now() - 2 * HOUR, kind=Kind.BEFORE_UPGRADE)
    at = last.started_at.timestamp()
    assert now_said("timetracker_backup_last_success_timestamp_seconds") == pytest.approx(at)
    assert now_said("timetracker_backup_last_bytes") == 4
    at = first.drilled_at.timestamp()
    assert now_said("timetracker_backup_last_drill_timestamp_seconds") == pytest.approx(at)
    assert now_said("timetracker_backup_last_drill_failed") == 1
    last.drilled_at = timezone.now()
    last.save()
    assert now_said("timetracker_backup_last_drill_failed") == 0
    assert last_backup() == last
    assert last_drill() == last


def test_a_database_that_is_gone_costs_only_its_own_figures(monkeypatch: pytest.MonkeyPatch):
    def gone() -> Any:
        raise DatabaseError("no connection to postgres://me:secret@db")

    monkeypatch.setattr(state_module, "READERS", (gone,))
    state.forget()
    text = scrape(state).decode()
    assert figure(text, "timetracker_state_ok") == 0
    assert "timetracker_sockets_open" in text
    assert "me:secret" not in text
