from __future__ import annotations

from itertools import groupby
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import trigger_client_event

from accounts.models import User
from accounts.services.shortcuts import LARGEST_FILE, exported, import_shortcuts, reset_shortcuts, set_shortcut
from timetracker.web.answers import action
from timetracker.web.commands import Command, commands_for, get_command
from timetracker.web.htmx import redirect_with_toast
from timetracker.web.keys import unprinted

SHOWN_IGNORED = 10


def _row(person: User, command: Command, typed: str | None = None, errors: list[str] | None = None) -> dict[str, Any]:
    keys = person.shortcuts.get(command.id, command.keys)
    return {"command": command, "keys": keys if typed is None else typed, "own": keys != command.keys, "errors": errors}


def _page(request: HttpRequest, person: User, status: int = 200, **context: Any) -> HttpResponse:
    commands = commands_for(person)
    groups = [
        (category.label, [_row(person, command) for command in members])
        for category, members in groupby(commands, key=lambda command: command.category)
    ]
    return render(request, "accounts/shortcuts.html", {"groups": groups, "person": person, **context}, status=status)


@login_required
@require_safe
def shortcuts(request: HttpRequest) -> HttpResponse:
    return _page(request, request.user)


@login_required
@require_POST
def change(request: HttpRequest, command_id: str) -> HttpResponse:
    """The keys of one command, or the standard ones with `reset`. Answers with its row."""
    command = get_command(command_id)
    if command is None or not command.allowed(request.user):
        raise Http404
    keys = command.keys if "reset" in request.POST else unprinted(request.POST.get("keys", "").strip())
    person, row = request.user, None
    try:
        person = set_shortcut(person=request.user, command=command, keys=keys)
    except ValidationError as error:
        row = _row(person, command, keys, error.messages)
        if not request.htmx:
            return _page(request, person, 422, problems=error.messages)
    if not request.htmx:
        return redirect("accounts:shortcuts")
    answer = render(request, "accounts/shortcut_row.html", {"row": row or _row(person, command)})
    return answer if row else trigger_client_event(answer, "ownKeys", person.shortcuts)


@action
def reset(request: HttpRequest) -> HttpResponse:
    reset_shortcuts(person=request.user)
    return redirect_with_toast(request, reverse("accounts:shortcuts"), _("All shortcuts are the standard ones."))


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
    file = request.FILES.get("file")
    try:
        if file is None:
            raise ValidationError(_("Choose a file first."))
        person, ignored = import_shortcuts(person=request.user, text=file.read(LARGEST_FILE + 1))
    except ValidationError as error:
        return _page(request, request.user, 422, problems=error.messages)
    if ignored:
        return _page(request, person, ignored=ignored[:SHOWN_IGNORED], more=max(0, len(ignored) - SHOWN_IGNORED))
    return redirect_with_toast(request, reverse("accounts:shortcuts"), _("Your shortcuts are those of the file."))
