from __future__ import annotations

from collections.abc import Mapping
from itertools import groupby
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import trigger_client_event

from accounts.models import User
from accounts.services.shortcuts import (
    LARGEST_FILE,
    exported,
    import_shortcuts,
    reset_shortcuts,
    restore_shortcuts,
    set_shortcut,
)
from timetracker.web.answers import action, memory_of, remembering
from timetracker.web.commands import Command, commands_for, get_command, names_of
from timetracker.web.htmx import hx_response, redirect_with_toast, render_page, toast, undoable
from timetracker.web.keys import unprinted

SHOWN_IGNORED = 10


def _row(person: User, command: Command, names: Mapping[str, str], typed: str | None = None) -> dict[str, Any]:
    """`names` are those of names_of."""
    keys, name = person.shortcuts.get(command.id, command.keys), names.get(command.id)
    return {
        "command": command,
        "label": name or command.label,
        "is_empty": name == "",
        "keys": keys if typed is None else typed,
        "kept": keys,
        "own": keys != command.keys,
    }


def _page(request: HttpRequest, person: User, status: int = 200, **context: Any) -> HttpResponse:
    commands, names = commands_for(person), names_of(person)
    groups = [
        (category.label, [_row(person, command, names) for command in members])
        for category, members in groupby(commands, key=lambda command: command.category)
    ]
    context |= {"groups": groups, "person": person}
    return render_page(request, "accounts/shortcuts.html", context, partial="groups", status=status)


@login_required
@require_safe
def shortcuts(request: HttpRequest) -> HttpResponse:
    return _page(request, request.user)


@login_required
@require_safe
@never_cache
def names(request: HttpRequest) -> HttpResponse:
    """What those commands would do now of which that changes."""
    return JsonResponse(names_of(request.user))


@login_required
@require_POST
def change(request: HttpRequest, command_id: str) -> HttpResponse:
    """The keys of one command, or the standard ones with `reset`. Answers with its row."""
    command = get_command(command_id)
    if command is None or not command.allowed(request.user):
        raise Http404
    is_reset = "reset" in request.POST
    keys = command.keys if is_reset else unprinted(request.POST.get("keys", "").strip())
    person, row = request.user, None
    was = {command_id: person.shortcuts.get(command_id, command.keys)}
    try:
        person = set_shortcut(person=request.user, command=command, keys=keys)
    except ValidationError as error:
        row = {**_row(person, command, names_of(person), keys), "errors": error.messages}
        if not request.htmx:
            return _page(request, person, 422, problems=error.messages)
    if not request.htmx:
        return redirect("accounts:shortcuts")
    context = {"row": row or _row(person, command, names_of(person)), "is_reset": is_reset}
    answer = render(request, "accounts/shortcut_row.html", context)
    if row:
        return answer
    answer = trigger_client_event(answer, "ownKeys", person.shortcuts)
    if is_reset:
        said = _("“%(what)s” has its standard keys.")
        return toast(answer, said % {"what": command.label}, undo_url=_undo_url(was))
    return undoable(answer, _("Other keys for “%(what)s”.") % {"what": command.label}, _undo_url(was))


@action
def reset(request: HttpRequest) -> HttpResponse:
    person, was = reset_shortcuts(person=request.user)
    return _all_changed(request, person, _("All shortcuts are the standard ones."), was)


@action
def restore(request: HttpRequest) -> HttpResponse:
    """What the Undo of a reset posts to, and the Redo after it."""
    person, was = restore_shortcuts(person=request.user, keys=memory_of(request, default={}))
    return _all_changed(request, person, _("The shortcuts are as before."), was, redo=True)


def _all_changed(
    request: HttpRequest, person: User, said: str, was: dict[str, str], *, redo: bool = False
) -> HttpResponse:
    """The list on the page asks for itself anew; whatever shows keys hears of them."""
    url = reverse("accounts:shortcuts")
    if not request.htmx:  # type: ignore[attr-defined]  # set by HtmxMiddleware
        return redirect_with_toast(request, url, said, undo_url=_undo_url(was))
    answer = hx_response(request, trigger={"ownKeys": person.shortcuts, "shortcutsChanged": {}})
    return toast(answer, said, undo_url=_undo_url(was), redo=redo)


def _undo_url(was: dict[str, str]) -> str:
    return reverse("accounts:shortcuts-restore") + remembering(was) if was else ""


@login_required
@require_safe
def export(request: HttpRequest) -> HttpResponse:
    answer = JsonResponse(exported(request.user), json_dumps_params={"indent": 2, "ensure_ascii": False})
    answer["Content-Disposition"] = 'attachment; filename="shortcuts.json"'
    return answer


@login_required
@require_POST
def take_over(request: HttpRequest) -> HttpResponse:
    """A file that was exported, here or elsewhere. What of it does not fit is ignored, and said."""
    file, before = request.FILES.get("file"), request.user.shortcuts
    try:
        if file is None:
            raise ValidationError(_("Choose a file first."))
        person, ignored = import_shortcuts(person=request.user, text=file.read(LARGEST_FILE + 1))
    except ValidationError as error:
        return _page(request, request.user, file_errors=error.messages)  # 200: browsers report every 4xx as a failure
    undo_url = _undo_url(_changed(before, person.shortcuts))
    if ignored:
        messages.success(request, _("Your shortcuts are those of the file."), extra_tags=undo_url)
        return _page(request, person, ignored=ignored[:SHOWN_IGNORED], more=max(0, len(ignored) - SHOWN_IGNORED))
    said = _("Your shortcuts are those of the file.")
    return redirect_with_toast(request, reverse("accounts:shortcuts"), said, undo_url=undo_url)


def _changed(before: Mapping[str, str], after: Mapping[str, str]) -> dict[str, str]:
    """What those that are not as before had: their own keys, or the standard ones."""
    changed = [key for key in before.keys() | after.keys() if before.get(key) != after.get(key)]
    return {key: before.get(key, command.keys) for key in changed if (command := get_command(key))}
