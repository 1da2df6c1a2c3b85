from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from timetracker.backups.transfer import TransferError, import_all


class Command(BaseCommand):
    help = (
        "Fills a fresh, migrated database without people from an archive that export_all wrote; all or nothing. What "
        "is in it already is replaced. Stop the server first. The signing key is not in the archive: set the same "
        "SECRET_KEY, or copy the file secret_key into DATA_DIR; else links of open invitations and password resets "
        "stop working. Passwords, API tokens and second factors work with any key. Everybody signs in again."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="the archive to read")

    def handle(self, **options: Any) -> None:
        try:
            manifest = import_all(path=options["file"], progress=self._say)
        except (TransferError, DatabaseError, OSError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{sum(manifest.rows.values()):,} rows, {manifest.worked_seconds:,} worked seconds.")
        self.stdout.write(
            "Compare the figures with those of export_all. The signing key was not in the archive: set the same "
            "SECRET_KEY, or copy the file secret_key into DATA_DIR, before you serve."
        )

    def _say(self, table: str, rows: int) -> None:
        self.stdout.write(f"{rows:>12,}  {table}")
