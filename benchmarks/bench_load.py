#!/usr/bin/env python
"""A working morning with more and more people, until one answer in twenty takes half a second: `make bench-load`.

    python benchmarks/bench_load.py [--mode embedded,many] [--seconds 30] [--first 100] [--limit 500]

At nine everybody signs in within ten minutes, opens the dashboard with its socket and starts a timer; then the morning
goes on with what people do in an hour (HOURLY in `morning.py`). Both are looked at for so many seconds, with as many
sign-ins and acts as that many people bring. embedded: `manage.py serve` on SQLite. many: gunicorn, two Daphne, a Celery
worker and beat on PostgreSQL and Redis. The client is on the same machine and takes its part of it, so the cost of a
person in the server's processor time, which is printed too, says more than the number of people.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.bench import PG, environment, free_port, prepare_database, run, serving
from benchmarks.bench_live import socket_servers
from benchmarks.morning import HOURLY, Person, Ports, Times, at_random, share

BURST = 600.0
"""Seconds within which everybody signs in."""
BUSY = 0.7
"""How much of a core one would plan with."""
FINER = 2
WARM = 16


@dataclass(frozen=True)
class Morning:
    people: int
    burst: Times
    work: Times
    burst_cpu: float
    """Seconds of the servers' processors for one person's arrival."""
    work_cpu: float
    """The same for an hour of one person's work."""

    @property
    def p95(self) -> float:
        return max(share(times.all(), 0.95) for times in (self.burst, self.work))


async def morning(people: int, who: dict[str, Any], ports: Ports, pids: list[int], seconds: float) -> Morning:
    rng = random.Random(people)
    burst, work = Times(), Times()
    arrivals = iter(rng.sample(who["names"], len(who["names"])))
    arrived: list[Person] = []

    async def arrive() -> None:
        arrived.append(person := Person(next(arrivals), ports, burst, rng))
        await person.arrive()

    before = processor_seconds(pids)
    await at_random(people / BURST, seconds, arrive, rng)
    burst_cpu = (processor_seconds(pids) - before) / max(1, len(arrived))
    here = [person for person in arrived if person.socket]
    here += await seated(people - len(here), who, ports, work, rng)
    for person in here:
        person.times = work
    await asyncio.sleep(1)
    before, begun = processor_seconds(pids), time.perf_counter()
    acts, weights = list(HOURLY), list(HOURLY.values())

    async def act() -> None:
        await rng.choice(here).act(rng.choices(acts, weights)[0])

    await at_random(people * sum(weights) / 3600, seconds, act, rng)
    hours = people * (time.perf_counter() - begun) / 3600
    work_cpu = max(0.01, processor_seconds(pids) - before) / hours
    for person in [*here, *arrived]:
        person.leave()
    return Morning(people, burst, work, burst_cpu, work_cpu)


async def warm(who: dict[str, Any], ports: Ports) -> None:
    """Every worker has compiled every page, as after the first minute of the day."""
    rng = random.Random(1)
    people = await seated(WARM, who, ports, Times(), rng)
    for what in [*HOURLY, *HOURLY]:
        await asyncio.gather(*(person.act(what) for person in people))
    for person in people:
        await person.switch()
        person.leave()


def look_at(people: int, **how: Any) -> Morning:
    return asyncio.run(morning(people, **how))


async def seated(count: int, who: dict[str, Any], ports: Ports, times: Times, rng: random.Random) -> list[Person]:
    """People who came before we looked: each with the dashboard open, and listening."""
    found = []
    live = None
    for name, session in list(who["sessions"].items())[: max(0, count)]:
        person = Person(name, ports, Times(), rng)
        person.cookies = {"sessionid": session, "csrftoken": "b" * 32}
        if live is None:
            await person.open("start page", "/")
            live = person.live
        person.live, person.times = dict(live), times
        await person.listen()
        found.append(person)
    return found


