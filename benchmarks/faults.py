#!/usr/bin/env python
"""What people feel, and what is true afterwards, when parts of a large instance die under load.

    python benchmarks/faults.py [--seconds 20] [--only NAME,…]

gunicorn, two Daphne, two Celery workers, beat, PostgreSQL and Redis, all of our own. Eight people log time by the API,
up to three times a second each, with ids of their own making, and say it again until it is answered, as a phone without
a net would. Each has a rule that makes a task for each entry, and a page that listens. Meanwhile one part is killed and
started again. Afterwards, for each fault: what was answered with success must be there, once; each entry must have one
event, one run of the rule and one task; all totals must be right. Ends with 1 where something is not so.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.bench import run
from benchmarks.sockets import Listener
from tests.deploy.load import Felt, log_time, wrong_of
from tests.deploy.many import Many, many_processes

PEOPLE = 8
BEFORE = 4.0
"""Seconds of load before the fault."""
DRAINED_WITHIN = 180.0
DOWN = 3.0
"""Seconds for which what was killed stays away."""

FAULTS: dict[str, Callable[[Many], None]] = {
    "nothing": lambda many: None,
    "a worker killed": lambda many: _again(many, "worker-1"),
    "both workers killed": lambda many: _again(many, "worker-1", "worker-2"),
    "a process of gunicorn killed": lambda many: many.kill_a_child("web"),
    "all of gunicorn killed": lambda many: _again(many, "web"),
    "a Daphne killed": lambda many: _again(many, "live-1"),
    "beat killed": lambda many: _again(many, "beat"),
    "Redis killed": lambda many: _redis_again(many),
    "PostgreSQL crashes": lambda many: many.postgres("restart", "--mode=immediate"),
    "PostgreSQL away": lambda many: _postgres_again(many),
}


def _again(many: Many, *names: str) -> None:
    for name in names:
        many.kill(name)
    time.sleep(DOWN)
    for name in names:
        many.start(name)


def _redis_again(many: Many) -> None:
    many.kill("redis")
    time.sleep(DOWN)
    many.start_redis()


def _postgres_again(many: Many) -> None:
    many.postgres("stop", "--mode=fast")
    time.sleep(DOWN)
    many.start_postgres()


# ── The load ─────────────────────────────────────────────────────────────────
async def listen(many: Many, who: dict[str, Any], number: int, until: Callable[[], bool], felt: Felt) -> None:
    """One open page: it comes back as `live.js` does, to whichever server answers."""
    lost = 0.0
    while until():
        port = many.ports.live[number % 2]
        number += 1
        try:
            listener = await Listener.open(port, many.ports.web, who["session"])
        except (OSError, SystemExit, asyncio.IncompleteReadError):
            lost = lost or time.monotonic()
            await asyncio.sleep(0.5)
            continue
        if lost:
            felt.socket_gap = max(felt.socket_gap, time.monotonic() - lost)
        while until() and not listener.task.done():
            await asyncio.sleep(0.1)
        if listener.task.done():
            listener.task.exception()  # read, so that nobody is told that it was not
            felt.sockets_lost += 1
            lost = time.monotonic()
        listener.close()


async def under_load(
    many: Many, everybody: list[dict[str, Any]], fault: Callable[[Many], None], seconds: float
) -> Felt:
    felt, end = Felt(), time.monotonic() + seconds
    over = lambda: time.monotonic() < end  # noqa: E731 - read beside what it is for
    tasks = [asyncio.create_task(log_time(many.ports.web, who, over, felt)) for who in everybody]
    tasks += [asyncio.create_task(listen(many, who, n, over, felt)) for n, who in enumerate(everybody)]
    await asyncio.sleep(BEFORE)
    await asyncio.to_thread(fault, many)
    await asyncio.gather(*tasks)
    return felt


# ── Inside the instance ──────────────────────────────────────────────────────
def check(answered: dict[str, int]) -> dict[str, Any]:
    from tests.deploy import truth  # noqa: PLC0415 - needs Django set up

    return truth.of(answered, within=DRAINED_WITHIN)


def prepare() -> list[dict[str, Any]]:
    from benchmarks.prepare import session_of  # noqa: PLC0415 - sets Django up, so it comes first

    # isort: split
    from accounts.models import User  # noqa: PLC0415 - needs that
    from tests.deploy import truth  # noqa: PLC0415 - as above

    made = truth.people(PEOPLE)
    for who in made:
        who["session"] = session_of(User.objects.get(pk=who["person"]))
    return made


def show(name: str, felt: Felt, found: dict[str, Any]) -> bool:
    right = not wrong_of(found)
    columns = (
        len(felt.answered), felt.failed, f"{felt.gap:.1f}", felt.sockets_lost, f"{felt.socket_gap:.1f}",
        f"{found['drained']:.1f}", found["lost"], found["events"][1] + found["tasks"],
    )  # fmt: skip
    line(name, columns, "right" if right else str(found))
    return right


def line(name: str, columns: Iterable[object], rest: str = "") -> None:
    print(f"{name:<30}{''.join(f'{column!s:>9}' for column in columns)}   {rest}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=20, help="of load for each fault")
    parser.add_argument("--only", help="names of faults")
    parser.add_argument("--prepare", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--check", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.prepare:
        print(json.dumps(prepare()))
        return
    if options.check:
        from benchmarks import prepare as _sets_up  # noqa: F401, PLC0415 - Django

        print(json.dumps(check(json.loads(options.check.read_text()))))
        return
    names = options.only.split(",") if options.only else list(FAULTS)
    with tempfile.TemporaryDirectory(prefix="faults-") as folder, many_processes(Path(folder)) as many:
        everybody = json.loads(run(many.env, "benchmarks/faults.py", "--prepare"))
        line("", ("answered", "failed", "gap s", "sockets", "gap s", "queue s", "lost", "doubled"))
        answered: dict[str, int] = {}
        right = True
        for name in names:
            felt = asyncio.run(under_load(many, everybody, FAULTS[name], options.seconds))
            answered |= felt.answered
            kept = Path(folder, "answered.json")
            kept.write_text(json.dumps(answered))
            found = run(many.env, "benchmarks/faults.py", "--check", str(kept)).splitlines()[-1]
            right = show(name, felt, json.loads(found)) and right
    sys.exit(0 if right else 1)


if __name__ == "__main__":
    main()
