"""Databases of earlier versions, as `scripts/keep_schema.py` kept them, opened in a process of their own."""

from __future__ import annotations

import contextlib
import gzip
import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
from django.conf import settings
from django.db import connection

FOLDER = Path(__file__).resolve().parents[1] / "schemas"
KEPT = sorted(path.name.removesuffix(".sqlite3.gz") for path in FOLDER.glob("*.sqlite3.gz"))
FIGURES = (
    "SELECT count(*), sum(seconds) FROM tracking_timeentry WHERE deleted_at IS NULL",
    "SELECT count(*), count(DISTINCT client_id) FROM tracking_project",
    "SELECT count(*), sum(estimated_hours) FROM tracking_task",
    "SELECT count(*), min(username), max(username) FROM accounts_user",
    "SELECT count(*), max(type) FROM events_event",
    "SELECT count(*), sum(seconds) FROM tracking_daytotal",
)
LOOK = """
import json, django
django.setup()
from django.conf import settings
from django.test import Client
from accounts.models import User
person = User.objects.filter(is_active=True).order_by("pk").first()
User.objects.filter(pk=person.pk).update(role="administrator")
person.refresh_from_db()
browser = Client(SERVER_NAME="localhost")
browser.force_login(person, backend=settings.AUTHENTICATION_BACKENDS[0])
pages = ["/", "/entries/", "/projects/", "/tasks/", "/reports/", "/workflows/", "/notifications/", "/settings/",
         "/admin/backups/backup/", "/api/time-entries/"]
print(json.dumps({page: browser.get(page).status_code for page in pages}))
"""


@contextlib.contextmanager
def kept(name: str, folder: Path) -> Iterator[dict[str, str]]:
    """The environment of an instance that has this database, of the kind that the tests run on."""
    left_out = {"DATABASE_URL", "REDIS_URL"}
    env = {key: value for key, value in os.environ.items() if key not in left_out}
    env |= {"DATA_DIR": str(folder), "STATIC_ROOT": str(settings.STATIC_ROOT), "BACKUP_AT": "off"}
    env["DJANGO_SETTINGS_MODULE"] = "timetracker.settings"
    if connection.vendor == "sqlite":
        (folder / "db.sqlite3").write_bytes(gzip.decompress((FOLDER / f"{name}.sqlite3.gz").read_bytes()))
        yield env
        return
    with psycopg.connect(settings.DATABASE_URL, autocommit=True) as server:
        database = f"{connection.settings_dict['NAME']}_kept"
        server.execute(f'DROP DATABASE IF EXISTS "{database}" WITH (FORCE)')
        server.execute(f'CREATE DATABASE "{database}"')
        url = urlsplit(settings.DATABASE_URL)._replace(path=f"/{database}").geturl()
        try:
            with psycopg.connect(url) as target:
                target.execute(gzip.decompress((FOLDER / f"{name}.sql.gz").read_bytes()))
            yield env | {"DATABASE_URL": url}
        finally:
            server.execute(f'DROP DATABASE IF EXISTS "{database}" WITH (FORCE)')


def run(env: dict[str, str], *words: str) -> str:
    done = subprocess.run(
        [sys.executable, *words], cwd=settings.BASE_DIR, env=env, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def figures(env: dict[str, str]) -> list[Any]:
    if "DATABASE_URL" in env:
        with psycopg.connect(env["DATABASE_URL"]) as database:
            return [database.execute(statement).fetchone() for statement in FIGURES]
    with contextlib.closing(sqlite3.connect(Path(env["DATA_DIR"], "db.sqlite3"))) as database:
        return [database.execute(statement).fetchone() for statement in FIGURES]


def pages(env: dict[str, str]) -> dict[str, int]:
    return json.loads(run(env, "-c", LOOK).splitlines()[-1])
