from __future__ import annotations

import dataclasses
import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.module_loading import autodiscover_modules

from timetracker.web.doctor import findings


class Command(BaseCommand):
    help = "Looks at the whole configuration and says what to mend, a line a check. Changes nothing."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="the same as a list, for scripts")

    def handle(self, *args: Any, json: bool, **options: Any) -> None:
        autodiscover_modules("doctor")
        found = list(findings())
        if json:
            self.stdout.write(_as_json([dataclasses.asdict(finding) for finding in found]))
        else:
            for finding in found:
                paint = self.style.SUCCESS if finding.ok else self.style.ERROR
                self.stdout.write(f"{paint('ok  ' if finding.ok else 'mend')}  {finding.check:<14}{finding.sentence}")
        if to_mend := sum(not finding.ok for finding in found):
            raise CommandError(f"{to_mend} of {len(found)} to mend.")


def _as_json(value: Any) -> str:
    return json.dumps(value, indent=2)
