from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from analytics.telemetry.documentation import with_table


class Command(BaseCommand):
    help = "Writes the table of docs/telemetry.md from the registry."

    def handle(self, *args: Any, **options: Any) -> None:
        path = settings.BASE_DIR / "docs" / "telemetry.md"
        path.write_text(with_table(path.read_text()))
        self.stdout.write(f"{path.relative_to(settings.BASE_DIR)} written.")
