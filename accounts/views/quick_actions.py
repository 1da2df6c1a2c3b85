from __future__ import annotations

from collections.abc import Mapping
from itertools import groupby
from typing import TYPE_CHECKING

from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.services.profile import update_profile
from timetracker.web.commands import Command, names_of
from timetracker.web.errors import Conflict
from timetracker.web.htmx import hx_response, render_page
from timetracker.web.quick_actions import MOST, actions_of, offered_to

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


@login_required
def quick_actions(request: HttpRequest) -> HttpResponse:
    """Which there are and in which order: by drag, by buttons, and without scripts."""
    if request.method == "POST":
        try:
            request.user = update_profile(person=request.user, quick_actions=_wanted(request.POST))
        except ValidationError as error:
            raise Conflict(" ".join(error.messages), code="invalid") from error
        if not request.htmx:  # type: ignore[attr-defined]  # set by HtmxMiddleware
            return hx_response(request, redirect=reverse("accounts:quick-actions"))
    actions, names = actions_of(request.user), names_of(request.user)
    others = [command for command in offered_to(request.user) if command not in actions]
    context = {
        "title": _("Quick actions"),
        "actions": actions,
        "rows": [_row(command, names, command.quick_label) for command in actions],
        "groups": [
            (category.label, [_row(command, names) for command in members])
            for category, members in groupby(others, key=lambda command: command.category)
        ],
        "is_full": len(actions) >= MOST,
        "is_own": bool(request.user.quick_actions),
    }
    part = "list" if request.method == "POST" else "body"
    return render_page(request, "accounts/quick_actions.html", context, partial=part)


def _row(command: Command, names: Mapping[str, str], label: StrOrPromise = "") -> tuple[Command, StrOrPromise, bool]:
    """What it is called now, and whether there is something to say of when it shows."""
    name = names.get(command.id)
    return command, name or label or command.label, bool(command.when) and not name


def _wanted(data: QueryDict) -> list[str]:
    """The order on the page, and what was pressed beside it."""
    if "standard" in data:
        return []
    ids = data.getlist("ids")
    for name, step in (("up", -1), ("down", 1)):
        if (moved := data.get(name)) in ids:
            place = ids.index(moved)
            ids.insert(max(place + step, 0), ids.pop(place))
    if len(ids) > 1 and data.get("hide") in ids:
        ids.remove(data["hide"])
    return [*ids, data["add"]] if data.get("add") else ids
