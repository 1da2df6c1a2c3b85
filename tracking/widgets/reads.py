"""What several widgets share: the week, spans of days, the chosen project, the report behind a number."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from timetracker.web.times import week_bounds
from timetracker.web.widgets import Asked, Place, Range, Scope
from tracking.models import Project, TimeEntry
from tracking.queries import Week, running_entry, week_progress
from tracking.queries.days import DAY

TEMPLATE = "tracking/dashboard/widgets/%s.html"
DAYS = {Range.LAST_7_DAYS: 7, Range.LAST_14_DAYS: 14, Range.LAST_30_DAYS: 30}


def running_of(asked: Asked) -> TimeEntry | None:
    return asked.once(_running, asked.user)


def _running(user: Any) -> TimeEntry | None:
    return running_entry(user, tagged=False)


def week_of(asked: Asked) -> Week:
    return asked.once(_week, asked.user, asked.now, running_of(asked))


def _week(user: Any, now: dt.datetime, running: TimeEntry | None) -> Week:
    return week_progress(user, now, running)


def span_of(asked: Asked, place: Place) -> tuple[dt.date, dt.date]:
    """First and last day of the range that was chosen, today included."""
    chosen, today = place.settings.range, asked.today
    if chosen == Range.THIS_WEEK:
        return week_bounds(today, asked.user.week_start)[0], today
    if chosen == Range.THIS_MONTH:
        return today.replace(day=1), today
    return today - (DAYS[Range(chosen)] - 1) * DAY, today


def people_of(asked: Asked, place: Place) -> tuple[int, ...]:
    """As a report's question names them: none means everybody one may see."""
    return () if place.settings.scope == Scope.TEAM else (asked.user.pk,)


def project_of(asked: Asked, place: Place) -> tuple[Project | None, str]:
    """The project that was chosen, and what to say where it cannot be seen (any more): then it narrows nothing."""
    pk = place.settings.project
    if pk is None:
        return None, ""
    project = asked.once(_visible_project, asked.user, pk)
    return project, "" if project else _("The project chosen here cannot be seen any more: this is all of them.")


def _visible_project(user: Any, pk: int) -> Project | None:
    return Project.objects.visible_to(user).filter(pk=pk).first()


def report_url(first: dt.date, last: dt.date, people: tuple[int, ...] = (), **filters: Any) -> str:
    """Of the report behind a number: these days, these people (none: everybody one may see)."""
    asked = {"first": first, "last": last, "person": people, **filters}
    query = urlencode({name: value for name, value in asked.items() if value not in (None, ())}, doseq=True)
    return f"{reverse('tracking:reports')}?{query}"
