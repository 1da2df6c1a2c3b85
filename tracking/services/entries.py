"""Entries made, changed, thrown away and brought back by hand."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable
from typing import TypedDict, Unpack

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from timetracker.events.recording import record
from timetracker.web.durations import format_duration
from timetracker.web.errors import Conflict
from tracking.choices import BatchKind, Review, Source
from tracking.events import EntryChanged, EntryDeleted, EntryRestored, TimeLogged
from tracking.models import Project, Tag, Task, TimeEntry
from tracking.services.batches import keep_change
from tracking.services.booking import (
    Span,
    bookable,
    clean_breaks,
    clean_description,
    clean_moved_start,
    clean_span,
    lock_person,
    made_before,
    require_unbilled,
    set_breaks,
    span_seconds,
    tell_person,
    usable_tags,
    whole_second,
)
from tracking.services.rates import rated_by, snapshot_rate
from tracking.services.review import forget_found, refresh_review, span_of
from tracking.services.spans import Times, changed_times
from tracking.services.state import Changes, difference, state_of, told
from tracking.services.timer import END_FIELDS, put_end
from tracking.services.totals import NOTHING, Share, shift_totals


class EntryChanges(TypedDict, total=False):
    description: str
    project: Project | None
    task: Task | None
    tags: Iterable[Tag]
    billable: bool
    started_at: dt.datetime
    ended_at: dt.datetime
    duration: int
    """Worked seconds. Without an end they decide it; with one they have to agree."""
    breaks: Iterable[Span]


TIMES = frozenset({"started_at", "ended_at", "duration", "breaks"})
SUBJECT = frozenset({"project", "task"})
CREATED: Changes = {"deleted": [True, False]}
"""Taking back that an entry was made puts it into the trash."""
DELETED: Changes = {"deleted": [False, True]}


@transaction.atomic
def create_entry(
    *,
    user: User,
    started_at: dt.datetime,
    ended_at: dt.datetime,
    actor: User | None = None,
    description: str = "",
    project: Project | None = None,
    task: Task | None = None,
    tags: Iterable[Tag] = (),
    billable: bool | None = None,
    breaks: Iterable[Span] = (),
    source: Source = Source.MANUAL,
    uid: uuid.UUID | None = None,
) -> TimeEntry:
    """Logs finished time for `user`. The same `uid` again answers with the row it made, marked `repeated`."""
    lock_person(user)
    if uid is not None and (known := made_before(user, uid)):
        return known
    project, task = bookable(user=user, project=project, task=task)
    started_at, ended_at = clean_span(started_at, ended_at)
    breaks = clean_breaks(breaks, started_at, ended_at)
    break_seconds = span_seconds(breaks)
    entry = TimeEntry(
        uid=uid or uuid.uuid4(),
        user=user,
        project=project,
        task=task,
        description=clean_description(description),
        billable=(project.billable if project else False) if billable is None else billable,
        started_at=started_at,
        ended_at=ended_at,
        seconds=int((ended_at - started_at).total_seconds()) - break_seconds,
        break_seconds=break_seconds,
        source=source,
    )
    snapshot_rate(entry)
    entry.save(force_insert=True)
    entry.tags.add(*usable_tags(tags))
    if breaks:
        set_breaks(entry, breaks)
    refresh_review(entry, span_of(entry))
    shift_totals(NOTHING, Share.of(entry))
    keep_change(entry, CREATED, actor=actor or user, kind=BatchKind.LOG)
    record(TimeLogged.of(entry), actor=actor or user, subject=entry, person_id=user.pk, project_id=entry.project_id)
    tell_person(user.pk)
    return entry


@transaction.atomic
def update_entry(
    *, entry: TimeEntry, actor: User, version: int | None = None, **changes: Unpack[EntryChanges]
) -> TimeEntry:
    """Changes what is named, on a finished or running entry.

    With `version`, raises Conflict when somebody else has changed the entry since that version was read; always where
    it is billed.
    """
    lock_person(entry.user)
    entry = fresh_entry(entry, version)
    require_unbilled(entry)
    with_breaks = "breaks" in changes or (entry.break_seconds > 0 and not TIMES.isdisjoint(changes))
    before, was_at, priced_by = Share.of(entry), span_of(entry), rated_by(entry)
    old = state_of(entry, with_breaks=with_breaks)
    _apply_subject(entry, changes)
    _apply_times(entry, changes)
    if entry.ended_at is not None:
        entry.seconds = max(0, int((entry.ended_at - entry.started_at).total_seconds()) - entry.break_seconds)
        if rated_by(entry) != priced_by:
            snapshot_rate(entry)
    if "tags" in changes:
        entry.tags.set(usable_tags(changes["tags"]))
    made = difference(old, state_of(entry, with_breaks=with_breaks))
    if not made:
        return entry
    if not TIMES.isdisjoint(made):
        entry.review = entry.accepted = Review.NONE
    elif not SUBJECT.isdisjoint(made):
        forget_found(entry)
    if entry.accepted != old["accepted"]:
        made["accepted"] = [old["accepted"], str(entry.accepted)]
    entry.version += 1
    entry.save(
        update_fields=[
            "description", "project", "task", "billable", "started_at", "ended_at", "seconds", "break_seconds",
            "rate", "currency", "review", "accepted", "version", "updated_at",
        ]
    )  # fmt: skip
    refresh_review(entry, was_at, span_of(entry))
    shift_totals(before, Share.of(entry))
    keep_change(entry, made, actor=actor, kind=BatchKind.EDIT)
    record(
        EntryChanged.of(entry, changes=told(made)),
        actor=actor, subject=entry, person_id=entry.user_id, project_id=entry.project_id,
    )  # fmt: skip
    tell_person(entry.user_id)
    return entry


def fresh_entry(entry: TimeEntry, version: int | None = None) -> TimeEntry:
    fresh = TimeEntry.objects.alive().select_related("user", "project__client", "task").filter(pk=entry.pk).first()
    if fresh is None:
        raise Conflict(_("This entry was deleted in the meantime."), code="deleted")
    if version is not None and version != fresh.version:
        raise Conflict(
            _("This entry was changed elsewhere in the meantime. Look at it again before saving."), code="stale"
        )
    return fresh


def _apply_subject(entry: TimeEntry, changes: EntryChanges) -> None:
    if "description" in changes:
        entry.description = clean_description(changes["description"])
    if "billable" in changes:
        entry.billable = changes["billable"]
    if "project" not in changes and "task" not in changes:
        return
    project = changes.get("project", entry.project)
    task = changes.get("task", entry.task if project == entry.project else None)
    if "project" not in changes and task is not None:
        project = task.project
    if (project, task) == (entry.project, entry.task):
        return  # what is there already may stay, even on a project that has closed since
    entry.project, entry.task = bookable(user=entry.user, project=project, task=task)


def _apply_times(entry: TimeEntry, changes: EntryChanges) -> None:
    if not TIMES & changes.keys():
        return
    start = whole_second(changes.get("started_at", entry.started_at))
    if entry.ended_at is None:
        if wrong := TIMES & changes.keys() - {"started_at"}:
            raise ValidationError(dict.fromkeys(sorted(wrong), _("The timer is running. Stop it first.")))
        entry.started_at = clean_moved_start(entry, start)
        return
    old = Times(entry.started_at, entry.ended_at, tuple(entry.breaks.values_list("started_at", "ended_at")))
    new = _new_times(old, start, changes)
    clean_span(new.start, new.end)
    if "duration" in changes and changes["duration"] != new.seconds:
        text = _("Start and end give %(given)s. Change either the end or the duration.")
        raise ValidationError({"duration": text % {"given": format_duration(new.seconds)}})
    entry.started_at, entry.ended_at, entry.break_seconds = new.start, new.end, span_seconds(new.breaks)
    if new.breaks != old.breaks:
        set_breaks(entry, new.breaks)


def _new_times(old: Times, start: dt.datetime, changes: EntryChanges) -> Times:
    end = whole_second(changes["ended_at"]) if "ended_at" in changes else None
    seconds = changes.get("duration")
    if "breaks" not in changes:
        return changed_times(old, start=start, end=end, seconds=seconds)
    given = list(changes["breaks"])
    if end is None:
        end = old.end if seconds is None else start + dt.timedelta(seconds=seconds + span_seconds(given))
    return Times(start, end, tuple(clean_breaks(given, start, end)))


@transaction.atomic
def delete_entry(*, entry: TimeEntry, actor: User) -> TimeEntry:
    """Into the trash. A running one is refused: it is stopped or discarded."""
    lock_person(entry.user)
    entry = fresh_entry(entry)
    require_unbilled(entry)
    if entry.running:
        raise Conflict(_("The timer is running. Stop or discard it first."), code="running")
    before, was_at = Share.of(entry), span_of(entry)
    entry.deleted_at = timezone.now()
    entry.version += 1
    entry.save(update_fields=["deleted_at", "version", "updated_at"])
    refresh_review(entry, was_at)
    shift_totals(before, NOTHING)
    keep_change(entry, DELETED, actor=actor, kind=BatchKind.DELETE)
    record(EntryDeleted.of(entry), actor=actor, subject=entry, person_id=entry.user_id, project_id=entry.project_id)
    tell_person(entry.user_id)
    return entry


@transaction.atomic
def restore_entry(*, entry: TimeEntry, actor: User) -> TimeEntry:
    """Out of the trash, as it was. Restoring what is there already changes nothing.

    A discarded timer runs on; where its person has left or has tracked something since, it ends at the moment it was
    discarded.
    """
    lock_person(entry.user)
    entry = TimeEntry.objects.select_related("user", "project__client", "task").get(pk=entry.pk)
    if entry.deleted_at is None:
        return entry
    old = state_of(entry)
    if entry.running and not may_run_on(entry):
        put_end(entry, entry.deleted_at)
    else:
        entry.version += 1
    entry.deleted_at = None
    entry.save(update_fields=[*END_FIELDS, "deleted_at"])
    refresh_review(entry, span_of(entry))
    shift_totals(NOTHING, Share.of(entry))
    keep_change(entry, difference(old, state_of(entry)), actor=actor, kind=BatchKind.RESTORE)
    record(EntryRestored.of(entry), actor=actor, subject=entry, person_id=entry.user_id, project_id=entry.project_id)
    tell_person(entry.user_id)
    return entry


def may_run_on(entry: TimeEntry) -> bool:
    """Whether a discarded timer may go on: its person is still here and has tracked nothing since."""
    since = Q(ended_at=None) | Q(created_at__gte=entry.deleted_at)
    return entry.user.is_active and not TimeEntry.objects.alive().filter(since, user=entry.user).exists()
