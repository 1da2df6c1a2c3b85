from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from timetracker.backups.drills import restore_drill
from timetracker.backups.folder import BackupError
from timetracker.backups.queries import is_drill_due


class Command(BaseCommand):
    help = (
        "Proves that the last backup loads: into a database made for it and removed again, where every row is compared "
        "with the archive. The instance goes on serving. Exits with 1, and says why, if it does not load."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--file", type=Path, help="another archive (default: the last good backup)")
        parser.add_argument("--by-clock", action="store_true", help="the clock calls it so: only if it is still due")

    def handle(self, **options: Any) -> None:
        if options["by_clock"] and not is_drill_due(timezone.now()):
            return
        try:
            proof = restore_drill(path=options["file"])
        except BackupError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            f"{proof.path} loads: {proof.rows:,} rows, {proof.worked_seconds:,} worked seconds, all equal."
        )
        if proof.remark:
            self.stdout.write(proof.remark)
