"""Dispatchers and clock of a server that does everything in one process. Only `manage.py serve` starts them."""

from __future__ import annotations

import threading
import time

import structlog
from django.conf import settings
from django.db import connections
from django.utils import timezone

from timetracker.events import clock, dispatch
from timetracker.events.choices import Kind
from timetracker.events.connections import renew_connections
from timetracker.events.wake import CLOCK, bells

log = structlog.get_logger(__name__)

LONGEST_SLEEP = 10.0
"""Seconds: another process (a command, a second server) has no bell of ours to ring."""
AFTER_TROUBLE = 5.0


class _Worker(threading.Thread):
    """Works, sleeps until its time has come or a bell rings, and works again."""

    def __init__(self, name: str, kind: str) -> None:
        super().__init__(name=name, daemon=True)
        self.kind = kind
        self.bell = threading.Event()
        self.stopping = threading.Event()

    def work(self) -> float:
        """Returns the seconds to sleep."""
        raise NotImplementedError

    def run(self) -> None:
        bells[self.bell] = self.kind
        try:
            self._work_until_stopped()
        finally:
            del bells[self.bell]

    def _work_until_stopped(self) -> None:
        while not self.stopping.is_set():
            error = dispatch.caught(self._turn)
            if error:
                log.error("background_thread_failed", thread=self.name, exc_info=error)
                self.pause = AFTER_TROUBLE
            self.bell.wait(self.pause)
            self.bell.clear()
        connections.close_all()

    def _turn(self) -> None:
        renew_connections()
        try:
            self.pause = self.work()
        finally:
            renew_connections()

    def stop(self) -> None:
        """Let it finish what it is doing; `join` waits for that."""
        self.stopping.set()
        self.bell.set()


class DispatcherThread(_Worker):
    """One for each kind, so that a receiver outside that takes its time holds up nothing inside."""

    def __init__(self, kind: Kind) -> None:
        super().__init__(f"dispatcher-{kind}", kind)

    def work(self) -> float:
        dispatch.run_batch(Kind(self.kind), until=self.stopping.is_set)
        due_at = dispatch.next_due_at(Kind(self.kind))
        if due_at is None:
            return LONGEST_SLEEP
        return min(max((due_at - timezone.now()).total_seconds(), 0), LONGEST_SLEEP)


class ClockThread(_Worker):
    def __init__(self) -> None:
        super().__init__("clock", CLOCK)

    def work(self) -> float:
        now = timezone.now()
        clock.run_awaited_jobs(now, but=clock.run_due_jobs(now))
        next_minute = 60 - time.time() % 60
        awaited_at = clock.next_awaited_at(now)
        awaited = (awaited_at - timezone.now()).total_seconds() if awaited_at else next_minute
        return max(min(next_minute, awaited), 0) + 0.05


def start_threads() -> list[_Worker]:
    """Those this installation needs: none where Celery does it."""
    if settings.EVENTS_DISPATCH == "celery":
        return []
    threads: list[_Worker] = [*map(DispatcherThread, Kind), ClockThread()]
    for thread in threads:
        thread.start()
    return threads


def stop_threads(threads: list[_Worker], *, within: float) -> bool:
    """Ask all to stop and wait for those that are in the middle of something. False if one was not done in time."""
    deadline = time.monotonic() + within
    for thread in threads:
        thread.stop()
    for thread in threads:
        thread.join(max(0.0, deadline - time.monotonic()))
    return not any(thread.is_alive() for thread in threads)
