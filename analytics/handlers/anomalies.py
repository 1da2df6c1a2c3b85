"""Entries that look wrong are looked for when time was logged or changed."""

from __future__ import annotations

import datetime as dt
from typing import Any

from analytics.services.anomalies import look_at, look_at_import, look_at_pairs, look_at_undone_import
from timetracker.events.models import Event
from timetracker.events.registry import on

_COMPARED = {"project", "task", "description", "started_at", "ended_at", "breaks"}


def _asks_anew(data: dict[str, Any]) -> bool:
    """Something that is compared has changed, or somebody has taken back that it is right."""
    if data["ended_at"] is None:
        return False
    changes = data.get("changes")
    return changes is None or not _COMPARED.isdisjoint(changes) or changes.get("accepted", ["", "-"])[1] == ""


@on(
    "timer_stopped", "time_logged", "entry_changed", "entry_restored",
    name="analytics.look_at_entry",
    when=_asks_anew,
    in_bulk=False,
)  # fmt: skip
def look_at_entry(event: Event) -> None:
    look_at(event.payload["id"])


@on("entry_changed", "entry_deleted", name="analytics.look_at_pairs", when=_asks_anew, in_bulk=False)
def look_at_pairs_beside(event: Event) -> None:
    data = event.payload
    starts = [data["started_at"], *data.get("changes", {}).get("started_at", ())]
    moments = [dt.datetime.fromisoformat(start) for start in starts]
    look_at_pairs([data["user_id"]], min(moments), max(moments))


@on("time_imported", "import_brought_back", name="analytics.look_at_import")
def look_at_imported(event: Event) -> None:
    look_at_import(event.payload["id"])


@on("import_undone", name="analytics.look_at_undone_import")
def look_at_what_was_beside(event: Event) -> None:
    look_at_undone_import(event.payload["id"])
