"""What reminders offer beside opening what they are about, and what a page says about somebody who is away."""

from __future__ import annotations

import datetime as dt

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from notifications.access import get_category
from notifications.choices import TriggerKind
from notifications.services.idle import DEEDS, report_away, settle_away
from notifications.services.reminding import not_today
from notifications.views.changes import changed, muted
from timetracker.web.answers import action, number, remembering
from tracking.views.timer import undo_url

LONGEST_AGO = 366 * 86400


@login_required
@require_POST
def away(request: HttpRequest) -> HttpResponse:
    """Nobody has been there for `ago` seconds. Answers in how many seconds to say so again, or null."""
    ago = number(request.POST.get("ago"))
    if ago is None or ago > LONGEST_AGO:
        return JsonResponse({"detail": _("Say for how many seconds.")}, status=400)
    again = report_away(person=request.user, since=timezone.now() - dt.timedelta(seconds=ago))
    return JsonResponse({"again_in": again and max(1, round(again.total_seconds()))})


@action
def idle(request: HttpRequest, entry_id: int, deed: str) -> HttpResponse:
    if deed not in DEEDS:
        raise Http404
    entry = settle_away(person=request.user, entry_id=entry_id, deed=deed)
    said = {"keep": _("Kept."), "discard": _("The idle time is gone."), "stop": _("Stopped.")}[deed]
    return changed(request, said, undo=undo_url(entry) if entry else None)


@action
def put_off(request: HttpRequest, kind: str) -> HttpResponse:
    gone = not_today(person=request.user, kind=_kind(kind))
    memory = remembering({"put_off": kind, "rows": gone})
    return changed(request, _("Not today any more."), undo=reverse("notifications:undo") + memory)


@action
def stop(request: HttpRequest, kind: str) -> HttpResponse:
    return muted(request, get_category(_kind(kind)), back=reverse("notifications:preferences"))


def _kind(name: str) -> TriggerKind:
    if name not in TriggerKind.values:
        raise Http404
    return TriggerKind(name)
