from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.models import User
from timetracker.web.errors import Conflict, NotAllowed
from tracking.models import Batch
from tracking.services.undo import undo_batch


class Command(BaseCommand):
    help = "Undoes a change of many entries, as an import; the page starts this by itself. What is undone stays undone."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("change", type=int, help="its number")
        parser.add_argument("person", type=int, help="the number of whoever undoes it")

    def handle(self, **options: Any) -> None:
        try:
            actor = User.objects.get(pk=options["person"])
            undoing = undo_batch(batch=Batch.objects.undoable_by(actor).get(pk=options["change"]), actor=actor)
        except (User.DoesNotExist, Batch.DoesNotExist) as error:
            raise CommandError("There is no such change to undo.") from error
        except (Conflict, NotAllowed) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{undoing.changes.count():,} entries undone.")
