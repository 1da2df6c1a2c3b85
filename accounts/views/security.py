from __future__ import annotations

from allauth.usersessions.models import UserSession
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.queries import second_factors, sessions_of
from accounts.services.sessions import end_other_sessions, end_session
from accounts.views.answers import changed
from timetracker.web.htmx import render_page


@login_required
@require_GET
def security(request: HttpRequest) -> HttpResponse:
    """Password, second factor, passkeys, and where one is signed in."""
    context = {
        "factors": second_factors(request.user),
        "sessions": sessions_of(request.user, current=request.session.session_key or ""),
    }
    return render_page(request, "accounts/security.html", context, partial="sessions")


@login_required
@require_POST
def end_one(request: HttpRequest, pk: int) -> HttpResponse:
    session = get_object_or_404(UserSession, user=request.user, pk=pk)
    end_session(session=session)
    return changed(request, "sessions", _("Signed out there."), back=reverse("accounts:security"))


@login_required
@require_POST
def end_others(request: HttpRequest) -> HttpResponse:
    end_other_sessions(person=request.user, keep=request.session.session_key or "")
    return changed(request, "sessions", _("Signed out everywhere else."), back=reverse("accounts:security"))
