"""What `manage.py doctor` asks of backups."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from accounts.models import User
from timetracker.backups.folder import served_folder
from timetracker.backups.models import Backup
from timetracker.backups.queries import last_backup, last_drill
from timetracker.web.doctor import Found, check, readable_by_others

OLD = dt.timedelta(hours=48)
UNTRIED = dt.timedelta(days=35)
"""The clock tries one a week; a machine that is off at night may miss some."""


@check("backup", needs_tables=True)
def backup() -> Iterator[Found]:
    folder = Path(settings.BACKUP_DIR)
    if served := served_folder(folder):
        yield False, f"BACKUP_DIR lies in {served}, which everybody can read through the web: set another one."
    elif folder.exists() and readable_by_others(folder):
        yield False, f"Others can look into the folder of backups: chmod 700 {folder}."
    found = last_backup()
    if found is None:
        yield _without()
        return
    age = timezone.now() - found.started_at
    if not found.path.exists():
        yield False, f"The last backup is gone ({found.path}): make one with manage.py backup."
    elif age > OLD:
        yield False, f"The last backup is of {found.started_at:%Y-%m-%d %H:%M} UTC: {_why()}."
    elif age < -OLD:
        yield (
            False,
            f"The last backup is of {found.started_at:%Y-%m-%d}, which is to come: look at the clock of this machine.",
        )
    else:
        yield True, f"The last backup is of {found.started_at:%Y-%m-%d %H:%M} UTC, {found.path}."
    yield from _drill()


def _without() -> Found:
    first = User.objects.order_by("date_joined").values_list("date_joined", flat=True).first()
    if first is None:
        return True, "There is nothing to back up yet."
    if settings.BACKUP_AT and first > timezone.now() - OLD:
        return True, f"The first backup is made at {settings.BACKUP_AT:%H:%M} UTC."
    return False, f"There is no backup: {_why()}."


def _why() -> str:
    tried = Backup.objects.first()
    if tried and tried.error:
        return f"the last try failed ({tried.error.rstrip('.')})"
    if settings.BACKUP_AT is None:
        return "set BACKUP_AT, like 03:00, or run manage.py backup"
    return "see whether the clock runs, or run manage.py backup"


def _drill() -> Iterator[Found]:
    tried = last_drill()
    if tried and tried.drilled_at and tried.drill_error:
        yield (
            False,
            f"The backup {tried.file_name} does not load ({tried.drill_error.rstrip('.')}): make and try a new one.",
        )
    elif tried and tried.drilled_at and tried.drilled_at > timezone.now() - UNTRIED:
        yield True, f"A backup was loaded on trial on {tried.drilled_at:%Y-%m-%d}."
    elif Backup.objects.filter(finished_at__lt=timezone.now() - UNTRIED).exists():
        yield False, f"No backup was loaded on trial for {UNTRIED.days} days: run manage.py restore_drill."
    else:
        yield True, "No backup was loaded on trial yet."
