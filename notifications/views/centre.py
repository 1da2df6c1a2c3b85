"""What a person was told: the bell, the panel that slides in, and the page with everything."""

from __future__ import annotations

import datetime as dt

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.views.decorators.http import require_safe

from notifications.access import get_notification
from notifications.forms import CentreFilter
from notifications.models import Notification
from notifications.queries import News, news_since, panel_of, settings_of, unread_count
from notifications.snoozes import LABELS, moments
from timetracker.web.htmx import render_page
from timetracker.web.pagination import page_of

LONGEST_GAP = dt.timedelta(hours=1)
"""What is older is no news for a page that has lost its connection for long; it is in the centre."""


@login_required
@require_safe
def bell(request: HttpRequest) -> HttpResponse:
    """The count, and what came `since`: it shows as toasts. A page that has just been opened has no news."""
    now = timezone.now()
    since = _moment(request.GET.get("since", ""))
    news = news_since(request.user, max(since, now - LONGEST_GAP)) if since else News()
    context = {
        "count": unread_count(request.user),
        "news": news,
        "now": news.until or since or now,
        "vibrate": bool(news.items) and settings_of(request.user).vibrate,
    }
    return render(request, "notifications/bell.html", context)


@login_required
@require_safe
def panel(request: HttpRequest) -> HttpResponse:
    return render(request, "notifications/panel.html", {"groups": panel_of(request.user)})


@login_required
@require_safe
def menu(request: HttpRequest, pk: int) -> HttpResponse:
    """What can be done with one of them: asked for when it is opened, as most of them never are."""
    snoozes = [(name, LABELS[name]) for name in moments(request.user, timezone.now())]
    row = get_notification(request.user, pk)
    return render(request, "notifications/menu.html", {"row": row, "snoozes": snoozes})


@login_required
@require_safe
def notifications(request: HttpRequest) -> HttpResponse:
    listing = CentreFilter(request)
    page = page_of(listing.narrow(Notification.objects.of(request.user)), request, per_page=40)
    context = {"listing": listing, "page": page, "archived": listing.value("show") == "archived"}
    return render_page(request, "notifications/list.html", context, partial="table")


def _moment(text: str) -> dt.datetime | None:
    try:
        moment = parse_datetime(text)
    except ValueError:
        return None
    return moment if moment and moment.tzinfo else None
