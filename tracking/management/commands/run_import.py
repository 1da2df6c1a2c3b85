from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from tracking.models import TimeImport
from tracking.services.time_imports import run


class Command(BaseCommand):
    help = "Stores an import that was begun on its page; the page starts this by itself."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("import", type=int, help="its number")

    def handle(self, **options: Any) -> None:
        brought = TimeImport.objects.select_related("actor").filter(pk=options["import"]).first()
        if brought is None:
            raise CommandError("There is no such import.")
        run(brought=brought)
