"""What triggers look at: of many people in the same few statements."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from django.db.models import Max, Sum

from accounts.holidays import days_off
from accounts.models import Organisation, User
from notifications.models import Settings
from notifications.queries import settings_of_all
from notifications.triggers.moments import DAY, KEPT_UP, Hours
from timetracker.web.times import week_bounds
from tracking.models import DayTotal, TimeEntry

LOOKED_BACK = dt.timedelta(days=2)
"""What began earlier than that and has ended says nothing about whether somebody works now."""


@dataclass(frozen=True, slots=True)
class Situation:
    person: User
    hours: Hours
    chosen: Settings
    running: TimeEntry | None
    last_end: dt.datetime | None
    """Of what was logged lately; ahead of now where time was logged ahead."""
    worked: Mapping[dt.date, int]
    """Finished seconds by day, since KEPT_UP days ago or the beginning of the week, if that is earlier."""

    def worked_in_week_of(self, day: dt.date) -> int:
        first, end = week_bounds(day, self.person.week_start)
        return sum(seconds for each, seconds in self.worked.items() if first <= each < end)


def situations_of(people: Collection[User], now: dt.datetime) -> dict[int, Situation]:
    place = Organisation.objects.filter(pk=Organisation.PK).values_list("holidays", flat=True).first() or ""
    chosen = settings_of_all(people)
    entries = TimeEntry.objects.alive().filter(user__in=people)
    running = {entry.user_id: entry for entry in entries.filter(ended_at=None).select_related("project", "task")}
    ended = entries.filter(ended_at__isnull=False, started_at__gt=now - LOOKED_BACK).order_by()
    last_ends = dict(ended.values_list("user").annotate(last=Max("ended_at")))
    worked: dict[int, dict[dt.date, int]] = {}
    totals = DayTotal.objects.filter(user__in=people, day__gte=(now - (KEPT_UP + 1) * DAY).date()).order_by()
    for pk, day, seconds in totals.values_list("user", "day").annotate(sum=Sum("seconds")):
        worked.setdefault(pk, {})[day] = seconds
    return {
        person.pk: Situation(
            person,
            hours_of(person, place),
            chosen[person.pk],
            running.get(person.pk),
            last_ends.get(person.pk),
            worked.get(person.pk, {}),
        )
        for person in people
    }


def hours_of(person: User, place: str) -> Hours:
    """`place`: whose public holidays count, as in the organisation's settings."""
    return Hours(
        person.zone,
        person.work_starts,
        person.work_ends,
        frozenset(person.working_days),
        lambda day: bool(days_off(place, day, day)),
        person.week_start,
    )
