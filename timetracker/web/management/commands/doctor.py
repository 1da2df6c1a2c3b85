from __future__ import annotations

import dataclasses
import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.module_loading import autodiscover_modules

from timetracker.web.doctor import Finding, findings


class Command(BaseCommand):
    help = "Looks at the whole configuration and says what to mend, a line a check. Changes nothing."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="the same as a list, for scripts")

    def handle(self, *args: Any, **options: Any) -> None:
        autodiscover_modules("doctor")
        found = list(findings())
        self.report(found, as_json=options["json"])
        if to_mend := sum(not finding.ok for finding in found):
            raise CommandError(f"{to_mend} of {len(found)} to mend.")

    def report(self, found: list[Finding], *, as_json: bool) -> None:
        if as_json:
            self.stdout.write(json.dumps([dataclasses.asdict(finding) for finding in found], indent=2))
        else:
            for finding in found:
                paint = self.style.SUCCESS if finding.ok else self.style.ERROR
                self.stdout.write(f"{paint('ok  ' if finding.ok else 'mend')}  {finding.check:<14}{finding.sentence}")


def report_settings(sentence: str, *, as_json: bool) -> None:
    """For `manage.py`, where settings that cannot be read leave no command to call."""
    Command().report([Finding("settings", False, sentence)], as_json=as_json)
