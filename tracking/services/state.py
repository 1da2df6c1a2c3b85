"""What a person can change about an entry, as JSON: what events tell, histories show and Undo puts back."""

from __future__ import annotations

import datetime as dt
from typing import Any

from tracking.models import TimeEntry

State = dict[str, Any]
Changes = dict[str, list[Any]]
UNTOLD = frozenset({"rate", "currency", "paused_at"})
"""Kept for Undo, never told in an event: money is not everybody's to know, and pauses have events of their own."""


def state_of(entry: TimeEntry, *, with_breaks: bool = True) -> State:
    """Breaks cost a statement and are read only where they may change."""
    tags = sorted(entry.tags.values_list("pk", flat=True))
    return {**end_of(entry, with_breaks=with_breaks), **_subject_of(entry), "tags": tags}


def end_of(entry: TimeEntry, *, with_breaks: bool) -> State:
    """What a stop changes."""
    breaks = entry.breaks.values_list("started_at", "ended_at") if with_breaks and entry.pk else ()
    return {
        "breaks": [[start.isoformat(), end.isoformat()] for start, end in breaks],
        "ended_at": _text(entry.ended_at),
        "paused_at": _text(entry.paused_at),
        "rate": None if entry.rate is None else str(entry.rate),
        "currency": entry.currency,
    }


def _subject_of(entry: TimeEntry) -> State:
    return {
        "description": entry.description,
        "project": entry.project_id,
        "task": entry.task_id,
        "billable": entry.billable,
        "started_at": entry.started_at.isoformat(),
        "accepted": str(entry.accepted),
        "billed": entry.billed,
        "deleted": entry.deleted_at is not None,
    }


def _text(moment: dt.datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def difference(old: State, new: State) -> Changes:
    return {field: [old[field], new[field]] for field in new if old[field] != new[field]}


def told(changes: Changes) -> Changes:
    """What everybody who sees the entry may know."""
    return {field: change for field, change in changes.items() if field not in UNTOLD}
