from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from accounts.choices import Among
from accounts.person_select import OFFERS, ONESELF
from accounts.queries import people_suggested

MOST = 12


@login_required
@require_GET
def suggest(request: HttpRequest) -> HttpResponse:
    """`<li role="option">`s of people by name; before them what else the address offers, as in `?nobody=none`."""
    asked = request.GET
    text = asked.get("q", "").replace("\0", "").strip()[:100]
    among = asked.get("among", Among.HERE)
    if among not in set(Among):
        raise Http404
    people = people_suggested(request.user, text, Among(among))
    if ONESELF & asked.keys():
        people = people.exclude(pk=request.user.pk)
    offers = [(asked[name], label) for name, label in OFFERS.items() if name in asked and _fits(request, text, name)]
    return render(request, "accounts/people_options.html", {"offers": offers, "people": people[:MOST]})


def _fits(request: HttpRequest, text: str, name: str) -> bool:
    called = f"{OFFERS[name]} {request.user.display_name} {request.user.username}" if name in ONESELF else OFFERS[name]
    return all(word in str(called).casefold() for word in text.casefold().split())
