"""What puts a day in order: entries split, merged, duplicated, moved, marked as billed, alone or many at once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from timetracker.events.recording import record
from timetracker.web.errors import Conflict
from tracking.choices import BatchKind
from tracking.events import EntryChanged
from tracking.models import TimeEntry
from tracking.services.batches import keep_change, one_batch
from tracking.services.booking import Span, lock_person, require_unbilled, tell_person, whole_second
from tracking.services.entries import create_entry, delete_entry, fresh_entry, update_entry
from tracking.services.totals import Share, shift_totals


@transaction.atomic
def split_entry(*, entry: TimeEntry, actor: User, at: dt.datetime) -> tuple[TimeEntry, TimeEntry]:
    """Two entries that meet at `at`, with the same subject. A break there is shared out between them."""
    lock_person(entry.user)
    entry = _finished(entry)
    at = whole_second(at)
    assert entry.ended_at is not None
    if not entry.started_at < at < entry.ended_at:
        raise ValidationError({"at": _("Split it at a time between its start and its end.")})
    breaks = list(entry.breaks.values_list("started_at", "ended_at"))
    end = entry.ended_at
    with one_batch(BatchKind.SPLIT, actor=actor) as batch:
        first = update_entry(entry=entry, actor=actor, ended_at=at, breaks=_cut(breaks, entry.started_at, at))
        second = _like(first, actor, started_at=at, ended_at=end, breaks=_cut(breaks, at, end))
    first.batch_id = second.batch_id = batch.pk
    return first, second


def _cut(spans: Iterable[Span], start: dt.datetime, end: dt.datetime) -> list[Span]:
    return [(max(a, start), min(b, end)) for a, b in spans if a < end and b > start]


def _like(entry: TimeEntry, actor: User, **times: object) -> TimeEntry:
    """Another entry about the same. A project that has closed since refuses it, as it does any new time."""
    return create_entry(
        user=entry.user,
        actor=actor,
        description=entry.description,
        project=entry.project,
        task=entry.task,
        tags=entry.tags.all(),
        billable=entry.billable,
        **times,  # type: ignore[arg-type]
    )


def duplicate_entry(*, entry: TimeEntry, actor: User) -> TimeEntry:
    """The same again, right after: or at the same time, where that would lie in the future."""
    with transaction.atomic():
        lock_person(entry.user)
        entry = _finished(entry)
        assert entry.ended_at is not None
        length = entry.ended_at - entry.started_at
        start = entry.ended_at if entry.ended_at + length <= timezone.now() else entry.started_at
        shift = start - entry.started_at
        breaks = [(a + shift, b + shift) for a, b in entry.breaks.values_list("started_at", "ended_at")]
        with one_batch(BatchKind.COPY, actor=actor):
            return _like(entry, actor, started_at=start, ended_at=start + length, breaks=breaks)


@transaction.atomic
def merge_entries(*, entries: Sequence[TimeEntry], actor: User) -> TimeEntry:
    """One entry from the first start to the last end; what was not worked between becomes a break.

    The first one stays, with the words and tags of all. Only entries of one person, project and task.
    """
    if len(entries) < 2:
        raise ValidationError({"entries": _("Choose at least two entries to merge.")})
    lock_person(entries[0].user)
    found = sorted((_finished(entry) for entry in entries), key=lambda entry: (entry.started_at, entry.pk))
    kept, others = found[0], found[1:]
    if len({(entry.user_id, entry.project_id, entry.task_id, entry.billable) for entry in found}) > 1:
        raise ValidationError({"entries": _("Only entries of one person, project, task and rate can be merged.")})
    end, breaks = max(entry.ended_at for entry in found if entry.ended_at), _not_worked(found)
    words = list(dict.fromkeys(entry.description for entry in found if entry.description))
    tags = {tag for entry in found for tag in entry.tags.all()}
    with one_batch(BatchKind.MERGE, actor=actor) as batch:
        for entry in others:
            delete_entry(entry=entry, actor=actor)
        kept = update_entry(
            entry=kept, actor=actor, ended_at=end, breaks=breaks, description="; ".join(words), tags=tags
        )
    kept.batch_id = batch.pk
    return kept


def _not_worked(entries: Sequence[TimeEntry]) -> list[Span]:
    """What no entry has worked between the first start and the last end."""
    worked: list[Span] = []
    for entry in entries:
        position = entry.started_at
        for start, end in entry.breaks.values_list("started_at", "ended_at"):
            worked.append((position, start))
            position = end
        assert entry.ended_at is not None
        worked.append((position, entry.ended_at))
    gaps, position = [], entries[0].started_at
    for start, end in sorted(worked):
        if start > position:
            gaps.append((position, start))
        position = max(position, end)
    return gaps


def _finished(entry: TimeEntry) -> TimeEntry:
    entry = fresh_entry(entry)
    require_unbilled(entry)
    if entry.running:
        raise Conflict(_("The timer is running. Stop it first."), code="running")
    return entry


@transaction.atomic
def set_billed(*, entry: TimeEntry, actor: User, billed: bool = True) -> TimeEntry:
    """From then on nobody can change it, until it is marked as not billed."""
    lock_person(entry.user)
    entry = fresh_entry(entry)
    if entry.running:
        raise Conflict(_("The timer is running. Stop it first."), code="running")
    if entry.billed == billed:
        return entry
    before = Share.of(entry)
    entry.billed_at = timezone.now() if billed else None
    entry.version += 1
    entry.save(update_fields=["billed_at", "version", "updated_at"])
    shift_totals(before, Share.of(entry))
    changes = {"billed": [not billed, billed]}
    keep_change(entry, changes, actor=actor, kind=BatchKind.BILL if billed else BatchKind.UNBILL)
    record(
        EntryChanged.of(entry, changes=changes),
        actor=actor, subject=entry, person_id=entry.user_id, project_id=entry.project_id,
    )  # fmt: skip
    tell_person(entry.user_id)
    return entry
