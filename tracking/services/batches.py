"""What was done together is undone together: every change of an entry belongs to a batch, kept 30 days."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from accounts.models import User
from tracking.choices import BatchKind
from tracking.models import Batch, BatchChange, TimeEntry
from tracking.models.batch import KEPT
from tracking.services.state import Changes

STEP = 500
_current: ContextVar[Batch | None] = ContextVar("tracking_batch", default=None)


@contextmanager
def one_batch(kind: BatchKind, *, actor: User) -> Iterator[Batch]:
    """What services change inside belongs to one batch. In the caller's transaction; without a change it is gone after.

    Inside another one, that one goes on.
    """
    outer = _current.get()
    if outer is not None:
        yield outer
        return
    batch = Batch.objects.create(kind=kind, actor=actor)
    token = _current.set(batch)
    try:
        yield batch
    finally:
        _current.reset(token)
    if not batch.changes.exists():
        batch.delete()


def keep_change(entry: TimeEntry, changes: Changes, *, actor: User, kind: BatchKind) -> None:
    """Remembers what was changed, in the transaction that changes it, and puts its batch on `entry`."""
    if not changes:
        return
    batch = _current.get()
    known = batch.changes.filter(entry=entry).first() if batch else None
    batch = batch or Batch.objects.create(kind=kind, actor=actor)
    entry.batch_id = batch.pk
    if known is None:
        BatchChange.objects.create(batch=batch, entry=entry, changes=changes)
        return
    known.changes = _after_another(known.changes, changes)
    known.save(update_fields=["changes"])


def _after_another(first: Changes, second: Changes) -> Changes:
    """Two changes as one: what was before the first, what is after the second."""
    both = first | {field: [first.get(field, change)[0], change[1]] for field, change in second.items()}
    return {field: [old, new] for field, (old, new) in both.items() if old != new}


def forget_batches(now: dt.datetime) -> None:
    """What can no longer be undone goes, and so does what has lain in the trash as long. In small steps."""
    while ids := list(Batch.objects.filter(created_at__lt=now - KEPT).values_list("pk", flat=True)[:STEP]):
        Batch.objects.filter(pk__in=ids).delete()
    old = TimeEntry.objects.filter(deleted_at__lt=now - KEPT).order_by("pk")
    while ids := list(old.values_list("pk", flat=True)[:STEP]):
        TimeEntry.objects.filter(pk__in=ids).delete()
