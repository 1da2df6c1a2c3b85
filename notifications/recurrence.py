"""When a recurring notification comes next. Pure, and true to the clock on the wall.

As it is stored and sent: `{"every_seconds": 5400}`, or `{"at": "18:00"}`, also with `"days": [0, 4]` (0 is Monday).
An interval of whole days keeps the time of day over a change of the clock (it is noted when it begins, as `"clock"`:
one that falls into the missing hour once is back the day after); a shorter one counts elapsed time.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from timetracker.web.times import combine_local

SHORTEST = 60
_CLOCK = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?", re.ASCII)
LONGEST = 366 * 24 * 3600
DAY = 24 * 3600


def checked(recurrence: object) -> dict[str, Any]:
    """The same, tidy. Raises ValidationError with a text to show."""
    if not isinstance(recurrence, Mapping):
        raise ValidationError(_("A recurrence is {“every_seconds”: …} or {“at”: “18:00”, “days”: […]}."))
    by_clock = "at" in recurrence
    if set(recurrence) - ({"at", "days"} if by_clock else {"every_seconds", "clock"}) or not recurrence:
        raise ValidationError(_("A recurrence is {“every_seconds”: …} or {“at”: “18:00”, “days”: […]}."))
    if by_clock:
        return {"at": _clock(recurrence["at"]), "days": _days(recurrence.get("days"))}
    seconds = recurrence.get("every_seconds")
    if isinstance(seconds, bool) or not isinstance(seconds, int) or not SHORTEST <= seconds <= LONGEST:
        raise ValidationError(_("It can come back after a minute at the earliest and a year at the latest."))
    return {"every_seconds": seconds}


def _clock(text: object) -> str:
    if not isinstance(text, str) or not _CLOCK.fullmatch(text):
        raise ValidationError(_("Write a time of day such as 18:00."))
    return text[:5]


def _days(days: object) -> list[int]:
    if days is None:
        return list(range(7))
    if not isinstance(days, list) or not days or any(type(day) is not int or not 0 <= day <= 6 for day in days):
        raise ValidationError(_("Days are numbers from 0 (Monday) to 6 (Sunday), one at least."))
    return sorted(set(days))


def begun(recurrence: Mapping[str, Any], first: dt.datetime, zone: ZoneInfo) -> dict[str, Any]:
    """The same, with the time of day that it keeps."""
    if "at" in recurrence or recurrence["every_seconds"] % DAY:
        return dict(recurrence)
    return {**recurrence, "clock": first.astimezone(zone).time().isoformat()}


def moved(recurrence: Mapping[str, Any], due: dt.datetime, now: dt.datetime, zone: ZoneInfo) -> dt.datetime:
    """What is `due` by the clock of another zone comes at that time of day in this one."""
    if "at" in recurrence:
        return first_at(recurrence, now, zone)
    if "clock" not in recurrence:
        return due
    moment = combine_local(due.astimezone(zone).date(), dt.time.fromisoformat(recurrence["clock"]), zone)
    return moment if moment > now else next_after(recurrence, moment, now, zone)


def next_after(recurrence: Mapping[str, Any], last: dt.datetime, now: dt.datetime, zone: ZoneInfo) -> dt.datetime:
    """The first time after `now`, in UTC. What was slept through is not made up for one by one.

    `last` is the time it was due at before; an interval is counted from there.
    """
    if "at" in recurrence:
        return first_at(recurrence, now, zone)
    seconds = recurrence["every_seconds"]
    steps = int((now - last).total_seconds() // seconds) + 1 if now >= last else 1
    if seconds % DAY:
        return last + dt.timedelta(seconds=seconds * steps)
    local = last.astimezone(zone)
    clock = dt.time.fromisoformat(recurrence["clock"]) if "clock" in recurrence else local.time()
    days = seconds // DAY
    # One step back: where the clock was changed, days are not all as long.
    for step in range(max(steps - 1, 1), steps + 2):
        moment = combine_local(local.date() + dt.timedelta(days=days * step), clock, zone)
        if moment > now:
            break
    return moment


def first_at(recurrence: Mapping[str, Any], now: dt.datetime, zone: ZoneInfo) -> dt.datetime:
    """The first time after `now` that a recurrence by the time of day names, in UTC."""
    clock, today = dt.time.fromisoformat(recurrence["at"]), now.astimezone(zone).date()
    days = (today + dt.timedelta(days=ahead) for ahead in range(9))
    moments = (combine_local(day, clock, zone) for day in days if day.weekday() in recurrence["days"])
    return next(moment for moment in moments if moment > now)
