#!/usr/bin/env python
"""How long writers wait on PostgreSQL while a large instance is upgraded: `make bench-upgrade`.

    python benchmarks/bench_upgrade.py [--entries 1000000] [--from 0.1.0-before-telemetry] [--without-search-index]

An instance of an earlier version (tests/schemas) is multiplied, then `manage.py upgrade` runs while others write every
20 ms. The database is BENCH_DATABASE_URL's with `_upgrade` behind its name; it is made anew, and dropped.
"""

from __future__ import annotations

import argparse
import contextlib
import gzip
import subprocess
import sys
import tempfile
import threading
import time
from bisect import bisect_left
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

import psycopg

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.bench import PG, environment, free_port

SCHEMAS = ROOT / "tests" / "schemas"
URL = f"{PG}_upgrade"
PAUSE = 0.02
QUIET = 5.0
"""Seconds in which writers are alone, to compare with."""
LOOK = 0.005
STOPS_WRITERS = ("ShareLock", "ShareRowExclusiveLock", "ExclusiveLock", "AccessExclusiveLock")
COUNT = "SELECT count(*) FROM {table}"
UPDATE = "UPDATE {table} SET {change} WHERE {key} = %s"
INSERT = "INSERT INTO {table} ({columns}) SELECT {values} FROM {table} WHERE id = %s"
COPY = """
INSERT INTO {table} ({columns})
SELECT {values} FROM (SELECT * FROM {table}) one, generate_series(1, %(copies)s) number
"""
CHANGED = {
    "uid": "gen_random_uuid()",
    "description": "description || ' ' || number",
    "started_at": "started_at - number %% 520 * interval '1 week'",
    "ended_at": "ended_at - number %% 520 * interval '1 week'",
    "day": "day - number",
}
"""What is not the same in each copy of a row."""
LOCKS = """
SELECT c.relname, l.mode, l.virtualtransaction
FROM pg_locks l JOIN pg_class c ON c.oid = l.relation JOIN pg_stat_activity a USING (pid)
WHERE l.granted AND l.locktype = 'relation' AND l.mode = ANY(%s) AND c.relname = ANY(%s)
AND a.datname = current_database() AND l.database = a.datid AND a.backend_type = 'client backend'
"""
INDEX = "SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass('tracking_entry_words')"
EVENTS = """
INSERT INTO events_event (uid, type, occurred_at, subject_type, subject_id, person_id, project_id, payload, depth)
SELECT gen_random_uuid(), 'entry_stopped', ended_at, 'timeentry', id::text, user_id, project_id,
       jsonb_build_object('id', id, 'seconds', seconds, 'description', description), 0
FROM tracking_timeentry
"""
DELIVERIES = """
INSERT INTO events_delivery (handler, kind, status, attempts, next_try_at, last_error, finished_at, event_id)
SELECT handler, 'inner', 'done', 1, occurred_at, '', occurred_at, id
FROM events_event, unnest(ARRAY['tracking.one', 'notifications.two']) handler WHERE type = 'entry_stopped'
"""
WRITES = {
    "tracking_timeentry": ("description = description", ("uid",)),
    "events_event": ("depth = depth", ("uid",)),
    "events_delivery": ("attempts = attempts", ("handler",)),
    "tracking_daytotal": ("seconds = seconds", ()),
    "accounts_user": ("is_active = is_active", None),
    "events_jobrun": ("name = name", None),
}
"""What an update sets, and what an insert has to make of its own; None where nothing is inserted."""
KEYS = {"events_jobrun": "length(name)"}
"""Where a row has no number of its own."""


@dataclass
class Writer:
    """Inserts a row, updates one, and so on, and notes when each began and how long it took."""

    table: str
    writes: list[tuple[float, float]] = field(default_factory=list)

    def work(self, stop: threading.Event) -> None:
        with psycopg.connect(URL, autocommit=True) as connection:
            statements = self._statements(connection)
            (rows,) = connection.execute(COUNT.format(table=self.table)).fetchone()
            number = 0
            while not stop.wait(PAUSE):
                number += 1
                row = number * 7919 % (rows or 1) + 1
                begun, clock = time.time(), time.perf_counter()
                connection.execute(statements[number % len(statements)], [row])
                self.writes.append((begun, time.perf_counter() - clock))

    def _statements(self, connection: psycopg.Connection) -> list[str]:
        change, own = WRITES[self.table]
        update = UPDATE.format(table=self.table, change=change, key=KEYS.get(self.table, "id"))
        if own is None:
            return [update]
        names = columns(connection, self.table)
        values = ", ".join(
            f"gen_random_uuid(){'::text' * (name == 'handler')}" if name in own else name for name in names
        )
        return [update, INSERT.format(table=self.table, columns=", ".join(names), values=values)]


@dataclass
class Watch:
    """Which tables that were there before had a lock that stops writers, and for how long it was seen."""

    tables: list[str]
    seen: dict[tuple[str, str, str], list[float]] = field(default_factory=dict)

    def work(self, stop: threading.Event) -> None:
        with psycopg.connect(URL, autocommit=True) as connection:
            while not stop.wait(LOOK):
                held = connection.execute(LOCKS, [list(STOPS_WRITERS), self.tables]).fetchall()
                now = time.time()
                for key in held:
                    self.seen.setdefault(key, [now, now])[1] = now


def columns(connection: psycopg.Connection, table: str) -> list[str]:
    found = connection.execute(
        "SELECT column_name FROM information_schema.columns"
        " WHERE table_name = %s AND column_name <> 'id' ORDER BY ordinal_position",
        [table],
    )
    return [name for (name,) in found]


