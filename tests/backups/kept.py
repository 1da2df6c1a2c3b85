"""Rows of backups, made without making one."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

from timetracker.backups.choices import Kind
from timetracker.backups.folder import sha256_of
from timetracker.backups.models import Backup


def keep(folder: Path, moment: dt.datetime, **values: Any) -> Backup:
    """A good one, with a file of a few letters."""
    backup = Backup(
        folder=str(folder), file_name=f"timetracker-{moment:%Y%m%d-%H%M%S}.zip", kind=Kind.BY_CLOCK,
        started_at=moment, finished_at=moment, bytes=4, rows=1,
    )  # fmt: skip
    for name, value in values.items():
        setattr(backup, name, value)
    backup.path.write_text("kept")
    backup.sha256 = sha256_of(backup.path)
    backup.save()
    return backup
