"""Short ways to tell somebody something, and to see what became of it."""

from __future__ import annotations

import datetime as dt
from typing import Any

from accounts.models import User
from notifications.categories import OWN, Category
from notifications.models import Notification
from notifications.services.sending import notify

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
