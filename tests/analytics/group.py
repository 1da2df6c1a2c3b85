"""A team with work, made quickly: without events, as nothing is kept of it yet."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from accounts.models import Team, User
from tests.factories import UserFactory
from tests.work import make_project
from tracking.models import TimeEntry

FIRST = dt.datetime(2026, 1, 5, 9, tzinfo=dt.UTC)  # a Monday
DAY = dt.timedelta(days=1)


def add_people(team: Team, count: int) -> list[User]:
    people = UserFactory.create_batch(count)
    for person in people:
        team.memberships.create(user=person)
    return people


def add_work(people: Iterable[User], starts: Sequence[dt.datetime], minutes: int = 90) -> list[TimeEntry]:
    """For each of them an entry at each of these times, on one project."""
    project = make_project()
    return TimeEntry.objects.bulk_create(
        TimeEntry(
            user=person, project=project, started_at=start, ended_at=start + dt.timedelta(minutes=minutes),
            seconds=minutes * 60, source="manual",
        )
        for person in people
        for start in starts
    )  # fmt: skip


def mornings(count: int = 5) -> list[dt.datetime]:
    return [FIRST + n * DAY for n in range(count)]
