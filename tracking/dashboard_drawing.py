"""Widgets into HTML, each by itself: one that fails says so in its own frame, and the others stand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import structlog
from django.http import HttpRequest
from django.template import Context, RequestContext
from django.template.loader import get_template
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
        self.known = _known(request)

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
            body = self._draw(place.widget.template, {**frame, **found})
            return self._draw(FRAME, {**frame, **found, "body": body})
        except Exception:
            log.exception("widget_failed", widget=place.widget.name, person=self.asked.user.pk)
            body = self._draw(BROKEN, frame)
            return self._draw(FRAME, {**frame, "body": body})

    def _draw(self, template: str, values: Mapping[str, Any]) -> str:
        return _compiled(template).render(Context({**self.known, **values}))


def _known(request: HttpRequest) -> dict[str, Any]:
    """What every template knows, found once for all of them."""
    context = RequestContext(request)
    with context.bind_template(_compiled(FRAME)):
        known: dict[str, Any] = context.flatten()  # type: ignore[assignment]  # the types think of odd names
        return known


def _compiled(name: str) -> Any:
    """Without the wrapper that finds what every template knows again each time."""
    return get_template(name).template  # type: ignore[attr-defined]  # there is only Django's engine
