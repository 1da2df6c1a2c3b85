"""Estimates where one decides: on a task's page, in its form, in the list."""

from __future__ import annotations

import hashlib
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone
from django.views.decorators.http import require_safe

from analytics.choices import FEWEST
from analytics.forms.drafts import DraftForm
from analytics.queries.outcomes import organisation_zone
from analytics.services.drafts import draft_of
from analytics.services.panel import estimate_panel
from analytics.services.predictions import predictions
from timetracker.web.answers import number
from timetracker.web.times import local_date
from timetracker.web.usage import used
from tracking.access import get_task
from tracking.models import Task

MOST_RANGES = 50
"""As many as a page of the list has rows."""


@login_required
@require_safe
def task_estimate(request: HttpRequest, pk: int) -> HttpResponse:
    """For the page of a task."""
    context = _panel(request, pk)
    used("estimate_shown", basis=context["panel"].basis)
    return render(request, "analytics/estimate/panel.html", context)


@login_required
@require_safe
def similar_tasks(request: HttpRequest, pk: int) -> HttpResponse:
    """The tasks that the panel counts."""
    context = _panel(request, pk)
    wanted = context["panel"].similar.tasks
    seen = Task.objects.visible_to(request.user).select_related("assignee", "project").defer("description")
    found = seen.in_bulk(wanted)
    tasks = [found[each] for each in wanted if each in found]
    return render(request, "analytics/estimate/similar.html", {**context, "tasks": tasks})


def _panel(request: HttpRequest, pk: int) -> dict[str, Any]:
    task = get_task(request.user, pk)
    return {
        "task": task,
        "panel": estimate_panel(task, request.user),
        "tag_names": " ".join(f"#{tag}" for tag in task.tags.values_list("name", flat=True)),
        "needed": FEWEST,
    }


@login_required
@require_safe
def draft_estimate(request: HttpRequest) -> HttpResponse:
    """For the form of a task: a line, or nothing where the form does not say enough yet."""
    form = DraftForm(request.GET, user=request.user)
    draft = None
    if form.is_valid():
        plan = form.plan(local_date(timezone.now(), organisation_zone()))
        draft = draft_of(plan, request.user)
    context = {"draft": draft, "estimated": draft and form.cleaned_data["estimate"], "needed": FEWEST}
    words = render_to_string("analytics/estimate/draft.html", context, request)
    said = hashlib.sha256(words.encode()).hexdigest()[:12]
    if request.GET.get("said") == said:
        return HttpResponse(status=204)  # a screen reader would say it once more
    return render(request, "analytics/estimate/draft_line.html", {"words": words, "said": said})


@login_required
@require_safe
def task_ranges(request: HttpRequest) -> HttpResponse:
    """For the rows of the list: each in its place, out of band."""
    ids = [pk for pk in map(number, request.GET.getlist("task")[:MOST_RANGES]) if pk is not None]
    tasks = list(Task.objects.visible_to(request.user).open().filter(pk__in=ids))
    said = predictions(tasks) if tasks else {}
    return render(request, "analytics/estimate/ranges.html", {"rows": [(task.pk, said.get(task.pk)) for task in tasks]})
