"""Whose week has ended, and what it was like in numbers."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from django.db.models import F, OuterRef, Subquery, Sum, Value

from accounts.models import User
from analytics.models import DigestMark
from timetracker.web.times import combine_local, local_date, week_bounds
from tracking.models import DayTotal, Project, ProjectMember
from tracking.queries.week import as_reported

WEEK = dt.timedelta(days=7)
MORNING = dt.time(8)
"""By the person's clock, on the first day of their new week."""
WITHIN = dt.timedelta(days=2)
"""Afterwards a week is no news any more."""


def ended_week(zone: dt.tzinfo, week_start: int, now: dt.datetime) -> dt.date | None:
    """The first day of the week that is to be told now, if one is."""
    begun, _end = week_bounds(local_date(now, zone), week_start)
    due = combine_local(begun, MORNING, zone)
    return begun - WEEK if due <= now < due + WITHIN else None


def is_told(mark: dt.date | None, week: dt.date) -> bool:
    """Whoever moves the first day of their week is not told the same days twice."""
    return mark is not None and week < mark + WEEK


def weeks_to_tell(now: dt.datetime) -> list[tuple[User, dt.date]]:
    """People who work here and were here before that week had ended, each with its first day. One statement."""
    marks = DigestMark.objects.filter(user=OuterRef("pk")).values("week")
    columns = ("username", "time_zone", "week_start", "date_joined", "hours_format", "weekly_goal_hours")
    people = User.objects.filter(is_active=True).only(*columns).annotate(told=Subquery(marks)).order_by("pk")
    found = [(person, ended_week(person.zone, person.week_start, now)) for person in people]
    return [
        (person, week)
        for person, week in found
        if week and not is_told(person.told, week) and local_date(person.date_joined, person.zone) < week + WEEK
    ]


@dataclass(frozen=True, slots=True)
class Worked:
    """Seconds, as a report of the week by project says them."""

    seconds: int
    before: int | None
    """In the week before; None where nothing was ever worked before this one."""


def worked_in(weeks: Mapping[int, dt.date], formats: Mapping[int, str]) -> dict[int, Worked]:
    """By person, of the weeks with these first days and of those before. Two statements, whatever their number."""
    start, end = min(weeks.values()) - WEEK, max(weeks.values()) + WEEK
    exact: dict[tuple[int, dt.date], Counter[int | None]] = defaultdict(Counter)
    days = DayTotal.objects.filter(user__in=weeks, day__gte=start, day__lt=end).order_by()
    rows = days.values_list("user_id", "day", "project_id").annotate(sum=Sum("seconds"))
    for pk, day, project, seconds in rows:
        exact[pk, weeks[pk] + (day - weeks[pk]) // WEEK * WEEK][project] += seconds
    earliest = DayTotal.objects.filter(user=OuterRef("pk")).order_by("day").values("day")[:1]
    began = dict(User.objects.filter(pk__in=weeks).order_by().values_list("pk", Subquery(earliest)))

    found = {}
    for pk, week in weeks.items():
        seconds, before = (as_reported(exact[pk, first], formats[pk]) for first in (week, week - WEEK))
        begun = began.get(pk)
        found[pk] = Worked(seconds, before if begun and begun < week else None)
    return found


def managed_projects(people: Collection[int]) -> dict[int, list[Project]]:
    """By person, the open ones that they manage, with what their managers may know. Two statements."""
    managed = ProjectMember.objects.filter(user__in=people, is_manager=True)
    # As `with_rights_for` says it to each of them.
    known = {"may_edit": Value(True), "budget_shown": F("budget_amount"), "earned_shown": F("earned_cent_seconds")}
    rows = Project.objects.open().filter(pk__in=managed.values("project")).defer("description").annotate(**known)
    projects = rows.in_bulk()
    found: dict[int, list[Project]] = {pk: [] for pk in people}
    for pk, number in managed.order_by("project__name", "project").values_list("user_id", "project_id"):
        if number in projects:
            found[pk].append(projects[number])
    return found
