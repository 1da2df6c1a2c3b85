#!/usr/bin/env python
"""Two versions of the product side by side: the same pages from both in turn, on copies of one database.

    python benchmarks/bench_pairs.py BEFORE_DIR AFTER_DIR [--entries 20000] [--rounds 40] [--mode embedded,gunicorn]

Each directory is a checkout with its assets built. Whatever else the machine does, it does to both: read the ratio.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import random
import shutil
import statistics
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.bench import PG, environment, free_port, pages, prepare_database, run, serving, writes
from benchmarks.client import Browser, Request

WARM = 5
OTHERS = [
    Request("widgets: work", "GET", "/dashboard/widgets/?topic=work", htmx=True),
    Request("widgets: entries", "GET", "/dashboard/widgets/?topic=entries", htmx=True),
    Request("timer bar", "GET", "/timer/bar/", htmx=True),
    Request("tags", "GET", "/tags/"),
    Request("people", "GET", "/people/"),
    Request("rules", "GET", "/workflows/"),
    Request("notifications", "GET", "/notifications/"),
]


@contextlib.contextmanager
def both(mode: str, roots: list[Path], entries: int) -> Iterator[tuple[list[int], dict[str, Any]]]:
    """The ports that both answer on, and who asks."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder, contextlib.ExitStack() as stack:
        folders, ports = [f"{folder}/before", f"{folder}/after"], [free_port(), free_port()]
        envs = [environment(mode, own, port, root) for own, port, root in zip(folders, ports, roots, strict=True)]
        run(envs[0], "benchmarks/prepare.py", "migrate", root=roots[0])
        who: dict[str, Any] = json.loads(run(envs[0], "benchmarks/prepare.py", str(entries), root=roots[0]))
        shutil.copytree(*folders)
        if mode == "gunicorn":
            envs[1]["DATABASE_URL"] = copied_database()
        for env, root in zip(envs, roots, strict=True):
            run(env, "benchmarks/prepare.py", "migrate", root=root)
            run(env, "manage.py", "collectstatic", "--noinput", "--verbosity", "0", root=root)
        for env, port, root in zip(envs, ports, roots, strict=True):
            stack.enter_context(serving(mode, env, port, root))
        yield ports, who


def copied_database() -> str:
    import psycopg  # noqa: PLC0415 - only this mode needs a server

    base, name = PG.rsplit("/", 1)
    with psycopg.connect(f"{base}/postgres", autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}_after" WITH (FORCE)')
        connection.execute(f'CREATE DATABASE "{name}_after" TEMPLATE "{name}"')
    return f"{PG}_after"


def compare(ports: list[int], who: dict[str, Any], cycle: list[Request], rounds: int) -> None:
    browsers = [Browser(port, who) for port in ports]
    taken: dict[str, tuple[list[float], list[float]]] = {request.name: ([], []) for request in cycle}
    size: dict[str, list[int]] = {request.name: [0, 0] for request in cycle}
    for place in range(rounds + WARM):
        for request in cycle:
            for side in random.sample([0, 1], 2):
                milliseconds, _response, content = browsers[side].send(request)
                if place >= WARM:
                    taken[request.name][side].append(milliseconds)
                    size[request.name][side] = len(content)
    for name, (before, after) in taken.items():
        ratio = statistics.median(new / old for old, new in zip(before, after, strict=True))
        was, is_ = statistics.median(before), statistics.median(after)
        bytes_before, bytes_after = size[name]
        print(f"  {name:22}{was:10.1f}{is_:9.1f}{ratio:8.2f}{bytes_before:12,}{bytes_after:10,}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("before", type=Path)
    parser.add_argument("after", type=Path)
    parser.add_argument("--entries", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--mode", default="embedded,gunicorn")
    options = parser.parse_args()
    roots = [options.before.resolve(), options.after.resolve()]
    for mode in options.mode.split(","):
        if not prepare_database(mode):
            print(f"\n{mode}: left out, no PostgreSQL at {PG}")
            continue
        with both(mode, roots, options.entries) as (ports, who):
            print(f"\n{mode}, {who['entries']:,} entries, {options.rounds} pairs")
            print(f"  {'median ms':22}{'before':>10}{'after':>9}{'ratio':>8}{'bytes before':>12}{'after':>10}")
            compare(ports, who["person"], [*pages(who["person"]), *OTHERS, *writes(who["person"])[1:3]], options.rounds)


if __name__ == "__main__":
    main()
