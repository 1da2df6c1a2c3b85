"""That a backup loads is known when it has been loaded: into a database made for it, in a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import structlog
from django.conf import settings
from django.db import DatabaseError
from django.utils import timezone

from timetracker.backups.folder import BackupError, ready, refuse_a_full_disk, sha256_of
from timetracker.backups.models import Backup
from timetracker.backups.queries import good_archives, last_backup
from timetracker.backups.scratch import scratch
from timetracker.web.database import database_bytes
from timetracker.web.locks import only_one

log = structlog.get_logger(__name__)

LOCK = "restore_drill"


@dataclass(frozen=True, slots=True)
class Proof:
    path: Path
    rows: int
    worked_seconds: int
    remark: str


def restore_drill(*, path: Path | None = None) -> Proof:
    """Of the last good backup, or of an archive named. BackupError says why it does not load.

    Not one transaction: what came of it is noted at the backup's row, where it has one.
    """
    with only_one(LOCK) as free:
        if not free:
            raise BackupError("Another trial of this instance is running right now.")
        backup = last_backup() if path is None else _known(path)
        if path is None and backup is None:
            raise BackupError("There is no good backup yet: make one with manage.py backup.")
        file = backup.path if backup else Path(path or "").resolve()
        try:
            proof = _try(file, backup)
        except (BackupError, DatabaseError, OSError) as error:
            _note(backup, str(error))
            raise BackupError(f"{file.name} does not load: {error}") from error
        _note(backup, "")
        return proof


def _known(path: Path) -> Backup | None:
    path = path.resolve()
    return good_archives().filter(folder=str(path.parent), file_name=path.name).first()


def _note(backup: Backup | None, error: str) -> None:
    if backup is not None:
        backup.drilled_at, backup.drill_error = timezone.now(), error
        backup.save(update_fields=["drilled_at", "drill_error"])
        log.info("backup_drilled", path=str(backup.path), error=error)


def _try(file: Path, backup: Backup | None) -> Proof:
    if not file.is_file():
        raise BackupError(f"{file} is no file.")
    if backup and sha256_of(file) != backup.sha256:
        raise BackupError("Its SHA-256 is not the one that was noted when it was made: the file has changed.")
    folder = ready(Path(settings.BACKUP_DIR))
    refuse_a_full_disk(folder, database_bytes() + file.stat().st_size)
    with scratch(folder) as place:
        done = subprocess.run(  # noqa: S603 - our own program
            [sys.executable, "-m", "timetracker.backups.proof", str(file), str(place.folder)],
            cwd=settings.BASE_DIR,
            env={"OMP_NUM_THREADS": "1", **place.environment},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise BackupError(done.stderr.strip().rpartition("\n")[2] or f"The trial ended with {done.returncode}.")
        return Proof(path=file, remark=place.remark, **json.loads(done.stdout.splitlines()[-1]))
