"""What a link in a mail opens. The link is the permission: nobody signs in, and no cookie is asked for."""

from __future__ import annotations

from allauth.core import ratelimit
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from notifications.access import get_mute_link
from notifications.queries import wanted_channels
from notifications.services.preferences import set_cells


@csrf_exempt  # mail programs post here by themselves (RFC 8058), and only what is signed is done
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def mute_by_link(request: HttpRequest, token: str) -> HttpResponse:
    """Asks first: what looks through mails for bad links opens each of them, and must not change anything."""
    return _answer(request, token, wanted=False if request.method == "POST" else None)


@csrf_exempt  # as above
@never_cache
@require_POST
def unmute_by_link(request: HttpRequest, token: str) -> HttpResponse:
    """The Undo. Whoever has the mail may have more of them: it was sent because they were wanted."""
    return _answer(request, token, wanted=True)


def _answer(request: HttpRequest, token: str, *, wanted: bool | None) -> HttpResponse:
    if not ratelimit.consume(request, action="mute_link"):
        return ratelimit.respond_429(request)
    link = get_mute_link(token)
    if link is None:
        return render(request, "notifications/mute_closed.html", status=404)
    if wanted is None:
        wanted = None if link.channel in wanted_channels(link.person, link.category) else False  # muted already
    else:
        set_cells(person=link.person, cells={link.category.name: {link.channel: wanted}})
    with translation.override(link.person.language):
        answer = render(request, "notifications/mute.html", {"link": link, "wanted": wanted})
        answer.headers["Content-Language"] = link.person.language
    return answer
