"""When a rule with the trigger `schedule` comes next. Pure, and true to the clock on the wall.

Each time that is asked for comes once a day: the first of two where clocks are set back; right after the gap where they
are set forward over it (several that lie in one gap come together, once).
"""

from __future__ import annotations

import calendar
import datetime as dt
import re
from collections.abc import Iterator, Mapping
from itertools import islice, pairwise, takewhile
from typing import Any
from zoneinfo import ZoneInfo

from cronsim import CronSim, CronSimError
from django.utils.translation import gettext as _

from workflows.faults import Fault

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
LAST_DAY = "last"
TIGHTEST = dt.timedelta(minutes=5)
LONGEST_CRON = 100
MINUTE = dt.timedelta(minutes=1)
_OPTIONS = {"day": {"every", "at"}, "week": {"every", "days", "at"}, "month": {"every", "day", "at"}}
_CLOCK = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]", re.ASCII)
_SOME_DAY = dt.datetime(2000, 1, 1)  # noqa: DTZ001  # the clock on the wall, wherever that is
_A_YEAR = dt.timedelta(days=400)
Options = Mapping[str, Any]


# ── What may be asked for ────────────────────────────────────────────────────
def faults_in_schedule(options: Options) -> Iterator[Fault]:
    """Of a trigger without its type."""
    every = options.get("every")
    if "cron" in options:
        yield from not_among({"cron"}, options)
        yield from _faults_in_cron(options["cron"])
    elif not isinstance(every, str) or every not in _OPTIONS:
        yield Fault("trigger.every", _("One of: %(these)s; or give cron.") % {"these": ", ".join(_OPTIONS)})
    else:
        yield from not_among(_OPTIONS[every], options)
        yield from _faults_in_clock(options.get("at"))
        if every == "week":
            yield from _faults_in_days(options.get("days"))
        if every == "month" and not _is_day(options.get("day")):
            yield Fault("trigger.day", _("A day is a number from 1 to 31, or “last”."))


def not_among(known: set[str], options: Options) -> Iterator[Fault]:
    """A fault for each value that is not known."""
    for name in sorted(map(str, options.keys() - known)):
        yield Fault(f"trigger.{name[:60]}", _("This trigger takes no such value."))


def is_clock(at: Any) -> bool:
    """A time of day such as 09:00."""
    return isinstance(at, str) and _CLOCK.fullmatch(at) is not None


def _faults_in_clock(at: Any) -> Iterator[Fault]:
    if not is_clock(at):
        yield Fault("trigger.at", _("Write a time of day such as 09:00."))


def _faults_in_days(days: Any) -> Iterator[Fault]:
    text = _("Days are a list of: %(these)s.") % {"these": ", ".join(WEEKDAYS)}
    if not isinstance(days, list) or not days:
        yield Fault("trigger.days", text)
        return
    for place, day in enumerate(days):
        if not isinstance(day, str) or day not in WEEKDAYS:
            yield Fault(f"trigger.days[{place}]", text)


def _is_day(day: Any) -> bool:
    return day == LAST_DAY or (type(day) is int and 1 <= day <= 31)


def _faults_in_cron(cron: Any) -> Iterator[Fault]:
    times = _times_of(cron)
    if times is None:
        yield Fault(
            "trigger.cron",
            _("Give five fields that go together: minute, hour, day, month, weekday, such as 0 9 * * 1-5."),
        )
        return
    first = next(times, None)
    if first is None:
        yield Fault("trigger.cron", _("That time never comes."))
        return
    # More than a day of the densest pattern that is allowed, and not centuries of a rare one.
    near = takewhile(lambda moment: moment < first + _A_YEAR, islice(times, 300))
    if any(later - moment < TIGHTEST for moment, later in pairwise([first, *near])):
        text = _("That is too often: at most every %(minutes)d minutes.")
        yield Fault("trigger.cron", text % {"minutes": TIGHTEST // MINUTE})


def _times_of(cron: Any) -> CronSim | None:
    if not isinstance(cron, str) or len(cron) > LONGEST_CRON or len(cron.split()) != 5:
        return None
    try:
        return CronSim(cron, _SOME_DAY)
    except CronSimError:
        return None


# ── When ─────────────────────────────────────────────────────────────────────
def next_after(options: Options, after: dt.datetime, zone: ZoneInfo) -> dt.datetime | None:
    """The first time after that instant, in UTC. None where there is none for fifty years."""
    return next(times_after(options, after, zone), None)


def times_after(options: Options, after: dt.datetime, zone: ZoneInfo) -> Iterator[dt.datetime]:
    """In UTC, each later than the one before. The options are without faults."""
    last = after
    for wall in CronSim(_pattern(options), after.astimezone(zone).replace(tzinfo=None)):
        moment = _instant(wall, zone)
        # What is not later has been: in the first of two equal hours, or at the end of a gap.
        if moment > last and _is_asked_for(wall, options):
            last = moment
            yield moment


def _pattern(options: Options) -> str:
    if "cron" in options:
        return str(options["cron"])
    hour, minute = map(int, options["at"].split(":"))
    days = weekdays = "*"
    if options["every"] == "week":
        weekdays = ",".join(options["days"])
    if options["every"] == "month":
        day = options["day"]
        days = "L" if day == LAST_DAY else str(day) if day <= 28 else "28-31"
    return f"{minute} {hour} {days} * {weekdays}"


def _is_asked_for(wall: dt.datetime, options: Options) -> bool:
    """A month that is too short for its day has its last instead: no pattern says that."""
    day = options.get("day")
    if not isinstance(day, int) or day <= 28:
        return True
    return wall.day == min(day, calendar.monthrange(wall.year, wall.month)[1])


def _instant(wall: dt.datetime, zone: ZoneInfo) -> dt.datetime:
    moment = wall.replace(tzinfo=zone).astimezone(dt.UTC)
    while moment.astimezone(zone).replace(tzinfo=None) != wall:
        wall += MINUTE
        moment = wall.replace(tzinfo=zone).astimezone(dt.UTC)
    return moment
