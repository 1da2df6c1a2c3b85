"""How projects are doing: a list, the worst first, and a page for each."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from analytics.health.verdict import Health
from analytics.health.words import SILENCES, advice_of, limit_words, sentence, url_of, value_words
from analytics.services.health import project_health, ranked
from analytics.views.advice import shown_to
from analytics.views.plots import chances_of
from timetracker.web.htmx import render_page
from timetracker.web.pagination import page_of
from tracking.access import get_project
from tracking.models import Project

A_PAGE = 20


@login_required
@require_safe
def projects(request: HttpRequest) -> HttpResponse:
    """Sorted by what was computed last; each row then asks how it is now."""
    page = page_of(ranked(Project.objects.visible_to(request.user), request.user), request, A_PAGE)
    rows = [_row(project, health) for project, health in page]
    return render_page(request, "analytics/health/list.html", {"page": page, "rows": rows}, partial="list")


@login_required
@require_safe
def project_row(request: HttpRequest, pk: int) -> HttpResponse:
    """For the list: as it is now."""
    project = get_project(request.user, pk)
    return render(request, "analytics/health/row.html", {"row": _row(project, project_health(project)), "fresh": True})


@login_required
@require_safe
def project(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_project(request.user, pk)
    health = project_health(found)
    facts, prospect = health.facts, health.facts.prospect
    context = {
        "project": found,
        "health": health,
        "signals": [
            (signal, value_words(signal), limit_words(signal), sentence(signal), url_of(signal, pk))
            for signal in health.signals
        ],
        "advice": shown_to(request.user, [advice_of(signal, pk) for signal in health.alarming]),
        "prospect": prospect,
        "plot": chances_of(prospect.line, prospect.p50, prospect.p85, facts.due_on) if prospect.line else None,
        "silence": SILENCES.get(prospect.reason, ""),
        "more_resting": facts.stale_tasks - len(facts.stale),
    }
    return render_page(request, "analytics/health/page.html", context, partial="health")


def _row(project: Project, health: Health | None) -> dict[str, Any]:
    worst = health.worst if health else None
    return {"project": project, "health": health, "worst": sentence(worst) if worst else ""}
