"""When a digest comes, by a person's own clock. Pure: nothing here reads a table."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from timetracker.web.times import combine_local, week_bounds

DAY = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Slot:
    moment: dt.datetime
    day: dt.date
    """By the clock of the person: what the digest is called after."""


@dataclass(frozen=True, slots=True)
class DigestTimes:
    """Every day at a time, or once a week. What is held back belongs to the first one after it was held back."""

    zone: ZoneInfo
    at: dt.time
    weekday: int | None
    """0 is Monday; None: every day."""

    def latest(self, moment: dt.datetime) -> Slot:
        """The last one up to `moment`, itself among them."""
        return next(slot for slot in reversed(self._around(moment)) if slot.moment <= moment)

    def next_after(self, moment: dt.datetime) -> Slot:
        return next(slot for slot in self._around(moment) if slot.moment > moment)

    def key(self, slot: Slot) -> str:
        """The same for one local day, or week from Monday on: of digests with one key a person gets the first only."""
        if self.weekday is None:
            return f"digest:day:{slot.day.isoformat()}"
        return f"digest:week:{week_bounds(slot.day)[0].isoformat()}"

    def _around(self, moment: dt.datetime) -> list[Slot]:
        today = moment.astimezone(self.zone).date()
        # A week on either side, and a day more: a day that a zone left out is made up for on the next.
        days = [today + number * DAY for number in range(-9, 10)]
        return [
            Slot(combine_local(day, self.at, self.zone), day)
            for day in days
            if self.weekday is None or day.weekday() == self.weekday
        ]


def day_after(moment: dt.datetime, zone: ZoneInfo) -> dt.datetime:
    """The first instant of the next local day."""
    return combine_local(moment.astimezone(zone).date() + DAY, dt.time(0), zone)
