"""A thread in which a process says every half minute that it is there. Only what serves or works starts one."""

from __future__ import annotations

import atexit
import os
import socket
import threading
from collections.abc import Callable
from functools import partial

import structlog
from django.db import connections
from django.utils import timezone

from timetracker.events.connections import renew_connections
from timetracker.events.dispatch import caught
from timetracker.metrics.choices import ProcessKind
from timetracker.metrics.definitions import SOCKETS_OPEN
from timetracker.metrics.services import forget_process, report_process
from timetracker.web.version import product_version

log = structlog.get_logger(__name__)

EVERY = 30.0
LONGEST_END = 3.0
"""Seconds that an end waits for the database; a report that stays is swept later."""


class Reporter(threading.Thread):
    """A database that does not answer costs one line in the log until it answers again."""

    def __init__(self, kind: ProcessKind) -> None:
        super().__init__(name="process-report", daemon=True)
        self.kind = kind
        self.host, self.pid = socket.gethostname(), os.getpid()
        self.started_at = timezone.now()
        self.failing = False
        self.stopping = threading.Event()

    def run(self) -> None:
        while not self.stopping.is_set():
            self._try(self.report)
            self.stopping.wait(EVERY)
        self._try(partial(forget_process, host=self.host, pid=self.pid))
        connections.close_all()

    def report(self) -> None:
        report_process(
            host=self.host, pid=self.pid, kind=self.kind, version=product_version(), started_at=self.started_at,
            sockets=own_sockets(),
        )  # fmt: skip

    def _try(self, work: Callable[[], None]) -> None:
        error = caught(partial(_with_connection, work))
        if error and not self.failing:
            log.warning("process_unreported", reason=str(error))
        self.failing = error is not None

    def stop(self) -> None:
        if self.pid == os.getpid():  # a child that was forked has the object, and no thread
            self.stopping.set()
            self.join(LONGEST_END)


def own_sockets() -> int:
    """Of this process alone, also where several write into one folder."""
    return int(sum(sample.value for metric in SOCKETS_OPEN.collect() for sample in metric.samples))


def _with_connection(work: Callable[[], None]) -> None:
    renew_connections()
    try:
        work()
    finally:
        renew_connections()


_started: list[Reporter] = []


def start_reports(kind: ProcessKind) -> None:
    """Until the process ends, or `stop_reports`."""
    reporter = Reporter(kind)
    reporter.start()
    _started.append(reporter)


def stop_reports() -> None:
    while _started:
        _started.pop().stop()


atexit.register(stop_reports)
