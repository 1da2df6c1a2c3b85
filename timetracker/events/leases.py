"""Who has a delivery, and until when.

A lease is short, so that what a killed worker had is soon done by another. A call that takes longer has its lease
renewed by a thread beside it, which dies with the process; one that never comes back is given up after LONGEST.
An inner handler needs no renewal: the row is locked by its transaction, and who finds it so leaves it alone.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import threading
import time
from collections.abc import Iterator

import structlog
from django.db import DatabaseError, connections
from django.db.models import QuerySet
from django.utils import timezone

from timetracker.events.choices import Status
from timetracker.events.models import Delivery

log = structlog.get_logger(__name__)

LEASE = dt.timedelta(seconds=20)
RENEWED_EVERY = 5.0
LONGEST = 180.0
"""Seconds for which a lease is renewed."""


def ends_at() -> dt.datetime:
    return timezone.now() + LEASE


def still_ours(delivery: Delivery) -> QuerySet[Delivery]:
    return Delivery.objects.filter(pk=delivery.pk, status=Status.PENDING, lease_token=delivery.lease_token)


def is_at_work(unchanged: QuerySet[Delivery]) -> bool:
    """Whether a transaction still holds the row, though its lease has ended. Never on SQLite: one writes at a time.

    Asked in the transaction that takes over.
    """
    return not list(unchanged.select_for_update(skip_locked=True, no_key=True).values_list("pk"))


@contextlib.contextmanager
def renewed(delivery: Delivery) -> Iterator[None]:
    over = threading.Event()
    thread = threading.Thread(target=_renew, args=(delivery, over), name="lease", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def _renew(delivery: Delivery, over: threading.Event) -> None:
    given_up_at = time.monotonic() + LONGEST
    try:
        while not over.wait(RENEWED_EVERY) and time.monotonic() < given_up_at:
            try:
                if not still_ours(delivery).update(next_try_at=ends_at()):
                    return
            except DatabaseError as error:
                log.warning("lease_not_renewed", delivery_id=delivery.pk, reason=str(error))
                connections.close_all()
    finally:
        connections.close_all()
