"""Time logged or started in one line, from any page."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from timetracker.web.errors import add_errors
from timetracker.web.htmx import render_page
from tracking.forms.quick import QuickEntryForm
from tracking.forms.start_line import StartLineForm
from tracking.models import TimeEntry
from tracking.services.entries import create_entry
from tracking.services.tags import tags_named
from tracking.services.timer import start_timer
from tracking.views.entries import changed_entries
from tracking.views.timer import refused, started


@login_required
@require_http_methods(["GET", "POST"])
def quick_entry(request: HttpRequest) -> HttpResponse:
    form = QuickEntryForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            return changed_entries(request, _("Time logged."), _save(request, form).batch_id)
        except ValidationError as error:
            add_errors(form, ValidationError({"line": error.messages}))
    status = 422 if form.is_bound else 200
    return render_page(request, "tracking/entries/quick.html", {"form": form}, partial="body", status=status)


@login_required
@require_GET
def quick_preview(request: HttpRequest) -> HttpResponse:
    """How a line is read, and what saving it would log. Asked while somebody types, so a half line is no error."""
    form = QuickEntryForm(request.GET, user=request.user)
    form.is_valid()
    return render(request, "tracking/entries/quick_preview.html", {"form": form})


@transaction.atomic
def _save(request: HttpRequest, form: QuickEntryForm) -> TimeEntry:
    tags = tags_named(names=form.entry.tags, actor=request.user)
    return create_entry(user=request.user, tags=tags, **form.booking())


@login_required
@require_POST
def timer_line(request: HttpRequest) -> HttpResponse:
    """What stands behind "start" in the command palette. The answer is the timer bar."""
    form = StartLineForm(request.POST, user=request.user)
    if not form.is_valid():
        return refused(request, errors=[str(error) for errors in form.errors.values() for error in errors])
    return started(request, lambda: _start(request, form))


@transaction.atomic
def _start(request: HttpRequest, form: StartLineForm) -> TimeEntry:
    tags = tags_named(names=form.entry.tags, actor=request.user)
    return start_timer(user=request.user, tags=tags, **form.booking())
