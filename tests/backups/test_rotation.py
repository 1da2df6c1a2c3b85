"""Which backups stay: days, weeks and months."""

from __future__ import annotations

import datetime as dt

import pytest

from timetracker.backups.models import Backup
from timetracker.backups.rotation import Keep, to_remove

FIRST = dt.datetime(2025, 1, 1, 3, 0, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
AS_USUAL = Keep(daily=7, weekly=4, monthly=12)


def nights(count: int) -> list[Backup]:
    return [Backup(pk=number, started_at=FIRST + number * DAY) for number in range(count)]


def staying(backups: list[Backup], keep: Keep | int) -> list[dt.datetime]:
    removed = {backup.pk for backup in to_remove(backups, keep)}
    return sorted(backup.started_at for backup in backups if backup.pk not in removed)


def test_a_year_and_a_half_of_nights():
    """As a machine does it: after each night, of those that are left."""
    left: list[Backup] = []
    for backup in nights(550):
        left.append(backup)
        removed = to_remove(left, AS_USUAL)
        left = [one for one in left if one not in removed]
        assert backup in left
    days = [one.started_at.date().isoformat() for one in left]
    assert days == [
        "2025-08-31", "2025-09-30", "2025-10-31", "2025-11-30", "2025-12-31", "2026-01-31", "2026-02-28",
        "2026-03-31", "2026-04-30", "2026-05-31", "2026-06-14", "2026-06-21", "2026-06-28", "2026-06-29",
        "2026-06-30", "2026-07-01", "2026-07-02", "2026-07-03", "2026-07-04",
    ]  # fmt: skip


def test_of_a_day_the_last_one_stays_once_a_day_has_passed():
    made = [Backup(pk=number, started_at=FIRST + number * dt.timedelta(hours=5)) for number in (1, 2, 3)]
    assert to_remove(made, AS_USUAL) == []
    assert to_remove([*made, Backup(pk=9, started_at=FIRST + 10 * DAY)], AS_USUAL) == made[:2]


@pytest.mark.parametrize("keep", [Keep(0, 0, 0), 1])
def test_the_last_one_always_stays(keep: Keep | int):
    assert staying(nights(3), keep) == [FIRST + 2 * DAY]


def test_a_number_of_the_last():
    assert staying(nights(9), 3) == [FIRST + number * DAY for number in (6, 7, 8)]


def test_a_clock_that_went_wrong_moves_nothing_out():
    """One dated ten years ahead is the newest, and a day of its own."""
    ahead = Backup(pk=99, started_at=FIRST + 3650 * DAY)
    assert staying([*nights(3), ahead], AS_USUAL) == [FIRST, FIRST + DAY, FIRST + 2 * DAY, ahead.started_at]


def test_nothing_is_kept_of_nothing():
    assert to_remove([], AS_USUAL) == []
