"""Recommendations put away and taken out again."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from analytics.advice import PATTERN, Advice
from analytics.queries.advice import dismissed_by
from analytics.services.advice import bring_back, dismiss
from timetracker.web.answers import action
from timetracker.web.htmx import hx_response, redirect_with_toast, toast


@dataclass(frozen=True, slots=True)
class Shown:
    """For `analytics/advice.html`."""

    said: list[Advice]
    dismissed: list[Advice]


def shown_to(user: User, advice: Iterable[Advice]) -> Shown:
    every = list(advice)
    away = dismissed_by(user, [one.key for one in every]) if every else set()
    return Shown([one for one in every if one.key not in away], [one for one in every if one.key in away])


@action
def advice_dismiss(request: HttpRequest) -> HttpResponse:
    key = _key(request)
    dismiss(user=request.user, key=key)
    undo_url = f"{reverse('analytics:advice-bring-back')}?{urlencode({'key': key})}"
    return _answer(request, _("Recommendation dismissed."), undo_url)


@action
def advice_bring_back(request: HttpRequest) -> HttpResponse:
    key = _key(request)
    bring_back(user=request.user, key=key)
    undo_url = f"{reverse('analytics:advice-dismiss')}?{urlencode({'key': key})}"
    return _answer(request, _("The recommendation is back."), undo_url)


def _key(request: HttpRequest) -> str:
    """An Undo carries it in its address."""
    return request.POST.get("key") or request.GET.get("key", "")


def _answer(request: HttpRequest, text: str, undo_url: str) -> HttpResponse:
    """Whatever shows recommendations fetches itself again; without htmx back to what it is about."""
    if not request.htmx:
        page = "patterns" if _key(request).startswith(f"{PATTERN}:") else "projects-health"
        return redirect_with_toast(request, reverse(f"analytics:{page}"), text, undo_url=undo_url)
    return toast(hx_response(request, trigger={"adviceChanged": True}), text, undo_url=undo_url)
