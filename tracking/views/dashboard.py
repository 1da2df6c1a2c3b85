"""The home page: a board of widgets. The page comes at once with empty frames; one request fills them all."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from accounts.models import User
from timetracker.web.answers import action, attempt, memory_of, remembering, status_of
from timetracker.web.errors import Conflict
from timetracker.web.htmx import hx_response, redirect_with_toast, render_page, toast, undoable
from timetracker.web.widgets import Place, get_widget
from tracking.dashboard import Board, board_of, offered_to
from tracking.dashboard_drawing import Drawing
from tracking.forms.dashboard import WidgetSettingsForm
from tracking.models import Favourite, TimeEntry
from tracking.services.dashboard import (
    Was,
    add_widget,
    arrange_widgets,
    configure_widget,
    make_board_standard,
    move_widget,
    remove_widget,
    reset_board,
    resize_widget,
    restore_board,
    set_standard_board,
    tidy_board,
)

PAGE = "tracking/dashboard/page.html"


@login_required
@require_GET
def start(request: HttpRequest) -> HttpResponse:
    user: User = request.user  # type: ignore[assignment]  # login_required
    now = timezone.now().astimezone(user.zone)
    context = {
        "greeting": greeting(now.time(), user.get_short_name()),
        "today": now.date(),
        "pins": list(Favourite.objects.of(user)),
        "is_new": not TimeEntry.objects.alive().filter(user=user).exists(),
    }
    return render_page(request, PAGE, context | _board_context(request), partial="head")


@login_required
@require_GET
def board(request: HttpRequest) -> HttpResponse:
    """For any element with `data-dashboard`, and for going in and out of the edit mode."""
    if not request.htmx:  # type: ignore[attr-defined]  # set by HtmxMiddleware
        return start(request)
    return render_page(request, "tracking/dashboard/board.html", _board_context(request))


def _board_context(request: HttpRequest) -> dict[str, Any]:
    user: User = request.user  # type: ignore[assignment]  # login_required
    return {"board": board_of(user), "editing": "edit" in request.GET}


@login_required
@require_GET
@never_cache
def widgets(request: HttpRequest) -> HttpResponse:
    """All of the board; with `topic` those that listen to it; nothing where the page has this board already."""
    user: User = request.user  # type: ignore[assignment]  # login_required
    mine, topic = board_of(user), request.GET.get("topic")
    editing = "edit" in request.GET
    if not topic and request.GET.get("have") == mine.digest:
        return HttpResponse(status=204)
    drawing = Drawing(request, editing=editing)
    places = mine.hearing(topic) if topic else mine.places
    context = {"board": mine, "editing": editing, "drawn": drawing.all(places, out_of_band=bool(topic))}
    return render_page(request, f"tracking/dashboard/{'fresh' if topic else 'grid'}.html", context)


@login_required
@require_GET
@never_cache
def widget(request: HttpRequest, name: str) -> HttpResponse:
    """One of the board, by itself."""
    user: User = request.user  # type: ignore[assignment]  # login_required
    place = _place_or_404(board_of(user), name)
    return HttpResponse(Drawing(request, editing="edit" in request.GET).one(place))


@login_required
@require_GET
@never_cache
def gallery(request: HttpRequest) -> HttpResponse:
    user: User = request.user  # type: ignore[assignment]  # login_required
    places = offered_to(user, board_of(user))
    drawing = Drawing(request, preview=True)
    context = {"title": _("Add a widget"), "offers": [(place, drawing.one(place)) for place in places]}
    return render_page(request, "tracking/dashboard/gallery.html", context, partial="body")


@login_required
@require_http_methods(["GET", "POST"])
def settings(request: HttpRequest, name: str) -> HttpResponse:
    user: User = request.user  # type: ignore[assignment]  # login_required
    place = _place_or_404(board_of(user), name)
    if not place.widget.has_settings:
        raise Http404
    form = WidgetSettingsForm(request.POST or None, user=user, place=place)
    if form.is_valid() and (saved := attempt(form, configure_widget, person=user, name=name, settings=form.chosen())):
        said = _("“%(name)s” has other settings.") % {"name": place.widget.label}
        return _changed(request, said, saved[1], trigger={"closeDialog": True})
    context = {"title": place.widget.label, "form": form, "place": place}
    return render_page(request, "tracking/dashboard/settings.html", context, partial="body", status=status_of(form))


def _place_or_404(board: Board, name: str) -> Place:
    place = board.place_of(name)
    if place is None:
        raise Http404
    return place


# ── Changes ──────────────────────────────────────────────────────────────────
@action
def add(request: HttpRequest, name: str) -> HttpResponse:
    _person, was = add_widget(person=request.user, name=name)
    return _changed(request, _("“%(name)s” is on the board.") % _named(name), was)


@action
def remove(request: HttpRequest, name: str) -> HttpResponse:
    _person, was = remove_widget(person=request.user, name=name)
    return _changed(request, _("“%(name)s” is off the board.") % _named(name), was, loud=True)


@action
def resize(request: HttpRequest, name: str) -> HttpResponse:
    _person, was = resize_widget(person=request.user, name=name, size=request.POST.get("size", ""))
    return _changed(request, _("“%(name)s” has another size.") % _named(name), was)


@action
def move(request: HttpRequest, name: str) -> HttpResponse:
    step = -1 if request.POST.get("step") == "-1" else 1
    _person, was = move_widget(person=request.user, name=name, step=step)
    return _changed(request, _("“%(name)s” has moved.") % _named(name), was)


@action
def arrange(request: HttpRequest) -> HttpResponse:
    _person, was = arrange_widgets(person=request.user, names=request.POST.getlist("names"))
    return _changed(request, _("The board is in another order."), was)


@action
def reset(request: HttpRequest) -> HttpResponse:
    _person, was = reset_board(person=request.user)
    return _changed(request, _("The board is the standard one."), was, loud=True)


@action
def tidy(request: HttpRequest) -> HttpResponse:
    _person, was = tidy_board(person=request.user)
    return _changed(request, _("The board keeps what it shows."), was)


@action
def restore(request: HttpRequest) -> HttpResponse:
    """What an Undo posts to, and the Redo after it."""
    memory = memory_of(request, default={})
    if not memory.keys() >= {"layout", "after"}:
        raise Conflict(_("This can no longer be undone."), code="expired")
    _person, was = restore_board(person=request.user, layout=memory["layout"], after=memory["after"])
    return _changed(request, _("The board is as before."), was, loud=True, redo=True)


@action
def make_standard(request: HttpRequest) -> HttpResponse:
    """The board as everybody's; with a memory, what its Undo posts to."""
    if memory := memory_of(request, default={}):
        if not memory.keys() >= {"standard", "own"}:
            raise Conflict(_("This can no longer be undone."), code="expired")
        standard, own = set_standard_board(actor=request.user, standard=memory["standard"], own=memory["own"])
        said = _("Everybody's board is as before.")
    else:
        standard, own = make_board_standard(actor=request.user)
        said = _("Everybody without a board of their own has this one now.")
    undo_url = reverse("tracking:dashboard-standard") + remembering({"standard": standard, "own": own})
    if not request.htmx:
        return redirect_with_toast(request, _edit_url(), said, undo_url=undo_url)
    return toast(hx_response(request, trigger={"layoutSaved": {}}), said, undo_url=undo_url, redo=bool(memory))


