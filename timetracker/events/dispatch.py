"""Running deliveries: claim, call the handler, mark. The same for the server's threads, Celery workers and commands.

A claim is a lease, taken by compare-and-swap: it works alike on SQLite and PostgreSQL, and a worker that dies holds
nothing for longer than the lease (`leases.py`). `next_try_at` is the end of a lease and the time of the next try.
"""

from __future__ import annotations

import datetime as dt
import enum
import random
import traceback
import uuid
from collections.abc import Callable
from functools import partial

import structlog
from django.db import transaction
from django.db.models import F, Min, QuerySet
from django.utils import timezone

from timetracker.events import leases, registry
from timetracker.events.causes import caused_by
from timetracker.events.choices import Kind, Status
from timetracker.events.models import Delivery, DeliveryAttempt
from timetracker.events.signals import delivery_tried
from timetracker.events.wake import wake

log = structlog.get_logger(__name__)

MAX_TRIES = 8
FIRST_PAUSE = dt.timedelta(seconds=5)
LONGEST_PAUSE = dt.timedelta(hours=1)
BATCH = 100
SWEEP_SIZE = 5000
ERROR_LENGTH = 4000


class Outcome(enum.Enum):
    DONE = "done"
    FAILED = "failed"
    DEAD = "dead"
    NOT_DUE = "not due"
    """Done, dead, waiting for its time, or with somebody else."""
    LOST = "lost"
    """The lease ran out and somebody else has taken the delivery over."""


class CrashedError(Exception):
    pass


class LeaseLostError(Exception):
    pass


class UnknownHandlerError(Exception):
    """No such handler in this version of the program."""


class TryLaterError(Exception):
    """What a handler raises where the other side said when it wants to be asked again: no sooner than `not_before`."""

    def __init__(self, words: str, *, not_before: dt.datetime | None = None) -> None:
        super().__init__(words)
        self.not_before = not_before


def caught(work: Callable[[], None]) -> BaseException | None:
    """What `work` raised. The one place that catches everything: one handler or job must not stop the others.

    Nor the thread they run in, as a SystemExit would.
    """
    try:
        work()
    except (Exception, SystemExit) as error:
        return error
    return None


# ── What is due ──────────────────────────────────────────────────────────────
def due_deliveries(kind: Kind | None = None) -> QuerySet[Delivery]:
    """Those whose time has come and those that a crash left, longest waiting first."""
    due = Delivery.objects.filter(status=Status.PENDING, next_try_at__lte=timezone.now())
    return (due.filter(kind=kind) if kind else due).order_by("next_try_at", "pk")


def next_due_at(kind: Kind) -> dt.datetime | None:
    pending = Delivery.objects.filter(status=Status.PENDING, kind=kind)
    first: dt.datetime | None = pending.aggregate(first=Min("next_try_at"))["first"]
    return first


def run_batch(kind: Kind | None = None, *, until: Callable[[], bool] = lambda: False) -> int:
    """Run the first of what is due, or until `until()` says stop. Returns how many had their turn."""
    count = 0
    for seen in list(due_deliveries(kind).select_related("event")[:BATCH]):
        if until():
            break
        _carry_out(_take(seen))
        count += 1
    return count


def drain(*, until: Callable[[], bool] = lambda: False) -> int:
    """Run batches until nothing is due, what the handlers themselves give rise to included."""
    count = 0
    while batch := run_batch(until=until):
        count += batch
    return count


def sweep() -> int:
    """Run here and now what a crash, a lost broker or a pause left."""
    return drain()


def wake_for_due() -> None:
    """The same, by those whose work it is."""
    _wake_for(due_deliveries())


def wake_for_left() -> None:
    """Only what somebody had and did not finish. These are few, so they need not wait for the sweep."""
    _wake_for(due_deliveries().filter(lease_token__isnull=False))


def _wake_for(due: QuerySet[Delivery]) -> None:
    if ids := list(due.values_list("pk", flat=True)[:SWEEP_SIZE]):
        wake(ids)


# ── One delivery ─────────────────────────────────────────────────────────────
def dispatch(delivery_id: int) -> Outcome:
    return _carry_out(_claim(delivery_id))


def _carry_out(delivery: Delivery | None) -> Outcome:
    if delivery is None:
        return Outcome.NOT_DUE
    outcome = _try(delivery)
    delivery_tried.send_robust(sender=Delivery, delivery=delivery, outcome=outcome)
    return outcome


def _try(delivery: Delivery) -> Outcome:
    error = caught(partial(_run, delivery))
    if error is None:
        return Outcome.DONE
    if isinstance(error, LeaseLostError):
        log.warning("delivery_lease_lost", handler=delivery.handler, delivery_id=delivery.pk)
        return Outcome.LOST
    not_before = error.not_before if isinstance(error, TryLaterError) else None
    return _fail(delivery, "".join(traceback.format_exception(error)), not_before)


