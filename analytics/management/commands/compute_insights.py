from __future__ import annotations

import datetime as dt
from argparse import ArgumentTypeError
from collections import Counter
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from accounts.models import Team, User
from analytics.services.nightly import compute_all
from tracking.models import Project


def _moment(text: str) -> dt.datetime:
    try:
        found = dt.datetime.fromisoformat(text)
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        raise ArgumentTypeError("Write a moment such as 2026-11-28T04:30+01:00.")
    return found


class Command(BaseCommand):
    help = (
        "Computes the patterns of people and teams and the health of projects where it is between 4 and 5 in the"
        " morning. The clock starts this each hour in which it is somewhere; pages compute what is missing themselves."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--at", type=_moment, help="Another moment than now, with its offset.")

    def handle(self, *, at: dt.datetime | None, **_options: Any) -> None:
        found = Counter(type(one) for one in compute_all(at or timezone.now()))
        self.stdout.write(f"People: {found[User]}. Projects: {found[Project]}. Teams, by lead: {found[Team]}.")
