"""What a reason for a review rests on, in the words of the list of reviews."""

from __future__ import annotations

from collections.abc import Collection

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from analytics.anomalies.doubles import Doubled
from analytics.anomalies.history import Finding
from analytics.anomalies.hours import OddHours
from analytics.queries.worked import judged_beside, worked_of
from timetracker.web.durations import format_duration
from tracking.models import TimeEntry
from tracking.reasons import register

MOST = 10
"""Entries of a page: each is compared with half a year."""


def explain(reader: User, entries: Collection[TimeEntry]) -> dict[int, str]:
    judged = judged_beside(reader, [worked_of(entry) for entry in entries][:MOST])
    return {one.pk: _words(found, reader) for one, found in judged if found}


def _words(found: Finding, reader: User) -> str:
    if isinstance(found, Doubled):
        start = found.other.start.astimezone(reader.zone)
        return _("As on %(day)s at %(time)s") % {"day": date_format(start, "j M"), "time": f"{start:%H:%M}"}
    if isinstance(found, OddHours):
        text = ngettext(
            "At %(first)d:00 to %(end)d:00, when you worked on %(days)d of %(count)d day",
            "At %(first)d:00 to %(end)d:00, when you worked on %(days)d of %(count)d days",
            found.of,
        )
        end = (found.last + 1) % 24
        return text % {"first": found.first, "end": end, "days": found.days, "count": found.of}
    usual = {
        "task": ngettext(
            "usually %(low)s to %(high)s h on this task (%(count)d entry)",
            "usually %(low)s to %(high)s h on this task (%(count)d entries)",
            found.count,
        ),
        "project": ngettext(
            "usually %(low)s to %(high)s h on this project (%(count)d entry)",
            "usually %(low)s to %(high)s h on this project (%(count)d entries)",
            found.count,
        ),
        "all": ngettext(
            "usually %(low)s to %(high)s h (%(count)d entry)",
            "usually %(low)s to %(high)s h (%(count)d entries)",
            found.count,
        ),
    }[found.scope]
    low, high = (format_duration(seconds, reader.hours_format) for seconds in (found.low, found.high))
    return usual % {"low": low, "high": high, "count": found.count}


register(explain)
