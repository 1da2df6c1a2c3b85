"""A person's week that has ended: recorded once, for whoever tells them of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from itertools import chain

from django.db import transaction

from accounts.models import User
from analytics.events import DigestReady
from analytics.health.verdict import Health, Status
from analytics.models import DigestMark
from analytics.queries.digest import WEEK, Worked, is_told, managed_projects, weeks_to_tell, worked_in
from analytics.services.health import last_health, rank
from timetracker.events.recording import record
from timetracker.web import flags
from tracking.models import Project

AT_ONCE = 500
NAMED = 3
"""Projects."""
DAY = dt.timedelta(days=1)
IN_TROUBLE = frozenset({Status.CRITICAL, Status.AT_RISK})


def tell_weeks(now: dt.datetime) -> int:
    """One event for each person who worked in their week or manages a project in trouble. Returns how many.

    Six statements of reading, and those of each person in a transaction of their own.
    """
    due = weeks_to_tell(now)[:AT_ONCE] if flags.is_on("weekly_digest") else []
    if not due:
        return 0
    worked = worked_in(
        {person.pk: week for person, week in due}, {person.pk: person.hours_format for person, _week in due}
    )  # fmt: skip
    managed = managed_projects([person.pk for person, _week in due])
    health = last_health(chain.from_iterable(managed.values()))
    return sum(
        _tell(person, _digest(person, week, worked[person.pk], managed[person.pk], health)) for person, week in due
    )


def _digest(
    person: User, week: dt.date, worked: Worked, managed: Iterable[Project], health: dict[int, Health]
) -> DigestReady:
    known = [(project.pk, health[project.pk]) for project in managed if project.pk in health]
    trouble = sorted((one for one in known if one[1].status in IN_TROUBLE), key=lambda one: rank(one[1]))
    return DigestReady(
        week=week,
        last=week + WEEK - DAY,
        user_id=person.pk,
        worked_seconds=worked.seconds,
        before_seconds=worked.before,
        goal_seconds=person.weekly_goal_seconds or None,
        projects=[{"id": pk, "status": found.status.value} for pk, found in trouble[:NAMED]],
        projects_at_risk=len(trouble),
    )


@transaction.atomic
def _tell(person: User, digest: DigestReady) -> bool:
    """The mark is set where there is nothing to tell as well: time that is logged later does not bring it up."""
    # Asked again under the lock: another process may have been quicker, or they have left.
    here = User.objects.select_for_update(no_key=True).filter(pk=person.pk, is_active=True).only("pk").first()
    mark = DigestMark.objects.filter(user=person.pk).first() or DigestMark(user=here)
    if here is None or is_told(mark.week, digest.week):
        return False
    mark.week = digest.week
    mark.save()
    if not digest.worked_seconds and not digest.projects_at_risk:
        return False
    record(digest, actor=None, person_id=person.pk)
    return True
