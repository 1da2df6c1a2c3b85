"""A turn of the clock, with what it gives rise to: what is handed over is told."""

from __future__ import annotations

import datetime as dt

from notifications.services import scheduling
from timetracker.events.dispatch import drain


def fire_due(now: dt.datetime) -> int:
    count = scheduling.fire_due(now)
    drain()
    return count


def wake_snoozed(now: dt.datetime) -> int:
    count = scheduling.wake_snoozed(now)
    drain()
    return count
