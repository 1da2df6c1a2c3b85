"""Processes say that they are there, and what is made of it."""

from __future__ import annotations

import datetime as dt
import os
import runpy
import threading
from typing import Any

import pytest
from celery import Celery
from celery.signals import beat_init, worker_ready
from django.conf import settings as real_settings
from django.contrib.admin.sites import site
from django.db import DatabaseError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from tests.conftest import ClientFor
from timetracker.backups.transfer import moved_models
from timetracker.events import clock
from timetracker.live.signals import server_began, server_ended
from timetracker.metrics import doctor, receivers, reporter
from timetracker.metrics.choices import ProcessKind
from timetracker.metrics.definitions import SOCKETS_OPEN
from timetracker.metrics.models import ProcessReport
from timetracker.metrics.queries import began_at, missing_kinds, processes_at, sockets_at
from timetracker.metrics.services import forget_process, forget_processes, report_process
from timetracker.web.version import product_version

pytestmark = pytest.mark.django_db
MINUTE = dt.timedelta(minutes=1)


def make_report(
    pid: int = 1, *, kind: ProcessKind = ProcessKind.PAGES, ago: dt.timedelta = dt.timedelta(), **more: Any
):
    seen = timezone.now() - ago
    given = {"host": "box", "version": "1.0", "started_at": seen - MINUTE, "seen_at": seen, **more}
    return ProcessReport.objects.create(pid=pid, kind=kind, **given)


# ── Writing ──────────────────────────────────────────────────────────────────
def said(pid: int = 7, **more: Any) -> None:
    report_process(
        **{"host": "box", "pid": pid, "kind": ProcessKind.ALL, "version": "1.0", "started_at": timezone.now(),
           "sockets": 0, **more}
    )  # fmt: skip


def test_one_row_for_a_process(django_assert_num_queries: Any):
    said()
    first = ProcessReport.objects.get()
    started = timezone.now()
    with django_assert_num_queries(3):  # and the savepoint round it
        said(kind=ProcessKind.PAGES, version="1.1", started_at=started, sockets=3)
    report = ProcessReport.objects.get()
    assert (report.kind, report.version, report.started_at, report.sockets) == ("pages", "1.1", started, 3)
    assert report.seen_at > first.seen_at
    said(8)
    said(host="other")
    assert ProcessReport.objects.count() == 3


def test_forgetting_one_and_those_of_long_ago():
    said(1)
    said(2)
    forget_process(host="box", pid=1)
    forget_process(host="box", pid=99)
    assert [report.pid for report in ProcessReport.objects.all()] == [2]
    make_report(3, ago=61 * MINUTE)
    make_report(4, ago=59 * MINUTE)
    assert forget_processes(unseen_since=timezone.now() - 60 * MINUTE) == 1
    assert {report.pid for report in ProcessReport.objects.all()} == {2, 4}


def test_the_clock_sweeps():
    make_report(3, ago=61 * MINUTE)
    make_report(4)
    clock.jobs()["metrics.forget_processes"].function(timezone.now())
    assert [report.pid for report in ProcessReport.objects.all()] == [4]


# ── Reading ──────────────────────────────────────────────────────────────────
def test_who_is_gone_and_who_is_older(django_assert_num_queries: Any):
    make_report(1, version="1.10.0")
    make_report(2, version="1.9.3")
    make_report(3, version="1.10.0", ago=3 * MINUTE)
    make_report(4, version="", ago=2 * MINUTE)
    with django_assert_num_queries(1):
        found = {one.report.pid: (one.is_gone, one.is_older) for one in processes_at(timezone.now())}
    assert found == {1: (False, False), 2: (False, True), 3: (True, False), 4: (False, True)}


def test_sockets_of_those_that_spoke_lately():
    make_report(1, sockets=3)
    make_report(2, sockets=4, ago=MINUTE)
    make_report(3, sockets=100, ago=2 * MINUTE)
    assert sockets_at(processes_at(timezone.now()), timezone.now()) == 7


def test_since_when_this_machine_counts(monkeypatch: pytest.MonkeyPatch):
    assert began_at([]) is None
    monkeypatch.setattr("timetracker.metrics.queries.socket.gethostname", lambda: "box")
    first = make_report(1, started_at=timezone.now() - 50 * MINUTE)
    make_report(2)
    make_report(3, ago=4 * MINUTE, started_at=timezone.now() - 90 * MINUTE)
    make_report(4, host="elsewhere", started_at=timezone.now() - 90 * MINUTE)
    assert began_at(processes_at(timezone.now())) == first.started_at


def test_who_is_missing():
    assert missing_kinds([]) == [ProcessKind.WORKER, ProcessKind.LONG, ProcessKind.BEAT, ProcessKind.SOCKETS]
    make_report(1, kind=ProcessKind.WORKER)
    make_report(2, kind=ProcessKind.BEAT, ago=4 * MINUTE)
    make_report(3, kind=ProcessKind.ALL)
    make_report(4, kind=ProcessKind.LONG)
    assert missing_kinds(processes_at(timezone.now())) == [ProcessKind.BEAT]


