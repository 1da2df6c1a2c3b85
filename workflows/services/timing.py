"""Rules that run by the clock: when each comes next."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction

from timetracker.events.models import Event
from timetracker.events.recording import payload_as_json
from timetracker.events.wake import wake_clock
from workflows.events import ScheduleDue
from workflows.models import Rule
from workflows.recurrence import next_after
from workflows.triggers import SCHEDULE

UNPLANNED: dict[str, Any] = {"next_run_at": None, "next_run_zone": ""}


def planned(rule: Rule, now: dt.datetime) -> dict[str, Any]:
    """The fields that say when it comes next, by the clock of its owner. The clock is told, once this is committed."""
    if rule.trigger_type != SCHEDULE or not rule.enabled:
        return UNPLANNED
    at = next_after(rule.trigger_options, now, rule.user.zone)
    if at is not None:
        transaction.on_commit(lambda: wake_clock(at), robust=True)
    return {"next_run_at": at, "next_run_zone": rule.user.time_zone}


def as_if_due(rule: Rule, at: dt.datetime) -> Event:
    """What would happen were it time then. It is not kept."""
    due = payload_as_json(ScheduleDue.of(rule, at.astimezone(rule.user.zone)))
    return Event(type=SCHEDULE, subject_type="rule", subject_id=str(rule.pk), payload=due, occurred_at=at)
