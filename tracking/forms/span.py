"""From what somebody typed to two instants. Pure: no request, no database.

Times are those of one local day. The end belongs to the next day only if that is said. On the two nights a year when
the clocks change, a time that does not exist or comes twice is refused with what to write instead: nothing is guessed.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, replace

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from timetracker.web.durations import format_duration, parse_duration
from timetracker.web.times import combine_local, parse_clock, parse_clock_range, parse_instant

DAY = dt.timedelta(days=1)
_ISO = re.compile(r"\d{4}-\d\d-\d\d[T ]")
_RANGE = re.compile(r"\S\s*(?:[-–—−]|\b(?:to|bis)\b)\s*\S")
_TILL_MIDNIGHT = re.compile(r"\b24(?:[:.]?00)?\s*$")


@dataclass(frozen=True, slots=True)
class Typed:
    day: dt.date
    start: str = ""
    end: str = ""
    duration: str = ""
    next_day: bool = False


@dataclass(frozen=True, slots=True)
class Person:
    """What the reading depends on."""

    zone: dt.tzinfo
    now: dt.datetime
    work_starts: dt.time = dt.time(9)
    busy_until: dt.datetime | None = None
    """The end of the last entry of the typed day."""


def read_span(typed: Typed, person: Person) -> tuple[dt.datetime, dt.datetime]:
    """Start and end in UTC. Raises ValidationError by field: day, start, end, next_day or duration."""
    typed = _unfold_range(typed)
    seconds = read_duration(typed.duration)
    if not typed.start:
        return _place(typed, seconds, person)
    start = read_moment("start", typed.start, typed.day, person.zone)
    if not typed.end and seconds is None:
        raise ValidationError({"end": _("When did it end? Give an end or a duration.")})
    if not typed.end:
        return start, start + dt.timedelta(seconds=seconds or 0)
    end = read_end(typed, start, person.zone)
    given = int((end - start).total_seconds())
    if seconds is not None and seconds != given:
        text = _("Start and end give %(given)s. Leave one of the three empty.")
        raise ValidationError({"duration": text % {"given": format_duration(given)}})
    return start, end


def _unfold_range(typed: Typed) -> Typed:
    """`9-1030` in the field for the start says the end too."""
    if _ISO.match(typed.start) or not _RANGE.search(typed.start):
        return typed
    if typed.end:
        raise ValidationError({"end": _("The start says when it ended already.")})
    try:
        span = parse_clock_range(typed.start)
    except ValueError as error:
        raise ValidationError({"start": str(error)}) from error
    next_day = typed.next_day or _TILL_MIDNIGHT.search(typed.start) is not None
    return replace(typed, start=f"{span.start:%H:%M:%S}", end=f"{span.end:%H:%M:%S}", next_day=next_day)


def read_duration(text: str) -> int | None:
    if not text:
        return None
    try:
        seconds = parse_duration(text)
    except ValueError as error:
        raise ValidationError({"duration": str(error)}) from error
    if seconds <= 0:
        raise ValidationError({"duration": _("How long did it take?")})
    return seconds


def read_end(typed: Typed, start: dt.datetime, zone: dt.tzinfo) -> dt.datetime:
    """The end after `start`; a clock time is of the start's local day, or of the next where that is said."""
    day = start.astimezone(zone).date() if _ISO.match(typed.start) else typed.day
    end = read_moment("end", typed.end, day + DAY if typed.next_day else day, zone)
    if end == start:
        raise ValidationError({"end": _("The end is the same as the start.")})
    if end < start:
        text = _("The end is before the start. If it is after midnight, tick “Ends the next day”.")
        raise ValidationError({"end": text})
    return end


def _place(typed: Typed, seconds: int | None, person: Person) -> tuple[dt.datetime, dt.datetime]:
    """A duration without times: today it ends now; another day it follows what is there, or begins when work begins."""
    if typed.end:
        if seconds is None:
            raise ValidationError({"start": _("When did it start?")})
        end = read_moment("end", typed.end, typed.day + DAY if typed.next_day else typed.day, person.zone)
        return end - dt.timedelta(seconds=seconds), end
    if seconds is None:
        raise ValidationError({"duration": _("Give a start and an end, or a duration.")})
    length = dt.timedelta(seconds=seconds)
    now = person.now.replace(microsecond=0)
    if typed.day != now.astimezone(person.zone).date():
        start = person.busy_until or combine_local(typed.day, person.work_starts, person.zone)
        return start, start + length
    if now - length < combine_local(typed.day, dt.time(0), person.zone):
        raise ValidationError({"duration": _("That is longer than today has lasted. Give a start as well.")})
    return now - length, now


def read_moment(field: str, text: str, day: dt.date, zone: dt.tzinfo) -> dt.datetime:
    """A clock time on `day`, or an ISO instant, whose offset counts."""
    try:
        if not _ISO.match(text):
            return _exact(day, parse_clock(text), zone)
        moment = parse_instant(text, zone)
        if _has_offset(text):
            return moment
        date, clock = re.split(r"[T ]+", text.strip(), maxsplit=1)
        return _exact(dt.date.fromisoformat(date), parse_clock(clock), zone)
    except ValueError as error:
        raise ValidationError({field: str(error)}) from error


def move_days(field: str, moment: dt.datetime, days: dt.timedelta, zone: dt.tzinfo) -> dt.datetime:
    """The same time by the clock, some local days later or earlier."""
    local = moment.astimezone(zone)
    try:
        return _exact(local.date() + days, local.time(), zone)
    except (ValueError, OverflowError) as error:
        raise ValidationError({field: str(error)}) from error


def _has_offset(text: str) -> bool:
    return re.search(r"(?:[zZ]|[+-]\d\d:?(?:\d\d)?)\s*$", text[10:]) is not None


def _exact(day: dt.date, clock: dt.time, zone: dt.tzinfo) -> dt.datetime:
    first = combine_local(day, clock, zone)
    shown = first.astimezone(zone)
    if shown.replace(tzinfo=None, fold=0) != dt.datetime.combine(day, clock):
        text = _("%(time)s does not exist on this day: the clocks go forward. Did you mean %(later)s?")
        raise ValueError(text % {"time": f"{clock:%H:%M}", "later": f"{shown:%H:%M}"})
    second = shown.replace(fold=1)
    if second.utcoffset() != shown.utcoffset():
        text = _("%(time)s comes twice on this day: the clocks go back. Write %(first)s or %(second)s.")
        values = {"time": f"{clock:%H:%M}", "first": _iso(shown), "second": _iso(second)}
        raise ValueError(text % values)
    return first


def write_moment(moment: dt.datetime, zone: dt.tzinfo, day: dt.date | None = None) -> str:
    """What a form shows for an instant: 09:30 on `day`, else with its date; with its offset where it comes twice."""
    local = moment.astimezone(zone)
    if local.replace(fold=1 - local.fold).utcoffset() != local.utcoffset():
        return _iso(local)
    return f"{local:%H:%M}" if local.date() == day else f"{local:%Y-%m-%d %H:%M}"


def _iso(local: dt.datetime) -> str:
    return local.isoformat(sep=" ", timespec="minutes")
