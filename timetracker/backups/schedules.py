from __future__ import annotations

import datetime as dt

from timetracker.backups.queries import is_backup_due, is_drill_due
from timetracker.events.clock import job
from timetracker.web.background import run_command

EVERY = dt.timedelta(minutes=15)


@job("backups.make", every=EVERY)
def make(now: dt.datetime) -> None:
    """In a process of its own; BACKUP_AT says when. One that failed is tried again after an hour."""
    if is_backup_due(now):
        run_command("backup", "--by-clock", within=EVERY)


@job("backups.drill", every=EVERY)
def drill(now: dt.datetime) -> None:
    """In a process of its own, once a week after the night's backup."""
    if is_drill_due(now):
        run_command("restore_drill", "--by-clock", within=EVERY)
