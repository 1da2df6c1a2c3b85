from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts.models import User
from timetracker.web.htmx import render_page
from tracking.context_processors import week_on
from tracking.forms.booking import Work
from tracking.models import Favourite
from tracking.queries import latest_entries, open_tasks_of, recent_projects


@login_required
@require_GET
def start(request: HttpRequest) -> HttpResponse:
    return render_page(request, "tracking/start/page.html", _start_page(request), partial="today")


def _start_page(request: HttpRequest) -> dict[str, Any]:
    user: User = request.user  # type: ignore[assignment]  # login_required
    now = timezone.now().astimezone(user.zone)
    week = week_on(request)
    projects = recent_projects(user)
    return {
        "greeting": greeting(now.time(), user.get_short_name()),
        "today": now.date(),
        "pins": list(Favourite.objects.of(user)),
        "projects": [(Work(project), week.by_project.get(project.pk, 0)) for project in projects],
        "tasks": [(Work(task.project, task), due_in(task.due_at, now)) for task in open_tasks_of(user)],
        "latest": latest_entries(user),
    }


def greeting(clock: dt.time, name: str) -> str:
    if 5 <= clock.hour < 12:
        return _("Good morning, %(name)s") % {"name": name}
    if 12 <= clock.hour < 18:
        return _("Good afternoon, %(name)s") % {"name": name}
    if clock.hour >= 18:
        return _("Good evening, %(name)s") % {"name": name}
    return _("Hello, %(name)s") % {"name": name}  # at night, which is late for one and early for another


def due_in(due_at: dt.datetime | None, now: dt.datetime) -> int | None:
    """Local days from today until it is due; negative once it is late."""
    return None if due_at is None else (due_at.astimezone(now.tzinfo).date() - now.date()).days
