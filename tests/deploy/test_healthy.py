"""What health checks ask: `python deploy/healthy.py`."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from celery.signals import after_task_publish, beat_init, heartbeat_sent
from django.conf import settings

from tests.live.tools import free_port
from timetracker.events import alive


def ask(*arguments: str) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, "deploy/healthy.py", *arguments],
        cwd=settings.BASE_DIR, capture_output=True, text=True, check=False,
    )  # fmt: skip
    return done.returncode, done.stdout + done.stderr


def test_a_server_that_answers_is_well(live_server):
    assert ask(live_server.url.rpartition(":")[2]) == (0, "well\n")


def test_a_port_where_nobody_is(db):
    status, said = ask(str(free_port()))
    assert status == 1
    assert "does not answer" in said


def test_a_file_tells_by_its_age(tmp_path: Path):
    file = tmp_path / "alive"
    assert ask(str(file), "60")[0] == 1
    file.touch()
    assert ask(str(file), "60") == (0, "well\n")
    long_ago = time.time() - 100
    os.utime(file, (long_ago, long_ago))
    status, said = ask(str(file), "60")
    assert (status, said) == (1, "The last sign of life was 100 seconds ago.\n")


def test_it_says_how_it_is_asked():
    status, said = ask("web")
    assert status == 2
    assert "deploy/healthy.py 8000" in said


@pytest.fixture
def file(tmp_path: Path, settings):
    settings.ALIVE_FILE = str(tmp_path / "alive")
    before = [(signal, list(signal.receivers or [])) for signal in (heartbeat_sent, beat_init, after_task_publish)]
    yield Path(settings.ALIVE_FILE)
    for signal, receivers in before:
        signal.receivers = receivers


def test_each_beat_of_a_workers_heart_touches_it(file: Path):
    alive.connect()
    assert not file.exists()
    heartbeat_sent.send(sender=None)
    assert file.exists()


def test_the_clock_touches_it_when_the_broker_has_taken_its_message(file: Path):
    alive.connect()
    beat_init.send(sender=None)
    file.unlink()
    after_task_publish.send(sender="timetracker.events.tasks.run_due_jobs")
    assert file.exists()


def test_without_a_file_nobody_listens(file: Path, settings):
    settings.ALIVE_FILE = ""
    before = len(heartbeat_sent.receivers or [])
    alive.connect()
    assert len(heartbeat_sent.receivers or []) == before
