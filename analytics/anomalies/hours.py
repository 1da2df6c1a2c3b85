"""At hours at which this person (almost) never works: by their own days, and no fixed night.

Who works only at night is normal at night, and odd at noon. For each hour of the clock it is counted on how many days
some of it was worked.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from analytics.anomalies.worked import Worked

FEWEST_DAYS = 15
"""Worked days; with less nothing is said."""
USUAL = 0.08
"""An hour is usual where it holds this share, at least, of the time that the busiest hour holds …"""
LATELY, OFTEN = 10, 3
"""… or was worked on so many of the last days: who changes their hours is asked for a few days at most."""
MARGIN = 3
"""Hours: what is no further than this from a usual hour is only early or late."""
ODD_SHARE, ODD_SECONDS = 0.5, 3 * 3600
"""Of the entry, at least one of these lies in odd hours."""
HABIT = 0.01
"""Where more than this share of entries began in odd hours, working at any hour is this person's habit."""
LONGEST = dt.timedelta(hours=10)
"""A longer entry does not say when its person worked."""
HOUR, LOOKED_AT = dt.timedelta(hours=1), dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class OddHours:
    days: int
    """On which some of its odd hours was worked …"""
    of: int
    """… of all worked days."""
    first: int
    last: int
    """Its odd hours, by the clock: 1 to 4 is from 1:00 to 5:00."""


class Hours:
    def __init__(self, zone: dt.tzinfo) -> None:
        self._zone = zone
        self._days: dict[dt.date, set[int]] = defaultdict(set)
        """The hours of each day of which some was worked."""
        self._seconds: Counter[int] = Counter()
        self._begun: Counter[int] = Counter()

    def add(self, one: Worked) -> None:
        if one.end - one.start > LONGEST:
            return
        for moment, seconds in self._covered(one):
            self._days[moment.date()].add(moment.hour)
            self._seconds[moment.hour] += seconds
        self._begun[one.start.astimezone(self._zone).hour] += 1

    def judge(self, one: Worked) -> OddHours | None:
        if len(self._days) < FEWEST_DAYS:
            return None
        near = self._near()
        covered = list(self._covered(one))
        odd = [(moment.hour, seconds) for moment, seconds in covered if moment.hour not in near]
        total = sum(seconds for _moment, seconds in covered)
        if not odd or sum(seconds for _hour, seconds in odd) < min(ODD_SECONDS, ODD_SHARE * total):
            return None
        begun = sum(count for hour, count in self._begun.items() if hour not in near)
        if begun > max(1, HABIT * self._begun.total()):
            return None
        hours = {hour for hour, _seconds in odd}
        days = sum(not hours.isdisjoint(worked) for worked in self._days.values())
        return OddHours(days, len(self._days), odd[0][0], odd[-1][0])

    def _near(self) -> set[int]:
        """Usual hours, and what is close to them."""
        most = max(self._seconds.values())
        lately = Counter(hour for day in sorted(self._days)[-LATELY:] for hour in self._days[day])
        usual = {hour for hour, seconds in self._seconds.items() if seconds >= USUAL * most or lately[hour] >= OFTEN}
        return {(hour + off) % 24 for hour in usual for off in range(-MARGIN, MARGIN + 1)}

    def _covered(self, one: Worked) -> Iterator[tuple[dt.datetime, int]]:
        """A local moment in each hour of the clock that it covers, and the seconds of it there. At most of one day."""
        at, end = one.start.astimezone(dt.UTC), min(one.end, one.start + LOOKED_AT).astimezone(dt.UTC)
        while at < end:
            local = at.astimezone(self._zone)
            into = dt.timedelta(minutes=local.minute, seconds=local.second, microseconds=local.microsecond)
            until = min(end, at + HOUR - into)
            yield local, int((until - at).total_seconds())
            at = until
