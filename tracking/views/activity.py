"""What happened, told from the events themselves. Who may see which is `activity_visible_to`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from string import Formatter
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts.choices import Among
from accounts.models import User
from accounts.person_select import People
from timetracker.events.models import Event
from timetracker.events.registry import event_types
from timetracker.web.answers import number
from timetracker.web.htmx import render_page
from timetracker.web.times import local_date
from tracking.choices import TaskStatus
from tracking.models import Project
from tracking.queries import activity_visible_to, latest_activity

AT_ONCE = 50
STATUS = dict(TaskStatus.choices)


@dataclass(frozen=True, slots=True)
class Line:
    event: Event
    who: str
    sentence: SafeString


@login_required
@require_GET
def activity(request: HttpRequest) -> HttpResponse:
    return render_page(request, "tracking/activity/page.html", _activity_page(request), partial="feed")


def _activity_page(request: HttpRequest) -> dict[str, Any]:
    user: User = request.user  # type: ignore[assignment]  # login_required
    person, project = number(request.GET.get("person")), number(request.GET.get("project"))
    kind, before = request.GET.get("type", ""), number(request.GET.get("before"))
    events = activity_visible_to(user)
    if person:
        events = events.filter(actor=person)
    if project:
        events = events.filter(project_id=project)
    if kind:
        events = events.filter(type=kind)
    rows = latest_activity(events, AT_ONCE + 1, before)
    lines = lines_of(rows[:AT_ONCE], user)
    return {
        "days": [(day, list(group)) for day, group in groupby(lines, lambda line: _day(line.event, user))],
        "older": rows[AT_ONCE - 1].pk if len(rows) > AT_ONCE else None,
        "before": before,
        "people": People(user, Among.EVER),
        "person": person,
        "types": sorted(_types(), key=lambda pair: pair[1]),
        "type": kind,
        "project": get_object_or_404(Project.objects.visible_to(user), pk=project) if project else None,
        "is_filtered": bool(person or project or kind),
    }


def lines_of(events: Iterable[Event], user: User) -> list[Line]:
    return [Line(event, _name(event, user), sentence_of(event)) for event in events]


def _day(event: Event, user: User) -> dt.date:
    return local_date(event.occurred_at, user.zone)


def _name(event: Event, user: User) -> str:
    if event.actor is None:
        return _("Timetracker")
    # "You" alone would take another form of the verb in most languages.
    return _("%(name)s (you)") % {"name": event.actor} if event.actor == user else str(event.actor)


def sentence_of(event: Event) -> SafeString:
    """The type's sentence with the event's own words in bold; what an old event lacks is left out."""
    known = event_types().get(event.type)
    if known is None:
        return format_html("{}", event.type.replace("_", " "))
    text = str(known.sentence)
    values = event.payload | {
        "what": _what(event.payload),
        "status_label": STATUS.get(event.payload.get("status", ""), ""),
    }
    names = {name for _text, name, _spec, _conversion in Formatter().parse(text) if name}
    if not names:
        return format_html("{}", text)
    return format_html(text, **{name: format_html("<strong>{}</strong>", values.get(name) or "…") for name in names})


def _what(payload: dict[str, Any]) -> str:
    for name in ("description", "task_name", "project_name", "name"):
        if payload.get(name):
            return str(payload[name])
    return _("(no description)")


def _types() -> Iterator[tuple[str, str]]:
    return ((name, str(known.label)) for name, known in event_types().items() if not known.internal)
