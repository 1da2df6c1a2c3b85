from __future__ import annotations

import json
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from analytics.queries.telemetry import has_agreed, telemetry_state
from analytics.services.posthog_flags import body_of_question
from analytics.services.telemetry_sending import preview
from analytics.telemetry.question import PATH


class Command(BaseCommand):
    help = (
        "Prints exactly what would be sent to PostHog now: the body of the next request, by the path it goes to. Where "
        "telemetry is off, an example of each event. Sends nothing."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        on = has_agreed()
        if not settings.POSTHOG_API_KEY:
            self.stderr.write("There is no POSTHOG_API_KEY here, so nothing is sent from here. These are examples.")
        elif not on:
            self.stderr.write("Telemetry is off: nothing is counted or sent. These are examples.")
        bodies = {"/batch/": preview(), PATH: body_of_question(telemetry_state(), on=on)}
        found = {path: json.loads(body) for path, body in bodies.items()}
        self.stdout.write(json.dumps(found, indent=2, ensure_ascii=False))
