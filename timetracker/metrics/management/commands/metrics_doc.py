from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from timetracker.metrics.documentation import as_markdown


class Command(BaseCommand):
    help = "Writes docs/metrics.md from the definitions of metrics."

    def handle(self, *args: Any, **options: Any) -> None:
        path = settings.BASE_DIR / "docs" / "metrics.md"
        path.write_text(as_markdown())
        self.stdout.write(f"{path.relative_to(settings.BASE_DIR)} written.")
