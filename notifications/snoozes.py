"""When something can come back, by the person's own clock. Pure."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from timetracker.web.times import combine_local

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

AFTERNOON = dt.time(14)
HOUR = dt.timedelta(hours=1)
DAY = dt.timedelta(days=1)

LABELS: dict[str, StrOrPromise] = {
    "hour": _("In an hour"),
    "afternoon": _("This afternoon"),
    "tomorrow": _("Tomorrow"),
    "week": _("Next week"),
}


def tomorrow(person: User) -> dict[str, object]:
    """What a form that asks for another time begins with."""
    return {"day": timezone.now().astimezone(person.zone).date() + DAY, "clock": f"{person.work_starts:%H:%M}"}


def moments(person: User, now: dt.datetime) -> dict[str, dt.datetime]:
    """Name to instant, those that lie ahead: days begin when the person's work does, weeks as theirs do."""
    today = now.astimezone(person.zone).date()
    next_week = today + dt.timedelta(days=(person.week_start - today.weekday() - 1) % 7 + 1)
    found = {
        "hour": now + HOUR,
        "afternoon": combine_local(today, AFTERNOON, person.zone),
        "tomorrow": combine_local(today + DAY, person.work_starts, person.zone),
        "week": combine_local(next_week, person.work_starts, person.zone),
    }
    return {name: moment for name, moment in found.items() if moment > now}
