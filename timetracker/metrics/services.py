"""Writes about processes. They record no event: nobody did anything."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils import timezone

from timetracker.metrics.choices import ProcessKind
from timetracker.metrics.models import ProcessReport


@transaction.atomic
def report_process(
    *, host: str, pid: int, kind: ProcessKind, version: str, started_at: dt.datetime, sockets: int
) -> None:
    """One statement: on SQLite the write lock is held no longer than that takes."""
    report = ProcessReport(
        host=host, pid=pid, kind=kind, version=version, started_at=started_at, seen_at=timezone.now(), sockets=sockets
    )
    ProcessReport.objects.bulk_create(
        [report],
        update_conflicts=True,
        unique_fields=["host", "pid"],
        update_fields=["kind", "version", "started_at", "seen_at", "sockets"],
    )


@transaction.atomic
def forget_process(*, host: str, pid: int) -> None:
    ProcessReport.objects.filter(host=host, pid=pid).delete()


@transaction.atomic
def forget_processes(*, unseen_since: dt.datetime) -> int:
    """How many there were."""
    return ProcessReport.objects.filter(seen_at__lt=unseen_since).delete()[0]
