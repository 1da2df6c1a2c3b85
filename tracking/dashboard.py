"""A person's board: which widgets stand on it, how large, and what was chosen for them.

A layout is JSON that may be old, or come from anywhere: what of it cannot be shown is left out, and said.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import User
from accounts.queries import get_organisation
from timetracker.web.widgets import Place, all_widgets, get_widget

Layout = list[dict[str, Any]]
STANDARD = (
    "quick-stats", "active-timer", "week-goal", "recent-projects", "time-chart", "upcoming-deadlines", "review",
    "productivity-score", "recent-entries", "activity-feed", "team-now", "quick-actions",
)  # fmt: skip
"""Of a person without a board of their own, where no administrator chose another."""
NAMED = 40
"""So many characters of an unknown name are shown."""


@dataclass(frozen=True, slots=True)
class Board:
    places: list[Place]
    hidden: list[Place]
    """What its person may not use now, and may again tomorrow."""
    left_out: list[str]
    """Sentences: what of the layout could not be shown as it stands there."""
    is_own: bool

    @property
    def layout(self) -> Layout:
        return [place.kept() for place in self.places]

    @property
    def digest(self) -> str:
        """Tells boards apart: a page asks only for one that it does not show."""
        return f"{zlib.crc32(json.dumps([self.layout, self.left_out]).encode()):08x}"

    @property
    def topics(self) -> list[str]:
        return sorted({topic for place in self.places for topic in place.widget.topics})

    def hearing(self, topic: str) -> list[Place]:
        return [place for place in self.places if topic in place.widget.topics]

    def place_of(self, name: str) -> Place | None:
        return next((place for place in self.places if place.widget.name == name), None)

    def has(self, name: str) -> bool:
        return self.place_of(name) is not None


def board_of(user: User) -> Board:
    layout = user.dashboard
    is_own = layout is not None
    if not is_own:
        layout = get_organisation().dashboard
    return read_board(user, standard_layout() if layout is None else layout, is_own=is_own)


def standard_layout() -> Layout:
    known = [widget for name in STANDARD if (widget := get_widget(name))]
    return [Place(widget, widget.size, widget.fit({})).kept() for widget in known]


def read_board(user: User, layout: Any, *, is_own: bool = True) -> Board:
    places: dict[str, Place] = {}
    hidden: dict[str, Place] = {}
    left_out: list[str] = []
    for entry in layout if isinstance(layout, list) else [layout]:
        kept = entry if isinstance(entry, dict) else {"name": entry}
        name = kept.get("name")
        widget = get_widget(name)
        if widget is None:
            left_out.append(_("There is no widget “%(name)s” (any more).") % {"name": str(name)[:NAMED]})
        elif widget.name in places:
            left_out.append(_("“%(name)s” stood there twice.") % {"name": widget.label})
        else:
            place = Place(widget, widget.fit_size(kept.get("size", widget.size)), widget.fit(kept.get("settings")))
            if widget.allowed(user):
                left_out.extend(_changed(place, kept))
                places[widget.name] = place
            else:
                hidden[widget.name] = place
    return Board(list(places.values()), list(hidden.values()), left_out, is_own)


def _changed(place: Place, kept: dict[str, Any]) -> Iterator[str]:
    if (size := kept.get("size", place.size)) != place.size:
        words = {"name": place.widget.label, "size": str(size)[:NAMED], "shown": place.size.label}
        yield _("“%(name)s” has no size “%(size)s”; it is shown as: %(shown)s.") % words
    chosen = kept.get("settings") or {}
    if not isinstance(chosen, dict) or any(getattr(place.settings, key, None) != chosen[key] for key in chosen):
        yield _("“%(name)s” does not know some of its settings.") % {"name": place.widget.label}


def offered_to(user: User, board: Board) -> list[Place]:
    """What the gallery has: what is not on the board yet, as it would stand there."""
    widgets = [widget for widget in all_widgets() if widget.allowed(user) and not board.has(widget.name)]
    return [Place(widget, widget.size, widget.fit({})) for widget in widgets]
