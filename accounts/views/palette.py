"""What the command palette asks the server, and tells it."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from accounts.palette import recent, search
from accounts.services.uses import note_use
from timetracker.web.answers import action
from timetracker.web.commands import all_commands, names_of


@login_required
@require_GET
@never_cache
def palette(request: HttpRequest) -> HttpResponse:
    """Options in groups. With nothing typed what was used last; `icons` asks for those of the commands too."""
    typed, searching = request.GET.get("q", ""), request.GET.get("mode") == "search"
    if typed.strip():
        groups, hints = search(request.user, typed, searching=searching)
        context = {"groups": groups, "hints": hints}
    else:
        group, uses = recent(request.user, searching=searching)
        icons = sorted({command.icon for command in all_commands()}) if "icons" in request.GET else []
        names = {} if searching else names_of(request.user)
        context = {"groups": [group], "uses": uses, "icons": icons, "names": names}
    return render(request, "accounts/palette.html", context)


@action
def used(request: HttpRequest) -> HttpResponse:
    note_use(user=request.user, what=request.POST.get("what", ""))
    return HttpResponse(status=204)
