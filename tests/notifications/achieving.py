"""Short ways to work on a moved clock, and to see what that has brought."""

from __future__ import annotations

import datetime as dt
from typing import Any

import time_machine

from accounts.models import User
from notifications.models import Achievement, Notification
from tests.notifications.telling import HOUR
from timetracker.events.choices import Status
from timetracker.events.dispatch import drain
from timetracker.events.models import Delivery
from tracking.models import Task, TimeEntry
from tracking.services.entries import create_entry
from tracking.services.tasks import create_task, update_task
from tracking.services.timer import start_timer, stop_timer

DAY = dt.timedelta(days=1)
MONDAY = dt.datetime(2026, 3, 2, 9, 0, tzinfo=dt.UTC)


def settle() -> None:
    drain()
    assert not Delivery.objects.exclude(status=Status.DONE).exists()


def work(person: User, start: dt.datetime = MONDAY, hours: float = 1, **fields: Any) -> TimeEntry:
    """The timer from `start`, so long."""
    with time_machine.travel(start, tick=False):
        start_timer(user=person, **fields)
    with time_machine.travel(start + hours * HOUR, tick=False):
        entry = stop_timer(user=person).entry
        settle()
    return entry


def log(person: User, start: dt.datetime, hours: float, now: dt.datetime, **fields: Any) -> TimeEntry:
    """Written by hand at `now`."""
    with time_machine.travel(now, tick=False):
        entry = create_entry(user=person, started_at=start, ended_at=start + hours * HOUR, **fields)
        settle()
    return entry


def work_days(person: User, days: int, start: dt.datetime = MONDAY, hours: float = 1) -> None:
    """On so many working days from `start` on, at the same time of day in UTC."""
    while days:
        if start.weekday() in person.working_days:
            work(person, start, hours)
            days -= 1
        start += DAY


def finish(person: User, task: Task, at: dt.datetime, **how: Any) -> None:
    with time_machine.travel(at, tick=False):
        update_task(task=task, actor=how.pop("actor", person), status="done", **how)
        settle()


def estimated(person: User, hours: float = 2, at: dt.datetime = MONDAY, **fields: Any) -> Task:
    """A task of the person."""
    with time_machine.travel(at, tick=False):
        return create_task(actor=person, name="Design", assignee=person, estimated_hours=hours, **fields)


def earned(person: User) -> list[str]:
    return sorted(f"{one.kind} {one.mark}".rstrip() for one in Achievement.objects.filter(person=person))


def told(person: User) -> list[str]:
    rows = Notification.objects.filter(user=person, category="achievement", deleted_at=None)
    return list(rows.order_by("pk").values_list("title", flat=True))
