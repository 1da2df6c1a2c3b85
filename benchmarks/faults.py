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
import datetime as dt
import json
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.bench import run
from benchmarks.many import Many, many_processes
from benchmarks.sockets import Listener

PEOPLE = 8
PAUSE = 0.33
BEFORE = 4.0
"""Seconds of load before the fault."""
DRAINED_WITHIN = 180.0
DOWN = 3.0
"""Seconds for which what was killed stays away."""
FIRST = dt.datetime(2026, 1, 5, tzinfo=dt.UTC)


@dataclass
class Felt:
    answered: dict[str, int] = field(default_factory=dict)
    """Id of the client's making → id of the row that was answered."""
    failed: int = 0
    gap: float = 0.0
    """The longest time in which one person got no success, in seconds."""
    sockets_lost: int = 0
    socket_gap: float = 0.0


FAULTS: dict[str, Callable[[Many], None]] = {
    "nothing": lambda many: None,
    "a worker killed": lambda many: _again(many, "worker1"),
    "both workers killed": lambda many: _again(many, "worker1", "worker2"),
    "a process of gunicorn killed": lambda many: many.kill_a_child("web"),
    "all of gunicorn killed": lambda many: _again(many, "web"),
    "a Daphne killed": lambda many: _again(many, "live1"),
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
    many.processes["redis"].kill()
    many.processes.pop("redis").wait()
    time.sleep(DOWN)
    many.start_redis()


def _postgres_again(many: Many) -> None:
    many.postgres("stop", "--mode=fast")
    time.sleep(DOWN)
    many.start_postgres()


# ── The load ─────────────────────────────────────────────────────────────────
async def log_time(many: Many, who: dict[str, Any], number: int, until: Callable[[], bool], felt: Felt) -> None:
    """One person's script: it goes on until all it said is answered, also after the others have stopped."""
    base = f"http://127.0.0.1:{many.pages}"
    headers = {"Authorization": f"Token {who['token']}", "Host": f"localhost:{many.pages}"}
    async with httpx.AsyncClient(base_url=base, headers=headers, timeout=10, trust_env=False) as client:
        place, last = 0, time.monotonic()
        while until():
            begins = FIRST + dt.timedelta(minutes=who["minute"])
            who["minute"] += 2
            uid = str(uuid.uuid4())
            body = {"uid": uid, "started_at": begins.isoformat(), "duration": 60, "project": who["project"]}
            while True:
                try:
                    answer = await client.post("/api/time-entries/", json=body)
                except httpx.HTTPError:
                    answer = None
                if answer is not None and answer.status_code in {200, 201}:
                    felt.answered[uid] = answer.json()["id"]
                    break
                felt.failed += 1
                if answer is not None and answer.status_code not in {500, 502, 503, 504}:
                    raise SystemExit(f"Person {number} was answered {answer.status_code}: {answer.text[:300]}")
                await asyncio.sleep(PAUSE)
            felt.gap = max(felt.gap, time.monotonic() - last)
            last = time.monotonic()
            place += 1
            await asyncio.sleep(PAUSE)


async def listen(many: Many, who: dict[str, Any], number: int, until: Callable[[], bool], felt: Felt) -> None:
    """One open page: it comes back as `live.js` does, to whichever server answers."""
    lost = 0.0
    while until():
        port = many.sockets[number % 2]
        number += 1
        try:
            listener = await Listener.open(port, many.pages, who["session"])
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
    tasks = [asyncio.create_task(log_time(many, who, n, over, felt)) for n, who in enumerate(everybody)]
    tasks += [asyncio.create_task(listen(many, who, n, over, felt)) for n, who in enumerate(everybody)]
    await asyncio.sleep(BEFORE)
    await asyncio.to_thread(fault, many)
    await asyncio.gather(*tasks)
    return felt


# ── What is true afterwards (inside the instance) ────────────────────────────
def check(answered: dict[str, int]) -> dict[str, Any]:
    from collections import Counter  # noqa: PLC0415 - beside the others of this function

    from django.core.management import call_command  # noqa: PLC0415 - needs Django set up
    from django.db.models import Count  # noqa: PLC0415 - as above

    from timetracker.events.choices import Status  # noqa: PLC0415 - as above
    from timetracker.events.models import Delivery, Event  # noqa: PLC0415 - as above
    from tracking.models import Task, TimeEntry  # noqa: PLC0415 - as above
    from workflows.models import Execution  # noqa: PLC0415 - as above

    begun = time.monotonic()
    while Delivery.objects.filter(status=Status.PENDING).exists():
        if time.monotonic() - begun > DRAINED_WITHIN:
            break
        time.sleep(0.2)
    drained = time.monotonic() - begun
    rows = dict(TimeEntry.objects.filter(uid__in=answered).values_list("uid", "pk"))
    events = Counter(Event.objects.filter(type="time_logged").values_list("payload__id", flat=True))
    runs = Counter(Execution.objects.filter(status="done").values_list("event__payload__id", flat=True))
    entries = set(TimeEntry.objects.exclude(user__rules=None).values_list("pk", flat=True))
    call_command("check_totals", verbosity=0)  # ends the process where one is wrong
    return {
        "drained": drained,
        "lost": sum(rows.get(uuid.UUID(uid)) != pk for uid, pk in answered.items()),
        "unasked": len(entries) - TimeEntry.objects.filter(uid__in=answered).count(),
        "events": [sum(1 for pk in entries if events[pk] != 1), sum(events.values()) - len(entries)],
        "runs": [sum(1 for pk in entries if runs[pk] != 1), sum(runs.values()) - len(entries)],
        "tasks": Task.objects.filter(name="Look at it").count() - len(entries),
        "waiting": dict(Delivery.objects.exclude(status=Status.DONE).values_list("status").annotate(n=Count("pk"))),
    }


def prepare() -> list[dict[str, Any]]:
    from benchmarks.prepare import session_of  # noqa: PLC0415 - sets Django up, so it comes first

    # isort: split
    from accounts.models import Organisation, User  # noqa: PLC0415 - needs that
    from accounts.services.tokens import create_token  # noqa: PLC0415 - as above
    from tracking.services.projects import create_project  # noqa: PLC0415 - as above
    from workflows.services.rules import create_rule  # noqa: PLC0415 - as above

    Organisation.objects.get_or_create(pk=Organisation.PK)
    administrator = User.objects.create_superuser("bench")
    project = create_project(actor=administrator, name="Open", is_public=True)
    made = []
    for number in range(PEOPLE):
        person = User.objects.create_user(username=f"p{number}", email=f"p{number}@example.com")
        create_rule(
            actor=person, name="Look", trigger_type="time_logged", most_per_hour=1000,
            actions=[{"type": "create_task", "name": "Look at it"}],
        )  # fmt: skip
        made.append(
            {
                "token": create_token(actor=person, person=person, name="b")[1],
                "session": session_of(person),
                "project": project.pk,
                "minute": 0,
            }
        )
    return made


def show(name: str, felt: Felt, found: dict[str, Any]) -> bool:
    wrong = (found["lost"], found["unasked"], *found["events"], *found["runs"], found["tasks"], found["waiting"])
    right = not any(wrong)
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
