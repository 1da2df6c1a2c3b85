"""Takes a batch back, field by field: what is not as the batch left it is not touched, and then nothing is."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import TypeVar

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from timetracker.events.recording import record
from timetracker.web.errors import Conflict, NotAllowed
from tracking.access import require_billing
from tracking.choices import BatchKind, Review
from tracking.events import EntryChanged, EntryDeleted, EntryRestored, TimerDiscarded
from tracking.models import Batch, Project, Tag, Task, TimeEntry
from tracking.models.batch import KEPT
from tracking.services.batches import keep_change, one_batch
from tracking.services.booking import Span, lock_entries, require_unbilled, set_breaks, span_seconds, tell_person
from tracking.services.entries import SUBJECT, EntryChanges, may_run_on, update_entry
from tracking.services.imports import is_import, require_rights, undo_import
from tracking.services.review import forget_found, refresh_review, span_of
from tracking.services.state import Changes, State, difference, state_of, told
from tracking.services.timer import put_end
from tracking.services.totals import Share, shift_totals

M = TypeVar("M", Project, Task)


def undo_batch(*, batch: Batch, actor: User) -> Batch:
    """Puts everything back that `batch` changed, as a batch of its own: undoing that one is redo.

    Raises Conflict where an entry has changed since, is billed, or the batch was undone already or is too old.
    """
    _require_undoable(batch)
    return undo_import(batch=batch, actor=actor) if is_import(batch) else _undo_at_once(batch, actor)


def check_undo(*, batch: Batch, actor: User) -> None:
    """Raises what `undo_batch` would raise at once, for those who leave the work to another process."""
    _require_undoable(batch)
    require_rights(batch, actor)


def _require_undoable(batch: Batch) -> None:
    if batch.undone_by_id is not None:
        raise Conflict(_("This has been undone already."), code="undone")
    if batch.created_at < timezone.now() - KEPT:
        raise Conflict(_("This is too long ago to be undone."), code="too_old")


@transaction.atomic
def _undo_at_once(batch: Batch, actor: User) -> Batch:
    entries = lock_entries(TimeEntry.objects.filter(batch_changes__batch=batch))
    batch = Batch.objects.select_for_update(of=("self",)).get(pk=batch.pk)
    _require_undoable(batch)
    changes = dict(batch.changes.values_list("entry", "changes"))
    _require_rights(actor, entries, changes)
    with one_batch(BatchKind.UNDO, actor=actor) as undoing:
        # What goes into the trash first: then what comes back or runs on finds the place free.
        for entry in sorted(entries.values(), key=lambda entry: (_in_turn(changes[entry.pk]), entry.pk)):
            _put_back(entry, changes[entry.pk], actor)
    batch.undone_by = undoing if undoing.pk else None
    batch.save(update_fields=["undone_by"])
    return undoing


def _require_rights(actor: User, entries: dict[int, TimeEntry], changes: dict[int, Changes]) -> None:
    """One's own, those of people one leads (one has logged them), everybody's for an administrator.

    Marking as billed, and taking that back, stays with those who bill.
    """
    seen = set(TimeEntry.objects.visible_to(actor).filter(pk__in=entries).values_list("pk", flat=True))
    if seen != set(entries):
        raise NotAllowed(_("Some of these entries are no longer yours to change."))
    for pk, changed in changes.items():
        if "billed" in changed:
            require_billing(actor, entries[pk])


def _in_turn(changes: Changes) -> int:
    return [[True, False], None, [False, True]].index(changes.get("deleted"))


def _put_back(entry: TimeEntry, changes: Changes, actor: User) -> None:
    with_breaks = "breaks" in changes or "deleted" in changes
    old, before, was_at = state_of(entry, with_breaks=with_breaks), Share.of(entry), span_of(entry)
    if any(old[field] != new for field, (_old, new) in changes.items()):
        text = _("“%(what)s” has changed since. Undo the later change first.")
        raise Conflict(text % {"what": str(entry)[:80]}, code="changed_since")
    if "billed" not in changes:
        require_unbilled(entry)
    _apply(entry, {field: was for field, (was, _new) in changes.items()})
    entry.version += 1
    entry.save()
    refresh_review(entry, was_at, span_of(entry))
    TimeEntry.objects.filter(pk=entry.pk).update(review=entry.review)
    shift_totals(before, Share.of(entry))
    made = difference(old, state_of(entry, with_breaks=with_breaks))
    keep_change(entry, made, actor=actor, kind=BatchKind.UNDO)
    _tell(entry, made, actor)


def _apply(entry: TimeEntry, wanted: State) -> None:
    if not SUBJECT.isdisjoint(wanted):
        forget_found(entry)
    for field in ("description", "billable", "currency", "accepted"):
        if field in wanted:
            setattr(entry, field, wanted[field])
    if "rate" in wanted:
        entry.rate = None if wanted["rate"] is None else Decimal(wanted["rate"])
    if "project" in wanted:
        entry.project = _still_there(Project, wanted["project"])
    if "task" in wanted:
        entry.task = _still_there(Task, wanted["task"])
    if "tags" in wanted:
        entry.tags.set(Tag.objects.filter(pk__in=wanted["tags"]))
    if "billed" in wanted:
        entry.billed_at = timezone.now() if wanted["billed"] else None
    _apply_times(entry, wanted)
    if wanted.get("deleted") is True:
        entry.deleted_at = timezone.now()
    elif wanted.get("deleted") is False:
        if entry.running and not may_run_on(entry):
            put_end(entry, entry.deleted_at or timezone.now())
        entry.deleted_at = None


def _apply_end(entry: TimeEntry, wanted: State) -> None:
    end = wanted["ended_at"]
    if end and entry.running:
        put_end(entry, dt.datetime.fromisoformat(end))
    elif end:
        entry.ended_at = dt.datetime.fromisoformat(end)
    elif not entry.running:
        _require_place(entry)
        entry.ended_at = entry.seconds = None
        paused = wanted.get("paused_at")
        entry.paused_at = dt.datetime.fromisoformat(paused) if paused else None


def _require_place(entry: TimeEntry) -> None:
    """Raises Conflict where `entry` cannot run on."""
    if not entry.user.is_active:
        raise Conflict(_("This account is closed."), code="closed")
    if TimeEntry.objects.running().filter(user=entry.user).exists():
        raise Conflict(_("Another timer is running. Stop it first."), code="already_running")


def _apply_times(entry: TimeEntry, wanted: State) -> None:
    if "started_at" in wanted:
        entry.started_at = dt.datetime.fromisoformat(wanted["started_at"])
    if "ended_at" in wanted:
        _apply_end(entry, wanted)
    if "breaks" in wanted:
        spans = _spans(wanted["breaks"])
        set_breaks(entry, spans)
        entry.break_seconds = span_seconds(spans)
    if entry.ended_at is not None:
        entry.seconds = max(0, int((entry.ended_at - entry.started_at).total_seconds()) - entry.break_seconds)
    if {"started_at", "ended_at", "breaks"} & wanted.keys():
        entry.review = Review.NONE


def _still_there(model: type[M], pk: int | None) -> M | None:
    if pk is None:
        return None
    row = model._default_manager.filter(pk=pk).first()
    if row is None:
        raise Conflict(_("The project or task it was on has been deleted since."), code="deleted")
    return row


def _tell(entry: TimeEntry, made: Changes, actor: User) -> None:
    """In the words of what came about: gone, back, or changed."""
    about = {"actor": actor, "subject": entry, "person_id": entry.user_id, "project_id": entry.project_id}
    if made.get("deleted") == [False, True]:
        record((TimerDiscarded if entry.running else EntryDeleted).of(entry), **about)  # type: ignore[arg-type]
    elif "deleted" in made:
        record(EntryRestored.of(entry), **about)  # type: ignore[arg-type]
    elif made:
        record(EntryChanged.of(entry, changes=told(made)), **about)  # type: ignore[arg-type]
    tell_person(entry.user_id)


def revert_change(*, entry: TimeEntry, actor: User, changes: Changes) -> TimeEntry:
    """Puts the old values of one earlier change back, as a change of its own, whatever has happened since."""
    old = {field: pair[0] for field, pair in changes.items()}
    wanted: EntryChanges = {}
    if "description" in old:
        wanted["description"] = old["description"]
    if "billable" in old:
        wanted["billable"] = old["billable"]
    if "project" in old:
        wanted["project"] = _still_there(Project, old["project"])
    if "task" in old:
        wanted["task"] = _still_there(Task, old["task"])
    if "tags" in old:
        wanted["tags"] = list(Tag.objects.filter(pk__in=old["tags"]))
    if "started_at" in old:
        wanted["started_at"] = dt.datetime.fromisoformat(old["started_at"])
    if old.get("ended_at"):
        wanted["ended_at"] = dt.datetime.fromisoformat(old["ended_at"])
    if "breaks" in old:
        wanted["breaks"] = _spans(old["breaks"])
    return update_entry(entry=entry, actor=actor, **wanted)


def _spans(texts: list[list[str]]) -> list[Span]:
    return [(dt.datetime.fromisoformat(start), dt.datetime.fromisoformat(end)) for start, end in texts]
