from __future__ import annotations

import hmac
from ipaddress import ip_network

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.access import require_administrator
from timetracker.metrics import performance as shown
from timetracker.metrics import storage
from timetracker.metrics.exposition import counted_samples, scrape_as
from timetracker.metrics.queries import began_at, missing_kinds, processes_at, sockets_at
from timetracker.metrics.slow_views import Order, slowest, view_times
from timetracker.metrics.state import state
from timetracker.web.doctor import findings
from timetracker.web.htmx import render_page
from timetracker.web.proxies import is_inside
from timetracker.web.views import problem

COUNTED = ("timetracker_request_seconds", "timetracker_requests", "timetracker_push_seconds", "timetracker_pushes")
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


# ── For administrators ───────────────────────────────────────────────────────
@login_required
@require_safe
@never_cache
def performance(request: HttpRequest) -> HttpResponse:
    require_administrator(request.user)
    now, readings, samples = timezone.now(), state.readings(), counted_samples(*COUNTED)
    processes = processes_at(now)
    order = Order.P95 if request.GET.get("order") == Order.P95 else Order.TIME
    context = {
        "parts": shown.parts(readings),
        "backup": shown.last_backup(readings),
        "backup_at": settings.BACKUP_AT,
        "processes": processes,
        "missing": missing_kinds(processes) if settings.REDIS_URL else [],
        "order": order.value,
        "views": slowest(view_times(samples), order),
        "began_at": began_at(processes),
        "waiting": shown.waiting(readings),
        "dead": shown.dead(readings),
        "jobs": shown.job_states(readings),
        "sockets": sockets_at(processes, now),
        "pushes": shown.pushes(samples),
        "engine": storage.engine(),
        "size": shown.database_size(readings),
        "tables": storage.largest_tables(),
        "free": storage.free_bytes(),
    }
    return render_page(request, "metrics/performance.html", context, partial="now")


@login_required
@require_safe
@never_cache
def to_mend(request: HttpRequest) -> HttpResponse:
    """What `manage.py doctor` says. By itself, because it asks more than a page should wait for."""
    require_administrator(request.user)
    autodiscover_modules("doctor")
    found = list(findings())
    faults = [finding for finding in found if not finding.ok]
    return render(request, "metrics/to_mend.html", {"looked": True, "faults": faults, "checks": len(found)})
