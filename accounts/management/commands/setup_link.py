from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.services.setup import issue_setup_link


class Command(BaseCommand):
    help = "Prints a new one-time link for the set-up of an empty instance; earlier links stop working."

    def handle(self, *args: Any, **options: Any) -> None:
        link = issue_setup_link()
        if link is None:
            raise CommandError("This instance is set up already.")
        self.stdout.write(link)