@contextlib.contextmanager
def database() -> Iterator[None]:
    base, name = URL.rsplit("/", 1)
    with psycopg.connect(f"{base}/postgres", autocommit=True) as server:
        server.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        server.execute(f'CREATE DATABASE "{name}"')
        try:
            yield
        finally:
            server.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def fill(version: str, entries: int) -> None:
    begun = time.perf_counter()
    with psycopg.connect(URL) as connection:
        connection.execute(gzip.decompress((SCHEMAS / f"{version}.sql.gz").read_bytes()))
        connection.commit()
        connection.execute("SET search_path TO public")
        # The copies refer to what the rows refer to that they are copies of; looking at each once more takes minutes.
        connection.execute("SET session_replication_role = replica")
        (there,) = connection.execute("SELECT count(*) FROM tracking_timeentry").fetchone()
        for table in ("tracking_timeentry", "tracking_daytotal"):
            names = columns(connection, table)
            values = ", ".join(CHANGED.get(name, name) for name in names)
            statement = COPY.format(table=table, columns=", ".join(names), values=values)
            connection.execute(statement, {"copies": entries // there - 1})
        connection.execute(EVENTS)
        connection.execute(DELIVERIES)
    with psycopg.connect(URL, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")
        counts = [
            f"{connection.execute(COUNT.format(table=table)).fetchone()[0]:,} {table}"
            for table in ("tracking_timeentry", "events_event", "events_delivery", "tracking_daytotal")
        ]
    print(f"{version}: {', '.join(counts)}; filled in {time.perf_counter() - begun:.0f} s", flush=True)


def upgrade() -> tuple[float, float]:
    """When it began and ended."""
    with tempfile.TemporaryDirectory(prefix="bench-upgrade-") as folder:
        env = environment("embedded", folder, free_port()) | {"DATABASE_URL": URL}
        begun = time.time()
        command = [sys.executable, "manage.py", "upgrade", "--without-backup"]
        done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)
        if done.returncode:
            raise SystemExit(done.stderr[-3000:])
    return begun, time.time()


def applied(after: int) -> list[tuple[float, str]]:
    """When each migration was through, in this order."""
    with psycopg.connect(URL) as connection:
        found = connection.execute(
            "SELECT extract(epoch FROM applied)::float8, app || '.' || name FROM django_migrations"
            " WHERE id > %s ORDER BY id",
            [after],
        )
        return found.fetchall()


def show_waits(writers: list[Writer], begun: float, ended: float, ends: list[tuple[float, str]]) -> None:
    print("\nWrites, ms               count  median  longest before  longest while upgrading")
    waits = dict[str, tuple[float, str]]()
    for writer in writers:
        before = [took for at, took in writer.writes if at + took < begun]
        during = [(at, took) for at, took in writer.writes if begun <= at + took and at <= ended]
        for at, took in during:
            place = bisect_left(ends, (at, ""))
            name = ends[place][1] if place < len(ends) else "behind the migrations"
            waits[name] = max(waits.get(name, (0.0, "")), (took, writer.table))
        middle, longest = median(took for _at, took in during), max(took for _at, took in during)
        print(
            f"  {writer.table:22}{len(during):6}{middle * 1000:8.1f}{max(before) * 1000:16.1f}{longest * 1000:18.1f}",
            flush=True,
        )
    print("\nLongest write that began before a migration was through, behind the one before it, ms")
    for name in [*dict(map(reversed, ends)), "behind the migrations"]:
        took, table = waits.get(name, (0.0, "none"))
        print(f"  {name:45}{took * 1000:8.1f}  {table}")


def show_locks(watch: Watch) -> None:
    longest = dict[tuple[str, str], float]()
    for (table, mode, _transaction), (first, last) in watch.seen.items():
        longest[mode, table] = max(longest.get((mode, table), 0.0), last - first)
    print(f"\nLocks that stop writers, on tables that were there before, ms (looked at each {LOOK * 1000:.0f} ms)")
    for (mode, table), seconds in sorted(longest.items(), key=lambda item: -item[1]):
        print(f"  {mode:24}{table:30}{seconds * 1000:8.0f}")
    if not longest:
        print("  none was seen")


def bench(*, without_search_index: bool) -> None:
    with psycopg.connect(URL, autocommit=True) as connection:
        (last,) = connection.execute("SELECT max(id) FROM django_migrations").fetchone()
        found = connection.execute(
            "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
        )
        watch = Watch([name for (name,) in found])
        if without_search_index:
            connection.execute("DROP INDEX tracking_entry_words")
    writers, stop = [Writer(table) for table in WRITES], threading.Event()
    with ThreadPoolExecutor(len(writers) + 1) as pool:
        working = [pool.submit(each.work, stop) for each in (*writers, watch)]
        try:
            time.sleep(QUIET)
            begun, ended = upgrade()
        finally:
            stop.set()
    for each in working:
        each.result()
    ends = applied(last)
    with psycopg.connect(URL) as connection:
        found = connection.execute(INDEX).fetchone()
    print("The index of words is there." if found == (True,) else "THE INDEX OF WORDS IS MISSING.")
    print(f"{len(ends)} migrations, {ended - begun:.1f} s: {', '.join(name for _at, name in ends)}")
    show_waits(writers, begun, ended, ends)
    show_locks(watch)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--entries", type=int, default=1_000_000)
    parser.add_argument("--from", dest="version", default="0.1.0-before-telemetry")
    parser.add_argument("--without-search-index", action="store_true", help="the upgrade has to make it")
    options = parser.parse_args()
    with database():
        fill(options.version, options.entries)
        bench(without_search_index=options.without_search_index)


if __name__ == "__main__":
    main()
