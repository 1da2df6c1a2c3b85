from __future__ import annotations

import datetime as dt
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.models import User
from timetracker.web.errors import Conflict
from tracking.demo.load import load_demo_data


class Command(BaseCommand):
    help = "Fills an instance that has no time entries with a believable team: people, projects, tasks, time."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--entries", type=int, default=2000, help="how many time entries (default 2000)")
        parser.add_argument("--seed", type=int, default=1, help="another number gives another team's history")
        parser.add_argument("--people", type=int, help="how many people, 2 to 20 (default: by the number of entries)")
        parser.add_argument("--until", type=dt.datetime.fromisoformat, help="the last instant, ISO 8601 (default: now)")
        parser.add_argument("--password", help="lets the made-up people sign in; without it they cannot")

    def handle(self, **options: Any) -> None:
        entries = options["entries"]
        people = options["people"] or min(20, max(6, entries // 5000))
        until = options["until"]
        if until is not None and until.tzinfo is None:
            raise CommandError("--until needs an offset, as in 2026-03-01T18:00+01:00.")
        if entries < 1 or not 2 <= people <= 20:
            raise CommandError("At least one entry, and 2 to 20 people.")
        try:
            counts = load_demo_data(
                entries=entries,
                seed=options["seed"],
                people=people,
                until=until,
                password=options["password"],
            )
        except Conflict as error:
            raise CommandError(f"{error} Demo data goes into an instance without time.") from error
        if not User.objects.administrators().exists():
            self.stdout.write(
                "Nobody administers this instance yet: `manage.py createsuperuser` makes an administrator."
            )
        self.stdout.write("Made " + ", ".join(f"{number:,} {kind}" for kind, number in counts.items()) + ".")
