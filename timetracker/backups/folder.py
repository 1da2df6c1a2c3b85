"""Where backups lie, and whether there is room for another one."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

from django.conf import settings

RESERVE = 100 * 1024 * 1024
"""Bytes that a backup leaves free for the database itself."""


class BackupError(Exception):
    """Why there is no backup, or why it does not load, in a sentence for whoever runs the instance."""


def ready(folder: Path) -> Path:
    """Absolute, and made where it is missing, for its owner only."""
    folder = folder.resolve()
    served = served_folder(folder)
    if served:
        raise BackupError(
            f"{folder} lies in {served}, which everybody can read through the web: set another BACKUP_DIR."
        )
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise BackupError(f"{folder} cannot be made ({error.strerror}): set another BACKUP_DIR.") from error
    return folder


def served_folder(folder: Path) -> Path | None:
    """The one of the folders that a server of pages hands out which `folder` is in."""
    served = [Path(settings.STATIC_ROOT), *map(Path, settings.STATICFILES_DIRS)]
    return next((one.resolve() for one in served if folder.resolve().is_relative_to(one.resolve())), None)


def refuse_a_full_disk(folder: Path, needed: int) -> None:
    free = shutil.disk_usage(folder).free
    if free < needed + RESERVE:
        raise BackupError(
            f"{_megabytes(free)} are free in {folder}, and {_megabytes(needed + RESERVE)} are needed: make room, "
            "keep fewer backups, or set another BACKUP_DIR."
        )


def _megabytes(number: int) -> str:
    return f"{-(-number // (1024 * 1024)):,} MB"


def sha256_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
