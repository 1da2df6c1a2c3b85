"""What a person can change about an entry, as JSON: what events tell, histories show and Undo puts back."""

from __future__ import annotations

from typing import Any

from tracking.models import TimeEntry

State = dict[str, Any]
Changes = dict[str, list[Any]]
MONEY = frozenset({"rate", "currency"})
"""Follows from the rest, and is not everybody's to know: kept for Undo, never told in an event."""


def state_of(entry: TimeEntry, *, with_breaks: bool = True) -> State:
    """Breaks cost a statement and are read only where they may change."""
    breaks = entry.breaks.values_list("started_at", "ended_at") if with_breaks and entry.pk else ()
    return {
        "breaks": [[start.isoformat(), end.isoformat()] for start, end in breaks],
        "description": entry.description,
        "project": entry.project_id,
        "task": entry.task_id,
        "billable": entry.billable,
        "started_at": entry.started_at.isoformat(),
        "ended_at": entry.ended_at.isoformat() if entry.ended_at else None,
        "tags": sorted(entry.tags.values_list("pk", flat=True)),
        "rate": None if entry.rate is None else str(entry.rate),
        "currency": entry.currency,
        "accepted": str(entry.accepted),
        "billed": entry.billed,
        "deleted": entry.deleted_at is not None,
    }


def difference(old: State, new: State) -> Changes:
    return {field: [old[field], new[field]] for field in new if old[field] != new[field]}


def told(changes: Changes) -> Changes:
    """What everybody who sees the entry may know."""
    return {field: change for field, change in changes.items() if field not in MONEY}
