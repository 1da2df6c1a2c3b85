"""Telling who runs deliveries that there are some. A lost wake-up costs a minute, not a delivery: see the sweep."""

import datetime as dt
import threading
import time
from collections.abc import Container, Iterable, Sequence
from typing import Any

import structlog
from celery import current_app
from django.conf import settings
from django.utils import timezone
from kombu.exceptions import OperationalError
from kombu.pools import producers

from timetracker.events.choices import Kind

log = structlog.get_logger(__name__)

DISPATCH_TASK = "timetracker.events.tasks.dispatch_delivery"
AWAITED_TASK = "timetracker.events.tasks.run_awaited_jobs"
AHEAD = dt.timedelta(minutes=1)
MESSAGE_LIFE = 60
"""Seconds after which a message is worth nothing: by then the sweep has sent another."""

PATIENCE = 0.2
IMPATIENT = {"socket_connect_timeout": PATIENCE, "socket_timeout": PATIENCE, "max_retries": 0}
"""A person waits for this connection. Workers have theirs, which may take its time."""

CLOCK = "clock"
bells: dict[threading.Event, str] = {}
"""One for each thread of this process that works in the background, with what it runs: a kind of delivery, or CLOCK."""


def wake(delivery_ids: Sequence[int], kinds: Container[str] = tuple(Kind)) -> None:
    """`kinds`: those among the deliveries, as far as one knows."""
    if settings.EVENTS_DISPATCH == "celery":
        _broker.send((DISPATCH_TASK, [pk], {"expires": MESSAGE_LIFE}) for pk in delivery_ids)
    else:
        _ring(kinds)


def wake_clock(at: dt.datetime) -> None:
    """Something is to be done at that moment, perhaps before the clock's next turn: see `next_at` of jobs."""
    if settings.EVENTS_DISPATCH != "celery":
        _ring((CLOCK,))
    elif at <= timezone.now() + AHEAD:
        _broker.send([(AWAITED_TASK, [], {"eta": at, "expires": at + AHEAD})])


def send(name: str, args: Sequence[Any], **options: Any) -> bool:
    """One message for others who may wait no longer. False where the broker has not taken it."""
    return _broker.send([(name, args, options)])


def _ring(kinds: Container[str]) -> None:
    for bell, kind in list(bells.items()):
        if kind in kinds:
            bell.set()


def prepare() -> None:
    """Load what speaks to the broker, without speaking to it: a second that the first request need not wait for."""
    if settings.EVENTS_DISPATCH == "celery":
        current_app.connection_for_write(transport_options=IMPATIENT)


class _Broker:
    REST = 5.0
    """Seconds for which a broker that did not answer is left alone: it delays one request a moment, and no other."""

    def __init__(self) -> None:
        self.away_until = 0.0

    def send(self, messages: Iterable[tuple[str, Sequence[Any], dict[str, Any]]]) -> bool:
        """Whether all were taken."""
        if time.monotonic() < self.away_until:
            return False
        connection = current_app.connection_for_write(transport_options=IMPATIENT)
        try:
            with producers[connection].acquire(timeout=PATIENCE) as producer:
                for name, args, options in messages:
                    current_app.send_task(name, args, producer=producer, retry=False, **options)
        except OperationalError as error:
            self.away_until = time.monotonic() + self.REST
            log.warning("wake_up_failed", reason=str(error))
            return False
        return True


_broker = _Broker()
