from __future__ import annotations

import datetime as dt
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.conf import settings
from django.db import connection
from structlog.testing import capture_logs

from timetracker.celery import app
from timetracker.events import clock, tasks
from timetracker.events.clock import job, run_due_jobs
from timetracker.events.models import JobRun

NOON = dt.datetime(2025, 3, 30, 12, 0, 20, tzinfo=dt.UTC)
MINUTE = dt.timedelta(minutes=1)
HOUR = dt.timedelta(hours=1)
DAY = dt.timedelta(days=1)


@pytest.fixture
def runs(no_jobs) -> list[dt.datetime]:
    return []


def test_each_period_has_one_run(db, runs):
    job("test.often", every=5 * MINUTE)(runs.append)
    for moment in (NOON, NOON, NOON + 4 * MINUTE, NOON + 5 * MINUTE, NOON + 9 * MINUTE, NOON + 10 * MINUTE):
        run_due_jobs(moment)
    assert runs == [NOON, NOON + 5 * MINUTE, NOON + 10 * MINUTE]


def test_daily_runs_at_its_time_and_makes_up_for_one_it_slept_through(db, runs):
    job("test.daily", daily=dt.time(3, 10))(runs.append)
    assert run_due_jobs(NOON) == ["test.daily"]  # never run before: this morning's turn is due
    assert run_due_jobs(NOON + 15 * HOUR) == []  # 03:00
    assert run_due_jobs(NOON + 15 * HOUR + 10 * MINUTE) == ["test.daily"]
    assert run_due_jobs(NOON + 5 * DAY) == ["test.daily"]  # the machine was off for days: once
    assert run_due_jobs(NOON + 5 * DAY + HOUR) == []


@pytest.mark.django_db(transaction=True)
def test_of_many_processes_one_has_the_turn(runs):
    job("test.once", every=MINUTE)(runs.append)
    barrier = threading.Barrier(6)

    def ask() -> list[str]:
        try:
            barrier.wait(timeout=10)
            return run_due_jobs(NOON)
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        answers = [future.result(30) for future in [pool.submit(ask) for _ in range(6)]]
    assert sorted(answers) == [[]] * 5 + [["test.once"]]
    assert runs == [NOON]


def test_a_job_that_fails_is_kept_and_stops_no_other(db, runs):
    @job("test.bad", every=MINUTE)
    def bad(now: dt.datetime) -> None:
        raise ZeroDivisionError("no luck")

    job("test.good", every=MINUTE)(runs.append)
    with capture_logs() as logs:
        assert run_due_jobs(NOON) == ["test.bad", "test.good"]
    assert [(line["event"], line["job"]) for line in logs] == [("job_failed", "test.bad")]
    found = JobRun.objects.get(name="test.bad")
    assert "no luck" in found.last_error
    assert found.finished_at
    assert run_due_jobs(NOON + MINUTE) == ["test.bad", "test.good"]


def test_a_run_that_was_killed_may_begin_anew_after_an_hour(db, runs):
    job("test.daily", daily=dt.time(3, 10))(runs.append)
    assert clock._take_turn(clock.jobs()["test.daily"], NOON)  # and then the process is killed
    assert run_due_jobs(NOON + HOUR / 2) == []
    assert run_due_jobs(NOON + HOUR + MINUTE) == ["test.daily"]
    assert run_due_jobs(NOON + 3 * HOUR) == []


def test_nothing_due_costs_one_statement(db, runs, django_assert_num_queries):
    for number in range(5):
        job(f"test.{number}", every=HOUR)(runs.append)
    run_due_jobs(NOON)
    with django_assert_num_queries(1):
        run_due_jobs(NOON + MINUTE)


@pytest.mark.parametrize("options", [{}, {"every": HOUR, "daily": dt.time(3)}, {"every": dt.timedelta(seconds=30)}])
def test_a_schedule_is_one_thing_and_not_too_fast(no_jobs, options):
    with pytest.raises(ValueError, match=r"test\.wrong"):
        job("test.wrong", **options)


def test_names_are_unique(runs):
    job("test.once", every=HOUR)(runs.append)
    with pytest.raises(ValueError, match=r"test\.once"):
        job("test.once", every=HOUR)(runs.append)


def test_every_entry_of_celerys_schedule_names_a_registered_task():
    app.loader.import_default_modules()
    named = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}
    assert named == {f"timetracker.events.tasks.{name}" for name in ("run_due_jobs", "wake_for_left")}
    assert named <= set(app.tasks)


def test_the_tasks_do_what_the_threads_do(db, runs):
    job("test.often", every=MINUTE)(runs.append)
    tasks.run_due_jobs()
    assert len(runs) == 1
    tasks.dispatch_delivery(0)  # long gone: nothing to do
