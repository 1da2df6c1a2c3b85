"""How good were we: what was said of tasks while they were open, held against what they took."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from accounts.models import User
from analytics.choices import CHECKED, FEWEST, Basis, Reason
from analytics.estimates.hindsight import Case, look_back
from analytics.queries.outcomes import organisation_zone
from analytics.queries.predictions import learnable, projects_told_of, told
from analytics.views.plots import months_of
from timetracker.web.answers import number
from timetracker.web.htmx import render_page
from timetracker.web.pagination import page_of
from timetracker.web.times import combine_local, local_date
from tracking.models import Task
from tracking.models.task import TaskQuerySet

A_PAGE = 20
"""Tasks of the list."""
PERIODS = {"": _("All the time"), "12": _("Last 12 months"), "3": _("Last 3 months")}


@login_required
@require_GET
def estimates(request: HttpRequest) -> HttpResponse:
    user: User = request.user  # type: ignore[assignment]  # login_required
    period = request.GET.get("months", "")
    period = period if period in PERIODS else ""
    chosen = number(request.GET.get("project"))
    projects = list(projects_told_of(user, chosen))
    if chosen is not None and chosen not in {project.pk for project in projects}:
        raise Http404
    zone = organisation_zone()
    found = told(_tasks(user, chosen, period, zone), zone)
    seen, page = look_back(found.cases), page_of(found.cases, request, A_PAGE)
    context = {
        "told": found, "seen": seen, "plot": months_of(seen.months), "page": page, "rows": _with_tasks(page.items),
        "silent": [(Reason(reason).label, count) for reason, count in sorted(found.silent.items())],
        "bases": [(Basis(basis).label, seen.bases[basis]) for basis in Basis.values if basis in seen.bases],
        "projects": projects, "chosen": chosen, "periods": PERIODS.items(), "period": period, "checked": CHECKED,
        "known": learnable()[0], "fewest": FEWEST, "is_narrowed": bool(chosen or period),
    }  # fmt: skip
    return render_page(request, "analytics/record/page.html", context, partial="record")


def _tasks(user: User, project: int | None, months: str, zone: dt.tzinfo) -> TaskQuerySet:
    tasks = Task.objects.visible_to(user)
    if project is not None:
        tasks = tasks.filter(project=project)
    return tasks.filter(completed_at__gte=_beginning(int(months), zone)) if months else tasks


def _beginning(months: int, zone: dt.tzinfo) -> dt.datetime:
    """Of the month so many months ago, this one being the first: whole months, as the chart shows them."""
    day = local_date(timezone.now(), zone)
    years, month = divmod(day.year * 12 + day.month - months, 12)
    return combine_local(dt.date(years, month + 1, 1), dt.time(0), zone)


def _with_tasks(cases: list[Case]) -> list[dict[str, Any]]:
    """Only of tasks that the person sees: `cases` are."""
    tasks = Task.objects.select_related("project").in_bulk([case.task for case in cases])
    return [{"case": case, "task": tasks[case.task]} for case in cases if case.task in tasks]
