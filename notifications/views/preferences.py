"""What one is told about, where and when; for administrators also what everybody begins with."""

from __future__ import annotations

from copy import copy

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts.access import require_administrator
from accounts.models import User
from notifications.choices import Channel, Reason
from notifications.forms import GridForm, SettingsForm
from notifications.held import held_back
from notifications.queries import preference_grid, settings_of
from notifications.services.asking import send_test
from notifications.services.preferences import save_preferences
from notifications.views.changes import changed
from notifications.views.devices import device_list
from timetracker.web.answers import action, attempt
from timetracker.web.htmx import redirect_with_toast


@login_required
def preferences(request: HttpRequest) -> HttpResponse:
    return _page(request, request.user, reverse("notifications:preferences"))


@login_required
def defaults(request: HttpRequest) -> HttpResponse:
    require_administrator(request.user)
    return _page(request, None, reverse("notifications:defaults"))


def _page(request: HttpRequest, person: User | None, back: str) -> HttpResponse:
    sent = request.POST if request.method == "POST" else None
    # A copy: what is wrong must not be what is shown as saved.
    form = SettingsForm(sent, instance=copy(settings_of(person)))
    grid = GridForm(sent, grid=preference_grid(person))
    if sent is not None and form.is_valid() and grid.is_valid():
        saved = attempt(form, save_preferences, person=person, grid=grid.values(), settings=form.cleaned_data)
        if saved is not None:
            return redirect_with_toast(request, back, _("Your settings are saved."))
    listed = {} if person is None else device_list(request)
    context = {**listed, "form": form, "grid": grid, "channels": Channel, "for_everybody": person is None}
    if person is not None:
        context["held"] = held_back(person, timezone.now())
    return render(request, "notifications/preferences.html", context, status=422 if form.errors or grid.errors else 200)


@login_required
@require_GET
def held(request: HttpRequest) -> HttpResponse:
    """The fragment alone: the page fetches it again when something has come or gone."""
    context = {"held": held_back(request.user, timezone.now())}
    return render(request, "notifications/held.html", context)


@action
def test(request: HttpRequest) -> HttpResponse:
    """In every channel that is switched on and saved for what scripts send."""
    sent = send_test(person=request.user)
    reasons = set(sent.outcomes.values_list("reason", flat=True)) if sent is not None else set()
    said = _("It is on its way.")
    if Reason.QUIET in reasons:
        said = _("It is quiet now: it waits in the centre.")
    elif Reason.BUDGET in reasons:
        said = _("You have had as many as you want today: it waits in the centre.")
    return changed(request, said, back=reverse("notifications:preferences"))
