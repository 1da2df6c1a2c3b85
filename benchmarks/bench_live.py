#!/usr/bin/env python
"""A thousand open sockets: how soon they hear, and what they cost. `make bench-live`.

    python benchmarks/bench_live.py [--sockets 1000] [--rounds 40] [--mode embedded,redis]

embedded: `manage.py serve` on SQLite. redis: two Daphne processes share the sockets over Redis, gunicorn answers pages,
a Celery worker runs deliveries, PostgreSQL keeps the data. Everything, this client too, is on one machine: a busy one
says more about itself than about the program.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import datetime as dt
import json
import math
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.bench import PG, environment, free_port, prepare_database, run, serving, wait_for
from benchmarks.client import Browser, Request, measure
from benchmarks.sockets import Listener

OLD = 10_000
"""Notifications that one person has already."""
WARM = 5
NOBODYS = "!"  # nobody signs in with it


@contextlib.contextmanager
def socket_servers(mode: str, env: dict[str, str], pages: tuple[subprocess.Popen[bytes], int]) -> Iterator[list[Any]]:
    """Process id and port of each server that holds sockets."""
    process, port = pages
    if mode == "embedded":
        yield [(process.pid, port)]
        return
    ports = [free_port(), free_port()]
    commands = [
        [sys.executable, "-m", "daphne", "-b", "127.0.0.1", "-p", str(each), "timetracker.asgi:application"]
        for each in ports
    ]
    commands.append(
        [sys.executable, "-m", "celery", "-A", "timetracker", "worker", "--concurrency", "2", "-l", "error"]
    )
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    started = [subprocess.Popen(command, cwd=ROOT, env=env, **quiet) for command in commands]  # type: ignore[call-overload]
    try:
        for one, each in zip(started, ports, strict=False):
            wait_for(one, each)
        yield [(one.pid, each) for one, each in zip(started, ports, strict=False)]
    finally:
        for one in started:
            one.terminate()
        for one in started:
            one.wait(30)


def resident_kilobytes(pids: list[int]) -> int:
    lines = (line for pid in pids for line in Path(f"/proc/{pid}/status").read_text().splitlines())
    return sum(int(line.split()[1]) for line in lines if line.startswith("VmRSS"))


async def ask(browser: Browser, request: Request) -> Any:
    """In a thread: meanwhile the sockets listen."""
    _ms, _response, content = await asyncio.to_thread(browser.send, request)
    return json.loads(content)


async def bench(port: int, servers: list[Any], who: dict[str, Any], rounds: int) -> list[tuple[str, str]]:
    pids = [pid for pid, _port in servers]
    before = resident_kilobytes(pids)
    listeners = []
    for number, session in enumerate(who["sessions"]):
        listeners.append(await Listener.open(servers[number % len(servers)][1], port, session))
    await asyncio.sleep(1)
    each = (resident_kilobytes(pids) - before) / len(listeners)
    one = await one_persons(port, who, listeners, rounds)
    everybody = await everybodys(port, who, listeners, rounds // 4)
    panel = await asyncio.to_thread(lambda: measure(Browser(port, who["one"]), panel_requests(), rounds))
    for listener in listeners:
        listener.close()
    lines = [
        ("memory of a socket", f"{each:.1f} kB"),
        ("one person's event, at their page", _ms(one)),
        ("everybody's, at the last page", _ms(everybody)),
    ]
    return lines + [(f"{figure.name}", f"{figure.median:.1f} / {figure.p95:.1f} ms") for figure in panel]


async def one_persons(port: int, who: dict[str, Any], listeners: list[Listener], rounds: int) -> list[float]:
    """From the moment in which the notification is made to the topic at the person's own socket."""
    taken = []
    browser = Browser(port, who["one"])
    for place in range(rounds + WARM):
        heard = listeners[0].next("notifications")
        sent = Request("test", "POST", "/api/notifications/test/", data={}, token=True, expect=(201,))
        made = dt.datetime.fromisoformat((await ask(browser, sent))["created_at"]).timestamp()
        moment = await asyncio.wait_for(heard, 30)
        if place >= WARM:
            taken.append((moment - made) * 1000)
    return taken


