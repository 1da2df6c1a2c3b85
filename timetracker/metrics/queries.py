"""Which processes there are, and who of them is still heard of."""

from __future__ import annotations

import dataclasses
import datetime as dt
import re
import socket
from collections.abc import Collection, Iterable

from timetracker.metrics.choices import ProcessKind
from timetracker.metrics.models import ProcessReport

GONE_AFTER = dt.timedelta(minutes=3)
"""A process says something every half minute."""
COUNTS_FOR = dt.timedelta(seconds=90)
"""How long what it said of its sockets is taken for true."""
NEEDED = {
    ProcessKind.WORKER: {ProcessKind.WORKER},
    ProcessKind.LONG: {ProcessKind.LONG},
    ProcessKind.BEAT: {ProcessKind.BEAT},
    ProcessKind.SOCKETS: {ProcessKind.SOCKETS, ProcessKind.ALL},
}
"""With Redis: each is needed, and which kinds of processes do its work."""


@dataclasses.dataclass(frozen=True, slots=True)
class Process:
    report: ProcessReport
    is_gone: bool
    is_older: bool


def processes_at(now: dt.datetime) -> list[Process]:
    """One statement."""
    reports = list(ProcessReport.objects.all())
    newest = max((_number(report.version) for report in reports), default=())
    return [
        Process(report, is_gone=report.seen_at < now - GONE_AFTER, is_older=_number(report.version) < newest)
        for report in reports
    ]


def missing_kinds(processes: Iterable[Process]) -> list[ProcessKind]:
    """Who has not been heard of lately and should be, where the work is spread over processes."""
    alive = {process.report.kind for process in processes if not process.is_gone}
    return [kind for kind, doing in NEEDED.items() if not alive & doing]


def began_at(processes: Iterable[Process]) -> dt.datetime | None:
    """Since when this machine's figures count. Those of a process that has ended stay as long as another runs."""
    here = socket.gethostname()
    return min(
        (one.report.started_at for one in processes if one.report.host == here and not one.is_gone), default=None
    )


def sockets_at(processes: Collection[Process], now: dt.datetime) -> int:
    return sum(process.report.sockets for process in processes if process.report.seen_at >= now - COUNTS_FOR)


def _number(version: str) -> tuple[int, ...]:
    """1.10.2 comes after 1.9."""
    return tuple(map(int, re.findall(r"\d+", version)))
