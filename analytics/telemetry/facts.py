"""What is counted of events, and of what was used without one: its telemetry name and coarse properties."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from analytics.telemetry import buckets

Payload = dict[str, Any]
Facts = tuple[str, dict[str, str]]


def _yes(value: object) -> str:
    return "no" if value is None or value is False else "yes"


def _project(data: Payload) -> Facts:
    return "project_created", {"for_client": _yes(data["client_id"])}


def _task(data: Payload) -> Facts:
    estimated, assigned = _yes(data["estimated_hours"]), _yes(data["assignee_id"])
    return "task_created", {"estimated": estimated, "assigned": assigned}


def _finished(data: Payload) -> Facts:
    estimated, time = _yes(data["estimated_hours"]), buckets.duration(data["tracked_seconds"])
    return "task_completed", {"estimated": estimated, "duration": time}


def _logged(data: Payload) -> Facts:
    return "entry_logged", {"duration": buckets.duration(data["seconds"]), "source": data["source"]}


def _first_step(data: Payload) -> Facts | None:
    return None if data["place"] else ("rule_run", {})


COUNTED: dict[str, Callable[[Payload], Facts | None]] = {
    "client_created": lambda data: ("client_created", {}),
    "project_created": _project,
    "task_created": _task,
    "task_completed": _finished,
    "timer_started": lambda data: ("timer_started", {"with_project": _yes(data["project_id"])}),
    "timer_stopped": lambda data: ("timer_stopped", {"duration": buckets.duration(data["seconds"])}),
    "time_logged": _logged,
    "time_imported": lambda data: ("time_imported", {"entries": buckets.amount(data["entries"])}),
    "rule_created": lambda data: ("rule_made", {"trigger": data["trigger_type"]}),
    "rule_step": _first_step,
}
"""By event type. A rule runs once for its first step."""

USED: dict[str, Callable[[Payload], Facts]] = {
    "report_run": lambda facts: ("report_run", {"span": buckets.span(facts["days"])}),
    "data_exported": lambda facts: ("data_exported", {"what": facts["what"], "format": facts["format"]}),
    "notification_opened": lambda facts: ("notification_opened", {}),
    "widget_added": lambda facts: ("widget_added", {"widget": facts["widget"]}),
    "shortcut_used": lambda facts: ("shortcut_used", {"category": facts["category"]}),
    "estimate_shown": lambda facts: ("estimate_shown", {"basis": facts["basis"]}),
}
"""By the name that `timetracker.web.usage.used` is called with."""
