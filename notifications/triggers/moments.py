"""When a trigger looks at a person, by that person's own clock. Pure: nothing here reads a table."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from timetracker.web.times import combine_local, local_date, week_bounds

DAY = dt.timedelta(days=1)
AHEAD = 30
"""Days that are searched for a working day: whoever has none in a month is not reminded of work."""
AFTER_WORK = dt.timedelta(minutes=30)
"""So long after work ends a timer that still runs may be forgotten."""
BEFORE_WEEKEND = dt.timedelta(hours=2)
"""So long before the last working day of the week ends there is still time to do something about the goal."""
KEPT_UP = 7
"""Days after which a summary that was missed is of no use any more."""


@dataclass(frozen=True)
class Hours:
    """A person's zone and working time."""

    zone: ZoneInfo
    starts: dt.time
    ends: dt.time
    """Not after `starts`: on the next day."""
    working_days: Collection[int]
    """0 is Monday."""
    is_holiday: Callable[[dt.date], bool]
    week_start: int = 0

    def works_on(self, day: dt.date) -> bool:
        return day.weekday() in self.working_days and not self.is_holiday(day)

    def span(self, day: dt.date) -> tuple[dt.datetime, dt.datetime]:
        """From when to when work goes that begins on `day`, in UTC: what is added to it is real time."""
        over_midnight = DAY if self.ends <= self.starts else dt.timedelta(0)
        starts = combine_local(day, self.starts, self.zone)
        ends = combine_local(day + over_midnight, self.ends, self.zone)
        return starts.astimezone(dt.UTC), ends.astimezone(dt.UTC)

    def day_of(self, moment: dt.datetime) -> dt.date:
        return local_date(moment, self.zone)

    def shift_of(self, moment: dt.datetime) -> dt.date:
        """The day on which the work began that goes on at `moment`; its own day where none does."""
        today = self.day_of(moment)
        starts, ends = self.span(today - DAY)
        return today - DAY if starts <= moment < ends else today

    def working_days_from(self, day: dt.date) -> Iterator[dt.date]:
        return (each for each in (day + number * DAY for number in range(AHEAD)) if self.works_on(each))


def summary_at(hours: Hours, clock: dt.time, now: dt.datetime, last: dt.date | None) -> tuple[dt.date, dt.datetime]:
    """Of which day the next summary is, and when it is due: in the past where its time was slept through.

    `last` is the day that was dealt with last: each local date has its turn once, whatever becomes of the zone.
    """
    today = hours.day_of(now)
    day = max(last + DAY, today - KEPT_UP * DAY) if last else today
    due_at = combine_local(day, clock, hours.zone)
    if last is None and due_at <= now:
        day += DAY
        due_at = combine_local(day, clock, hours.zone)
    return day, due_at


def idle_timer_at(
    hours: Hours, pause: dt.timedelta, since: dt.datetime, last: dt.date | None, now: dt.datetime
) -> dt.datetime | None:
    """When nothing will have run for `pause` within working hours, where nothing has since `since`: once a day.

    On no day before today's: what was slept through is not said on another day.
    """
    for day in hours.working_days_from(hours.shift_of(max(since, now))):
        starts, ends = hours.span(day)
        due_at = max(starts, since) + pause
        if due_at < ends and (last is None or day > last):
            return due_at
    return None


def forgotten_timer_at(hours: Hours, limit: dt.timedelta, started_at: dt.datetime) -> dt.datetime:
    """When a timer is older than the person's limit, or ran on past the working hours in which it was started."""
    day = hours.shift_of(started_at)
    _starts, ends = hours.span(day)
    latest = started_at.astimezone(dt.UTC) + limit
    return min(latest, ends + AFTER_WORK) if hours.works_on(day) and started_at < ends else latest


def week_ends_at(hours: Hours, now: dt.datetime, last: dt.date | None) -> tuple[dt.date, dt.datetime] | None:
    """The next last working day of a week, and the moment on it; a week is dealt with once."""
    first, _end = week_bounds(hours.day_of(now), hours.week_start)
    while first < hours.day_of(now) + AHEAD * DAY:
        end = first + 7 * DAY
        days = [day for day in hours.working_days_from(first) if day < end]
        if days and (last is None or last < first):
            due_at = hours.span(days[-1])[1] - BEFORE_WEEKEND
            if due_at > now or last is not None:
                return days[-1], due_at
        first = end
    return None
