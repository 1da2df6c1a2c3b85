"""Which backups stay: the last one of each of so many days, weeks and months, in UTC, and all of the last day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass

from django.conf import settings

from timetracker.backups.models import Backup

FRESH = dt.timedelta(days=1)
"""Before the newest one. Whoever made one before something risky finds it, though the night's came after it."""


@dataclass(frozen=True, slots=True)
class Keep:
    daily: int
    weekly: int
    monthly: int

    @classmethod
    def as_set(cls) -> Keep:
        return cls(settings.BACKUP_KEEP_DAILY, settings.BACKUP_KEEP_WEEKLY, settings.BACKUP_KEEP_MONTHLY)


def to_remove(backups: Iterable[Backup], keep: Keep | int) -> list[Backup]:
    """Of good ones, oldest first; the newest is never among them. A number instead of `Keep`: that many of the last."""
    newest_first = sorted(backups, key=lambda backup: (backup.started_at, backup.pk), reverse=True)
    if isinstance(keep, int):
        staying = {backup.pk for backup in newest_first[: max(1, keep)]}
    else:
        staying = {one.pk for one in newest_first if one.started_at > newest_first[0].started_at - FRESH}
        for period, number in ((_day, keep.daily), (_week, keep.weekly), (_month, keep.monthly)):
            staying |= _last_of_each(newest_first, period, number)
    return [backup for backup in reversed(newest_first) if backup.pk not in staying]


def _last_of_each(newest_first: list[Backup], period: Callable[[dt.date], Hashable], number: int) -> set[int]:
    last: dict[Hashable, int] = {}
    for backup in newest_first:
        last.setdefault(period(backup.started_at.astimezone(dt.UTC).date()), backup.pk)
    return set(list(last.values())[:number])


def _day(day: dt.date) -> Hashable:
    return day


def _week(day: dt.date) -> Hashable:
    return day.isocalendar()[:2]


def _month(day: dt.date) -> Hashable:
    return day.year, day.month
