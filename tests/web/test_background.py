"""Commands that take long: who starts them, and how they end."""

from __future__ import annotations

import datetime as dt
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from celery.signals import worker_shutting_down
from structlog.testing import capture_logs

from tests.live.tools import soon
from timetracker.celery import app
from timetracker.events import wake
from timetracker.web import background, tasks

LIMIT = 0.6
CHILD = """
import pathlib, signal, subprocess, sys
own = subprocess.Popen([sys.executable, "-c", "import signal; signal.pause()"])
if "stubborn" in sys.argv:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
pathlib.Path("pids").write_text(f"{own.pid} ")
if "short" in sys.argv:
    own.kill()
    own.wait()
    sys.exit("bad" in sys.argv)
signal.pause()
"""


@pytest.fixture
def place(tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """With a manage.py of its own, which runs until it is told to end."""
    (tmp_path / "manage.py").write_text(CHILD)
    settings.BASE_DIR = tmp_path
    monkeypatch.setattr(background, "stopping", threading.Event())
    monkeypatch.setattr(background, "LOOK", 0.02)
    return tmp_path


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, ...]]:
    """What would run as a child of this process."""
    begun: list[tuple[str, ...]] = []
    monkeypatch.setattr(background, "_start", lambda *command: begun.append(command))
    return begun


def is_gone(pid: int) -> bool:
    """A zombie, whose parent is not ours to wait for, has ended as well."""
    found = Path(f"/proc/{pid}/stat")
    return not found.exists() or found.read_text().rpartition(")")[2].split()[0] == "Z"


# ── Who starts it ────────────────────────────────────────────────────────────
def test_without_redis_it_is_a_child_of_who_asks(started, settings):
    settings.EVENTS_DISPATCH = "thread"
    background.run_command("run_import", "7")
    assert started == [("run_import", "7")]


def test_with_redis_it_waits_in_a_queue_of_its_own(started, settings, monkeypatch):
    settings.EVENTS_DISPATCH = "celery"
    sent: list[Any] = []
    monkeypatch.setattr(wake._broker, "send", lambda messages: sent.extend(messages) or True)
    background.run_command("run_import", "7")
    background.run_command("backup", "--by-clock", within=dt.timedelta(minutes=15))
    assert sent == [
        (background.LONG_TASK, ["run_import", "7"], {"queue": "long", "expires": 86400}),
        (background.LONG_TASK, ["backup", "--by-clock"], {"queue": "long", "expires": 900}),
    ]
    assert started == []
    app.loader.import_default_modules()
    assert app.tasks[background.LONG_TASK].acks_late is False


def test_a_broker_that_does_not_answer_holds_up_nobody(started, broken_broker):
    with capture_logs() as logs:
        began = time.monotonic()
        background.run_command("run_import", "7")
        background.run_command("run_import", "8")
    assert time.monotonic() - began < LIMIT
    assert started == [("run_import", "7"), ("run_import", "8")]
    # It is asked once, and then left alone for a moment.
    assert [line["event"] for line in logs] == ["wake_up_failed", "long_work_here", "long_work_here"]


# ── The worker ───────────────────────────────────────────────────────────────
@pytest.mark.parametrize(("how", "status"), [((), None), (("bad",), 1)])
def test_the_task_waits_for_the_command(place: Path, how: tuple[str, ...], status: int | None):
    with capture_logs() as logs:
        tasks.run_long("short", *how)
    [line] = logs
    assert (line["event"], line["command"]) == ("long_work_failed" if status else "long_work_done", "short")
    assert line.get("status") == status
    assert (place / "pids").exists()


@pytest.mark.parametrize("kind", ["obedient", "stubborn"])
def test_a_worker_that_is_to_end_ends_the_command_and_what_that_has_started(place: Path, kind: str, monkeypatch):
    monkeypatch.setattr(background, "GRACE", 10.0 if kind == "obedient" else 0.3)
    with capture_logs() as logs:
        task = threading.Thread(target=tasks.run_long, args=(kind,))
        task.start()
        assert soon(lambda: (place / "pids").exists() and (place / "pids").read_text().endswith(" "), within=30)
        worker_shutting_down.send(sender="long@here", sig="SIGTERM", how="Warm", exitcode=0)
        task.join(20)
    assert not task.is_alive()
    [line] = logs
    assert (line["event"], line["told"]) == ("long_work_failed", True)
    assert line["status"] == (-15 if kind == "obedient" else -9)
    assert soon(lambda: is_gone(int((place / "pids").read_text())))


def test_a_command_leads_a_session_of_its_own(place: Path, monkeypatch):
    """What ends the group of its starter, such as Ctrl+C, does not end it."""
    begun: list[subprocess.Popen[bytes]] = []
    start = subprocess.Popen

    def remember(command: list[str], **how: Any) -> subprocess.Popen[bytes]:
        begun.append(start(command, **how))
        return begun[-1]

    monkeypatch.setattr(background.subprocess, "Popen", remember)
    background._start("obedient")
    [child] = begun
    try:
        assert os.getsid(child.pid) == child.pid != os.getsid(0)
        assert child.args[0] == sys.executable
        assert soon(lambda: (place / "pids").exists(), within=30)
    finally:
        background._end(child)
