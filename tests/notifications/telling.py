"""Short ways to tell somebody something, and to see what became of it."""

from __future__ import annotations

import datetime as dt
from typing import Any

from accounts.models import User
from notifications.categories import OWN, Category
from notifications.choices import Channel
from notifications.models import Achievement, CountedTask, CountedTime, Notification, PushDevice
from notifications.services.devices import add_device
from notifications.services.preferences import save_settings, set_preferences
from notifications.services.scheduling import schedule
from notifications.services.sending import notify
from tests.notifications.push_service import Subscription
from tests.work import make_entry, make_task
from tracking.models import TimeEntry

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
    Achievement.objects.create(person=person, kind="hours_100", mark="2026-03", earned_at=NOON)
    today = dt.datetime.now(dt.UTC).replace(hour=9, minute=0, second=0, microsecond=0)
    entry = TimeEntry.objects.filter(user=person).first() or make_entry(person, today)
    CountedTime.objects.create(person=person, entry=entry, day=NOON.date(), zone="UTC", witnessed=60, seconds=60)
    task = make_task(name=text, assignee=person)
    CountedTask.objects.create(person=person, task=task, finished_at=NOON)


def add_to(person: User, subscription: Subscription, **fields: Any) -> PushDevice:
    return add_device(person=person, **{"name": "Firefox, Linux", **subscription.fields, **fields})
