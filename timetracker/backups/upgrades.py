"""Before tables are changed, a copy of the database as it is: the new version's models do not fit the old tables,
so it is the database's own file, and no archive."""

from __future__ import annotations

import datetime as dt
import os
import re
import shutil
import sqlite3
import subprocess
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from timetracker.backups.choices import Kind
from timetracker.backups.files import written_whole
from timetracker.backups.folder import BackupError, ready, refuse_a_full_disk, sha256_of
from timetracker.backups.making import BUSY, LOCK, remove
from timetracker.backups.models import Backup
from timetracker.web.database import database_bytes
from timetracker.web.locks import only_one
from timetracker.web.upgrades import pending_migrations

KEPT = 3
"""Copies: each is as large as the database."""
NAME = re.compile(r"timetracker-\d{8}-\d{6}-before-upgrade\.(sqlite3|dump)")
WAY_ON = "Nothing was changed. To go on without a backup: --without-backup, or BACKUP_BEFORE_UPGRADE=off."
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class _Copy:
    path: Path
    started_at: dt.datetime
    finished_at: dt.datetime


def upgrade(*, say: Say, with_backup: bool = True) -> None:
    """Brings the tables up to date, after a copy where there is something to lose. BackupError: nothing was changed."""
    pending = pending_migrations()
    if not pending:
        return
    with only_one(LOCK) as free:
        if not free:
            raise BackupError(BUSY)
        copy = _copied(say) if with_backup and _has_people() else None
        call_command("migrate", interactive=False, verbosity=0)
        if copy:
            say(f"Migrated: {', '.join(pending)}.")
            _note(copy)


def _has_people() -> bool:
    """Asked so that it can be asked of tables of any version."""
    users = get_user_model()
    return users._meta.db_table in connection.introspection.table_names() and users._base_manager.exists()


def _copied(say: Say) -> _Copy:
    try:
        folder = ready(Path(settings.BACKUP_DIR))
        for rest in folder.glob(".timetracker-*-before-upgrade.*"):  # of a process that was killed
            rest.unlink()
        _refuse_a_heap(folder)
        refuse_a_full_disk(folder, database_bytes())
        copy = _dump(folder) if connection.vendor == "postgresql" else _file(folder)
    except (BackupError, OSError, sqlite3.Error) as error:
        raise BackupError(f"No backup was made before the upgrade: {error} {WAY_ON}") from error
    say(f"Backup before the upgrade: {copy.path}")
    return copy


def _refuse_a_heap(folder: Path) -> None:
    """An upgrade that fails each time the machine starts it would fill the disk, and push out the copy that counts."""
    noted = set(Backup.objects.values_list("file_name", flat=True)) if _has_table() else set()
    waiting = sorted(path.name for path in folder.iterdir() if NAME.fullmatch(path.name) and path.name not in noted)
    if len(waiting) >= KEPT:
        raise BackupError(
            f"{len(waiting)} copies of upgrades that did not come to their end lie in {folder}, the first is "
            f"{waiting[0]}. Move them away once you know why."
        )


def _has_table() -> bool:
    return Backup._meta.db_table in connection.introspection.table_names()


def _path(folder: Path, now: dt.datetime, ending: str) -> Path:
    path = folder / f"timetracker-{now.astimezone(dt.UTC):%Y%m%d-%H%M%S}-before-upgrade.{ending}"
    if path.exists():
        raise BackupError(f"{path} is there already: look at the clock of this machine, and try again.")
    return path


def _file(folder: Path) -> _Copy:
    """By SQLite itself: whole, whoever writes meanwhile."""
    now = timezone.now()
    path = _path(folder, now, "sqlite3")
    with (
        written_whole(path) as file,
        closing(sqlite3.connect(connection.settings_dict["NAME"])) as source,
        closing(sqlite3.connect(file.name)) as target,
    ):
        source.backup(target)
        target.close()  # what it holds back is in the file before that is
    return _Copy(path, now, timezone.now())


def _dump(folder: Path) -> _Copy:
    program = shutil.which("pg_dump")
    if program is None:
        raise BackupError(
            "pg_dump is not installed here. Make a dump where it is: pg_dump --format=custom --file=before.dump NAME."
        )
    now, target = timezone.now(), connection.get_connection_params()
    path = _path(folder, now, "dump")
    names = {"PGHOST": "host", "PGPORT": "port", "PGUSER": "user", "PGPASSWORD": "password", "PGDATABASE": "dbname"}
    names |= {"PGSSLMODE": "sslmode", "PGSSLROOTCERT": "sslrootcert"}
    environment = {name: str(target[key]) for name, key in names.items() if target.get(key)}
    with written_whole(path) as file:
        done = subprocess.run(  # noqa: S603 - PostgreSQL's own tool
            [program, "--format=custom", "--no-password"],
            env=os.environ | environment,
            stdout=file,
            stderr=subprocess.PIPE,
            check=False,
        )
        if done.returncode:
            raise BackupError(f"pg_dump: {done.stderr.decode(errors='replace').strip()}.")
    return _Copy(path, now, timezone.now())


def _note(copy: _Copy) -> None:
    """Only now is there surely a table for it; and the oldest copies have done their duty."""
    Backup.objects.create(
        folder=str(copy.path.parent), file_name=copy.path.name, kind=Kind.BEFORE_UPGRADE, started_at=copy.started_at,
        finished_at=copy.finished_at, bytes=copy.path.stat().st_size, sha256=sha256_of(copy.path),
    )  # fmt: skip
    copies = Backup.objects.filter(kind=Kind.BEFORE_UPGRADE, folder=str(copy.path.parent), removed_at=None)
    for old in copies[KEPT:]:
        remove(old)
