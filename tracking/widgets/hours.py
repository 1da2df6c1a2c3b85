"""Hours worked: every number is the one of the report that it leads to."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from timetracker.web.templatetags.web import duration
from timetracker.web.widgets import Asked, Place, Range, Size, Widget, register
from tracking.models import Project
from tracking.queries.days import DAY
from tracking.reports import Question, Report, Value, report
from tracking.widgets.reads import TEMPLATE, people_of, project_of, report_url, span_of, week_of

NO_COLOUR = "none"
"""Of no project, and of several."""
MOST = {Size.MEDIUM: 5, Size.LARGE: 8}
"""So many parts has a column, with the one for all others."""


def quick_stats(asked: Asked, place: Place) -> dict[str, Any]:
    week, mine = week_of(asked), (asked.user.pk,)
    return {
        "week": week,
        "today_url": report_url(asked.today, asked.today, mine),
        "week_url": report_url(week.first, week.last, mine),
    }


def week_goal(asked: Asked, place: Place) -> dict[str, Any]:
    week = week_of(asked)
    return {"week": week, "week_url": report_url(week.first, week.last, (asked.user.pk,))}


def time_chart(asked: Asked, place: Place) -> dict[str, Any]:
    (first, last), people = span_of(asked, place), people_of(asked, place)
    project, note = project_of(asked, place)
    chosen = (project.pk,) if project else ()
    found = report(asked.user, Question(first, last, ("day", "project"), people=people, projects=chosen))
    series = _series(found, people, MOST[place.size])
    days = _days(found, series, people, chosen)
    range_ = Range(place.settings.range).label
    return {
        "heading": f"{range_} · {project.name}" if project else range_,
        "more": report_url(first, last, people, group="day", then="project", project=chosen),
        "more_label": duration(found.shown, asked.user),
        "note": note,
        "chart_id": f"chart-{place.widget.name}",
        "chart": {"days": days, "series": series, "data": _data(asked, days, series)},
    }


def _series(found: Report, people: tuple[int, ...], most: int) -> list[dict[str, Any]]:
    """Projects, the most worked first; those that are too many for a chart as one."""
    first, last = found.question.first, found.question.last
    labels = {inner.values[0]: inner.labels[0] for line in found.lines for inner in line.lines}
    sums = Counter[Value]()
    for line in found.lines:
        sums.update({inner.values[0]: inner.shown for inner in line.lines})
    ordered = sorted(sums, key=lambda pk: (-sums[pk], labels[pk]))
    named = ordered if len(ordered) <= most else ordered[: most - 1]
    colours: dict[Value, str] = {}
    if numbers := [pk for pk in named if isinstance(pk, int)]:
        colours |= Project.objects.filter(pk__in=numbers).values_list("pk", "color")
    series = [
        {
            "projects": {pk},
            "label": labels[pk],
            "color": colours.get(pk, NO_COLOUR),
            "seconds": sums[pk],
            # A report has no filter for what is on no project.
            "url": report_url(first, last, people, group="day", then="project", project=pk) if pk else "",
        }
        for pk in named
    ]
    if rest := ordered[len(named) :]:
        seconds = sum(sums[pk] for pk in rest)
        label = ngettext("%(n)s other", "%(n)s others", len(rest)) % {"n": len(rest)}
        url = report_url(first, last, people)
        series.append({"projects": set(rest), "label": label, "color": NO_COLOUR, "seconds": seconds, "url": url})
    return series


def _days(
    found: Report, series: list[dict[str, Any]], people: tuple[int, ...], projects: tuple[int, ...]
) -> list[dict[str, Any]]:
    """Each day of the range, empty ones too; none where nothing was worked at all."""
    first, last = found.question.first, found.question.last
    cells = {line.values[0]: {inner.values[0]: inner.shown for inner in line.lines} for line in found.lines}
    dates = [first + n * DAY for n in range((last - first).days + 1)] if cells else []
    return [
        {
            "date": date,
            "url": report_url(date, date, people, project=projects),
            "cells": [sum(cells.get(date, {}).get(pk, 0) for pk in each["projects"]) for each in series],
            "seconds": sum(cells.get(date, {}).values()),
        }
        for date in dates
    ]


def _data(asked: Asked, days: list[dict[str, Any]], series: list[dict[str, Any]]) -> dict[str, Any]:
    """What charts.js draws."""
    return {
        "labels": [date_format(day["date"], "SHORT_DATE_FORMAT") for day in days],
        "links": [day["url"] for day in days],
        "series": [
            {
                "label": each["label"],
                "color": each["color"],
                "seconds": [day["cells"][place] for day in days],
                "words": [duration(day["cells"][place], asked.user) for day in days],
            }
            for place, each in enumerate(series)
        ],
    }


register(
    Widget(
        name="quick-stats", label=_("Today and this week"), about=_("Hours of today and this week against your goal."),
        icon="chart-bar", template=TEMPLATE % "quick_stats", read=quick_stats,
        topics=("entries",), sizes=(Size.MEDIUM, Size.LARGE),
    ),
    Widget(
        name="week-goal", label=_("Week goal"), icon="trophy", template=TEMPLATE % "week_goal", read=week_goal,
        about=_("How much of the week's goal is done, and whether the pace will do."), topics=("entries",),
        size=Size.SMALL, sizes=(Size.SMALL,),
    ),
    Widget(
        name="time-chart", label=_("Hours by day"), icon="chart-bar-square", template=TEMPLATE % "time_chart",
        about=_("A column for each day, by project."), read=time_chart, topics=("entries", "work"),
        size=Size.LARGE, sizes=(Size.MEDIUM, Size.LARGE), by_scope=True, by_project=True,
        ranges=(Range.LAST_7_DAYS, Range.LAST_14_DAYS, Range.LAST_30_DAYS, Range.THIS_WEEK, Range.THIS_MONTH),
    ),
)  # fmt: skip
