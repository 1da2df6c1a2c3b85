"""Many people with a month of work each, for the benchmark of a morning. Needs Django set up."""

from __future__ import annotations

import datetime as dt

from django.contrib.auth.hashers import make_password
from django.utils import timezone

from accounts.models import Team, TeamMember, User
from benchmarks.morning import PASSWORD
from tracking.models import Project, TimeEntry
from tracking.services.totals import rebuild_totals, refresh_statistics

TEAM = 8
ENTRIES = 40
"""Of each, unless told otherwise: two a day for twenty days."""
STEP = 2000


def team_up(people: int, entries: int = ENTRIES) -> list[User]:
    """In teams of eight. Everybody has the same password, or making them would take longer than the benchmark."""
    password = make_password(PASSWORD)
    made = User.objects.bulk_create(
        [User(username=f"p{n}", email=f"p{n}@example.com", password=password) for n in range(people)], batch_size=STEP
    )
    teams = Team.objects.bulk_create([Team(name=f"Team {n}") for n in range(0, people, TEAM)], batch_size=STEP)
    TeamMember.objects.bulk_create(
        [TeamMember(team=teams[n // TEAM], user=person) for n, person in enumerate(made)], batch_size=STEP
    )
    projects = list(Project.objects.open().filter(is_public=True)[:8]) or list(Project.objects.open()[:8])
    this_morning = timezone.now().replace(hour=6, minute=0, second=0, microsecond=0) - dt.timedelta(days=1)
    hour = dt.timedelta(hours=1)
    for number in range(entries):
        start = this_morning - dt.timedelta(days=number // 2) + (number % 2) * hour
        TimeEntry.objects.bulk_create(
            [
                TimeEntry(
                    user=person, started_at=start, ended_at=start + hour, seconds=3600,
                    project=projects[place % len(projects)],
                )
                for place, person in enumerate(made)
            ],
            batch_size=STEP,
        )  # fmt: skip
    rebuild_totals()
    refresh_statistics()
    return made
