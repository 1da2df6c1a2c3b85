"""Event types of this room. What a notification says stays out: events are kept for long and read by many."""

from __future__ import annotations

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
