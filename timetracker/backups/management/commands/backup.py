from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from timetracker.backups.choices import Kind
from timetracker.backups.folder import BackupError
from timetracker.backups.making import make_backup
from timetracker.backups.queries import is_backup_due


def _at_least_one(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise ArgumentTypeError("at least 1")
    return int(text)


class Command(BaseCommand):
    help = (
        "Writes everything into one archive in BACKUP_DIR, while the server runs, and takes old ones away. The signing "
        "key is not in it: keep SECRET_KEY, or the file secret_key in DATA_DIR, elsewhere. docs/backup.md says how to "
        "restore."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dir", type=Path, help=f"the folder (default: BACKUP_DIR, here {settings.BACKUP_DIR})")
        parser.add_argument(
            "--keep", type=_at_least_one, help="only so many of the last (default: by days, weeks and months)"
        )
        parser.add_argument("--by-clock", action="store_true", help="the clock calls it so: only if it is still due")

    def handle(self, **options: Any) -> None:
        if options["by_clock"] and not is_backup_due(timezone.now()):
            return
        kind = Kind.BY_CLOCK if options["by_clock"] else Kind.BY_HAND
        try:
            made = make_backup(kind=kind, folder=options["dir"], keep=options["keep"], progress=lambda *_: None)
        except BackupError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{made.rows:,} rows, {made.bytes:,} bytes, SHA-256 {made.sha256}.")
        self.stdout.write(str(made.path))
