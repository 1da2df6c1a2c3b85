from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_GET

from accounts.models import User
from timetracker.web.htmx import render_page
from timetracker.web.pagination import page_of
from timetracker.web.usage import used
from tracking.forms.report_filters import Filter, filters_of
from tracking.forms.reports import PRESETS, ReportForm
from tracking.report_sheets import file_of
from tracking.reports import GROUPS, Line, Report, hours_by_date, report

CHART = 120
"""Height of the chart's columns, in its own units."""
A_PAGE = 200
"""Rows of the table, those of both groups counted."""


@dataclass(frozen=True, slots=True)
class Column:
    """A day, week or month in the chart; its two parts from the bottom up."""

    day: dt.date
    x: float
    width: float
    billable: int
    other: int
    seconds: int

    @property
    def top(self) -> int:
        return CHART - self.billable - self.other

    @property
    def middle(self) -> int:
        return CHART - self.billable


@dataclass(frozen=True, slots=True)
class Row:
    """Of the table. Without an inner one it stands for the whole line."""

    line: Line
    inner: Line | None = None


def rows_of(found: Report) -> list[Row]:
    return [Row(line, inner) for line in found.lines for inner in (None, *line.lines)]


@login_required
@require_GET
def reports(request: HttpRequest) -> HttpResponse:
    user: User = request.user  # type: ignore[assignment]  # login_required
    form = ReportForm(request.GET, user=user)
    context: dict[str, Any] = {"form": form, "presets": PRESETS.items(), "groups": GROUPS.items()}
    if form.is_valid():
        found = report(user, form.question())
        used("report_run", days=found.question.days)
        page = page_of(rows_of(found), request, A_PAGE)
        context |= {"report": found, "question": found.question, "columns": _columns(user, found), "page": page}
    context["filters"] = filters_of(form)
    return render_page(
        request, "tracking/reports/page.html", context, partial="report", status=200 if form.is_valid() else 422
    )


@login_required
@require_GET
def report_choices(request: HttpRequest, kind: str) -> HttpResponse:
    """What one filter offers, with what is chosen on top: for its search."""
    form = ReportForm(request.GET, user=request.user)
    status = 200 if form.is_valid() else 422
    return render(request, "tracking/reports/choices.html", {"filter": Filter(form, kind)}, status=status)


@login_required
@require_GET
def report_file(request: HttpRequest, kind: str, output: str) -> HttpResponseBase:
    """`lines` as the page shows them, or the `entries` behind them: always the whole filter."""
    user: User = request.user  # type: ignore[assignment]  # login_required
    form = ReportForm(request.GET, user=user)
    if not form.is_valid():
        return _told(form.errors.as_text())
    question = form.question()
    try:
        return file_of(user, question, kind, output, f"{kind}-{question.first}-{question.last}")
    except ValidationError as error:
        return _told("\n".join(error.messages))


def _told(text: str) -> HttpResponse:
    return HttpResponse(text, status=422, content_type="text/plain; charset=utf-8")


def _columns(user: User, found: Report) -> list[Column]:
    hours = hours_by_date(user, found.question, found.repeats)
    most = max((billable + other for _day, billable, other in hours), default=0)
    if not most:
        return []
    step = 1000 / len(hours)
    return [
        Column(
            day, round(place * step + step * 0.15, 2), round(step * 0.7, 2), round(billable * CHART / most),
            round(other * CHART / most), billable + other,
        )
        for place, (day, billable, other) in enumerate(hours)
    ]  # fmt: skip
