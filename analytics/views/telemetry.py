"""What is sent to PostHog, for administrators; what can be sent at all, for everybody."""

from __future__ import annotations

import json
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.access import require_administrator
from analytics.queries.telemetry import has_agreed, sent_messages, telemetry_state, waiting_times
from analytics.services.posthog_flags import body_of_question
from analytics.services.telemetry import delete_sent_record, renew_install_id, switch_telemetry
from analytics.services.telemetry_sending import body_of_next
from analytics.telemetry.question import ASKED_WITH, PATH
from analytics.telemetry.registry import common, declared
from analytics.telemetry.words import reason_in_words
from timetracker.web.answers import action, number
from timetracker.web.commands import get_command
from timetracker.web.flags import FLAGS
from timetracker.web.htmx import redirect_with_toast, render_page
from timetracker.web.pagination import page_of
from timetracker.web.usage import used

MOST_AT_ONCE = 1000
"""Presses of one key that a page tells of at once; it tells when it is left."""


@login_required
@require_safe
@never_cache
def telemetry(request: HttpRequest) -> HttpResponse:
    require_administrator(request.user)
    state, on = telemetry_state(), has_agreed()
    page = page_of(sent_messages(), request, per_page=20)
    context = {
        "state": state,
        "on": on,
        "key": settings.POSTHOG_API_KEY,
        "host": settings.POSTHOG_HOST,
        "preview": body_of_next(state, on=on),
        "path": PATH,
        "question": body_of_question(state, on=on),
        "said": [(FLAGS[name].label, is_on) for name, is_on in sorted(state.flags.items()) if name in FLAGS],
        "no_answer": reason_in_words(state.flags_error) if state.flags_error else "",
        "waiting": waiting_times(),
        "trouble": reason_in_words(state.last_error) if state.last_error else "",
        "page": page,
        "sent": [(row, json.dumps(row.message, indent=2, ensure_ascii=False)) for row in page],
        "ids": [*state.former_ids, *([str(state.install_id)] if state.id_used else [])],
    }
    return render_page(request, "analytics/telemetry/page.html", context, partial="now")


@require_safe
def telemetry_registry(request: HttpRequest) -> HttpResponse:
    """Open to everybody: who sets an instance up reads it before anybody can sign in."""
    context: dict[str, Any] = {"events": declared().values(), "common": common().values(), "asked": ASKED_WITH.items()}
    context["flag_names"] = sorted(FLAGS)
    return render(request, "analytics/telemetry/registry.html", context)


@action
def telemetry_switch(request: HttpRequest) -> HttpResponse:
    require_administrator(request.user)
    on = request.POST.get("on") == "1"
    switch_telemetry(actor=request.user, on=on)
    said = _("Usage figures are sent from now on.") if on else _("Nothing is sent any more, and the queue is empty.")
    return _back(request, said)


@action
def telemetry_renew(request: HttpRequest) -> HttpResponse:
    require_administrator(request.user)
    renew_install_id(actor=request.user)
    return _back(request, _("The install id is a new one."))


@action
def telemetry_forget(request: HttpRequest) -> HttpResponse:
    require_administrator(request.user)
    if "noted" not in request.POST:
        raise ValidationError(_("Without the ids nobody can ask PostHog to delete anything. Note them first."))
    delete_sent_record(actor=request.user)
    return _back(request, _("The record is deleted here."))


@action
def shortcuts_used(request: HttpRequest) -> HttpResponse:
    """How often keys did which command, from a page that is left. Counted by group, and by nobody's name."""
    for name, times in request.POST.items():
        command, count = get_command(name), number(times)
        if command is not None and count:
            used("shortcut_used", category=command.category.value, times=min(count, MOST_AT_ONCE))
    return HttpResponse(status=204)


def _back(request: HttpRequest, said: str) -> HttpResponse:
    return redirect_with_toast(request, reverse("analytics:telemetry"), said)