def _claim(delivery_id: int) -> Delivery | None:
    seen = due_deliveries().filter(pk=delivery_id).select_related("event").first()
    return _take(seen) if seen else None


def _take(seen: Delivery) -> Delivery | None:
    """Take the lease, or None where it is not to be had (any more): the delivery may have been seen a while ago.

    A try counts from here, so that a crash is one too.
    """
    unchanged = Delivery.objects.filter(
        pk=seen.pk, status=Status.PENDING, next_try_at=seen.next_try_at, lease_token=seen.lease_token
    )
    token = uuid.uuid4()
    lease_ends = leases.ends_at()
    with transaction.atomic():
        if seen.lease_token is not None and leases.is_at_work(unchanged):
            return None
        if not unchanged.update(lease_token=token, next_try_at=lease_ends, attempts=F("attempts") + 1):
            return None
        if seen.lease_token is not None:
            _keep_attempt(seen, "The worker stopped before it had finished.")
    seen.lease_token, seen.next_try_at, seen.attempts = token, lease_ends, seen.attempts + 1
    return seen


def _run(delivery: Delivery) -> None:
    if delivery.attempts > MAX_TRIES:
        raise CrashedError("The last try ended in a crash, and there have been enough.")
    handler = registry.handlers().get(delivery.handler)
    if handler is None:
        raise UnknownHandlerError(f"There is no handler named {delivery.handler}.")
    with caused_by(delivery.event):
        if handler.kind == Kind.INNER:
            _run_inner(delivery, handler)
        else:
            _run_outer(delivery, handler)


def _run_inner(delivery: Delivery, handler: registry.Handler) -> None:
    """Mark first, in the handler's own transaction: that locks the row, and both commit together or not at all."""
    if handler.before is not None:
        handler.before(delivery.event)
    with transaction.atomic():
        _mark_done(delivery)
        registry.event_committed.send(sender=handler, event=delivery.event)


def _run_outer(delivery: Delivery, handler: registry.Handler) -> None:
    with leases.renewed(delivery):
        registry.event_committed.send(sender=handler, event=delivery.event)
    _mark_done(delivery)


def _mark_done(delivery: Delivery) -> None:
    if not leases.still_ours(delivery).update(
        status=Status.DONE, finished_at=timezone.now(), lease_token=None, last_error=""
    ):
        raise LeaseLostError


# ── Failure ──────────────────────────────────────────────────────────────────
def _fail(delivery: Delivery, error: str, not_before: dt.datetime | None = None) -> Outcome:
    dead = delivery.attempts >= MAX_TRIES
    now = timezone.now()
    last_error = error[-ERROR_LENGTH:]
    if dead:
        changes = {"status": Status.DEAD, "finished_at": now}
    else:
        next_try = now + pause_after(delivery.attempts)
        changes = {"next_try_at": max(next_try, not_before) if not_before else next_try}
    with transaction.atomic():
        if not leases.still_ours(delivery).update(lease_token=None, last_error=last_error, **changes):
            return Outcome.LOST
        _keep_attempt(delivery, last_error)
    write = log.error if dead else log.warning
    write(
        "delivery_dead" if dead else "delivery_failed",
        handler=delivery.handler,
        delivery_id=delivery.pk,
        event_type=delivery.event.type,
        attempts=delivery.attempts,
        error=error.strip().rpartition("\n")[2],
    )
    return Outcome.DEAD if dead else Outcome.FAILED


def _keep_attempt(delivery: Delivery, error: str) -> None:
    DeliveryAttempt.objects.create(delivery=delivery, number=delivery.attempts, error=error)


def pause_after(attempts: int) -> dt.timedelta:
    """5 s, 15 s, 45 s … up to an hour, a quarter more or less: what failed together should not come back together."""
    pause: dt.timedelta = min(FIRST_PAUSE * 3 ** (attempts - 1), LONGEST_PAUSE)
    return pause * random.uniform(0.75, 1.25)  # noqa: S311 - jitter, not a secret


@transaction.atomic
def run_again(delivery: Delivery) -> bool:
    """Give a dead delivery all its tries once more. False where it is not dead (any more)."""
    revived = Delivery.objects.filter(pk=delivery.pk, status=Status.DEAD).update(
        status=Status.PENDING, attempts=0, next_try_at=timezone.now(), finished_at=None
    )
    if revived:
        transaction.on_commit(lambda: wake([delivery.pk]), robust=True)
    return bool(revived)
