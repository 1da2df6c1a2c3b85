from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from tracking.models import TimeEntry
from tracking.queries import Week, running_entry, week_progress


def shell(request: HttpRequest) -> dict[str, Any]:
    """What stands on every signed-in page: the timer and the week. Read only where a template asks for it."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {}
    return {
        "timer_bar": True,
        "running": SimpleLazyObject(lambda: running_on(request)),
        "week": SimpleLazyObject(lambda: week_on(request)),
        "now": timezone.now(),
    }


def running_on(request: HttpRequest) -> TimeEntry | None:
    """The person's timer, read once a request."""
    if not hasattr(request, "running_entry"):
        request.running_entry = running_entry(request.user)  # type: ignore[attr-defined,arg-type]  # read once
    return request.running_entry  # type: ignore[attr-defined]  # set above


def week_on(request: HttpRequest) -> Week:
    """The person's week, read once a request: the sidebar and the widgets show the same."""
    if not hasattr(request, "week_progress"):
        week = week_progress(request.user, running=running_on(request))  # type: ignore[arg-type]  # signed in
        request.week_progress = week  # type: ignore[attr-defined]  # read once
    return request.week_progress  # type: ignore[attr-defined]  # set above
