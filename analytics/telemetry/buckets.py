"""Figures as ranges: what leaves is never exact enough to know somebody by."""

from __future__ import annotations

from bisect import bisect_left, bisect_right

DURATIONS = ("<15m", "15m-1h", "1-4h", ">4h")
TEAM_SIZES = ("1", "2-5", "6-20", "21-100", ">100")
AMOUNTS = ("1-10", "11-100", "101-1000", ">1000")
SPANS = ("1 day", "2-7 days", "8-31 days", "32-366 days", ">366 days")


def duration(seconds: float | None) -> str:
    """A quarter of an hour is in the second, four hours are in the third."""
    seconds = seconds or 0
    return DURATIONS[3 if seconds > 4 * 3600 else bisect_right((15 * 60, 3600), seconds)]


def team_size(people: int) -> str:
    return TEAM_SIZES[bisect_left((1, 5, 20, 100), people)]


def amount(number: int) -> str:
    return AMOUNTS[bisect_left((10, 100, 1000), number)]


def span(days: int) -> str:
    return SPANS[bisect_left((1, 7, 31, 366), days)]
