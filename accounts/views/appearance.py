"""How Timetracker looks to one person. The browser has shown each choice before it comes here."""

from __future__ import annotations

from copy import copy
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_POST, require_safe

from accounts.choices import ACCENTS, Theme
from accounts.forms import AppearanceForm
from accounts.services.profile import update_profile
from timetracker.web import accent
from timetracker.web.answers import attempt, status_of
from timetracker.web.htmx import hx_response, redirect_with_toast, toast, wants_partial

FOR_EVER = 365 * 24 * 60 * 60


@login_required
def appearance(request: HttpRequest) -> HttpResponse:
    """The whole form, or by htmx one choice of it."""
    alone = request.method == "POST" and wants_partial(request)
    # A copy: a wrong form must not change the person whom the rest of the page is about.
    form = AppearanceForm(request.POST or None, instance=copy(request.user), only=request.POST if alone else None)
    if form.is_valid() and attempt(form, update_profile, person=request.user, **form.cleaned_data) is not None:
        if alone:
            return hx_response(request)
        return redirect_with_toast(request, reverse("accounts:appearance"), _("Your settings are saved."))
    if alone and form.errors:
        words = " ".join(str(error) for errors in form.errors.values() for error in errors)
        return toast(HttpResponse(status=422), words, "error")
    return render(request, "accounts/appearance.html", {"form": form, **_accents(request)}, status=status_of(form))


def _accents(request: HttpRequest) -> dict[str, Any]:
    """What is picked: none, a preset, or an own colour."""
    mine = request.user.accent
    own = mine if mine not in ACCENTS else ""
    return {"presets": ACCENTS.items(), "own": own, "suggested": own or next(iter(ACCENTS))}


@login_required
@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """The switch in the person's menu."""
    wanted = request.POST.get("theme", "")
    if wanted not in Theme.values:
        return HttpResponseBadRequest()
    update_profile(person=request.user, theme=wanted)
    return hx_response(request, redirect=None if request.htmx else reverse("accounts:profile"))


@login_required
@require_POST
def sidebar(request: HttpRequest) -> HttpResponse:
    wanted = request.POST.get("collapsed", "")
    if wanted not in {"true", "false"}:
        return HttpResponseBadRequest()
    update_profile(person=request.user, sidebar_collapsed=wanted == "true")
    return hx_response(request, redirect=None if request.htmx else reverse("accounts:appearance"))


@require_safe
@cache_control(public=True, max_age=FOR_EVER, immutable=True)
def accent_css(request: HttpRequest, digits: str) -> HttpResponse:
    """A style sheet of its own, because the content policy allows no style in a page. The same colour is the same
    file for everybody; it says nothing of anybody."""
    colour = f"#{digits}"
    if not accent.is_colour(colour):
        raise Http404
    return HttpResponse(accent.style_sheet(colour), content_type="text/css; charset=utf-8")
