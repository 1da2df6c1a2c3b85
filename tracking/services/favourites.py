"""What a person pins to start the timer with it again. Their own mark: nobody else is told, no event is recorded."""

from __future__ import annotations

import datetime as dt
import uuid

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from timetracker.live.push import push_after_commit
from timetracker.web.errors import Conflict
from tracking.models import Favourite, TimeEntry
from tracking.models.favourite import subject_of
from tracking.services.booking import bookable, lock_person, usable_tags
from tracking.services.timer import start_timer

MOST = 12
"""More than these would be no row of buttons any more."""
KEPT = dt.timedelta(days=1)
"""What is unpinned, for Undo."""


@transaction.atomic
def pin_entry(*, user: User, entry: TimeEntry) -> Favourite:
    """Pins what `entry` is about, at the end of the row. What is pinned already stays where it is.

    Raises ValidationError where `user` can no longer book on it, Conflict where the row is full.
    """
    lock_person(user)
    pins, subject = _pins(user), subject_of(entry)
    for pin in pins:
        if subject_of(pin) == subject:
            return pin
    _check_room(pins)
    project, task = bookable(user=user, project=entry.project, task=entry.task)
    pin = Favourite(
        user=user,
        description=entry.description,
        project=project,
        task=task,
        billable=entry.billable,
        position=pins[-1].position + 1 if pins else 0,
        subject=subject,
    )
    pin.save(force_insert=True)
    pin.tags.add(*usable_tags(entry.tags.all()))
    _tell(user)
    return pin


@transaction.atomic
def unpin(*, user: User, pin: Favourite) -> None:
    """It can be brought back for a day. One that is gone already is no fault."""
    lock_person(user)
    now, own = timezone.now(), Favourite.objects.filter(user=user)
    own.filter(unpinned_at__lt=now - KEPT).delete()
    if own.pinned().filter(pk=pin.pk).update(unpinned_at=now):
        _tell(user)


@transaction.atomic
def restore_pin(*, user: User, pin: Favourite) -> Favourite:
    """Takes `unpin` back: before whatever it stood before. Where the same is pinned again, that one stays.

    Raises Conflict where the row is full.
    """
    lock_person(user)
    pins = _pins(user)
    for row in pins:
        if pin == row or pin.subject == row.subject:
            return row
    _check_room(pins)
    place = next((place for place, row in enumerate(pins) if row.position >= pin.position), len(pins))
    pin.unpinned_at = None
    pin.save(update_fields=["unpinned_at"])
    _put_in_order([*pins[:place], pin, *pins[place:]])
    _tell(user)
    return pin


@transaction.atomic
def move_pin(*, user: User, pin: Favourite, by: int) -> int:
    """So many places towards the end, with a minus towards the start, to the edge at most. Gives the place, from 0."""
    lock_person(user)
    pins = _pins(user)
    if pin not in pins:
        raise Conflict(_("This was deleted in the meantime."), code="deleted")
    before = pins.index(pin)
    place = max(0, min(before + by, len(pins) - 1))
    pins.insert(place, pins.pop(before))
    if _put_in_order(pins):
        _tell(user)
    return place


def start_pinned(*, user: User, pin: Favourite, uid: uuid.UUID | None = None) -> TimeEntry:
    """Starts the timer with what is pinned. Raises ValidationError where that can no longer be booked on."""
    return start_timer(
        user=user,
        description=pin.description,
        project=pin.project,
        task=pin.task,
        tags=pin.tags.all(),
        billable=pin.billable,
        uid=uid,
    )


def _pins(user: User) -> list[Favourite]:
    return list(Favourite.objects.pinned().filter(user=user).prefetch_related("tags"))


def _check_room(pins: list[Favourite]) -> None:
    if len(pins) >= MOST:
        raise Conflict(_("There are %(max)d favourites already. Unpin one first.") % {"max": MOST}, code="too_many")


def _put_in_order(pins: list[Favourite]) -> bool:
    """Whether that changed anything."""
    moved = [(position, row) for position, row in enumerate(pins) if row.position != position]
    for position, row in moved:
        row.position = position
    return bool(moved) and bool(Favourite.objects.bulk_update([row for _position, row in moved], ["position"]))


def _tell(user: User) -> None:
    """The other pages this person has open."""
    push_after_commit([user.pk], "entries")
