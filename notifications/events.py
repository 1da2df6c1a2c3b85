"""Event types of this room. What a notification says stays out: events are kept for long and read by many."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from timetracker.events.registry import event_type


@event_type(
    "notification_sent",
    label=_("Notification sent"),
    sentence=_("was notified"),
    subject="notification",
    internal=True,
)
@dataclass(frozen=True, slots=True, kw_only=True)
class NotificationSent:
    id: int
    user_id: int
    category: str
    priority: str
    channels: list[str]
    """Those it is on its way to with this event."""


@event_type(
    "trigger_due", label=_("A trigger looked at a person"), sentence=_("may need a reminder"), subject="trigger",
    internal=True,
)  # fmt: skip
@dataclass(frozen=True, slots=True, kw_only=True)
class TriggerDue:
    user_id: int
    kind: str
    day: dt.date
    """Of the person's own calendar."""
    due_at: dt.datetime
    entry_id: int | None
    """Whose timer runs, where it is about one."""


@event_type(
    "notification_due", label=_("Notification is due"), sentence=_("is to be told something"), subject="notification",
    internal=True,
)  # fmt: skip
@dataclass(frozen=True, slots=True, kw_only=True)
class NotificationDue:
    id: int
    user_id: int
    at: dt.datetime
    """The clock's moment: what is due by then is told, however long that takes."""
