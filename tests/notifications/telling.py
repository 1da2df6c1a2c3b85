"""Short ways to tell somebody something, and to see what became of it."""

from __future__ import annotations

import datetime as dt
from typing import Any

from accounts.models import User
from notifications.categories import OWN, Category
from notifications.choices import Channel
from notifications.models import Notification, PushDevice
from notifications.services.devices import add_device
from notifications.services.preferences import save_settings, set_preferences
from notifications.services.scheduling import schedule
from notifications.services.sending import notify
from tests.notifications.push_service import Subscription

NOON = dt.datetime(2026, 3, 4, 12, 0, tzinfo=dt.UTC)
"""A Wednesday."""
MINUTE = dt.timedelta(minutes=1)
HOUR = dt.timedelta(hours=1)


def tell(person: User, title: str = "Tea is ready", category: Category = OWN, **fields: Any) -> Notification:
    row = notify(person=person, category=category, title=title, **fields)
    assert row is not None
    return row


def outcomes(row: Notification) -> dict[str, str]:
    """Channel to "state reason"."""
    return {item.channel: f"{item.state} {item.reason}".rstrip() for item in row.outcomes.all()}


def titles(person: User) -> list[str]:
    return [row.title for row in Notification.objects.inbox(person)]


def make_odd_notifications(person: User, text: str) -> None:
    """A row in each table of this room, for those who move a whole instance."""
    tell(person, text, message=text, actions=[{"label": "→", "url": "/ü"}])
    schedule(person=person, title="Tea", repeats={"at": "18:00", "days": [0]})
    set_preferences(person=None, grid={"own": []})
    set_preferences(person=person, grid={"own": [Channel.EMAIL]})
    save_settings(person=person, quiet=True)


def add_to(person: User, subscription: Subscription, **fields: Any) -> PushDevice:
    return add_device(person=person, **{"name": "Firefox, Linux", **subscription.fields, **fields})
