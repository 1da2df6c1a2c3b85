"""An entry's history, told from its events; and what a batch did, in words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Model, QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from timetracker.events.models import Event
from timetracker.events.registry import event_types
from tracking.choices import BatchKind, Review
from tracking.models import Batch, Project, Tag, Task, TimeEntry

SHOWN = 100
LABELS = {
    "description": gettext_lazy("Description"),
    "project": gettext_lazy("Project"),
    "task": gettext_lazy("Task"),
    "tags": gettext_lazy("Tags"),
    "billable": gettext_lazy("Billable"),
    "started_at": gettext_lazy("Start"),
    "ended_at": gettext_lazy("End"),
    "breaks": gettext_lazy("Breaks"),
    "billed": gettext_lazy("Billed"),
    "accepted": gettext_lazy("Reviewed"),
}
REVERTIBLE = LABELS.keys() - {"billed", "accepted"}


@dataclass(frozen=True, slots=True)
class Change:
    label: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Line:
    event: Event
    label: str
    changes: list[Change]
    revertible: bool


def entry_events(entry: TimeEntry) -> QuerySet[Event]:
    events = Event.objects.filter(subject_type="entry", subject_id=str(entry.pk))
    return events.select_related("actor").order_by("-pk")


def history_of(entry: TimeEntry) -> list[Line]:
    """The latest of what happened to `entry`, the newest first, by the clock of whoever asks."""
    events = list(entry_events(entry)[:SHOWN])
    changes = [event.payload.get("changes") or {} for event in events]
    words = _Words(changes)
    types = event_types()
    return [
        Line(
            event,
            str(types[event.type].label) if event.type in types else event.type,
            [Change(str(LABELS[name]), *(words.of(name, value) for value in pair)) for name, pair in _known(made)],
            event.type == "entry_changed" and any(name in REVERTIBLE for name, _pair in _known(made)),
        )
        for event, made in zip(events, changes, strict=True)
    ]


def _known(changes: dict[str, list[Any]]) -> list[tuple[str, list[Any]]]:
    return [(name, changes[name]) for name in LABELS if name in changes]


class _Words:
    """Values as people read them. Names of all that is mentioned are read together."""

    def __init__(self, changes: list[dict[str, list[Any]]]) -> None:
        self.names: dict[tuple[str, int], str] = {}
        models: dict[str, type[Model]] = {"project": Project, "task": Task, "tags": Tag}
        for field, model in models.items():
            wanted = set(_ids(made[field] for made in changes if field in made))
            if wanted:
                rows = model._default_manager.filter(pk__in=wanted).values_list("pk", "name")
                self.names |= {(field, pk): name for pk, name in rows}

    def of(self, field: str, value: Any) -> str:
        match field:
            case "project" | "task":
                return self._name(field, value) if value else _("none")
            case "tags":
                return ", ".join(f"#{self._name(field, pk)}" for pk in value) or _("none")
            case "started_at" | "ended_at":
                return _moment(value) if value else _("running")
            case "breaks":
                return ", ".join(f"{_moment(start)} – {_clock(end)}" for start, end in value) or _("none")
            case "billable" | "billed":
                return _("yes") if value else _("no")
            case "accepted":
                return str(Review(value).label) if value else _("no")
        return str(value) or _("empty")

    def _name(self, field: str, pk: int) -> str:
        return self.names.get((field, pk)) or _("deleted")


def _ids(pairs: Iterable[list[Any]]) -> Iterator[int]:
    for pair in pairs:
        for value in pair:
            yield from value if isinstance(value, list) else [value] if value else []


def _moment(text: str) -> str:
    local = timezone.localtime(dt.datetime.fromisoformat(text))
    # Translators: a day without its year, before a time.
    return f"{date_format(local, _('j M'))} {local:%H:%M}"


def _clock(text: str) -> str:
    return f"{timezone.localtime(dt.datetime.fromisoformat(text)):%H:%M}"


def done_and_undone(batch: Batch) -> tuple[Batch, bool]:
    """What a line of Undo and Redo began with, and whether taking `batch` back does it once more."""
    again = False
    while (before := Batch.objects.filter(undone_by=batch).first()) is not None:
        batch, again = before, not again
    return batch, again


def said_of(batch: Batch) -> str:
    """What a batch did: deleted 3 entries."""
    count = batch.changes.count()
    texts = {
        BatchKind.START: _("started the timer"),
        BatchKind.STOP: _("stopped the timer"),
        BatchKind.LOG: ngettext("logged %(count)d entry", "logged %(count)d entries", count),
        BatchKind.EDIT: ngettext("changed %(count)d entry", "changed %(count)d entries", count),
        BatchKind.DELETE: ngettext("deleted %(count)d entry", "deleted %(count)d entries", count),
        BatchKind.RESTORE: ngettext("brought back %(count)d entry", "brought back %(count)d entries", count),
        BatchKind.SPLIT: _("split an entry"),
        BatchKind.MERGE: _("merged %(count)d entries"),
        BatchKind.COPY: _("duplicated an entry"),
        BatchKind.BILL: ngettext("marked %(count)d entry as billed", "marked %(count)d entries as billed", count),
        BatchKind.UNBILL: ngettext(
            "marked %(count)d entry as not billed", "marked %(count)d entries as not billed", count
        ),
        BatchKind.ACCEPT: ngettext("reviewed %(count)d entry", "reviewed %(count)d entries", count),
        BatchKind.IMPORT: ngettext("imported %(count)d entry", "imported %(count)d entries", count),
        BatchKind.UNDO: ngettext("an undo of %(count)d entry", "an undo of %(count)d entries", count),
    }
    return texts[BatchKind(batch.kind)] % {"count": count}
