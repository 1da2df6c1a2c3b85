"""Notifications for tests."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils import timezone

from accounts.models import User
from notifications.categories import OWN
from notifications.models import Notification
from notifications.services.scheduling import schedule
from notifications.services.sending import notify


def make_notice(person: User, title: str = "Hello", **fields: Any) -> Notification:
    """Delivered now."""
    row = notify(person=person, **{"category": OWN, "title": title, **fields})
    assert row is not None
    return row


def make_reminder(person: User, title: str = "Standup", **fields: Any) -> Notification:
    """For in an hour."""
    return schedule(person=person, title=title, **{"deliver_at": timezone.now() + dt.timedelta(hours=1), **fields})
