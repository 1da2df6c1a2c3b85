"""What became of rules: each run with its steps, and what did not fit."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from timetracker.web.answers import action
from timetracker.web.htmx import render_page
from timetracker.web.pagination import page_of
from tracking.views.answers import changed
from workflows.access import get_execution, get_rule
from workflows.forms import RunFilter
from workflows.queries import history_of, runs_of
from workflows.services.running import run_on
from workflows.views.builder import trial_context
from workflows.words import read_back


@login_required
@require_safe
def history(request: HttpRequest) -> HttpResponse:
    listing = RunFilter(request)
    page = page_of(listing.apply(runs_of(request.user)), request)
    return render_page(request, "workflows/history.html", {"listing": listing, "page": page}, partial="table")


@login_required
@require_safe
def rule(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_rule(request.user, pk)
    page = page_of(history_of(found), request)
    context = {"rule": found, "sentence": read_back(found), "page": page}
    return render_page(request, "workflows/rule.html", context, partial="runs")


@login_required
@require_safe
def misses(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_rule(request.user, pk)
    rows = found.missed.select_related("event__actor")
    context = {"rule": found, "sentence": read_back(found), "rows": rows}
    return render_page(request, "workflows/misses.html", context)


@login_required
@require_safe
def rule_try(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_rule(request.user, pk)
    context = trial_context(request, found) | {"sentence": read_back(found)}
    return render_page(request, "workflows/try.html", context, partial="trial")


@login_required
@require_safe
def run(request: HttpRequest, pk: int) -> HttpResponse:
    execution = get_execution(request.user, pk)
    context = {"run": execution, "rule": execution.rule, "effects": execution.effects.select_related("rule")}
    return render_page(request, "workflows/run.html", context, partial="run")


@action
def run_again(request: HttpRequest, pk: int) -> HttpResponse:
    run_on(execution=get_execution(request.user, pk))
    return changed(request, _("It goes on from the step that failed."), url=reverse("workflows:run", args=[pk]))