def _named(name: str) -> dict[str, Any]:
    known = get_widget(name)
    return {"name": known.label if known else name}


def _changed(
    request: HttpRequest, said: str, was: Was, *, loud: bool = False, redo: bool = False, trigger: Any = None
) -> HttpResponse:
    """`layoutSaved` tells the page how the board is now, which asks for it where it shows another."""
    request.user.refresh_from_db(fields=["dashboard"])  # type: ignore[union-attr]  # signed in, see `action`
    mine = board_of(request.user)
    is_same = was == request.user.dashboard
    memory = remembering({"layout": was, "after": request.user.dashboard})
    undo_url = "" if is_same else reverse("tracking:dashboard-restore") + memory
    if not request.htmx:  # type: ignore[attr-defined]  # set by HtmxMiddleware
        return redirect_with_toast(request, _edit_url(), said, undo_url=undo_url)
    saved = {"layout": mine.layout, "said": "" if is_same else str(said)}
    answer = hx_response(request, trigger={"layoutSaved": saved} | (trigger or {}))
    if loud and undo_url:
        return toast(answer, said, undo_url=undo_url, redo=redo)
    return undoable(answer, said, undo_url) if undo_url else answer


def _edit_url() -> str:
    return reverse("tracking:start") + "?edit"


def greeting(clock: dt.time, name: str) -> str:
    if 5 <= clock.hour < 12:
        return _("Good morning, %(name)s") % {"name": name}
    if 12 <= clock.hour < 18:
        return _("Good afternoon, %(name)s") % {"name": name}
    if clock.hour >= 18:
        return _("Good evening, %(name)s") % {"name": name}
    return _("Hello, %(name)s") % {"name": name}  # at night, which is late for one and early for another
