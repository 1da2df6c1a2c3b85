"""What people will ask for in the morning is computed while they sleep."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from accounts.models import Team, TeamMember, User
from accounts.queries import get_organisation
from analytics.services.health import facts_of
from analytics.services.patterns import patterns_of
from analytics.services.team import team_patterns_of
from timetracker.web.times import zone
from tracking.models import Project

HOUR = 4
"""Of the local clock: what ends with the day has ended, and few work."""


def is_due(now: dt.datetime) -> bool:
    """Somewhere it is that hour. Two statements."""
    zones = User.objects.filter(is_active=True).order_by().values_list("time_zone", flat=True).distinct()
    return any(_is_hour(now, name) for name in (*zones, get_organisation().time_zone))


def compute_all(now: dt.datetime) -> Iterator[User | Project | Team]:
    """Of people where it is that hour their patterns; where it is for the organisation, the health of open projects and
    for each lead the patterns of their team. Yields each when it is done.
    """
    for person in User.objects.filter(is_active=True).order_by("pk"):
        if _is_hour(now, person.time_zone):
            patterns_of(person, now)
            yield person
    if _is_hour(now, get_organisation().time_zone):
        for project in Project.objects.open().order_by("pk"):
            facts_of(project)
            yield project
        for lead in TeamMember.objects.filter(is_lead=True, user__is_active=True).select_related("team", "user"):
            team_patterns_of(lead.team, lead.user, now)
            yield lead.team


def _is_hour(now: dt.datetime, name: str) -> bool:
    return now.astimezone(zone(name)).hour == HOUR
