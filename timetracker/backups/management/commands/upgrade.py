from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from timetracker.backups.folder import BackupError
from timetracker.backups.upgrades import upgrade
from timetracker.web.upgrades import not_started, pending_migrations

PENDING = 3
UNKNOWN = 2


class Command(BaseCommand):
    help = (
        "Brings the tables up to date. Where somebody has worked already, a copy of the database comes first, in "
        "BACKUP_DIR; without it nothing is changed. `serve --migrate` does the same."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--without-backup", action="store_true", help="as BACKUP_BEFORE_UPGRADE=off")
        parser.add_argument(
            "--check", action="store_true", help=f"change nothing; exits with {PENDING} if migrations are missing"
        )

    def handle(self, *, without_backup: bool, check: bool, **_options: Any) -> None:
        if check:
            _check()
            return
        try:
            upgrade(say=self.stdout.write, with_backup=settings.BACKUP_BEFORE_UPGRADE and not without_backup)
        except BackupError as error:
            raise CommandError(str(error)) from error


def _check() -> None:
    try:
        pending = pending_migrations()
    except DatabaseError as error:
        reason = str(error).partition("\n")[0]
        raise CommandError(f"The database does not answer: {reason}", returncode=UNKNOWN) from error
    if pending:
        raise CommandError(not_started(pending), returncode=PENDING)
