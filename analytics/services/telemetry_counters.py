"""What pages that only read add up: numbers in memory, written once a minute by a thread, and only where there are any.

A process that ends takes what it has not written along.
"""

from __future__ import annotations

import datetime as dt
import threading
from collections import Counter

import structlog
from django.conf import settings
from django.db import DatabaseError, connection
from django.utils import timezone

from analytics.queries.telemetry import has_agreed
from analytics.services.telemetry import Counted, count_many, is_declared
from analytics.services.telemetry_switch import switch

log = structlog.get_logger(__name__)

WRITE_AFTER = 60.0
MOST_KINDS = 500
"""Of numbers in memory, each for one thing on one day."""

Key = tuple[dt.date, str, tuple[tuple[str, str], ...]]


class Counters:
    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts: Counter[Key] = Counter()
        self._timer: threading.Timer | None = None
        self._turn = switch.turns

    def note(self, name: str, properties: dict[str, str], times: int = 1) -> None:
        """Adds to a number. Without anybody who agreed it does nothing, but for saying what is not declared."""
        if settings.TELEMETRY_STRICT:
            is_declared(name, properties)
        if not switch.is_on():
            return
        key = (timezone.now().date(), name, tuple(sorted(properties.items())))
        with self._lock:
            self._forget_if_switched()
            if key in self._counts or len(self._counts) < MOST_KINDS:
                self._counts[key] += times
            # A fork takes the numbers along, but not the thread.
            if self._timer is None or not self._timer.is_alive():
                self._timer = self.later()

    def later(self) -> threading.Timer:
        timer = threading.Timer(WRITE_AFTER, self._write_and_close)
        timer.name, timer.daemon = "telemetry-counters", True
        timer.start()
        return timer

    def write(self) -> None:
        """Moves the numbers into the queue."""
        with self._lock:
            self._forget_if_switched()
            counts, self._counts = self._counts, Counter()
            self._timer = None  # what is added while these are written waits for another
        if counts and has_agreed():
            count_many(Counted(name, dict(words), times, day) for (day, name, words), times in counts.items())

    def _forget_if_switched(self) -> None:
        """What was counted before an off and an on is not sent after it."""
        if self._turn != switch.turns:
            self._counts.clear()
            self._turn = switch.turns

    def _write_and_close(self) -> None:
        try:
            self.write()
        except DatabaseError as error:
            log.warning("telemetry_not_counted", error=str(error))
        finally:
            connection.close()


counters = Counters()
