from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from tracking.services.day_totals import people_with_time, rebuild_day_totals, wrong_day_totals
from tracking.services.totals import rebuild_totals, wrong_totals

SHOWN = 50


class Command(BaseCommand):
    help = "Counts every stored total anew from the entries and names each one that is wrong. Exits with 1 if any is."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--repair", action="store_true", help="Put right what is wrong.")

    def handle(self, *, repair: bool, **_options: Any) -> None:
        people = total = 0
        for user in people_with_time():
            people += 1
            wrong = list(wrong_day_totals(user))
            for table, key, held, right in wrong[:SHOWN]:
                tag = "" if key.tag is None else f" tag {key.tag}"
                where = f"{user.username} {key.day} project {key.project} task {key.task}{tag}"
                self.stdout.write(f"{table}: {where}: {held} s stored, {right} s in the entries")
            total += len(wrong)
            if wrong and repair:
                rebuild_day_totals(user)
        for name, pk, held, right in wrong_totals():
            total += 1
            self.stdout.write(f"{name} {pk}: {held} stored, {right} in the entries")
        if total and repair:
            rebuild_totals()
            self.stdout.write(f"{total} put right.")
        elif total:
            raise CommandError(f"{total} totals are wrong. Run check_totals --repair.")
        else:
            self.stdout.write(f"All totals are right ({people} people).")
