"""Quiet hours by a person's own clock. Pure: nothing here reads a table."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from timetracker.web.times import combine_local

DAY = dt.timedelta(days=1)


@dataclass(frozen=True)
class Quiet:
    zone: ZoneInfo
    hours: tuple[dt.time, dt.time] | None
    """From and until; from after until goes over midnight. None, or both the same: no quiet hours."""
    working_days: Collection[int]
    """0 is Monday. What is not in it is quiet altogether; empty means that no day is."""

    def ends_at(self, moment: dt.datetime) -> dt.datetime | None:
        """When it is no longer quiet, in UTC; None where it is not quiet at `moment`."""
        end = moment
        # A week of days off between two nights, at most: each turn ends one stretch of quiet.
        for _turn in range(20):
            later = self._end_of_day_off(end) or self._end_of_night(end)
            if later is None:
                break
            end = later
        return end if end > moment else None

    def _end_of_day_off(self, moment: dt.datetime) -> dt.datetime | None:
        today = moment.astimezone(self.zone).date()
        if not self.working_days or today.weekday() in self.working_days:
            return None
        return combine_local(today + DAY, dt.time(0), self.zone)

    def _end_of_night(self, moment: dt.datetime) -> dt.datetime | None:
        if self.hours is None or self.hours[0] == self.hours[1]:
            return None
        begin, until = self.hours
        today = moment.astimezone(self.zone).date()
        over_midnight = dt.timedelta(days=int(begin > until))
        for first in (today - DAY, today):
            starts = combine_local(first, begin, self.zone)
            ends = combine_local(first + over_midnight, until, self.zone)
            if starts <= moment < ends:
                return ends
        return None
