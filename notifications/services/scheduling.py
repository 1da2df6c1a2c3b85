"""Notifications for later, once or again and again. They wait in the table; the clock fires what is due."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from notifications import conditions, recurrence
from notifications.categories import REMINDER, category_named
from notifications.choices import Channel, Reason, State
from notifications.events import NotificationDue
from notifications.models import Notification, Outcome
from notifications.models.notification import RECURRING
from notifications.queries import wanted_channels
from notifications.services.holding import move_held
from notifications.services.noting import note_reached
from notifications.services.sending import build, check, deliver, keep
from timetracker.events.recording import Happened, record_many
from timetracker.events.wake import wake_clock
from timetracker.live.push import push_after_commit
from timetracker.web.errors import Conflict

MOST = 200
SKEW = dt.timedelta(minutes=1)
"""A clock that is a little behind ours does not make a schedule of the past."""
AT_ONCE = 500
"""What one turn of the clock hands over; the rest has the next turn, at once."""
FARTHEST = dt.timedelta(days=5 * 366)


@transaction.atomic
def schedule(
    *,
    person: User,
    title: str,
    deliver_at: dt.datetime | None = None,
    repeats: Mapping[str, Any] | None = None,
    condition: str = "",
    **fields: Any,
) -> Notification:
    """A reminder for oneself, or what a rule tells later: so many of a category may wait.

    `repeats` alone begins at its first time. Raises ValidationError by field, Conflict.
    """
    now = timezone.now()
    person = User.objects.select_for_update(no_key=True).get(pk=person.pk)
    again = _checked(repeats)
    fields = {"category": REMINDER.name, **fields}
    if Notification.objects.scheduled(person).filter(category=fields["category"]).count() >= MOST:
        raise Conflict(_("There are %(max)d reminders already. Cancel one first.") % {"max": MOST}, code="too_many")
    first = _first(deliver_at, again, now, person)
    row = build(
        person=person,
        title=title,
        **fields,
        deliver_at=first,
        recurrence=again and recurrence.begun(again, first, person.zone),
        condition=_known(condition),
    )
    row.save(force_insert=True)
    push_after_commit([person.pk], "notifications")
    transaction.on_commit(lambda: wake_clock(first), robust=True)
    return row


@transaction.atomic
def reschedule(*, person: User, row: Notification, **fields: Any) -> Notification:
    """Another time, text or recurrence for what still waits. A new recurrence alone begins at its first time.

    Raises ValidationError by field, Conflict where it was quicker.
    """
    now = timezone.now()
    person = User.objects.select_for_update(no_key=True).get(pk=person.pk)
    row = Notification.objects.select_for_update(of=("self",)).get(pk=row.pk, user=person)
    if not row.is_scheduled:
        raise Conflict(_("It has been delivered already."), code="delivered")
    if "recurrence" in fields:
        fields["recurrence"] = again = _checked(fields["recurrence"])
        if again is not None:
            fields.setdefault("deliver_at", None)
    if "deliver_at" in fields:
        again = fields.get("recurrence", row.recurrence)
        fields["deliver_at"] = first = _first(fields["deliver_at"], again, now, person)
        fields["recurrence"] = again and recurrence.begun(again, first, person.zone)
        transaction.on_commit(lambda: wake_clock(first), robust=True)
    if "condition" in fields:
        _known(fields["condition"])
    for name, value in fields.items():
        setattr(row, name, value)
    check(row)
    row.save(update_fields=fields)
    push_after_commit([person.pk], "notifications")
    return row


def _checked(repeats: Mapping[str, Any] | None) -> dict[str, Any] | None:
    try:
        return None if repeats is None else recurrence.checked(repeats)
    except ValidationError as error:
        raise ValidationError({"recurrence": error}) from error


def _known(condition: str) -> str:
    if condition and condition not in conditions.CONDITIONS:
        raise ValidationError({"condition": _("There is no such condition.")})
    return condition


def _first(moment: dt.datetime | None, again: Mapping[str, Any] | None, now: dt.datetime, person: User) -> dt.datetime:
    if moment is None:
        if again is None:
            raise ValidationError({"deliver_at": _("Say when.")})
        return recurrence.next_after(again, now, now, person.zone)
    if moment < now - SKEW:
        raise ValidationError({"deliver_at": _("That time is over.")})
    if moment > now + FARTHEST:
        raise ValidationError({"deliver_at": _("Choose a time within the next five years.")})
    return moment


@transaction.atomic
def follow_time_zone(*, person: User) -> None:
    """Whoever moves is reminded at the same time of day, by the clock of where they are now."""
    now = timezone.now()
    person = User.objects.select_for_update(no_key=True).get(pk=person.pk)
    patterns = Notification.objects.scheduled(person).filter(recurrence__isnull=False, deliver_at__gt=now)
    for pattern in patterns.select_for_update():
        assert pattern.deliver_at is not None
        assert pattern.recurrence is not None
        pattern.deliver_at = recurrence.moved(pattern.recurrence, pattern.deliver_at, now, person.zone)
        pattern.save(update_fields=["deliver_at"])
    move_held(person)
    push_after_commit([person.pk], "notifications")
    transaction.on_commit(lambda: wake_clock(now), robust=True)


# ── What is due ──────────────────────────────────────────────────────────────
def fire_due(now: dt.datetime) -> int:
    """Hands over what is due. Returns how many there were."""
    waiting = Notification.objects.filter(delivered_at=None, deleted_at=None, deliver_at__lte=now)
    return _hand_over(waiting.order_by("deliver_at", "pk"), now)


def wake_snoozed(now: dt.datetime) -> int:
    """What was put off comes back as new, once."""
    asleep = Notification.objects.filter(snoozed_until__lte=now, deleted_at=None)
    return _hand_over(asleep.order_by("snoozed_until", "pk"), now)


@transaction.atomic
def _hand_over(rows: models.QuerySet[Notification], now: dt.datetime) -> int:
    """To the handler that tells it: one that fails is tried again and holds up nobody. However many ask, one has it."""
    found = list(rows.filter(handed_over_at=None).select_for_update()[:AT_ONCE])
    Notification.objects.filter(pk__in=[row.pk for row in found]).update(handed_over_at=now)
    record_many(
        Happened(NotificationDue(id=row.pk, user_id=row.user_id, at=now), subject=row, person_id=row.user_id)
        for row in found
    )
    if len(found) == AT_ONCE:
        transaction.on_commit(lambda: wake_clock(now), robust=True)
    return len(found)


def next_due_at(after: dt.datetime) -> dt.datetime | None:
    waiting = Notification.objects.filter(delivered_at=None, deleted_at=None, deliver_at__gt=after)
    return waiting.order_by("deliver_at").values_list("deliver_at", flat=True).first()


def next_waking_at(after: dt.datetime) -> dt.datetime | None:
    asleep = Notification.objects.filter(snoozed_until__gt=after, deleted_at=None)
    return asleep.order_by("snoozed_until").values_list("snoozed_until", flat=True).first()


@transaction.atomic
def tell_due(*, notification_id: int, at: dt.datetime) -> None:
    """What was handed over, if it is due still."""
    row = Notification.objects.filter(pk=notification_id).first()
    person = User.objects.select_for_update(no_key=True).filter(pk=row.user_id).first() if row else None
    # Asked again under the lock: it may have been put off, changed or deleted meanwhile.
    row = Notification.objects.select_for_update().filter(pk=notification_id, handed_over_at__isnull=False).first()
    if row is None or person is None:
        return
    row.handed_over_at = None
    row.save(update_fields=["handed_over_at"])
    if row.deleted_at is not None:
        return
    if row.snoozed_until is not None:
        if row.snoozed_until <= at:
            _return(row, person, at)
    elif row.is_scheduled and row.deliver_at is not None and row.deliver_at <= at:
        _fire(row, person, at)


def _fire(row: Notification, person: User, now: dt.datetime) -> None:
    if not person.is_active:
        row.deleted_at = now
        row.save(update_fields=["deleted_at"])
    elif row.recurrence:
        _fire_one_of_many(row, person, now)
    elif conditions.holds(row.condition, person):
        deliver(row, person, now)
    else:
        _drop(row, now)


def _fire_one_of_many(pattern: Notification, person: User, now: dt.datetime) -> None:
    assert pattern.deliver_at is not None
    assert pattern.recurrence is not None
    copied = ("category", "type", "priority", "title", "message", "url", "actions", "persistent", "subject_type",
              "subject_id", "condition")  # fmt: skip
    row = Notification(
        user=person,
        key=f"{RECURRING}:{pattern.pk}:{pattern.deliver_at:%Y-%m-%dT%H:%M:%S}",
        **{name: getattr(pattern, name) for name in copied},
    )
    if conditions.holds(pattern.condition, person):
        deliver(row, person, now)
    else:
        _drop(row, now)
    pattern.deliver_at = recurrence.next_after(pattern.recurrence, pattern.deliver_at, now, person.zone)
    pattern.save(update_fields=["deliver_at"])


def _return(row: Notification, person: User, now: dt.datetime) -> None:
    row.snoozed_until = None
    row.read_at = None
    row.save(update_fields=["snoozed_until", "read_at"])
    if not person.is_active:
        return  # it lies in the centre, should they come back
    if conditions.holds(row.condition, person):
        # Into the centre, whatever is wanted there now: it was promised to come back.
        wanted = wanted_channels(person, category_named(row.category))
        deliver(row, person, now, only=wanted | {Channel.CENTRE})
    else:
        _drop(row, now)


def _drop(row: Notification, now: dt.datetime) -> None:
    """What it would have said is no longer true."""
    row.delivered_at = row.delivered_at or now
    row.in_centre = False
    keep(row)
    Outcome.objects.create(
        notification=row, channel=Channel.CENTRE, state=State.HELD, reason=Reason.ENDED, changed_at=now
    )
    note_reached([(Channel.CENTRE, State.HELD, Reason.ENDED)])
    push_after_commit([row.user_id], "notifications")
