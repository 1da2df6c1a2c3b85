"""What is held back waits for the right moment, also after its person has chosen otherwise or has moved."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from notifications.categories import category_named
from notifications.choices import Channel, Reason
from notifications.decision import WINDOW
from notifications.digest_times import day_after
from notifications.models import Outcome, Settings
from notifications.queries import digest_times_of, interruptions, quiet_of, settings_of
from timetracker.events.wake import wake_clock
from timetracker.web.times import local_date


def move_held(person: User) -> None:
    """When each comes, by what is chosen now and by the clock of where the person is. Their row is locked."""
    now, chosen = timezone.now(), settings_of(person)
    waiting = Outcome.objects.filter(notification__user=person, due_at__isnull=False).select_related("notification")
    held = [item for item in waiting.select_for_update(of=("self",)) if not _is_let_through(item)]
    if not held:
        return
    is_full = _has_had_enough(person, chosen, now)
    for item in held:
        item.due_at = _due(item, person, chosen, now, is_full=is_full)
    Outcome.objects.bulk_update(held, ["due_at"])
    first = min(item.due_at for item in held if item.due_at)
    transaction.on_commit(lambda: wake_clock(first), robust=True)


def _due(item: Outcome, person: User, chosen: Settings, now: dt.datetime, *, is_full: bool) -> dt.datetime:
    if times := digest_times_of(person, chosen):
        return times.next_after(item.changed_at).moment
    if item.reason == Reason.QUIET:
        return quiet_of(person, chosen).ends_at(now) or now
    if item.reason == Reason.BUDGET:
        return day_after(now, person.zone) if is_full else now
    return item.changed_at + WINDOW


def _has_had_enough(person: User, chosen: Settings, now: dt.datetime) -> bool:
    if chosen.most_a_day is None:
        return False
    return interruptions({person.pk: local_date(now, person.zone)})[person.pk] >= chosen.most_a_day


def _is_let_through(item: Outcome) -> bool:
    return category_named(item.notification.category).is_let_through(Channel(item.channel))
