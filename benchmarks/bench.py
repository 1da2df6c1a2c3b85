#!/usr/bin/env python
"""Figures of the real server, beside an empty signed-in page and write of the same run: `make bench`.

    python benchmarks/bench.py [--sizes 10000,100000] [--rounds 40] [--mode embedded,gunicorn] [--no-load]

embedded: `manage.py serve` on SQLite. gunicorn: two workers on PostgreSQL (BENCH_DATABASE_URL, by default the server
on this machine), Redis beside it. Only loopback is used. The machine is shared with the client: read ratios, not
digits.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.client import Browser, Figure, Request, load, measure

PG = os.environ.get("BENCH_DATABASE_URL", "postgres://postgres@127.0.0.1:5432/timetracker_bench")
REDIS = os.environ.get("BENCH_REDIS_URL", "redis://127.0.0.1:6379/9")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def environment(mode: str, folder: str, port: int, root: Path = ROOT) -> dict[str, str]:
    env = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "benchmarks.settings",
        "PYTHONPATH": str(root),
        "DATA_DIR": folder,
        "PORT": str(port),
        "PUBLIC_URL": f"http://localhost:{port}",
        "LOG_LEVEL": "WARNING",
        "EMAIL_URL": "dummymail://",
    }
    for name in ("DATABASE_URL", "REDIS_URL"):
        env.pop(name, None)
    if mode == "gunicorn":
        env |= {"DATABASE_URL": PG, "REDIS_URL": REDIS}
    return env


def command(mode: str, port: int) -> list[str]:
    if mode == "embedded":
        return [sys.executable, "manage.py", "serve", "--port", str(port)]
    options = ["--workers", "2", "--threads", "4", "--worker-class", "gthread", "--log-level", "warning"]
    return [sys.executable, "-m", "gunicorn", "timetracker.wsgi:application", "--bind", f"127.0.0.1:{port}", *options]


def run(env: dict[str, str], *arguments: str, root: Path = ROOT) -> str:
    done = subprocess.run([sys.executable, *arguments], cwd=root, env=env, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{' '.join(arguments)} failed:\n{done.stderr[-3000:]}")
    return done.stdout


@contextlib.contextmanager
def serving(
    mode: str, env: dict[str, str], port: int, root: Path = ROOT
) -> Iterator[tuple[subprocess.Popen[bytes], float]]:
    """The server and the seconds until it answered."""
    begun = time.perf_counter()
    process = subprocess.Popen(
        command(mode, port), cwd=root, env=env, stdout=subprocess.DEVNULL, start_new_session=True
    )
    try:
        wait_for(process, port)
        yield process, time.perf_counter() - begun
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(20)


def wait_for(process: subprocess.Popen[bytes], port: int, within: float = 60) -> None:
    """Until it answers."""
    deadline = time.perf_counter() + within
    while True:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=1).read()
            return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            if process.poll() is not None or time.perf_counter() > deadline:
                raise SystemExit("The server did not start.") from None
            time.sleep(0.05)


def peak_megabytes(pid: int) -> float:
    """Peak resident memory of the process and its children."""
    kilobytes = 0
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    for each in [str(pid), *children]:
        for line in Path(f"/proc/{each}/status").read_text().splitlines():
            if line.startswith("VmHWM"):
                kilobytes += int(line.split()[1])
    return kilobytes / 1024


def pages(who: dict[str, object]) -> list[Request]:
    project, task = who["project"], who["task"]
    return [
        Request("empty page (floor)", "GET", "/floor/page/"),
        Request("start page", "GET", "/"),
        Request("entries", "GET", "/entries/"),
        Request("projects", "GET", "/projects/"),
        Request("project", "GET", f"/projects/{project}/"),
        Request("tasks", "GET", "/tasks/"),
        Request("task", "GET", f"/tasks/{task}/"),
        Request("board", "GET", "/tasks/board/"),
        Request("activity", "GET", "/activity/"),
        Request("report of a year", "GET", "/reports/?preset=this-year&group=client&then=project"),
        Request("report of a month", "GET", "/reports/?preset=last-month&group=client&then=project"),
        Request("search in all weeks", "GET", "/entries/?q=review&weeks=all"),
        Request("search, nothing found", "GET", "/entries/?q=zzzznothing&weeks=all"),
        Request("palette: web", "GET", "/palette/?q=web"),
        Request("palette: re", "GET", "/palette/?q=re"),
        Request("palette: nothing found", "GET", "/palette/?q=zzzznothing"),
        Request("palette: log 2h web fix", "GET", "/palette/?q=log+2h+web+fix+yesterday"),
        Request("palette, used last", "GET", "/palette/?q="),
        Request("insights: your patterns", "GET", "/insights/"),
        Request("insights: projects", "GET", "/insights/projects/"),
        Request("insights: a project", "GET", f"/insights/projects/{project}/"),
        Request("API list of 50", "GET", "/api/time-entries/?page_size=50", token=True),
    ]


def searches() -> list[Request]:
    """Over everybody's entries, by an administrator. "St" has no trigram, so no index helps it."""
    words = {"found": "review", "a few found": "review+price+list", "nothing found": "zzzznothing", "two letters": "st",
             "two, nothing found": "qx"}  # fmt: skip
    return [
        Request("empty, admin (floor)", "GET", "/floor/page/"),
        *(Request(f"all: {name}", "GET", f"/entries/?q={word}&weeks=all&person=all") for name, word in words.items()),
        Request("palette: search review", "GET", "/palette/?q=review&mode=search"),
        Request("API: found", "GET", "/api/time-entries/?page_size=50&search=review", token=True),
        Request("API: nothing found", "GET", "/api/time-entries/?page_size=50&search=zzzznothing", token=True),
    ]


