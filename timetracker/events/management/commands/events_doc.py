from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from timetracker.events.documentation import as_markdown


class Command(BaseCommand):
    help = "Writes docs/events.md from the registry."

    def handle(self, *args: Any, **options: Any) -> None:
        path = settings.BASE_DIR / "docs" / "events.md"
        path.write_text(as_markdown())
        self.stdout.write(f"{path.relative_to(settings.BASE_DIR)} written.")
