"""A database for a trial, of the same kind as the instance's where that may be, and gone afterwards."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlsplit

from django.conf import settings
from django.db import connection

from timetracker.backups.folder import BackupError

PREFIX = ".trial-"
MARK = "Scratch of restore_drill: may be dropped."
LONGEST_NAME = 63
"""Bytes; PostgreSQL cuts the rest off."""
NOT_FOR_TRIALS = ("DATABASE_URL", "REDIS_URL", "SECRET_KEY", "METRICS_PORT", "PROMETHEUS_MULTIPROC_DIR")
"""What would lead a process on trial to the instance's own things; each may be named by a file as well."""


@dataclass(frozen=True, slots=True)
class Scratch:
    folder: Path
    environment: dict[str, str]
    remark: str
    """What is not as on the instance, in a sentence; empty where all is."""


@contextmanager
def scratch(beside: Path) -> Iterator[Scratch]:
    """In `beside`, where there is room for backups: the system's folder for such things may lie in memory."""
    for rest in beside.glob(f"{PREFIX}*"):  # of a trial that was killed; the caller's lock says that none is on
        shutil.rmtree(rest, ignore_errors=True)
    with tempfile.TemporaryDirectory(dir=beside, prefix=PREFIX) as name:
        folder = Path(name)
        environment = _environment(folder)
        if connection.vendor != "postgresql":
            yield Scratch(folder, environment, "")
        elif not _may_create():
            remark = "This role may not create a database, so the trial was made on SQLite instead of PostgreSQL."
            yield Scratch(folder, environment, remark)
        else:
            with _database() as url:
                yield Scratch(folder, environment | {"DATABASE_URL": url}, "")


def _environment(folder: Path) -> dict[str, str]:
    """Without a DATABASE_URL: the database is a file in the folder."""
    left_out = {*NOT_FOR_TRIALS, *(f"{name}_FILE" for name in NOT_FOR_TRIALS)}
    kept = {name: value for name, value in os.environ.items() if name not in left_out}
    return kept | {"DATA_DIR": str(folder), "SECRET_KEY": settings.SECRET_KEY, "BACKUP_AT": "off"}


def _may_create() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user")
        return bool(cursor.fetchone()[0])


@contextmanager
def _database() -> Iterator[str]:
    name = _name()
    quoted = connection.ops.quote_name(name)
    _drop(name, quoted)
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {quoted}")
        cursor.execute(f"COMMENT ON DATABASE {quoted} IS '{MARK}'")
    try:
        yield urlsplit(settings.DATABASE_URL)._replace(path=f"/{quote(name, safe='')}").geturl()
    finally:
        _drop(name, quoted)


def _name() -> str:
    ending = "_restore_drill"
    own = str(connection.settings_dict["NAME"]).encode()[: LONGEST_NAME - len(ending)]
    return own.decode(errors="ignore") + ending


def _drop(name: str, quoted: str) -> None:
    """Only what bears our mark: a database of this name may be somebody's."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT shobj_description(oid, 'pg_database') IS NOT DISTINCT FROM %s FROM pg_database WHERE datname = %s",
            [MARK, name],
        )
        found = cursor.fetchone()
        if found and not found[0]:
            raise BackupError(f"There is a database {name} that no trial made: rename it, or drop it.")
        cursor.execute(f"DROP DATABASE IF EXISTS {quoted} WITH (FORCE)")
