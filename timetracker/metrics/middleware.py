from __future__ import annotations

import time
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from timetracker.metrics.definitions import REQUEST_SECONDS, REQUESTS
from timetracker.web.middleware import HEALTH_PATHS

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
STATIC, NOWHERE, OTHER = "static", "none", "other"


class RequestTimes:
    """Outermost: everything that answering takes. What machines ask every few seconds would only hide the rest."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        began = time.perf_counter()
        response = self.get_response(request)
        if request.path not in HEALTH_PATHS:
            view = view_of(request)
            method = request.method if request.method in METHODS else OTHER
            REQUESTS.labels(view, method, response.status_code).inc()
            REQUEST_SECONDS.labels(view).observe(time.perf_counter() - began)
        return response


def view_of(request: HttpRequest) -> str:
    """The name of the address, of which there are as many as in the resolver; a made-up path has none."""
    match = request.resolver_match
    if match is not None:
        return match.view_name
    return STATIC if request.path.startswith(settings.STATIC_URL) else NOWHERE
