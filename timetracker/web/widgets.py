"""What a dashboard can show: one list of widgets, filled by each app's own `widgets.py`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

T = TypeVar("T")


class Size(TextChoices):
    """Columns by rows of the board's grid: 1 × 1, 1 × 2, 2 × 2."""

    SMALL = "small", _("Small")
    MEDIUM = "medium", _("Medium")
    LARGE = "large", _("Large")


class Scope(TextChoices):
    ME = "me", _("Me")
    TEAM = "team", _("Everybody I may see")


class Range(TextChoices):
    THIS_WEEK = "this-week", _("This week")
    LAST_7_DAYS = "last-7-days", _("Last 7 days")
    LAST_14_DAYS = "last-14-days", _("Last 14 days")
    LAST_30_DAYS = "last-30-days", _("Last 30 days")
    THIS_MONTH = "this-month", _("This month")


@dataclass(slots=True)
class Asked:
    """One request for widgets: who asks, when (in the person's zone), and what several of them read once."""

    user: Any
    now: dt.datetime
    _read: dict[tuple[Any, ...], Any] = field(default_factory=dict)

    @property
    def today(self) -> dt.date:
        return self.now.date()

    def once(self, read: Callable[..., T], *args: Any) -> T:
        """`read(*args)`, called once in this request whichever widgets need it."""
        key = (read, *args)
        if key not in self._read:
            self._read[key] = read(*args)
        return self._read[key]


@dataclass(frozen=True, slots=True)
class Settings:
    """What its person chose for a widget; what the widget does not offer keeps its default."""

    range: str = ""
    scope: str = Scope.ME
    project: int | None = None

    def kept(self) -> dict[str, Any]:
        """As the layout keeps it: without what is standard."""
        chosen = {"range": self.range, "scope": self.scope, "project": self.project}
        return {name: value for name, value in chosen.items() if value and value != Scope.ME}


@dataclass(frozen=True, slots=True, kw_only=True)
class Widget:
    name: str
    label: StrOrPromise
    about: StrOrPromise
    """A sentence for the gallery."""
    icon: str
    template: str
    read: Callable[[Asked, Place], Mapping[str, Any]]
    """The template's context. `more` and `more_label` become the link in the head."""
    topics: tuple[str, ...] = ()
    """Of live.push: what it is asked for again after."""
    sizes: tuple[Size, ...] = tuple(Size)
    size: Size = Size.MEDIUM
    """The standard one."""
    ranges: tuple[Range, ...] = ()
    """On offer; the first is standard."""
    by_scope: bool = False
    by_project: bool = False
    allowed: Callable[[Any], bool] = lambda _user: True

    @property
    def has_settings(self) -> bool:
        return bool(self.ranges) or self.by_scope or self.by_project

    def fit_size(self, size: Any) -> Size:
        return Size(size) if size in self.sizes else self.size

    def fit(self, chosen: Any) -> Settings:
        """What of `chosen` it offers."""
        known = chosen if isinstance(chosen, dict) else {}
        of_range, project = known.get("range"), known.get("project")
        return Settings(
            range=of_range if of_range in self.ranges else next(iter(self.ranges), ""),
            scope=Scope.TEAM if self.by_scope and known.get("scope") == Scope.TEAM else Scope.ME,
            project=project if self.by_project and type(project) is int and 0 < project < 2**63 else None,
        )


@dataclass(frozen=True, slots=True)
class Place:
    """A widget on somebody's board."""

    widget: Widget
    size: Size
    settings: Settings

    @property
    def is_small(self) -> bool:
        return self.size is Size.SMALL

    def kept(self) -> dict[str, Any]:
        """As the layout keeps it. Every value is stated, so that another standard later changes nobody's board."""
        return {"name": self.widget.name, "size": str(self.size), "settings": self.settings.kept()}


_widgets: dict[str, Widget] = {}


def register(*widgets: Widget) -> None:
    """In the order in which the gallery shows them."""
    for widget in widgets:
        if widget.name in _widgets:
            raise ValueError(f"There is a widget {widget.name} already.")
        if widget.size not in widget.sizes:
            raise ValueError(f"{widget.name} is of none of its own sizes.")
        _widgets[widget.name] = widget


def all_widgets() -> list[Widget]:
    return list(_widgets.values())


def get_widget(name: Any) -> Widget | None:
    return _widgets.get(name) if isinstance(name, str) else None
