"""The timer: the one entry of a person that has no end yet. The only place that starts or stops one."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Organisation, User
from timetracker.events.recording import record
from timetracker.web.errors import Conflict
from tracking.choices import BatchKind, Review, Source
from tracking.events import EntryChanged, TimerDiscarded, TimerPaused, TimerResumed, TimerStarted, TimerStopped
from tracking.models import Break, Project, Tag, Task, TimeEntry
from tracking.services.batches import keep_change, one_batch
from tracking.services.booking import (
    bookable,
    clean_description,
    clean_moved_start,
    clean_start,
    lock_person,
    made_before,
    tell_person,
    trim_breaks,
    usable_tags,
)
from tracking.services.rates import snapshot_rate
from tracking.services.review import refresh_review, span_of
from tracking.services.state import Changes, difference, end_of
from tracking.services.totals import NOTHING, Share, shift_totals

STARTED: Changes = {"deleted": [True, False], "ended_at": [None, None]}
"""Taking back a start puts the entry into the trash, as long as nothing has ended it."""


@dataclass(frozen=True, slots=True)
class Stopped:
    entry: TimeEntry
    first: bool
    """Whether this call ended the entry; a later one gets the first end."""


def _running(user: User) -> TimeEntry | None:
    return TimeEntry.objects.running().filter(user=user).select_related("user", "project__client", "task").first()


def _require_running(user: User) -> TimeEntry:
    entry = _running(user)
    if entry is None:
        raise Conflict(_("No timer is running."), code="not_running")
    return entry


@transaction.atomic
def start_timer(
    *,
    user: User,
    actor: User | None = None,
    description: str = "",
    project: Project | None = None,
    task: Task | None = None,
    tags: Iterable[Tag] = (),
    billable: bool | None = None,
    started_at: dt.datetime | None = None,
    uid: uuid.UUID | None = None,
) -> TimeEntry:
    """Starts the timer of `user`; one that runs is stopped first, at the new one's start.

    The same `uid` again answers with the entry it made, marked `repeated`.
    Raises Conflict where the organisation refuses a second timer.
    """
    if not lock_person(user).is_active:
        raise Conflict(_("This account is closed."), code="closed")
    if uid is not None and (known := made_before(user, uid)):
        return known
    project, task = bookable(user=user, project=project, task=task)
    now = timezone.now()
    start = clean_start(started_at or now, now)
    current = _running(user)
    if current is not None:
        if Organisation.objects.filter(refuse_second_timer=True).exists():
            raise Conflict(_("A timer is running already. Stop it first."), code="already_running")
        if start < current.started_at:
            raise ValidationError({"started_at": _("The timer that is running started later. Stop it first.")})
    entry = TimeEntry(
        uid=uid or uuid.uuid4(),
        user=user,
        project=project,
        task=task,
        description=clean_description(description),
        billable=(project.billable if project else False) if billable is None else billable,
        started_at=start,
        source=Source.TIMER,
    )
    with one_batch(BatchKind.START, actor=actor or user):
        if current is not None:
            _end(current, actor=actor or user, at=start)
        _begin(entry, usable_tags(tags), actor=actor or user)
    tell_person(user.pk)
    return entry


def _begin(entry: TimeEntry, tags: Iterable[Tag], *, actor: User) -> None:
    entry.save(force_insert=True)
    keep_change(entry, STARTED, actor=actor, kind=BatchKind.START)
    entry.tags.add(*tags)
    record(TimerStarted.of(entry), actor=actor, subject=entry, person_id=entry.user_id, project_id=entry.project_id)


@transaction.atomic
def stop_timer(
    *,
    user: User,
    actor: User | None = None,
    entry_id: int | None = None,
    at: dt.datetime | None = None,
    by_itself: bool = False,
) -> Stopped:
    """Ends the running timer of `user`, or the named entry. An entry that has ended keeps its first end.

    Stopped `by_itself`, not by anybody's hand, it is flagged for review.

    `at` is clamped between the start and now, so that a stop always works. Raises Conflict when nothing runs, and
    where the named entry is not this person's or lies in the trash.
    """
    lock_person(user)
    if entry_id is None:
        entry = _require_running(user)
    else:
        alive = TimeEntry.objects.alive().select_related("user", "project__client", "task")
        named = alive.filter(pk=entry_id, user=user).first()
        if named is None:
            raise Conflict(_("This timer is no longer there."), code="deleted")
        entry = named
        if not entry.running:
            return Stopped(entry, first=False)
    if by_itself:
        entry.review = Review.STOPPED
    _end(entry, actor=actor or user, at=at or timezone.now())
    tell_person(user.pk)
    return Stopped(entry, first=True)


@transaction.atomic
def discard_idle(*, user: User, entry_id: int, since: dt.datetime) -> TimeEntry:
    """Ends what runs at `since`, when somebody was last there, and goes on with the same from now; one step to undo.

    Returns what runs now. Raises Conflict where the named entry does not run any more.
    """
    lock_person(user)
    entry = _running(user)
    if entry is None or entry.pk != entry_id:
        raise Conflict(_("This timer is no longer running."), code="not_running")
    same = {name: getattr(entry, name) for name in ("user", "project", "task", "description", "billable", "source")}
    fresh = TimeEntry(started_at=timezone.now().replace(microsecond=0), **same)
    with one_batch(BatchKind.STOP, actor=user):
        _end(entry, actor=user, at=since)
        _begin(fresh, entry.tags.all(), actor=user)
    tell_person(user.pk)
    return fresh


END_FIELDS = [
    "ended_at", "seconds", "paused_at", "break_seconds", "rate", "currency", "review", "version", "updated_at",
]  # fmt: skip


def put_end(entry: TimeEntry, at: dt.datetime) -> None:
    """Ends a running entry at `at`, clamped between its start and now: what `END_FIELDS` names, unsaved."""
    end = max(entry.started_at, min(at, timezone.now())).replace(microsecond=0)
    if entry.paused_at is not None:
        # Stopped while paused: work ended when the pause began.
        end = min(end, entry.paused_at)
        entry.paused_at = None
    entry.ended_at = end
    trim_breaks(entry)
    entry.seconds = max(0, int((end - entry.started_at).total_seconds()) - entry.break_seconds)
    snapshot_rate(entry)
    entry.version += 1


def _end(entry: TimeEntry, *, actor: User, at: dt.datetime) -> None:
    with_breaks = entry.break_seconds > 0
    before = end_of(entry, with_breaks=with_breaks)
    put_end(entry, at)
    entry.save(update_fields=END_FIELDS)
    made = difference(before, end_of(entry, with_breaks=with_breaks))
    keep_change(entry, made, actor=actor, kind=BatchKind.STOP)
    refresh_review(entry, span_of(entry))
    shift_totals(NOTHING, Share.of(entry))
    record(TimerStopped.of(entry), actor=actor, subject=entry, person_id=entry.user_id, project_id=entry.project_id)


def _close_break(entry: TimeEntry, *, until: dt.datetime) -> None:
    assert entry.paused_at is not None
    until = until.replace(microsecond=0)
    if until > entry.paused_at:
        Break.objects.create(entry=entry, started_at=entry.paused_at, ended_at=until)
        entry.break_seconds += int((until - entry.paused_at).total_seconds())
    entry.paused_at = None


@transaction.atomic
def pause_timer(*, user: User) -> TimeEntry:
    """From now on the time is a break. Pausing twice keeps the first moment."""
    lock_person(user)
    entry = _require_running(user)
    if entry.paused_at is None:
        entry.paused_at = max(timezone.now().replace(microsecond=0), entry.started_at)
        entry.version += 1
        entry.save(update_fields=["paused_at", "version", "updated_at"])
        record(TimerPaused.of(entry), actor=user, subject=entry, person_id=user.pk, project_id=entry.project_id)
        tell_person(user.pk)
    return entry


@transaction.atomic
def resume_timer(*, user: User) -> TimeEntry:
    """Ends the pause; without one nothing changes."""
    lock_person(user)
    entry = _require_running(user)
    if entry.paused_at is not None:
        _close_break(entry, until=timezone.now())
        entry.version += 1
        entry.save(update_fields=["paused_at", "break_seconds", "version", "updated_at"])
        record(TimerResumed.of(entry), actor=user, subject=entry, person_id=user.pk, project_id=entry.project_id)
        tell_person(user.pk)
    return entry


@transaction.atomic
def discard_timer(*, user: User) -> TimeEntry:
    """Puts the running entry into the trash as it runs, so that Undo lets it run on."""
    lock_person(user)
    entry = _require_running(user)
    entry.deleted_at = timezone.now()
    entry.version += 1
    entry.save(update_fields=["deleted_at", "version", "updated_at"])
    keep_change(entry, {"deleted": [False, True]}, actor=user, kind=BatchKind.DELETE)
    record(TimerDiscarded.of(entry), actor=user, subject=entry, person_id=user.pk, project_id=entry.project_id)
    tell_person(user.pk)
    return entry


@transaction.atomic
def move_start(*, user: User, started_at: dt.datetime) -> TimeEntry:
    """Another start for the running timer. It cannot lie in the future nor after a break that was taken."""
    lock_person(user)
    entry = _require_running(user)
    start, before = clean_moved_start(entry, started_at), entry.started_at
    if start != before:
        entry.started_at = start
        entry.version += 1
        entry.save(update_fields=["started_at", "version", "updated_at"])
        changes = {"started_at": [before.isoformat(), start.isoformat()]}
        keep_change(entry, changes, actor=user, kind=BatchKind.EDIT)
        record(
            EntryChanged.of(entry, changes=changes),
            actor=user, subject=entry, person_id=user.pk, project_id=entry.project_id,
        )  # fmt: skip
        tell_person(user.pk)
    return entry


def continue_entry(*, user: User, entry: TimeEntry) -> TimeEntry:
    """Starts the timer with what `entry` was about."""
    return start_timer(
        user=user,
        description=entry.description,
        project=entry.project if entry.project and entry.project.bookable else None,
        task=entry.task
        if entry.task and not entry.task.archived and entry.project and entry.project.bookable
        else None,
        tags=entry.tags.all(),
        billable=entry.billable,
    )
