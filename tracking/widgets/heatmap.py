"""Twelve weeks of days: how much was worked on each, and what is usual."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _

from timetracker.web.durations import shown_seconds
from timetracker.web.times import week_bounds
from timetracker.web.widgets import Asked, Place, Scope, Size, Widget, register
from tracking.queries.days import DAY, WEEK
from tracking.reports import Question, report
from tracking.widgets.reads import TEMPLATE, people_of, report_url

WEEKS = 12
DARKEST = 4


@dataclass(frozen=True, slots=True)
class Cell:
    date: dt.date
    seconds: int
    level: int
    """0 for nothing, 4 for a whole day's share."""
    url: str
    is_future: bool


@dataclass(frozen=True, slots=True)
class Column:
    """A week."""

    first: dt.date
    seconds: int
    url: str

    @property
    def last(self) -> dt.date:
        return self.first + WEEK - DAY


def hours_heatmap(asked: Asked, place: Place) -> dict[str, Any]:
    people = people_of(asked, place)
    this_week, end = week_bounds(asked.today, asked.user.week_start)
    first, last = this_week - (WEEKS - 1) * WEEK, end - DAY
    # By project too: the report of a day, which a cell leads to, adds up its projects.
    found = report(asked.user, Question(first, last, ("day", "project"), people=people))
    days = {line.values[0]: line.shown for line in found.lines}
    columns = [_column(first + n * WEEK, days, people) for n in range(WEEKS)]
    full = _full(asked, place, days)
    return {
        "columns": columns,
        "months": [(month, len(list(weeks))) for month, weeks in groupby(columns, key=lambda each: _month(each.first))],
        "rows": [_row(asked, first + n * DAY, days, full, people) for n in range(7)] if days else [],
        "full": full,
        **_usual(asked, columns, days, people),
        "more": _url(first, last, people),
        "more_label": _("Day by day"),
    }


def _url(first: dt.date, last: dt.date, people: tuple[int, ...]) -> str:
    return report_url(first, last, people, group="day", then="project")


def _month(day: dt.date) -> dt.date:
    return day.replace(day=1)


def _column(first: dt.date, days: dict[Any, int], people: tuple[int, ...]) -> Column:
    seconds = sum(days.get(first + n * DAY, 0) for n in range(7))
    return Column(first, seconds, _url(first, first + WEEK - DAY, people) if seconds else "")


def _full(asked: Asked, place: Place, days: dict[Any, int]) -> int:
    """What is dark: one's share of the weekly goal; without one, or of several people, near the longest day."""
    user = asked.user
    if place.settings.scope == Scope.ME and user.weekly_goal_seconds and user.working_days:
        return user.weekly_goal_seconds // len(user.working_days)
    return max(days.values(), default=0) * 3 // 4


def _level(seconds: int, full: int) -> int:
    if seconds <= 0:
        return 0
    return min(DARKEST, 1 + (DARKEST - 1) * seconds // full) if full else DARKEST


def _row(
    asked: Asked, start: dt.date, days: dict[Any, int], full: int, people: tuple[int, ...]
) -> tuple[dt.date, list[Cell]]:
    """A day of the week, in all weeks."""
    dates = [start + n * WEEK for n in range(WEEKS)]
    return start, [
        Cell(
            date,
            seconds := days.get(date, 0),
            _level(seconds, full),
            report_url(date, date, people) if seconds > 0 else "",
            date > asked.today,
        )
        for date in dates
    ]


def _usual(asked: Asked, columns: list[Column], days: dict[Any, int], people: tuple[int, ...]) -> dict[str, Any]:
    """A week on average, from the first that was worked on to the last that is over; and how that one compares."""
    over = columns[:-1]
    worked = [place for place, week in enumerate(over) if week.seconds]
    counted = over[worked[0] :] if worked else []
    if not counted:
        return {"this_week": columns[-1]}
    total = sum(week.seconds for week in counted)
    average = shown_seconds(total // len(counted), asked.user.hours_format)
    return {
        "average": average,
        "average_url": _url(counted[0].first, counted[-1].last, people),
        "total": total,
        "weeks": len(counted),
        "last_week": counted[-1],
        "differs": counted[-1].seconds - average,
        "apart": abs(counted[-1].seconds - average),
        "best": _best(counted, days),
    }


def _best(counted: list[Column], days: dict[Any, int]) -> str:
    """The weekday with the most hours."""
    sums: Counter[int] = Counter()
    for week in counted:
        for day in (week.first + n * DAY for n in range(7)):
            sums[day.weekday()] += days.get(day, 0)
    return str(WEEKDAYS[max(sums, key=lambda weekday: (sums[weekday], -weekday))])


register(
    Widget(
        name="hours-heatmap", label=_("Twelve weeks"), icon="table-cells", template=TEMPLATE % "hours_heatmap",
        about=_("Every day of twelve weeks, darker the more was worked, and what is usual in a week."),
        read=hours_heatmap, topics=("entries",), size=Size.MEDIUM, sizes=(Size.MEDIUM, Size.LARGE), by_scope=True,
    ),
)  # fmt: skip
