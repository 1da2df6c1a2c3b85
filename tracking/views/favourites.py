"""What one has pinned: started with one click, put in order, let go of. Everything here is one's own."""

from __future__ import annotations

import uuid

from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from timetracker.web.answers import action
from timetracker.web.errors import Conflict
from timetracker.web.htmx import hx_response, redirect_with_toast, render_page, toast
from tracking.access import get_entry_to_pin, get_pin, get_pin_to_restore
from tracking.models import Favourite
from tracking.services.favourites import MOST, move_pin, pin_entry, restore_pin, start_pinned, unpin
from tracking.views.timer import done, refused

STEPS = {"up": -1, "down": 1}


@login_required
@require_safe
def favourites(request: HttpRequest) -> HttpResponse:
    context = {"pins": list(Favourite.objects.of(request.user)), "most": MOST}
    return render_page(request, "tracking/favourites/page.html", context, partial="body")


@action
def entry_pin(request: HttpRequest, pk: int) -> HttpResponse:
    pin = pin_entry(user=request.user, entry=get_entry_to_pin(request.user, pk))
    return _changed(request, _("Pinned."), undo_url=reverse("tracking:favourite-unpin", args=[pin.pk]))


@action
def favourite_unpin(request: HttpRequest, pk: int) -> HttpResponse:
    unpin(user=request.user, pin=get_pin(request.user, pk))
    return _changed(request, _("No longer pinned."), undo_url=reverse("tracking:favourite-restore", args=[pk]))


@action
def favourite_restore(request: HttpRequest, pk: int) -> HttpResponse:
    pin = restore_pin(user=request.user, pin=get_pin_to_restore(request.user, pk))
    return _changed(request, _("Pinned again."), undo_url=reverse("tracking:favourite-unpin", args=[pin.pk]))


def _changed(request: HttpRequest, said: str, undo_url: str | None = None) -> HttpResponse:
    """The page fetches its list again; a dialog stays open. Without htmx on to the favourites."""
    if not request.htmx:
        return redirect_with_toast(request, reverse("tracking:favourites"), said)
    return toast(hx_response(request, trigger={"entriesChanged": {}}), said, undo_url=undo_url)


@action
def favourite_move(request: HttpRequest, pk: int) -> HttpResponse:
    """One place `to` "up" or "down" the list."""
    step = STEPS.get(request.POST.get("to", ""))
    if step is None:
        raise Conflict(_("There is no such change."), code="unknown_action")
    place = move_pin(user=request.user, pin=get_pin(request.user, pk), by=step) + 1
    if not request.htmx:
        return redirect_with_toast(request, reverse("tracking:favourites"), _("Moved."))
    said = _("Now in place %(place)d.") % {"place": place}
    return hx_response(request, trigger={"entriesChanged": {}, "announce": said})


@login_required
@require_POST
def favourite_start(request: HttpRequest, pk: int) -> HttpResponse:
    """Answers with the timer bar. The `uid` makes one timer of a double click."""
    pin = get_pin(request.user, pk)
    try:
        entry = start_pinned(user=request.user, pin=pin, uid=_uid(request.POST.get("uid")))
    except ValidationError as error:
        return refused(request, errors=error.messages)
    except Conflict as error:
        return refused(request, errors=[error.message])
    return done(request, _("The timer is running."), **({} if entry.repeated else {"running": entry}))


def _uid(text: str | None) -> uuid.UUID | None:
    try:
        return uuid.UUID(text or "")
    except ValueError:
        return None
