from __future__ import annotations

import hmac
from ipaddress import ip_network

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from timetracker.metrics.exposition import scrape_as
from timetracker.metrics.state import state
from timetracker.web.proxies import is_inside
from timetracker.web.views import problem

THIS_MACHINE = [ip_network("127.0.0.0/8"), ip_network("::1/128")]


@require_safe
@never_cache
def metrics(request: HttpRequest) -> HttpResponse:
    """For Prometheus: with METRICS_TOKEN, or from this machine where none is set. Never for who is signed in."""
    if settings.METRICS_TOKEN and not _has_token(request):
        answer = problem(request, 401, _("Metrics need the token of this instance."))
        answer.headers["WWW-Authenticate"] = 'Bearer realm="metrics"'
        return answer
    if not settings.METRICS_TOKEN and not _is_local(request):
        return problem(request, 403, _("Without a token, metrics are for this machine only."))
    text, content_type = scrape_as(request.headers.get("Accept", ""), state)
    return HttpResponse(text, content_type=content_type)


def _has_token(request: HttpRequest) -> bool:
    scheme, _space, given = request.headers.get("Authorization", "").partition(" ")
    # In constant time: how long it takes must not tell how much of a guess was right.
    right = hmac.compare_digest(given.strip().encode(), settings.METRICS_TOKEN.encode())
    return scheme.lower() == "bearer" and right


def _is_local(request: HttpRequest) -> bool:
    """A proxy on this machine that nobody told us of would make everybody look like it."""
    return is_inside(request.META.get("REMOTE_ADDR", ""), THIS_MACHINE) and not getattr(request, "unknown_proxy", False)