async def everybodys(port: int, who: dict[str, Any], listeners: list[Listener], rounds: int) -> list[float]:
    """From sending the change of a project that everybody sees to the topic at the last of all sockets."""
    taken = []
    browser = Browser(port, who["administrator"])
    path = f"/api/projects/{who['project']}/"
    for place in range(rounds):
        heard = [listener.next("work") for listener in listeners]
        begun = time.time()
        await ask(browser, Request("rename", "PATCH", path, data={"name": f"Open {place}"}, token=True))
        taken.append((max(await asyncio.wait_for(asyncio.gather(*heard), 60)) - begun) * 1000)
    return taken


def panel_requests() -> list[Request]:
    return [
        Request("empty page (floor)", "GET", "/floor/page/"),
        Request(f"panel with {OLD} notifications", "GET", "/notifications/panel/"),
        Request("bell", "GET", "/notifications/bell/"),
    ]


def _ms(taken: list[float]) -> str:
    ordered = sorted(taken)
    return f"{statistics.median(ordered):.0f} / {ordered[math.ceil(len(ordered) * 0.95) - 1]:.0f} ms"


def prepare(people: int) -> dict[str, Any]:
    """Runs inside the instance."""
    from benchmarks.prepare import session_of  # noqa: PLC0415 - sets Django up, so it comes first

    # isort: split
    from django.utils import timezone  # noqa: PLC0415 - needs that

    from accounts.models import User  # noqa: PLC0415 - as above
    from accounts.services.tokens import create_token  # noqa: PLC0415
    from notifications.models import Notification  # noqa: PLC0415
    from tracking.services.projects import create_project  # noqa: PLC0415

    administrator = User.objects.create_superuser("bench")
    User.objects.bulk_create(User(username=f"person{number}", password=NOBODYS) for number in range(people))
    persons = list(User.objects.exclude(pk=administrator.pk).order_by("pk"))
    now = timezone.now()
    Notification.objects.bulk_create(
        Notification(
            user=persons[0], category=("own", "reminder", "task_done")[number % 3], title=f"Something {number}",
            delivered_at=now - dt.timedelta(minutes=number), in_centre=True, read_at=now if number % 2 else None,
        )
        for number in range(OLD)
    )  # fmt: skip
    project = create_project(actor=administrator, name="Open", is_public=True)
    sessions = [session_of(person) for person in persons]
    return {
        "sessions": sessions,
        "one": {"session": sessions[0], "token": create_token(actor=persons[0], person=persons[0], name="b")[1]},
        "administrator": {"token": create_token(actor=administrator, person=administrator, name="b")[1]},
        "project": project.pk,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sockets", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--mode", default="embedded,redis")
    parser.add_argument("--prepare", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.prepare is not None:
        print(json.dumps(prepare(options.prepare)))
        return
    for mode in options.mode.split(","):
        pages = "gunicorn" if mode == "redis" else mode
        if not prepare_database(pages):
            print(f"\n{mode}: left out, no PostgreSQL at {PG}")
            continue
        with tempfile.TemporaryDirectory(prefix="bench-live-") as folder:
            port = free_port()
            env = environment(pages, folder, port)
            env["STATIC_ROOT"] = str(ROOT / "var" / "static")  # as `make setup` has collected it
            run(env, "manage.py", "migrate", "--verbosity", "0")
            who = json.loads(run(env, "benchmarks/bench_live.py", "--prepare", str(options.sockets)))
            with (
                serving(pages, env, port) as (process, _seconds),
                socket_servers(mode, env, (process, port)) as servers,
            ):
                lines = asyncio.run(bench(port, servers, who, options.rounds))
        print(f"\n{mode}, {options.sockets} sockets (median / p95)")
        for name, figure in lines:
            print(f"  {name:<40} {figure}")


if __name__ == "__main__":
    main()
