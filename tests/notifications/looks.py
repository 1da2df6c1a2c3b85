"""A clock that is moved: what triggers do as time goes by."""

from __future__ import annotations

import datetime as dt
from typing import Any

import time_machine

from accounts.models import User
from notifications.models import Notification, Trigger
from notifications.services.triggers import announce_due, plan
from timetracker.events.dispatch import drain


def at(clock: str, day: int = 4) -> dt.datetime:
    """March 2026 in UTC, where everybody here lives; the 4th is a Wednesday."""
    hour, minute = map(int, clock.split(":"))
    return dt.datetime(2026, 3, day, hour, minute, tzinfo=dt.UTC)


def go_to(moment: dt.datetime) -> None:
    """The clock asks at this moment, and what it recorded is told."""
    with time_machine.travel(moment, tick=False):
        for _turn in range(12):
            if not announce_due(moment):
                return
            drain()
    raise AssertionError("What is looked at is due again at once.")


def plan_at(moment: dt.datetime, *people: User) -> None:
    with time_machine.travel(moment, tick=False):
        plan(people)
        drain()


def do_at(moment: dt.datetime, deed: Any, /, **arguments: Any) -> Any:
    with time_machine.travel(moment, tick=False):
        made = deed(**arguments)
        drain()
        return made


def told(person: User, kind: str) -> list[str]:
    """Titles of all there were of a kind, the oldest first."""
    rows = Notification.objects.filter(user=person, category=kind).order_by("pk")
    return [row.title for row in rows]


def live(person: User, kind: str) -> list[str]:
    rows = Notification.objects.inbox(person).filter(category=kind, read_at=None)
    return [row.title for row in rows]


def row_of(person: User, kind: str) -> Trigger:
    return Trigger.objects.get(user=person, kind=kind)
