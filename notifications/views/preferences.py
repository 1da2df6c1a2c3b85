"""What one is told about, where and when; for administrators also what everybody begins with."""

from __future__ import annotations

from copy import copy

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.access import require_administrator
from accounts.models import User
from notifications.choices import Channel, Reason
from notifications.forms import GridForm, SettingsForm
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
    return render(request, "notifications/preferences.html", context, status=422 if form.errors or grid.errors else 200)


@action
def test(request: HttpRequest) -> HttpResponse:
    """In every channel that is switched on and saved for what scripts send."""
    sent = send_test(person=request.user)
    quiet = sent is not None and sent.outcomes.filter(reason=Reason.QUIET).exists()
    said = _("It is quiet now: it waits in the centre.") if quiet else _("It is on its way.")
    return changed(request, said, back=reverse("notifications:preferences"))
