"""Clock times as people write them, and the borders of a person's days.

Local times that a clock change makes odd follow one rule, the one calendars use (RFC 5545): a time that does not exist
moves forward by the length of the gap (02:30 becomes 03:30); a time that exists twice means the first one.
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

FIRST_YEAR, LAST_YEAR = 1900, 2999
_NO_PLACES = {"Factory", "localtime", "posixrules"}  # files that lie beside the zones

_CLOCK = re.compile(
    r"(?:(?P<hour>[0-9]{1,2})(?:[:.h](?P<minute>[0-9]{2}))?(?::(?P<second>[0-9]{2}))?"
    r"|(?P<packed_hour>[0-9]{1,2})(?P<packed_minute>[0-9]{2}))"
    r"\s*(?P<half>[ap]\.?m?\.?)?(?:\s*(?:uhr|h))?"
)


def parse_clock(text: str) -> time:
    """`9`, `930`, `9:30`, `9.30`, `0930`, `9h30`, `9pm`, `9:30 am`, `9 Uhr`. Raises ValueError with a text to show."""
    match = _CLOCK.fullmatch(text.strip().lower())
    if match:
        hour = int(match["hour"] or match["packed_hour"])
        minute = int(match["minute"] or match["packed_minute"] or 0)
        hour = _on_24_hours(hour, match["half"])
        if hour < 24 and minute < 60 and int(match["second"] or 0) < 60:
            return time(hour, minute, int(match["second"] or 0))
    raise ValueError(_("Write a time such as 9, 930, 9:30 or 14.15."))


def _on_24_hours(hour: int, half: str | None) -> int:
    if not half:
        return hour
    if not 1 <= hour <= 12:
        return 24  # 13 pm is nothing
    return hour % 12 + (12 if half.startswith("p") else 0)


@dataclass(frozen=True, slots=True)
class ClockRange:
    start: time
    end: time

    @property
    def crosses_midnight(self) -> bool:
        """The end belongs to the next day: `22-6`, `9-24`."""
        return self.end < self.start or self.end == time(0)


def parse_clock_range(text: str) -> ClockRange:
    """`9-1030`, `9:00 – 10:30`, `22-6`, `9-24`. Raises ValueError with a text to show."""
    start_text, dash, end_text = re.sub(r"[–—−]|\b(?:to|bis)\b", "-", text.strip().lower()).partition("-")
    if not dash:
        raise ValueError(_("Write a start and an end such as 9-1030."))
    start = parse_clock(start_text)
    end = time(0) if end_text.strip() in {"24", "24:00", "24.00", "2400"} else parse_clock(end_text)
    if start == end:
        raise ValueError(_("The end is the same as the start."))
    return ClockRange(start, end)


def parse_instant(text: str, tz: tzinfo) -> datetime:
    """An ISO 8601 instant in UTC. An offset in the text is honoured; without one the time is local in `tz`."""
    try:
        moment = parse_datetime(text.strip())
    except ValueError:
        moment = None
    if moment is None or not FIRST_YEAR <= moment.year <= LAST_YEAR:
        raise ValueError(_("Write a date and a time such as 2026-11-22 09:30."))
    if moment.tzinfo is None:
        return combine_local(moment.date(), moment.time(), tz)
    return moment.astimezone(UTC)


def combine_local(day: date, clock: time, tz: tzinfo) -> datetime:
    """The instant, in UTC, at which this person's clock shows that time on that day (see the rule at the top)."""
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise ValueError(_("Write a year between 1900 and 2999."))
    return datetime.combine(day, clock.replace(tzinfo=None, fold=0), tzinfo=tz).astimezone(UTC)


def local_day_bounds(day: date, tz: tzinfo) -> tuple[datetime, datetime]:
    """[first instant of the local day, first instant of the next), in UTC: 23, 24 or 25 hours, nothing if skipped."""
    return local_span_bounds(day, day + timedelta(days=1), tz)


def local_span_bounds(first: date, end: date, tz: tzinfo) -> tuple[datetime, datetime]:
    """The instants of the local days [first, end), in UTC."""
    return combine_local(first, time(0), tz), combine_local(end, time(0), tz)


def local_week_bounds(day: date, week_start: int, tz: tzinfo) -> tuple[datetime, datetime]:
    """The instants of the local week that holds `day`, in UTC."""
    return local_span_bounds(*week_bounds(day, week_start), tz)


def week_bounds(day: date, week_start: int = 0) -> tuple[date, date]:
    """[first day, first day of the next week) of the week that holds `day`; `week_start` 0 is Monday."""
    first = day - timedelta(days=(day.weekday() - week_start) % 7)
    return first, first + timedelta(days=7)


def local_date(moment: datetime, tz: tzinfo) -> date:
    return moment.astimezone(tz).date()


def zone(name: str) -> ZoneInfo:
    """The time zone of that name. Raises ValueError with a text to show."""
    try:
        if name not in _NO_PLACES:
            return ZoneInfo(name)
        raise ZoneInfoNotFoundError(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(_("“%(name)s” is not a time zone we know.") % {"name": name[:60]}) from error