def writes(who: dict[str, object]) -> list[Request]:
    entry = {
        "project": who["project"], "description": "bench", "started_at": "2019-03-04T09:00:00Z", "duration": 3600,
    }  # fmt: skip
    return [
        Request("empty write (floor)", "POST", "/floor/write/", form={}, expect=(204,)),
        Request("start from the page", "POST", "/timer/start/", form={"description": "bench"}, expect=(200, 201, 204)),
        Request("stop from the page", "POST", "/timer/stop/", form={}, expect=(200, 204)),
        Request("API start", "POST", "/api/timer/start/", data={"description": "bench"}, token=True, expect=(201,)),
        Request("API stop", "POST", "/api/timer/stop/", data={}, token=True),
        Request("API create", "POST", "/api/time-entries/", data=entry, token=True, expect=(201,)),
    ]


def show(figures: list[Figure], before: dict[str, float]) -> None:
    floor = figures[0].median
    print(f"  {'':22}{'SQL':>5}{'median ms':>11}{'p95 ms':>9}{'bytes':>10}{'x floor':>9}{'x small':>9}")
    for figure in figures:
        growth = f"{figure.median / before[figure.name]:9.2f}" if figure.name in before else f"{'':9}"
        print(
            f"  {figure.name:22}{figure.statements:>5}{figure.median:11.1f}{figure.p95:9.1f}{figure.bytes:10,}"
            f"{figure.median / floor:9.2f}{growth}"
        )
        before.setdefault(figure.name, figure.median)


def prepare_database(mode: str) -> bool:
    """Whether this mode can be measured here; makes an empty PostgreSQL database for it."""
    if mode == "embedded":
        return True
    import psycopg  # noqa: PLC0415 - only this mode needs a server

    base, name = PG.rsplit("/", 1)
    try:
        with psycopg.connect(f"{base}/postgres", autocommit=True, connect_timeout=2) as connection:
            connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
            connection.execute(f'CREATE DATABASE "{name}"')
    except psycopg.OperationalError:
        return False
    return True


def bench(mode: str, sizes: list[int], rounds: int, *, with_load: bool) -> None:
    if not prepare_database(mode):
        print(f"\n{mode}: left out, no PostgreSQL at {PG}")
        return
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        port = free_port()
        env = environment(mode, folder, port)
        run(env, "benchmarks/prepare.py", "migrate")
        run(env, "manage.py", "collectstatic", "--noinput", "--verbosity", "0")
        before: dict[str, float] = {}
        for size in sizes:
            who = json.loads(run(env, "benchmarks/prepare.py", str(size)))
            with serving(mode, env, port) as (process, started):
                print(
                    f"\n{mode}, {who['entries']:,} entries, {who['tasks']:,} tasks"
                    f" (filled in {who['seconds']:.1f} s; serving after {started:.1f} s)"
                )
                browser = Browser(port, who["person"])
                show(measure(browser, pages(who["person"]), rounds), before)
                show(measure(Browser(port, who["administrator"]), searches(), rounds), before)
                show(measure(browser, writes(who["person"]), rounds), before)
                if with_load:
                    show_load(port, who)
                print(f"  peak memory {peak_megabytes(process.pid):.0f} MB")


def show_load(port: int, who: dict[str, list[dict[str, object]]]) -> None:
    every = pages(who["workers"][0])
    for request in (every[1], every[-1]):
        print(f"  8 at once, {request.name}: {load(port, who['workers'], [request]):.0f} a second")
    cycle = [request for request in writes(who["workers"][0]) if request.name.endswith("from the page")]
    print(f"  8 at once, start and stop: {load(port, who['workers'], cycle):.0f} a second")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", default="10000,100000")
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--mode", default="embedded,gunicorn")
    parser.add_argument("--no-load", action="store_true")
    options = parser.parse_args()
    for mode in options.mode.split(","):
        bench(mode, [int(size) for size in options.sizes.split(",")], options.rounds, with_load=not options.no_load)


if __name__ == "__main__":
    main()
