from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from timetracker.backups.files import remove_rests
from timetracker.backups.transfer import Manifest, TransferError, export_all
from timetracker.web.locks import only_one


class Command(BaseCommand):
    help = (
        "Writes the whole instance into one archive, which import_all reads on SQLite and on PostgreSQL. Stop the "
        "server first: what is written later is not in the archive. Sessions stay behind, and so does the signing "
        "key: it is not in the database but in SECRET_KEY, or in the file secret_key in DATA_DIR. The archive holds "
        "hashes of passwords and tokens and the secrets of second factors: keep it as safe as the database."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="the archive to write, a ZIP; a file of this name is replaced")

    def handle(self, **options: Any) -> None:
        try:
            manifest = self._export(options["file"])
        except (TransferError, DatabaseError, OSError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{sum(manifest.rows.values()):,} rows, {manifest.worked_seconds:,} worked seconds.")
        self.stdout.write(
            "The signing key is not in the archive. Take SECRET_KEY, or the file secret_key in DATA_DIR, along "
            "yourself, else links of open invitations and password resets stop working."
        )

    def _export(self, path: Path) -> Manifest:
        with only_one("export") as free:
            if not free:
                raise CommandError("Another export of this instance is being written right now.")
            remove_rests(path)
            return export_all(path=path, progress=self._say)

    def _say(self, table: str, rows: int) -> None:
        self.stdout.write(f"{rows:>12,}  {table}")
