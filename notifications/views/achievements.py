"""What a person has achieved and what comes next: theirs alone."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from notifications.achievements.queries import ahead_of, earned_by, takes_part
from notifications.services.preferences import save_settings
from timetracker.web import flags
from timetracker.web.answers import action
from timetracker.web.htmx import redirect_with_toast, render_page
from timetracker.web.pagination import page_of


@login_required
@require_safe
def achievements(request: HttpRequest) -> HttpResponse:
    person = request.user
    context: dict[str, object] = {"is_on": takes_part(person), "for_everybody": flags.is_on("achievements")}
    if context["is_on"]:
        context |= {"page": page_of(earned_by(person), request, per_page=20), "ahead": ahead_of(person, timezone.now())}
    return render_page(request, "notifications/achievements.html", context, partial="achievements")


@action
def switch_on(request: HttpRequest) -> HttpResponse:
    return _switch(request, is_on=True)


@action
def switch_off(request: HttpRequest) -> HttpResponse:
    return _switch(request, is_on=False)


def _switch(request: HttpRequest, *, is_on: bool) -> HttpResponse:
    save_settings(person=request.user, achievements=is_on)
    said = _("Achievements are on.") if is_on else _("Achievements are off.")
    undo = reverse("notifications:achievements-off" if is_on else "notifications:achievements-on")
    return redirect_with_toast(request, reverse("notifications:achievements"), said, undo_url=undo)
