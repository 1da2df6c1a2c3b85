"""Widgets into HTML, each by itself: one that fails says so in its own frame, and the others stand."""

from __future__ import annotations

from collections.abc import Iterable

import structlog
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils import timezone

from accounts.models import User
from timetracker.web.widgets import Asked, Place

log = structlog.get_logger(__name__)
FRAME = "tracking/dashboard/widget.html"
BROKEN = "tracking/dashboard/broken.html"


class Drawing:
    """The widgets of one answer: what several of them need is read once."""

    def __init__(self, request: HttpRequest, *, editing: bool = False, preview: bool = False) -> None:
        user: User = request.user  # type: ignore[assignment]  # every caller needs a signed-in person
        self.request, self.editing, self.preview = request, editing, preview
        self.asked = Asked(user, timezone.now().astimezone(user.zone))

    def all(self, places: Iterable[Place], *, out_of_band: bool = False) -> list[str]:
        return [self.one(place, out_of_band=out_of_band) for place in places]

    def one(self, place: Place, *, out_of_band: bool = False) -> str:
        frame = {
            "place": place,
            "widget": place.widget,
            "editing": self.editing,
            "preview": self.preview,
            "out_of_band": out_of_band,
            "now": self.asked.now,
            "today": self.asked.today,
        }
        try:
            found = place.widget.read(self.asked, place)
            body = render_to_string(place.widget.template, {**frame, **found}, self.request)
            return render_to_string(FRAME, {**frame, **found, "body": body}, self.request)
        except Exception:
            log.exception("widget_failed", widget=place.widget.name, person=self.asked.user.pk)
            body = render_to_string(BROKEN, frame, self.request)
            return render_to_string(FRAME, {**frame, "body": body}, self.request)
