"""Several processes of one machine: their figures add up, and whoever is killed has no sockets open any more."""

from __future__ import annotations

import contextlib
import os
import runpy
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from django.conf import settings

from tests.live.tools import answers, database_url, free_port, server, soon
from tests.metrics.figures import figure
from timetracker.metrics import processes
from timetracker.metrics.exposition import counted_samples, scrape
from timetracker.metrics.slow_views import view_times

Started = Callable[..., subprocess.Popen[str]]
SOCKETS, TIMERS, REQUESTS = (
    "timetracker_sockets_open",
    "timetracker_timers_started_total",
    "timetracker_request_seconds",
)


@pytest.fixture
def shared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that the test reads; its own figures are where they have been all along."""
    folder = tmp_path / "figures"
    folder.mkdir()
    monkeypatch.setenv("PROMETHEUS_MULTIPROC_DIR", str(folder))
    return folder


@pytest.fixture
def started(tmp_path: Path) -> Iterator[Started]:
    with contextlib.ExitStack() as running:

        def start(sockets: int, timers: int, **env: str) -> subprocess.Popen[str]:
            process = subprocess.Popen(
                [sys.executable, "-m", "tests.metrics.counting", str(sockets), str(timers)],
                cwd=settings.BASE_DIR, env={**os.environ, "DATA_DIR": str(tmp_path), **env},
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            )  # fmt: skip
            running.callback(process.wait)
            running.callback(process.kill)
            running.enter_context(process.stdin)
            running.enter_context(process.stdout)
            assert process.stdout.readline() == "counted\n"
            return process

        yield start


def said() -> dict[str, float]:
    text = scrape().decode()
    found = {name: figure(text, name) for name in (SOCKETS, TIMERS)}
    return found | {REQUESTS: figure(text, f"{REQUESTS}_count", view="tracking:entries")}


def test_two_processes_add_up_and_one_is_killed(shared: Path, started: Started):
    first, _second = started(2, 5), started(3, 7)
    assert said() == {SOCKETS: 5, TIMERS: 12, REQUESTS: 2}
    first.kill()
    first.wait()
    assert said() == {SOCKETS: 3, TIMERS: 12, REQUESTS: 2}, "what happened stays, its sockets are gone"


def test_the_slowest_views_are_those_of_all_processes(shared: Path, started: Started):
    started(0, 0)
    started(0, 0)
    (row,) = view_times(counted_samples("timetracker_request_seconds", "timetracker_requests"))
    assert (row.view, row.requests, row.mean) == ("tracking:entries", 2, pytest.approx(0.02))
    assert 0.01 < row.p50 < row.p95 <= 0.025


def test_a_number_that_comes_again_begins_without_sockets(shared: Path, started: Started):
    process = started(2, 5)
    process.kill()
    process.wait()
    of_dead = shared / f"gauge_livesum_{process.pid}.db"
    mine = shared / f"gauge_livesum_{os.getpid()}.db"
    of_dead.rename(mine)
    processes.begin()
    assert not mine.exists()
    assert said() == {SOCKETS: 0, TIMERS: 5, REQUESTS: 1}


def test_when_servers_start_the_dead_are_swept_and_the_living_stay(
    shared: Path, started: Started, django_db_setup: None, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("DATABASE_URL", database_url())
    dead, _living = started(2, 5), started(3, 7)
    dead.kill()
    dead.wait()
    (shared / "something else.db").touch()
    hooks = runpy.run_path(str(settings.BASE_DIR / "deploy" / "gunicorn.conf.py"))
    hooks["on_starting"](None)
    assert {path.name for path in shared.iterdir() if str(dead.pid) in path.name} == set()
    (shared / "something else.db").unlink()
    assert said() == {SOCKETS: 3, TIMERS: 7, REQUESTS: 1}


def test_gunicorn_says_which_worker_has_ended(shared: Path, started: Started):
    process = started(2, 5)
    process.kill()
    process.wait()
    hooks = runpy.run_path(str(settings.BASE_DIR / "deploy" / "gunicorn.conf.py"))
    hooks["child_exit"](None, process)
    assert [path.name for path in shared.glob("gauge_live*")] == []
    assert list(shared.glob("counter_*"))


def test_one_process_needs_no_folder():
    assert processes.folder() is None
    processes.begin()
    processes.forget_dead()
    processes.sweep()
    assert b"timetracker_sockets_open" in scrape()


# ── A port of their own ──────────────────────────────────────────────────────
def test_a_process_without_pages_has_a_port(started: Started):
    port = free_port()
    started(2, 5, METRICS_PORT=str(port))
    text = httpx.get(f"http://127.0.0.1:{port}/metrics").text
    assert (figure(text, SOCKETS), figure(text, TIMERS)) == (2, 5)
    assert "timetracker_timers_running" not in text, "the state is told once, by the pages"


def test_a_port_that_is_taken_stops_nothing(started: Started):
    port = free_port()
    started(1, 1, METRICS_PORT=str(port))
    second = started(2, 2, METRICS_PORT=str(port))
    assert second.poll() is None
    assert figure(httpx.get(f"http://127.0.0.1:{port}/metrics").text, TIMERS) == 1


def test_the_port_is_this_machines(started: Started):
    assert settings.METRICS_BIND == "127.0.0.1"
    port = free_port()
    started(1, 1, METRICS_PORT=str(port), METRICS_BIND="127.0.0.2")
    assert not answers(port)
    assert httpx.get(f"http://127.0.0.2:{port}/metrics").status_code == 200


def test_sockets_have_one(tmp_path: Path, django_db_setup: None):
    """Daphne, as in deploy: its figures come from its own port, for it serves no pages."""
    port, of_figures = free_port(), free_port()
    daphne = ["-m", "daphne", "--bind", "127.0.0.1", "--port", str(port), "timetracker.asgi:application"]
    env = {"METRICS_PORT": str(of_figures), "DATA_DIR": str(tmp_path), "DATABASE_URL": database_url()}
    with server(daphne, port, tmp_path / "log", **env):
        text = httpx.get(f"http://127.0.0.1:{of_figures}/metrics").text
    assert "timetracker_sockets_open 0.0" in text


# ── As deployed ──────────────────────────────────────────────────────────────
@pytest.fixture
def gunicorn(tmp_path: Path, django_db_setup: None) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    port = free_port()
    folder = tmp_path / "figures"
    folder.mkdir()
    (folder / "counter_1999999999.db").write_bytes(b"\0" * 64)  # of the last start
    options = ["--config", "deploy/gunicorn.conf.py", "--bind", f"127.0.0.1:{port}", "--worker-class", "gthread"]
    env = {"PROMETHEUS_MULTIPROC_DIR": str(folder), "DATA_DIR": str(tmp_path), "STATIC_ROOT": str(settings.STATIC_ROOT)}
    env["DATABASE_URL"] = database_url()
    with server(["-m", "gunicorn", "timetracker.wsgi", *options], port, tmp_path / "log", **env) as process:
        # It listens before its workers are there, and they take their time on a busy machine.
        assert httpx.get(f"http://127.0.0.1:{port}/healthz", timeout=60).status_code == 200
        assert not (folder / "counter_1999999999.db").exists()
        yield process, port


def workers_of(process: subprocess.Popen[bytes]) -> list[int]:
    return [int(pid) for pid in Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()]


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="asks the system which workers there are")
def test_workers_of_gunicorn_are_one_scrape(gunicorn: tuple[subprocess.Popen[bytes], int]):
    process, port = gunicorn

    def nowhere() -> float:
        text = httpx.get(f"http://127.0.0.1:{port}/metrics").text
        return figure(text, "timetracker_requests_total", view="none", method="PUT", status=405)

    for _ in range(20):  # of whichever worker is free
        assert httpx.put(f"http://127.0.0.1:{port}/nowhere/", timeout=30).status_code == 405
    assert [nowhere() for _ in range(4)] == [20] * 4
    before = workers_of(process)
    assert len(before) == 2
    os.kill(before[0], signal.SIGKILL)
    assert soon(lambda: len(now := workers_of(process)) == 2 and before[0] not in now)
    assert [nowhere() for _ in range(4)] == [20] * 4, "what the killed one counted has happened"


def test_settings_say_nothing_of_an_empty_folder(tmp_path: Path):
    """An empty variable in a compose file is one that nobody set."""
    program = "import os, timetracker.settings; print('PROMETHEUS_MULTIPROC_DIR' in os.environ)"
    env = {**os.environ, "DATA_DIR": str(tmp_path), "PROMETHEUS_MULTIPROC_DIR": ""}
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=settings.BASE_DIR, env=env, capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["False"]
