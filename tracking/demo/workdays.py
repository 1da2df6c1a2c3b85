"""When people of the demonstration work: stretches between arrival, lunch and leaving, without holidays and leave."""

from __future__ import annotations

import datetime as dt
import random
import zoneinfo
from collections.abc import Iterator
from functools import cache

import holidays


@cache
def _holidays(year: int) -> frozenset[dt.date]:
    return frozenset(holidays.country_holidays("DE", years=year))


def on_leave(rng_seed: str, day: dt.date) -> bool:
    """Two weeks in summer, the days round New Year, and a few days that are nobody's business."""
    year = random.Random(f"{rng_seed}-leave-{day.year}")
    summer = dt.date(day.year, 7, 1) + dt.timedelta(days=year.randrange(50))
    if summer <= day < summer + dt.timedelta(days=14):
        return True
    if (day.month, day.day) >= (12, 24) or (day.month, day.day) <= (1, 2):
        return True
    return random.Random(f"{rng_seed}-{day}").random() < 0.02


def stretches(rng: random.Random, day: dt.date, zone: zoneinfo.ZoneInfo) -> Iterator[tuple[dt.datetime, dt.datetime]]:
    """Working stretches of a day as UTC instants on whole minutes: morning, afternoon, now and then a late evening."""
    arrive = 8 * 60 + 30 + rng.randrange(0, 70, 5)
    lunch = 12 * 60 + rng.randrange(0, 45, 5)
    back = lunch + rng.randrange(30, 65, 5)
    leave = 16 * 60 + 30 + rng.randrange(0, 100, 5)
    if day.weekday() == 4:
        leave -= 75
    spans = [(arrive, lunch), (back, leave)]
    if rng.random() < 0.04:
        spans.append((21 * 60, 22 * 60 + rng.randrange(0, 85, 5)))
    midnight = dt.datetime.combine(day, dt.time(), zone)
    for start, end in spans:
        yield tuple((midnight + dt.timedelta(minutes=minute)).astimezone(dt.UTC) for minute in (start, end))  # type: ignore[misc]


def working_days(last: dt.date, rng_seed: str) -> Iterator[dt.date]:
    """From `last` backwards without end."""
    day = last
    while True:
        if day.weekday() < 5 and day not in _holidays(day.year) and not on_leave(rng_seed, day):
            yield day
        day -= dt.timedelta(days=1)
