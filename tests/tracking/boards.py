"""What tests of the board share."""

from __future__ import annotations

import re
from typing import Any

from django.http import HttpResponse

from accounts.models import User
from timetracker.web import widgets
from timetracker.web.widgets import Widget
from tracking.dashboard import board_of

TEMPLATE = "tracking/dashboard/widgets/quick_actions.html"
"""Shows nothing where a widget reads nothing."""


def new_widget(name: str, **fields: Any) -> Widget:
    """As an app would register it, if it did."""
    standard = {"label": name.title(), "about": "", "icon": "bolt", "template": TEMPLATE, "read": lambda _a, _p: {}}
    return Widget(**{"name": name, **standard, **fields})


def add_to_registry(patch: Any, *made: Widget) -> None:
    """For as long as `patch`, pytest's, lasts."""
    for widget in made:
        patch.setitem(widgets._widgets, widget.name, widget)


def keep(person: User, *entries: str | dict[str, Any]) -> User:
    """A board of their own, as it may stand in the database."""
    layout = [{"name": entry} if isinstance(entry, str) else entry for entry in entries]
    User.objects.filter(pk=person.pk).update(dashboard=layout)
    person.refresh_from_db()
    return person


def names_of(person: User) -> list[str]:
    person.refresh_from_db()
    return [place.widget.name for place in board_of(person).places]


def names_in(answer: HttpResponse) -> list[str]:
    return re.findall(r'data-widget="([^"]+)"', answer.content.decode())
