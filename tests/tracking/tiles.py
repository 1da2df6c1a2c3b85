"""What tests of widgets share: one widget of one person, as data and drawn, and what drawing it costs."""

from __future__ import annotations

from typing import Any

from django.db import connection
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from accounts.models import User
from timetracker.web.widgets import Asked, Place, get_widget
from tracking.dashboard_drawing import Drawing

MOST_STATEMENTS = 3
"""Of a widget, beyond those for session and person."""


def tile(name: str, size: str = "", **settings: Any) -> Place:
    widget = get_widget(name)
    assert widget is not None
    return Place(widget, widget.fit_size(size), widget.fit(settings))


def read(user: User, name: str, size: str = "", **settings: Any) -> dict[str, Any]:
    """What its template is given."""
    place = tile(name, size, **settings)
    return dict(place.widget.read(Asked(user, timezone.now().astimezone(user.zone)), place))


def drawn(user: User, name: str, size: str = "", **settings: Any) -> str:
    """As `user` sees it, without line breaks."""
    request = RequestFactory().get("/")
    request.user = User.objects.get(pk=user.pk)
    with timezone.override(user.zone), translation.override(user.language):
        html = Drawing(request).one(tile(name, size, **settings))
    assert f"widget-again-{name}" not in html, "it could not be drawn"
    return " ".join(html.split())


def cost(user: User, name: str, size: str = "", **settings: Any) -> int:
    """Statements, the second time."""
    drawn(user, name, size, **settings)
    with CaptureQueriesContext(connection) as asked:
        drawn(user, name, size, **settings)
    return len(asked) - 1  # `drawn` reads the person