def processor_seconds(pids: list[int]) -> float:
    """Of these processes and all they started and have waited for or still run."""
    total, ticks = 0, os.sysconf("SC_CLK_TCK")
    todo = list(pids)
    while todo:
        pid = todo.pop()
        with contextlib.suppress(OSError):
            numbers = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            total += sum(map(int, numbers[11:15]))
            todo += [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return total / ticks


@contextlib.contextmanager
def servers(mode: str, folder: str, people: int) -> Iterator[tuple[Ports, list[int], dict[str, Any]]]:
    """With so many people in it. Filled before anybody serves, or one would wait for the other."""
    pages, port = ("gunicorn" if mode == "many" else mode), free_port()
    env = environment(pages, folder, port)
    env["STATIC_ROOT"] = str(ROOT / "var" / "static")  # as `make setup` has collected it
    env["TRUSTED_PROXIES"] = "127.0.0.1"  # or everybody would sign in from one address, which is refused in the end
    run(env, "manage.py", "migrate", "--verbosity", "0")
    who = json.loads(run(env, "benchmarks/bench_load.py", "--prepare", str(people)))
    with (
        serving(pages, env, port) as (process, _seconds),
        socket_servers("redis" if mode == "many" else mode, env, (process, port)) as sockets,
    ):
        beat = [sys.executable, "-m", "celery", "-A", "timetracker", "beat", "-l", "error", "-s", f"{folder}/beat"]
        clock = subprocess.Popen(beat, cwd=ROOT, env=env, stdout=subprocess.DEVNULL) if mode == "many" else None
        workers = [child for child in own_children() if child != process.pid]
        try:
            yield Ports(port, [each for _pid, each in sockets]), [process.pid, *workers], who
        finally:
            if clock:
                clock.terminate()
                clock.wait(20)


def own_children() -> list[int]:
    pid = os.getpid()
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def raised(look: Callable[[int], Morning], first: int, limit: float) -> Iterator[Morning]:
    """Twice as many each time until it is too many, then between the last two."""
    fine, people = 0, first
    while True:
        found = look(people)
        yield found
        if found.p95 > limit or found.burst.faults or found.work.faults:
            break
        fine, people = people, people * 2
    low, high = fine, people
    for _ in range(FINER):
        middle = (low + high) // 2
        found = look(middle)
        yield found
        fits = found.p95 <= limit and not (found.burst.faults or found.work.faults)
        low, high = (middle, high) if fits else (low, middle)


def show(found: Morning) -> None:
    for name, times in (("nine o'clock", found.burst), ("the morning", found.work)):
        taken = times.all()
        print(
            f"  {found.people:>6} people  {name:<13}{len(taken):>7} answers  median {share(taken, 0.5):>6.0f} ms"
            f"  p95 {share(taken, 0.95):>6.0f} ms  faults {len(times.faults)}"
        )
        for fault in times.faults[:3]:
            print(f"          {fault}")
    print(
        f"  {'':>6}         server: {found.burst_cpu * 1000:.0f} ms of a processor to arrive,"
        f" {found.work_cpu:.2f} s for an hour of work: {BUSY * 3600 / found.work_cpu:,.0f} people a core at {BUSY:.0%}",
        flush=True,
    )


def show_parts(found: Morning) -> None:
    for times in (found.burst, found.work):
        for name, taken in sorted(times.by_name.items(), key=lambda item: -sum(item[1])):
            taken.sort()
            print(f"    {name:<18}{len(taken):>6}  median {share(taken, 0.5):>6.0f}  p95 {share(taken, 0.95):>6.0f} ms")
        print()


def prepare(people: int) -> dict[str, Any]:
    """Runs inside the instance: a year of work of twenty, and teams of eight with a month of their own."""
    from benchmarks.prepare import fill, session_of  # noqa: PLC0415 - sets Django up, so it comes first

    # isort: split
    from benchmarks.prepare_people import team_up  # noqa: PLC0415 - needs that

    fill(20_000)
    made = team_up(people)
    half = len(made) // 2
    return {
        "names": [person.username for person in made[:half]],
        "sessions": {person.username: session_of(person) for person in made[half:]},
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--mode", default="embedded,many")
    parser.add_argument("--seconds", type=float, default=30, help="of each part; few people need more to say anything")
    parser.add_argument("--first", type=int, default=100)
    parser.add_argument("--most", type=int, default=1600, help="people at the most; twice as many are made")
    parser.add_argument("--limit", type=float, default=500, help="milliseconds")
    parser.add_argument("--prepare", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.prepare is not None:
        print(json.dumps(prepare(options.prepare)))
        return
    for mode in options.mode.split(","):
        if mode == "many" and not prepare_database("gunicorn"):
            print(f"\n{mode}: left out, no PostgreSQL at {PG}")
            continue
        print(f"\n{mode}")
        made = options.most * 2  # half of them sign in at nine
        with (
            tempfile.TemporaryDirectory(prefix="bench-load-") as folder,
            servers(mode, folder, made) as (ports, pids, who),
        ):
            asyncio.run(warm(who, ports))
            found = []
            look = partial(look_at, who=who, ports=ports, pids=pids, seconds=options.seconds)
            for each in raised(look, options.first, options.limit):
                show(each)
                found.append(each)
            fits = [each for each in found if each.p95 <= options.limit and not each.work.faults]
            if fits:
                best = max(fits, key=lambda each: each.people)
                print(f"  {best.people} people on {os.cpu_count()} cores, the client beside them; what they asked for:")
                show_parts(best)


if __name__ == "__main__":
    main()
