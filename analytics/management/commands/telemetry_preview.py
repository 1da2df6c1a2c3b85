from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from analytics.queries.telemetry import has_agreed
from analytics.services.telemetry_sending import preview


class Command(BaseCommand):
    help = (
        "Prints exactly what would be sent to PostHog now: the body of the next request. Where telemetry is off, an "
        "example of each event. Sends nothing."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        if not has_agreed():
            self.stderr.write("Telemetry is off: nothing is counted or sent. These are examples.")
        self.stdout.write(preview())
