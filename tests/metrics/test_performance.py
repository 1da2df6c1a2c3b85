"""The page that says how the server does."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.db import DatabaseError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from tests.backups.kept import keep
from tests.conftest import ClientFor
from tests.metrics.test_reports import MINUTE, make_report
from timetracker.events.choices import Kind, Status
from timetracker.events.models import Delivery, Event, JobRun
from timetracker.metrics import definitions as of
from timetracker.metrics import performance, storage
from timetracker.metrics.choices import ProcessKind
from timetracker.metrics.models import ProcessReport
from timetracker.metrics.state import state
from timetracker.web import health

pytestmark = pytest.mark.django_db
PAGE, TO_MEND = "/settings/performance/", "/settings/performance/to-mend/"
HTMX = {"HX-Request": "true"}
OF_STATE = 11
"""Statements for the readings, on PostgreSQL and beside Redis."""


@pytest.fixture
def browser(administrator: User, client_for: ClientFor) -> Client:
    return client_for(administrator)


def words(browser: Client, path: str = PAGE) -> str:
    """As one reads it: no tags, no line breaks."""
    state.forget()
    response = browser.get(path, headers=HTMX)
    assert response.status_code == 200
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def make_waiting(count: int, *, ago: dt.timedelta, status: str = Status.PENDING, kind: str = Kind.INNER) -> None:
    for _ in range(count):
        Delivery.objects.create(
            event=Event.objects.create(type="test"), handler="test.handler", kind=kind, status=status,
            next_try_at=timezone.now() - ago,
        )  # fmt: skip


def make_turn(name: str = "events.sweep", *, ago: dt.timedelta = dt.timedelta(), error: str = "") -> None:
    at = timezone.now() - ago
    JobRun.objects.create(
        name=name, period=at, started_at=at, finished_at=at, succeeded_at=None if error else at, last_error=error
    )


# ── Who, and at what cost ────────────────────────────────────────────────────
@pytest.mark.parametrize("who", ["manager", "lead", "owner", "outsider"])
@pytest.mark.parametrize("path", [PAGE, TO_MEND])
def test_only_administrators(request: pytest.FixtureRequest, client_for: ClientFor, who: str, path: str):
    client = client_for(request.getfixturevalue(who))
    assert client.get(path).status_code == 403
    assert PAGE not in client.get("/settings/").content.decode()


def test_the_tab_and_the_fragment(browser: Client):
    assert PAGE in browser.get("/settings/").content.decode()
    whole = browser.get(PAGE).content.decode()
    assert 'aria-current="page">Performance' in whole
    assert 'hx-trigger="every 10s, seen from:body"' in whole
    part = browser.get(f"{PAGE}?order=p95", headers=HTMX).content.decode()
    assert "<html" not in part
    assert f'hx-get="{PAGE}?order=p95"' in part


def test_the_same_statements_for_one_process_and_for_thirty(browser: Client):
    def statements() -> int:
        state.forget()
        cache.clear()
        with CaptureQueriesContext(connection) as captured:
            browser.get(PAGE)
        return len(captured)

    make_report(0)
    statements()  # of the migrations, once a process
    one = statements()
    for pid in range(1, 30):
        make_report(pid)
    make_waiting(3, ago=MINUTE)
    assert statements() == one <= 12 + OF_STATE


# ── The parts ────────────────────────────────────────────────────────────────
def test_all_is_well(browser: Client):
    make_turn()
    said = words(browser)
    assert said.count(" well") == 5
    assert "to mend" not in said


def test_a_clock_that_stands_still(browser: Client):
    assert "Nothing happens by itself" in words(browser)
    make_turn(ago=6 * MINUTE)
    said = words(browser)
    assert "last turn 6 minutes ago Nothing happens by itself" in said.replace("\N{NO-BREAK SPACE}", " ")


@pytest.mark.parametrize(
    ("part", "to_do"),
    [
        ("database", "look at DATABASE_URL"), ("migrations", "run manage.py upgrade"),
        ("cache", "whether Redis has memory left"), ("channel_layer", "whether Redis runs"),
    ],
)  # fmt: skip
def test_a_part_that_fails(browser: Client, monkeypatch: pytest.MonkeyPatch, part: str, to_do: str):
    def fail() -> None:
        raise DatabaseError

    make_turn()
    monkeypatch.setitem(health.CHECKS, part, fail)
    said = words(browser)
    assert said.count(" well") == 4
    assert said.count(" to mend") == 1
    assert to_do in said


def test_every_part_that_is_checked_has_words():
    assert set(performance._PARTS) == set(health.CHECKS)


# ── Processes ────────────────────────────────────────────────────────────────
def test_no_process_yet(browser: Client, settings: Any):
    settings.REDIS_URL = ""
    said = words(browser)
    assert "No process has reported yet" in said
    assert "has been seen" not in said


def test_processes(browser: Client, settings: Any):
    settings.REDIS_URL = ""
    make_report(12345, kind=ProcessKind.ALL, version="1.1", sockets=4)
    make_report(2, version="1.0")
    make_report(3, version="1.1", ago=4 * MINUTE, sockets=90)
    said = words(browser)
    assert "all in one box · 12345 · 1.1" in said
    assert said.count("older version") == 1
    assert said.count("not seen for 3 min") == 1
    assert "Open sockets Of all processes, as they said in the last 90 seconds. 4 " in said


NEEDED_WORDS = ("worker", "worker of the queue “long”", "beat", "server of sockets")


def test_who_is_missing_beside_redis(browser: Client, settings: Any):
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    assert [words(browser).count(f"No {who} has been seen") for who in NEEDED_WORDS] == [1] * 4
    for pid, kind in enumerate((ProcessKind.WORKER, ProcessKind.LONG, ProcessKind.BEAT, ProcessKind.SOCKETS)):
        make_report(pid, kind=kind)
    assert "has been seen" not in words(browser)
    ProcessReport.objects.filter(kind=ProcessKind.BEAT).update(seen_at=timezone.now() - 4 * MINUTE)
    assert words(browser).count("has been seen") == 1


# ── Views, queue, database ───────────────────────────────────────────────────
def test_the_slowest_views(browser: Client):
    for _ in range(3):
        of.REQUEST_SECONDS.labels("test:endless").observe(3600)
        of.REQUESTS.labels("test:endless", "GET", 500).inc()
    said = words(browser)
    assert re.search(r"test:endless 3 requests · mean 1 h · \d+ % · 3 errors 3 1 h over 10 s over 10 s \d+ % 3", said)
    assert "half of the answers, and 19 of 20" in said
    assert words(browser, f"{PAGE}?order=nonsense").count("test:endless") == 1


def test_the_queue(browser: Client):
    make_waiting(2, ago=2 * MINUTE)
    make_waiting(3, ago=-MINUTE)
    make_waiting(1, ago=MINUTE, status=Status.DEAD, kind=Kind.OUTER)
    said = words(browser)
    assert "1 given up" in said
    assert "inner 2 3 2 min outer 0 0 –" in said
    assert "status__exact=dead" in browser.get(PAGE).content.decode()


def test_jobs(browser: Client):
    assert "No job has run yet" in words(browser)
    make_turn(ago=2 * MINUTE)
    make_turn("tracking.budgets", error="ValueError: not today")
    said = words(browser).replace("\N{NO-BREAK SPACE}", " ")
    assert "tracking.budgets now now never failed" in said
    assert "events.sweep 2 minutes ago 2 minutes ago 2 minutes ago done" in said
    assert said.index("tracking.budgets") < said.index("events.sweep"), "what failed comes first"
    assert "/admin/events/jobrun/tracking.budgets/change/" in browser.get(PAGE).content.decode().replace("_2E", ".")


def test_pushes(browser: Client):
    of.PUSHES.labels("failed").inc()
    of.PUSH_SECONDS.observe(0.02)
    said = words(browser)
    assert re.search(r"Pushes \d+ Failed pushes [1-9]\d* Heard within [^.]+\. \d", said)


def test_the_database(browser: Client, monkeypatch: pytest.MonkeyPatch):
    said = words(browser).replace("\N{NO-BREAK SPACE}", " ")
    assert storage.engine() in said
    assert re.search(r"Size [\d.]+ [KMG]B Free where data is kept [\d.]+ [MGT]B Largest tables", said)
    monkeypatch.setattr(storage, "largest_tables", list)
    assert "does not say how large its tables are" in words(browser)


def test_the_last_backup(browser: Client, settings: Any, tmp_path: Path):
    settings.BACKUP_AT = None
    said = "Last backup In the administration There is none. manage.py backup makes one now."
    assert f"{said} With BACKUP_AT the clock makes one every night." in words(browser)
    settings.BACKUP_AT = dt.time(3)
    assert f"{said} The clock makes one every night at 03:00 UTC." in words(browser)
    kept = keep(tmp_path, timezone.now() - 30 * MINUTE)
    said = words(browser).replace("\N{NO-BREAK SPACE}", " ")
    assert "Last backup In the administration Begun 30 minutes ago Size 4 bytes Last one loaded on trial never" in said
    kept.drilled_at, kept.drill_error = timezone.now() - 10 * MINUTE, "cut off"
    kept.save()
    said = words(browser).replace("\N{NO-BREAK SPACE}", " ")
    assert "Last one loaded on trial failed 10 minutes ago" in said
    kept.drill_error = ""
    kept.save()
    said = words(browser).replace("\N{NO-BREAK SPACE}", " ")
    assert "Last one loaded on trial 10 minutes ago" in said


def test_readings_that_could_not_be_read(browser: Client, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(state, "_read", list)
    said = words(browser)
    assert "0 given up" in said
    assert "Size –" in said


# ── To mend ──────────────────────────────────────────────────────────────────
def test_the_page_does_not_wait_for_the_doctor(browser: Client):
    whole = browser.get(PAGE).content.decode()
    assert f'hx-get="{TO_MEND}" hx-trigger="load, seen from:body, every 60s"' in whole
    assert "Looking …" in whole


def test_what_there_is_to_mend(browser: Client, settings: Any):
    settings.DEBUG = True
    make_turn("tracking.budgets", error="ValueError: not today")
    said = words(browser, TO_MEND)
    assert "debug DEBUG is on" in said
    assert "The job tracking.budgets failed the last time" in said
    assert "The words are those of manage.py doctor" in said


def test_nothing_to_mend(browser: Client, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("timetracker.metrics.views.findings", lambda: iter(()))
    assert words(browser, TO_MEND) == "To mend Nothing. manage.py doctor made 0 checks."
