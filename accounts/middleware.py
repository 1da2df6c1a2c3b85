from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from accounts.queries import is_set_up

OPEN_BEFORE_SET_UP = ("/setup/", "/telemetry/", "/api/", "/static/", "/healthz", "/readyz", "/metrics", "/favicon.ico")


class FirstRunMiddleware:
    """Until somebody exists, every page leads to the one that says where the set-up link is."""

    # People are never deleted: once somebody is there, this process asks no more.
    set_up = False

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not self.set_up and not request.path.startswith(OPEN_BEFORE_SET_UP):
            FirstRunMiddleware.set_up = is_set_up()
            if not self.set_up:
                return HttpResponseRedirect(reverse("accounts:setup-needed"))
        return self.get_response(request)
