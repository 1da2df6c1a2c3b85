#!/usr/bin/env python
"""How many wrong entries are found, and how many of those that are asked about are wrong.

    .venv/bin/python -m benchmarks.insights_anomalies

Half a year of made-up people (people.py), of whose entries 1 to 3 in 100 are wrong. Each is judged when it is logged,
by what its person had logged before; nobody corrects what was found, so errors stay in the past that is compared with.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from random import Random
from statistics import mean

from analytics.anomalies.history import History
from analytics.anomalies.worked import Worked
from benchmarks.people import DAYS, KINDS, WAYS, Person, history, person, with_errors

SEEDS, SHARES = range(11, 17), (0.01, 0.02, 0.03)
"""Seeds 1 to 6 are those on which the thresholds were chosen."""
REASONS = ("Doubled", "Unusual", "OddHours")
Count = Counter[str]
"""`right`: asked about and wrong; `asked`; `wrong`; `all`."""


def injected(people: int = 40) -> list[str]:
    runs = [_run(seed, people, SHARES[seed % len(SHARES)]) for seed in SEEDS]
    quiet = [_run(100 + seed, people, 0) for seed in SEEDS]
    parts = {"kind": KINDS, "reason": REASONS, "person": [way.name for way in WAYS]}
    rows = [_row("all", [run["all"] for run in runs])]
    for title, names in parts.items():
        rows += [_row(f"{title}: {name}", [run[name] for run in runs]) for name in names]
    head = f"{'':30}{'entries':>9}{'wrong':>7}{'asked':>7}{'precision (worst)':>20}{'recall (worst)':>20}"
    return [
        f"{len(runs)} runs of {people} people, {DAYS} days; a kind of error has a recall, a reason a precision",
        head,
        *rows,
        "",
        "Without a single error:",
        *(_alarms(way.name, [run[way.name] for run in quiet], people * len(runs) / len(WAYS)) for way in WAYS),
        _alarms("all", [run["all"] for run in quiet], people * len(runs)),
    ]


def _run(seed: int, people: int, share: float) -> dict[str, Count]:
    random = Random(seed)
    counts: dict[str, Count] = defaultdict(Counter)
    for number in range(people):
        one = person(WAYS[number % len(WAYS)], random)
        for kind, reason in _judged(one, with_errors(history(one), one, share)):
            _count(counts, one.way.name, kind, reason)
    return counts


def _judged(one: Person, entries: Iterable[tuple[Worked, str]]) -> Iterator[tuple[str, str]]:
    """Kind of error and reason to ask, of each. A move is known from the day on which it happens."""
    past: list[Worked] = []
    moves = [(dt.datetime.combine(day, dt.time(), zone), zone) for day, zone in one.zones]
    known = History(moves.pop(0)[1])
    for entry, kind in entries:
        if moves and entry.end >= moves[0][0]:
            moved, zone = moves.pop(0)
            known = History(zone, moved, past)
        finding = known.judge(entry)
        yield kind, type(finding).__name__ if finding else ""
        known.add(entry)
        past.append(entry)


def _count(counts: dict[str, Count], way: str, kind: str, reason: str) -> None:
    for name in ("all", way, kind, reason):
        if name:
            counts[name].update(all=1, wrong=bool(kind), asked=bool(reason), right=bool(kind and reason))


def _row(name: str, counts: list[Count]) -> str:
    total = sum(counts, Counter())
    precision = "" if name.startswith("kind") else _mean_and_worst(counts, "asked")
    recall = "" if name.startswith("reason") else _mean_and_worst(counts, "wrong")
    return f"{name:30}{total['all']:9}{total['wrong']:7}{total['asked']:7}{precision:>20}{recall:>20}"


def _mean_and_worst(counts: list[Count], of: str) -> str:
    shares = [count["right"] / count[of] for count in counts if count[of]]
    return f"{mean(shares):.1%} ({min(shares):.1%})" if shares else "-"


def _alarms(name: str, counts: list[Count], people: float) -> str:
    total = sum(counts, Counter())
    worst = max(1000 * count["asked"] / count["all"] for count in counts)
    per_week = total["asked"] / people / (DAYS / 7)
    rate = 1000 * total["asked"] / total["all"]
    return f"{name:30}{rate:6.1f} false alarms per 1,000 entries (worst run {worst:.1f}), {per_week:.2f} a week"


if __name__ == "__main__":
    print("\n".join(injected()))
