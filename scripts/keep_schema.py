#!/usr/bin/env python
"""Keeps the tables of this version, filled, in tests/schemas: later versions are tried on them.

    python scripts/keep_schema.py NAME [--migration APP.NAME ...] [--entries 200]

NAME is the version, e.g. 0.1.0. --migration goes back to an earlier state of an app. PostgreSQL is where
TEST_DATABASE_URL says; the database `keep_schema` is made there, and dropped. NAME.json has what this version needs
around it, from variables to units, and docs/upgrade.md says what differs from there; --surroundings keeps that alone.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import re
import sqlite3
import subprocess
import sys
import tempfile
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
from surroundings import surroundings

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "tests" / "schemas"
SERVER = os.environ.get("TEST_DATABASE_URL", "postgres://postgres@127.0.0.1:5432/postgres")
UNTIL = "2026-03-01T18:00+01:00"
NOT_KEPT = re.compile(
    r"^(--.*|SET .*|SELECT pg_catalog\.set_config.*|ALTER .* OWNER TO .*|\\(un)?restrict .*)$\n?", re.M
)
"""Of a dump: versions and names of the machine that made it."""


def manage(env: dict[str, str], *words: str) -> None:
    subprocess.run([sys.executable, "manage.py", *words], cwd=ROOT, env=env, check=True, stdout=subprocess.DEVNULL)


def fill(env: dict[str, str], entries: int, migrations: list[str]) -> None:
    manage(env, "migrate", "--verbosity", "0")
    manage(env, "demo_data", "--entries", str(entries), "--people", "4", "--until", UNTIL)
    manage(env, "shell", "-c", "from django.contrib.sessions.models import Session; Session.objects.all().delete()")
    for migration in migrations:
        manage(env, "migrate", *migration.split("."), "--verbosity", "0")


def packed(name: str, data: bytes) -> None:
    path = FOLDER / name
    path.write_bytes(gzip.compress(data, 9, mtime=0))
    print(f"{path.relative_to(ROOT)}: {path.stat().st_size:,} bytes")


def keep_sqlite(name: str, env: dict[str, str], entries: int, migrations: list[str], folder: Path) -> None:
    fill(env | {"DATA_DIR": str(folder)}, entries, migrations)
    with closing(sqlite3.connect(folder / "db.sqlite3")) as database:
        database.execute("PRAGMA journal_mode=DELETE")
        database.execute("VACUUM")
    packed(f"{name}.sqlite3.gz", (folder / "db.sqlite3").read_bytes())


def keep_postgresql(name: str, env: dict[str, str], entries: int, migrations: list[str], folder: Path) -> None:
    url = urlsplit(SERVER)._replace(path="/keep_schema").geturl()
    with psycopg.connect(SERVER, autocommit=True) as server:
        server.execute("DROP DATABASE IF EXISTS keep_schema WITH (FORCE)")
        server.execute("CREATE DATABASE keep_schema")
        try:
            fill(env | {"DATABASE_URL": url, "DATA_DIR": str(folder)}, entries, migrations)
            options = ["--inserts", "--rows-per-insert=200", "--no-owner", "--no-privileges"]
            dumped = subprocess.run(["pg_dump", *options, url], check=True, capture_output=True, text=True).stdout
        finally:
            server.execute("DROP DATABASE IF EXISTS keep_schema WITH (FORCE)")
    packed(f"{name}.sql.gz", NOT_KEPT.sub("", dumped).encode())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("name")
    parser.add_argument("--migration", action="append", default=[])
    parser.add_argument("--entries", type=int, default=200)
    parser.add_argument("--surroundings", action="store_true")
    options = parser.parse_args()
    env = {key: value for key, value in os.environ.items() if key not in {"DATABASE_URL", "REDIS_URL"}}
    FOLDER.mkdir(exist_ok=True)
    (FOLDER / f"{options.name}.json").write_text(json.dumps(surroundings(ROOT), indent=1) + "\n")
    if options.surroundings:
        return
    for keep in (keep_sqlite, keep_postgresql):
        with tempfile.TemporaryDirectory() as folder:
            keep(options.name, env, options.entries, options.migration, Path(folder))


if __name__ == "__main__":
    main()
