"""A backup is made, and the oldest are taken away."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import structlog
from django.conf import settings
from django.db import DatabaseError
from django.utils import timezone

from timetracker.backups.choices import ARCHIVES, Kind
from timetracker.backups.files import remove_rests
from timetracker.backups.folder import BackupError, ready, refuse_a_full_disk, sha256_of
from timetracker.backups.models import Backup
from timetracker.backups.queries import good_archives, last_backup
from timetracker.backups.rotation import Keep, to_remove
from timetracker.backups.transfer import Progress, TransferError, export_all
from timetracker.web.database import database_bytes
from timetracker.web.locks import only_one

log = structlog.get_logger(__name__)

LOCK = "backup"
CUT_OFF = "Its process ended before it was done."
BUSY = "Another backup of this instance is being made right now."


def make_backup(
    *, kind: Kind, progress: Progress, folder: Path | None = None, keep: Keep | int | None = None
) -> Backup:
    """Everything as it is at one instant, while the server runs. BackupError where there is none, and then no file.

    Not one transaction: that it began stays, whatever becomes of it.
    """
    with only_one(LOCK) as free:
        if not free:
            raise BackupError(BUSY)
        place = Path(folder or settings.BACKUP_DIR).resolve()
        _sweep()
        now = timezone.now()
        backup = Backup.objects.create(
            folder=str(place), file_name=free_name(place, now, ".zip"), kind=kind, started_at=now
        )
        try:
            _write(backup, place, progress)
        except (BackupError, TransferError, DatabaseError, OSError) as error:
            _failed(backup, str(error))
            raise BackupError(f"No backup was made: {error}") from error
        _rotate(place, Keep.as_set() if keep is None else keep)
        return backup


def free_name(folder: Path, now: dt.datetime, ending: str) -> str:
    """By the clock, in UTC. Where it was put back, a name may be taken, if only by a row: nothing is ever replaced."""
    stem = f"timetracker-{now.astimezone(dt.UTC):%Y%m%d-%H%M%S}"
    name, number = f"{stem}{ending}", 2
    while (folder / name).exists() or Backup.objects.filter(folder=str(folder), file_name=name).exists():
        name, number = f"{stem}-{number}{ending}", number + 1
    return name


def _write(backup: Backup, folder: Path, progress: Progress) -> None:
    last = last_backup()
    # An archive is packed: a tenth of its database, a half where its texts are long.
    needed = last.bytes * 5 // 4 if last else database_bytes() // 2
    refuse_a_full_disk(ready(folder), needed)
    manifest = export_all(path=backup.path, progress=progress)
    backup.bytes, backup.sha256 = backup.path.stat().st_size, sha256_of(backup.path)
    backup.rows, backup.finished_at = sum(manifest.rows.values()), timezone.now()
    backup.save(update_fields=["bytes", "sha256", "rows", "finished_at"])
    log.info("backup_made", path=str(backup.path), bytes=backup.bytes, rows=backup.rows)


def _failed(backup: Backup, error: str) -> None:
    backup.error, backup.finished_at = error, timezone.now()
    backup.save(update_fields=["error", "finished_at"])
    log.error("backup_failed", path=str(backup.path), reason=error)


def _sweep() -> None:
    """What a process left that was killed in the middle. Whoever holds the lock knows that none is at work."""
    for backup in Backup.objects.filter(finished_at=None):
        remove_rests(backup.path)
        # Killed between the file's name and its row: whole perhaps, but nobody has counted it.
        backup.path.unlink(missing_ok=True)
        _failed(backup, CUT_OFF)


def _rotate(folder: Path, keep: Keep | int) -> None:
    """Of this folder, and only what has a row: a file that somebody put there is theirs."""
    for backup in to_remove(good_archives().filter(folder=str(folder), kind__in=ARCHIVES), keep):
        remove(backup)


def remove(backup: Backup) -> None:
    try:
        backup.path.unlink(missing_ok=True)
    except OSError as error:
        log.warning("backup_not_removed", path=str(backup.path), reason=str(error))
        return
    backup.removed_at = timezone.now()
    backup.save(update_fields=["removed_at"])
