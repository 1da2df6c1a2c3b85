from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.models import User
from timetracker.web.durations import format_duration
from timetracker.web.errors import Conflict
from timetracker.web.times import zone
from tracking.imports import FORMATS
from tracking.imports.rows import UnreadableFileError
from tracking.services.import_plan import EntrySum, Plan, plan_import
from tracking.services.imports import store_import, sums_of

SHOWN = 50


class Command(BaseCommand):
    help = (
        "Brings time from another tracker: `import_time toggl FILE` reads the detailed report of Toggl Track (CSV). "
        "Lines that cannot be stored are listed, and then nothing is stored unless --skip-refused is given. The same "
        "file again adds nothing. All of it is one change, to be undone from the page /import/ for 30 days."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("format", choices=sorted(FORMATS))
        parser.add_argument("file", type=Path)
        parser.add_argument("--dry-run", action="store_true", help="say what would be stored, and store nothing")
        parser.add_argument("--skip-refused", action="store_true", help="store the other lines all the same")
        parser.add_argument("--zone", help="the time zone of the account, as Europe/Berlin (default: yours)")
        parser.add_argument("--as", dest="actor", metavar="PERSON", help="who imports (default: an administrator)")
        parser.add_argument(
            "--person", action="append", default=[], metavar="THEIRS=HERE",
            help="who a person of the file is here: an address or user name; empty leaves them out. Repeat it.",
        )  # fmt: skip

    def handle(self, **options: Any) -> None:
        try:
            actor = self._person(options["actor"]) if options["actor"] else User.objects.administrators().first()
            if actor is None:
                raise CommandError("Nobody is here yet. Set the instance up first.")
            name = options["zone"] or actor.time_zone
            plan = plan_import(
                FORMATS[options["format"]].read(options["file"]),
                zone=zone(name),
                actor=actor,
                people=dict(map(self._pair, options["person"])),
            )
        except (UnreadableFileError, OSError, ValueError) as error:
            raise CommandError(str(error)) from error
        self._show(plan, name)
        if options["dry_run"]:
            self.stdout.write("A dry run: nothing was stored.")
            return
        if not plan.complete and not options["skip_refused"]:
            raise CommandError("Nothing was stored. --skip-refused stores the other lines.")
        self._store(plan, actor)

    def _pair(self, text: str) -> tuple[str, User | None]:
        theirs, equals, here = text.partition("=")
        if not equals or not theirs.strip():
            raise CommandError(f"“{text}” is not of the form THEIRS=HERE.")
        return theirs.strip().lower(), self._person(here.strip()) if here.strip() else None

    def _person(self, name: str) -> User:
        found = list(User.objects.filter(email__iexact=name) or User.objects.filter(username__iexact=name))
        if len(found) != 1:
            raise CommandError(f"There is {'nobody' if not found else 'more than one person'} here called {name}.")
        return found[0]

    def _show(self, plan: Plan, zone_name: str) -> None:
        total = plan.total
        for refusal in plan.refused[:SHOWN]:
            self.stderr.write(f"Line {refusal.line}: {refusal.reason}")
        if len(plan.refused) > SHOWN:
            self.stderr.write(f"… and {len(plan.refused) - SHOWN:,} more.")
        for person, lines in sorted(plan.strangers.items()):
            self.stderr.write(f"Nobody here is {person} ({lines:,} lines). Say who that is: --person {person}=HERE")
        if total.entries:
            self.stdout.write(f"From {plan.first:%Y-%m-%d} to {plan.last:%Y-%m-%d}, times in {zone_name}:")
        for user in sorted(plan.by_person, key=str):
            self._line(str(user), plan.by_person[user])
        self._line("To store", total)
        self._line("Imported already", plan.known)
        self._line("In the trash", plan.trashed)
        counts = {"Refused": len(plan.refused), "Of nobody here": plan.strangers.total(), "Left out": plan.left_out}
        for what, lines in counts.items():
            self.stdout.write(f"{lines:>10,}              {what}")
        for what, names in plan.missing.counts().items():
            self.stdout.write(f"{names:>10,}              {what} to make")

    def _line(self, name: str, found: EntrySum) -> None:
        self.stdout.write(f"{found.entries:>10,} {format_duration(found.seconds):>12}  {name}")

    def _store(self, plan: Plan, actor: User) -> None:
        total = plan.total
        try:
            batch = store_import(plan=plan, actor=actor, progress=lambda done: self._progress(done, total.entries))
        except Conflict as error:
            raise CommandError(str(error)) from error
        if batch is None:
            self.stdout.write("Nothing new.")
            return
        stored = list(sums_of(batch).values())
        found = EntrySum(sum(one.entries for one in stored), sum(one.seconds for one in stored))
        self._line("Stored", found)
        if found != total:
            raise CommandError("That is not what the file says: somebody changed or imported the same at this moment.")

    def _progress(self, done: int, total: int) -> None:
        if self.stdout.isatty():
            self.stdout.write(f"\r{done:,} of {total:,}", ending="\n" if done == total else "")
