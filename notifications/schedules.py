from __future__ import annotations

import datetime as dt

from notifications.services import digests, scheduling, triggers
from notifications.services.achievements import forget_counted
from notifications.services.forgetting import forget
from timetracker.events.clock import job

MINUTE = dt.timedelta(minutes=1)


@job("notifications.fire_due", every=MINUTE, next_at=scheduling.next_due_at)
def fire_due(now: dt.datetime) -> None:
    scheduling.fire_due(now)


@job("notifications.wake_snoozed", every=MINUTE, next_at=scheduling.next_waking_at)
def wake_snoozed(now: dt.datetime) -> None:
    scheduling.wake_snoozed(now)


@job("notifications.release_held", every=MINUTE, next_at=digests.next_release_at)
def release_held(now: dt.datetime) -> None:
    digests.release_held(now)


@job("notifications.forget_unseen", every=dt.timedelta(hours=1))
def forget_unseen(now: dt.datetime) -> None:
    digests.forget_unseen(now)


@job("notifications.forget", daily=dt.time(3, 40))
def forget_old(now: dt.datetime) -> None:
    forget(now)
    forget_counted(now)


@job("notifications.triggers", every=MINUTE, next_at=triggers.next_due_at)
def announce_due_triggers(now: dt.datetime) -> None:
    triggers.announce_due(now)


@job("notifications.plan_triggers", every=10 * MINUTE)
def plan_missing_triggers(now: dt.datetime) -> None:
    triggers.plan_missing(now)