def test_doctor(settings: Any):
    settings.REDIS_URL = ""
    assert list(doctor.processes()) == [(True, "One process does everything.")]
    settings.REDIS_URL = "redis://127.0.0.1/0"
    found = list(doctor.processes())
    assert [ok for ok, _sentence in found] == [False] * 4
    for words, (_ok, sentence) in zip(("worker", "--queues long", "beat", "daphne"), found, strict=True):
        assert words in sentence
    for pid, kind in enumerate((ProcessKind.WORKER, ProcessKind.LONG, ProcessKind.BEAT, ProcessKind.SOCKETS)):
        make_report(pid, kind=kind)
    assert list(doctor.processes()) == [(True, "Processes that were seen in the last three minutes: 4.")]
    ProcessReport.objects.filter(kind=ProcessKind.BEAT).update(version="0.9")
    assert [ok for ok, _sentence in doctor.processes()] == [True, False]


def test_another_machine_gets_no_reports_of_this_one():
    assert ProcessReport not in moved_models()


# ── The thread ───────────────────────────────────────────────────────────────
def test_what_a_process_says_of_itself():
    SOCKETS_OPEN.inc(2)
    try:
        reporter.Reporter(ProcessKind.SOCKETS).report()
    finally:
        SOCKETS_OPEN.dec(2)
    report = ProcessReport.objects.get()
    assert (report.kind, report.pid, report.version) == ("sockets", os.getpid(), product_version())
    assert report.sockets == reporter.own_sockets() + 2


@pytest.mark.django_db(transaction=True)
def test_until_it_is_stopped(monkeypatch: pytest.MonkeyPatch):
    spoke = threading.Event()
    report = reporter.Reporter.report

    def report_and_tell(self: reporter.Reporter) -> None:
        report(self)
        spoke.set()

    monkeypatch.setattr(reporter.Reporter, "report", report_and_tell)
    reporter.start_reports(ProcessKind.ALL)
    assert spoke.wait(10)
    assert ProcessReport.objects.get().kind == ProcessKind.ALL
    reporter.stop_reports()
    assert not ProcessReport.objects.exists()
    assert "process-report" not in {thread.name for thread in threading.enumerate()}


def test_a_database_that_fails_costs_one_line(monkeypatch: pytest.MonkeyPatch):
    lines: list[str] = []
    monkeypatch.setattr(reporter.log, "warning", lambda event, **_fields: lines.append(event))
    one = reporter.Reporter(ProcessKind.ALL)

    def fail() -> None:
        raise DatabaseError("disk I/O error")

    one._try(fail)
    one._try(fail)
    assert lines == ["process_unreported"]
    one._try(one.report)
    one._try(fail)
    assert lines == ["process_unreported"] * 2


def test_a_forked_child_does_not_end_its_parents(monkeypatch: pytest.MonkeyPatch):
    one = reporter.Reporter(ProcessKind.ALL)
    monkeypatch.setattr(one, "pid", os.getpid() + 1)
    one.stop()
    assert not one.stopping.is_set()


def consumer_of(queue: str) -> Any:
    """As Celery's worker, whose signal brings it."""
    app = Celery("test", set_as_current=False)
    app.amqp.queues.select([queue])
    return type("Consumer", (), {"app": app})


def test_who_starts_one(monkeypatch: pytest.MonkeyPatch):
    began: list[str] = []
    monkeypatch.setattr(receivers, "start_reports", began.append)
    monkeypatch.setattr(reporter, "start_reports", began.append)
    monkeypatch.setattr(receivers, "stop_reports", lambda: began.append("end"))
    worker_ready.send(sender=consumer_of("celery"))
    worker_ready.send(sender=consumer_of("long"))
    beat_init.send(sender=None)
    server_began.send(sender=None)
    server_ended.send(sender=None)
    runpy.run_path(str(real_settings.BASE_DIR / "deploy" / "gunicorn.conf.py"))["post_worker_init"](None)
    assert began == ["worker", "long", "beat", "all", "end", "pages"]


def test_tests_and_commands_start_none():
    import timetracker.asgi
    import timetracker.wsgi

    assert timetracker.asgi.application
    assert timetracker.wsgi.application
    assert "process-report" not in {thread.name for thread in threading.enumerate()}


# ── The admin ────────────────────────────────────────────────────────────────
@pytest.fixture
def browser(administrator: User, client_for: ClientFor) -> Client:
    return client_for(administrator)


def test_the_admin_shows_and_changes_nothing(browser: Client):
    assert site.is_registered(ProcessReport)
    report = make_report(1)
    address = reverse("admin:metrics_processreport_change", args=[report.pk])
    assert browser.get(reverse("admin:metrics_processreport_changelist")).status_code == 200
    page = browser.get(address)
    assert (page.status_code, b'name="_save"' in page.content) == (200, False)
    assert browser.post(address, {}).status_code == 403
    assert browser.get(reverse("admin:metrics_processreport_add")).status_code == 403
    delete = reverse("admin:metrics_processreport_delete", args=[report.pk])
    assert browser.post(delete, {"post": "yes"}).status_code == 403
