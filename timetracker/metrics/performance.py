"""What the performance page shows, of the same readings and figures that Prometheus gets."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from prometheus_client.samples import Sample

from timetracker.events.choices import Kind
from timetracker.events.doctor import PATIENCE
from timetracker.metrics import state
from timetracker.metrics.histograms import Histogram, histograms
from timetracker.web import health

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

_STAND_STILL = _("Nothing happens by itself: start manage.py serve, or Celery’s worker and beat.")
_PARTS: dict[str, tuple[StrOrPromise, StrOrPromise]] = {
    "database": (_("Database"), _("It does not answer: look at DATABASE_URL, and whether it runs.")),
    "migrations": (_("Migrations"), _("Tables are not up to date: run manage.py upgrade, which keeps a copy first.")),
    "cache": (
        _("Cache"),
        _("It does not give back what it was given: look at REDIS_URL, and whether Redis has memory left."),
    ),
    "channel_layer": (
        _("Channel layer"),
        _("Open pages are not told of changes: look at REDIS_URL, and whether Redis runs."),
    ),
}


@dataclasses.dataclass(frozen=True, slots=True)
class Part:
    label: StrOrPromise
    is_well: bool
    to_do: StrOrPromise
    at: dt.datetime | None = None
    """When it last did something, where that is known."""


def parts(readings: Iterable[state.Reading]) -> list[Part]:
    found = health.states()
    asked = [Part(label, found[name] == "ok", to_do) for name, (label, to_do) in _PARTS.items()]
    turned = max((value for metric, _labels, value in readings if metric == state.JOB_STARTED), default=None)
    at = _moment(turned)
    runs = at is not None and at >= timezone.now() - PATIENCE
    return [*asked, Part(_("Clock"), runs, _STAND_STILL, at)]


# ── The queue ────────────────────────────────────────────────────────────────
@dataclasses.dataclass(frozen=True, slots=True)
class Waiting:
    """Deliveries of one kind."""

    label: StrOrPromise
    due: int
    later: int
    """In work, or waiting for their time."""
    overdue: float
    """Seconds that the first of those that are due has been waiting."""


def waiting(readings: Iterable[state.Reading]) -> list[Waiting]:
    values = {(metric, labels): value for metric, labels, value in readings}
    rows = []
    for kind in Kind:
        key = (kind.value,)
        due = int(values.get((state.DUE, key), 0))
        pending = int(values.get((state.PENDING, key), 0))
        rows.append(Waiting(kind.label, due, pending - due, values.get((state.OVERDUE, key), 0)))
    return rows


def dead(readings: Iterable[state.Reading]) -> int:
    return int(sum(value for metric, _labels, value in readings if metric == state.DEAD))


@dataclasses.dataclass(slots=True)
class JobState:
    name: str
    started_at: dt.datetime | None = None
    succeeded_at: dt.datetime | None = None
    failed: bool = False


def job_states(readings: Iterable[state.Reading]) -> list[JobState]:
    """Those that failed come first."""
    found: dict[str, JobState] = {}
    for metric, labels, value in readings:
        if metric in {state.JOB_STARTED, state.JOB_SUCCEEDED, state.JOB_FAILED}:
            job = found.setdefault(labels[0], JobState(labels[0]))
            if metric == state.JOB_STARTED:
                job.started_at = _moment(value)
            elif metric == state.JOB_SUCCEEDED:
                job.succeeded_at = _moment(value)
            else:
                job.failed = bool(value)
    return sorted(found.values(), key=lambda job: (not job.failed, job.name))


def database_size(readings: Iterable[state.Reading]) -> int | None:
    return next((int(value) for metric, _labels, value in readings if metric == state.DATABASE_BYTES), None)


# ── Backups ──────────────────────────────────────────────────────────────────
@dataclasses.dataclass(frozen=True, slots=True)
class LastBackup:
    """The last good one, and what came of loading one on trial."""

    at: dt.datetime | None
    bytes: int
    drilled_at: dt.datetime | None
    has_drill_failed: bool


def last_backup(readings: Iterable[state.Reading]) -> LastBackup:
    found = {metric: value for metric, _labels, value in readings}
    return LastBackup(
        _moment(found.get(state.BACKUP_SUCCEEDED)),
        int(found.get(state.BACKUP_BYTES, 0)),
        _moment(found.get(state.BACKUP_DRILLED)),
        bool(found.get(state.BACKUP_DRILL_FAILED)),
    )


def _moment(timestamp: float | None) -> dt.datetime | None:
    return dt.datetime.fromtimestamp(timestamp, dt.UTC) if timestamp is not None else None


# ── Live ─────────────────────────────────────────────────────────────────────
@dataclasses.dataclass(frozen=True, slots=True)
class Pushes:
    sent: int
    failed: int
    p95: float | None


def pushes(samples: Collection[Sample]) -> Pushes:
    counted = {
        sample.labels["outcome"]: int(sample.value) for sample in samples if sample.name == "timetracker_pushes_total"
    }
    heard = histograms(samples, "timetracker_push_seconds").get("", Histogram((), 0.0))
    return Pushes(counted.get("sent", 0), counted.get("failed", 0), heard.quantile(0.95))
