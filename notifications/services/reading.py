"""What a person does with what they were told. Every call is idempotent and says how many it changed."""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from notifications.choices import Channel, Reason, State, TriggerKind
from notifications.models import Notification, Outcome
from notifications.services.noting import note_reached
from notifications.services.reminding import note_brought_back, note_dismissed
from timetracker.events.wake import wake_clock
from timetracker.live.push import push_after_commit

FARTHEST_SNOOZE = dt.timedelta(days=366)


@transaction.atomic
def mark_read(*, person: User, rows: QuerySet[Notification], read: bool = True) -> list[int]:
    """The ids of those that were changed: what an Undo puts back."""
    now = timezone.now()
    ids = _ids(_told(person, rows).filter(read_at__isnull=read))
    Notification.objects.filter(pk__in=ids).update(read_at=now if read else None)
    return _done(person, ids)


@transaction.atomic
def archive(*, person: User, rows: QuerySet[Notification], archived: bool = True) -> list[int]:
    """Out of the inbox and its count. Brought back, it is as unread as it was."""
    now = timezone.now()
    ids = _ids(_told(person, rows).filter(archived_at__isnull=archived))
    changes = {"archived_at": now, "snoozed_until": None} if archived else {"archived_at": None}
    Notification.objects.filter(pk__in=ids).update(**changes)
    _mind(person, ids, dismissed=archived)
    return _done(person, ids)


@transaction.atomic
def delete(*, person: User, rows: QuerySet[Notification], deleted: bool = True) -> list[int]:
    """Into nothing, with an Undo: `forget` removes it for good later. A scheduled one is cancelled by it."""
    now = timezone.now()
    ids = _ids(_own(person, rows).filter(deleted_at__isnull=deleted))
    Notification.objects.filter(pk__in=ids).update(deleted_at=now if deleted else None)
    _mind(person, ids, dismissed=deleted)
    return _done(person, ids)


@transaction.atomic
def snooze(*, person: User, rows: QuerySet[Notification], until: dt.datetime) -> list[int]:
    """Out of sight until then; it comes back once, as new. Raises ValidationError for a time that is no future."""
    now = timezone.now()
    if not now < until <= now + FARTHEST_SNOOZE:
        raise ValidationError({"until": _("Choose a time within the next year.")})
    ids = _ids(_told(person, rows))
    Notification.objects.filter(pk__in=ids).update(snoozed_until=until, archived_at=None)
    transaction.on_commit(lambda: wake_clock(until), robust=True)
    return _done(person, ids)


@transaction.atomic
def wake(*, person: User, rows: QuerySet[Notification]) -> list[int]:
    """Back at once, without a sound: somebody took the snooze back."""
    ids = _ids(_told(person, rows).filter(snoozed_until__isnull=False))
    Notification.objects.filter(pk__in=ids).update(snoozed_until=None)
    return _done(person, ids)


class Seen(enum.StrEnum):
    """What a page says about a notification that it was given to show."""

    SEEN = "seen"
    DENIED = "denied"
    UNASKED = "unasked"
    """The browser's permission was never asked for."""
    IN_VIEW = "in_view"
    """A page of ours was in view and had shown it."""


SEEN_AS = {
    Seen.SEEN: (State.SEEN, Reason.NONE),
    Seen.DENIED: (State.FAILED, Reason.DENIED),
    Seen.UNASKED: (State.HELD, Reason.UNASKED),
    Seen.IN_VIEW: (State.HELD, Reason.IN_VIEW),
}


@transaction.atomic
def mark_shown(*, person: User, ids: Iterable[int], channel: Channel, seen: Seen = Seen.SEEN) -> int:
    """What became of these where a page had to show them."""
    waiting = Outcome.objects.filter(
        notification__user=person, notification__in=list(ids), channel=channel, state=State.QUEUED
    )
    state, reason = SEEN_AS[seen]
    count = waiting.update(state=state, reason=reason, changed_at=timezone.now())
    note_reached({(channel, state, reason): count})
    return count


def _mind(person: User, ids: list[int], *, dismissed: bool) -> None:
    """Afterwards, so that these have gone already when all of their kind go: they come back as they went."""
    note = note_dismissed if dismissed else note_brought_back
    note(person=person, rows=Notification.objects.filter(pk__in=ids, category__in=TriggerKind.values))


def _own(person: User, rows: QuerySet[Notification]) -> QuerySet[Notification]:
    return rows.filter(user=person).select_for_update()


def _told(person: User, rows: QuerySet[Notification]) -> QuerySet[Notification]:
    """Not what is still on the clock: once woken, a pattern would be delivered itself and come no more."""
    return _own(person, rows).filter(delivered_at__isnull=False)


def _ids(rows: QuerySet[Notification]) -> list[int]:
    return list(rows.order_by("pk").values_list("pk", flat=True))


def _done(person: User, ids: list[int]) -> list[int]:
    if ids:
        push_after_commit([person.pk], "notifications")
    return ids
