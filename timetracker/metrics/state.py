"""How things stand, in figures: asked of the database when somebody wants to know, in nine statements.

PostgreSQL takes a tenth to say how large it is, and beside Redis one more says which processes there are.
"""

from __future__ import annotations

import dataclasses
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator

import structlog
from django.conf import settings
from django.db import Error
from django.db.models import Count, Min, Q
from django.utils import timezone
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from analytics.models import TrainedModel
from notifications.choices import Channel, State
from notifications.models import Outcome
from timetracker.backups.queries import last_of_both
from timetracker.events import clock, registry
from timetracker.events.choices import Kind, Status
from timetracker.events.models import Delivery, JobRun
from timetracker.metrics.queries import NEEDED, missing_kinds, processes_at
from timetracker.web.database import database_bytes
from tracking.models import TimeEntry
from workflows.choices import RunStatus
from workflows.models import Execution, Rule

log = structlog.get_logger(__name__)

UNKNOWN = "unknown"
"""A handler of another version of the program."""
KEPT = 10.0
"""Seconds for which an answer is good: however often it is asked, the database is asked no more often."""


@dataclasses.dataclass(frozen=True)
class StateMetric:
    name: str
    documentation: str
    labels: tuple[str, ...] = ()


RUNNING = StateMetric("timetracker_timers_running", "Timers that run right now.", ("paused",))
PENDING = StateMetric(
    "timetracker_deliveries_pending", "Deliveries not done yet: due, in work, or waiting for their next try.", ("kind",)
)
DUE = StateMetric("timetracker_deliveries_due", "Deliveries whose time has come and that nobody has taken.", ("kind",))
OVERDUE = StateMetric(
    "timetracker_deliveries_overdue_seconds", "How long the one that is due the longest has been waiting.", ("kind",)
)
DEAD = StateMetric(
    "timetracker_deliveries_dead",
    "Deliveries given up after all their tries, until somebody runs them again.",
    ("handler",),
)
JOB_STARTED = StateMetric("timetracker_job_last_start_timestamp_seconds", "When a job last began.", ("name",))
JOB_SUCCEEDED = StateMetric(
    "timetracker_job_last_success_timestamp_seconds", "When a job last came to its end without an error.", ("name",)
)
JOB_FAILED = StateMetric("timetracker_job_last_failed", "1 where a job's last run failed, else 0.", ("name",))
MODEL_VERSION = StateMetric("timetracker_model_version", "Version of the model that is in use.", ("kind",))
MODEL_TRAINED = StateMetric("timetracker_model_trained_timestamp_seconds", "When it was trained.", ("kind",))
MODEL_HELD = StateMetric("timetracker_model_held_ratio", "Share of its ranges that held in the back-test.", ("kind",))
MODEL_ERROR = StateMetric(
    "timetracker_model_error_hours", "Mean absolute error in the back-test's recent part, in hours.", ("kind",)
)
RULES = StateMetric("timetracker_rules", "Rules there are: switched on, or off.", ("state",))
RULES_RUNNING = StateMetric("timetracker_rule_runs_running", "Runs of rules that have not come to an end.")
QUEUED = StateMetric(
    "timetracker_notifications_queued", "Notifications on their way in a channel, or waiting for a page to show them.",
    ("channel",),
)  # fmt: skip
DATABASE_BYTES = StateMetric(
    "timetracker_database_bytes", "Size of the database; of SQLite, the file and its write-ahead log."
)
BACKUP_SUCCEEDED = StateMetric(
    "timetracker_backup_last_success_timestamp_seconds", "When the last good backup was begun: it shows that instant."
)
BACKUP_BYTES = StateMetric("timetracker_backup_last_bytes", "How large it is.")
BACKUP_DRILLED = StateMetric(
    "timetracker_backup_last_drill_timestamp_seconds", "When a backup was last loaded on trial, well or not."
)
BACKUP_DRILL_FAILED = StateMetric("timetracker_backup_last_drill_failed", "1 where that backup did not load, else 0.")
PART_MISSING = StateMetric(
    "timetracker_part_missing",
    "1 where, with Redis, no process has been seen for three minutes that does this part of the work, else 0.",
    ("kind",),
)
READ_OK = StateMetric("timetracker_state_ok", "1 where the figures above could be read from the database, else 0.")
READ_SECONDS = StateMetric("timetracker_state_seconds", "How long reading them took.")

STATE = (
    RUNNING, PENDING, DUE, OVERDUE, DEAD, JOB_STARTED, JOB_SUCCEEDED, JOB_FAILED, MODEL_VERSION, MODEL_TRAINED,
    MODEL_HELD, MODEL_ERROR, RULES, RULES_RUNNING, QUEUED, DATABASE_BYTES, BACKUP_SUCCEEDED, BACKUP_BYTES,
    BACKUP_DRILLED, BACKUP_DRILL_FAILED, PART_MISSING, READ_OK, READ_SECONDS,
)  # fmt: skip

Reading = tuple[StateMetric, tuple[str, ...], float]


# ── One statement each ───────────────────────────────────────────────────────
def timers() -> Iterator[Reading]:
    found = TimeEntry.objects.running().aggregate(all=Count("pk"), paused=Count("pk", filter=~Q(paused_at=None)))
    yield RUNNING, ("yes",), found["paused"]
    yield RUNNING, ("no",), found["all"] - found["paused"]


def deliveries() -> Iterator[Reading]:
    now = timezone.now()
    is_due = Q(next_try_at__lte=now)
    rows = (
        Delivery.objects.filter(status=Status.PENDING)
        .order_by()
        .values("kind")
        .annotate(all=Count("pk"), due=Count("pk", filter=is_due), first=Min("next_try_at", filter=is_due))
    )
    found = {row["kind"]: (row["all"], row["due"], row["first"]) for row in rows}
    for kind in Kind.values:
        pending, due, first = found.get(kind, (0, 0, None))
        yield PENDING, (kind,), pending
        yield DUE, (kind,), due
        yield OVERDUE, (kind,), (now - first).total_seconds() if first else 0


def dead() -> Iterator[Reading]:
    """Where there are none, that is a figure too: what is not there cannot be watched."""
    rows = Delivery.objects.filter(status=Status.DEAD).order_by().values_list("handler").annotate(count=Count("pk"))
    counted: Counter[str] = Counter()
    for handler, count in rows:
        counted[handler if handler in registry.handlers() else UNKNOWN] += count
    yield from ((DEAD, (handler,), count) for handler, count in (counted or {"none": 0}).items())


def jobs() -> Iterator[Reading]:
    for run in JobRun.objects.filter(name__in=list(clock.jobs())).defer("period"):
        if run.started_at:
            yield JOB_STARTED, (run.name,), run.started_at.timestamp()
        if run.succeeded_at:
            yield JOB_SUCCEEDED, (run.name,), run.succeeded_at.timestamp()
        yield JOB_FAILED, (run.name,), int(bool(run.last_error))


def models() -> Iterator[Reading]:
    in_use = TrainedModel.objects.filter(in_use=True).order_by("kind")
    for model in in_use.only("kind", "version", "trained_at", "accuracy", "metrics"):
        yield MODEL_VERSION, (model.kind,), model.version
        yield MODEL_TRAINED, (model.kind,), model.trained_at.timestamp()
        yield MODEL_HELD, (model.kind,), model.accuracy
        error = model.metrics.get("recent", {}).get("model", {}).get("mae")
        if error is not None:
            yield MODEL_ERROR, (model.kind,), float(error)


def rules() -> Iterator[Reading]:
    found = Rule.objects.filter(deleted_at=None).aggregate(on=Count("pk", filter=Q(enabled=True)), all=Count("pk"))
    yield RULES, ("on",), found["on"]
    yield RULES, ("off",), found["all"] - found["on"]


def rule_runs() -> Iterator[Reading]:
    yield RULES_RUNNING, (), Execution.objects.filter(status=RunStatus.RUNNING).count()


def notifications() -> Iterator[Reading]:
    rows = Outcome.objects.filter(state=State.QUEUED).order_by().values_list("channel").annotate(count=Count("pk"))
    counted = dict(rows)
    yield from ((QUEUED, (channel,), counted.get(channel, 0)) for channel in Channel.values)


def database() -> Iterator[Reading]:
    yield DATABASE_BYTES, (), database_bytes()


def backups() -> Iterator[Reading]:
    for row in last_of_both():
        if row["is_last"]:
            yield BACKUP_SUCCEEDED, (), row["started_at"].timestamp()
            yield BACKUP_BYTES, (), row["bytes"]
        if row["is_drilled"]:
            yield BACKUP_DRILLED, (), row["drilled_at"].timestamp()
            yield BACKUP_DRILL_FAILED, (), int(bool(row["drill_error"]))


def parts() -> Iterator[Reading]:
    missing = missing_kinds(processes_at(timezone.now())) if settings.REDIS_URL else []
    yield from ((PART_MISSING, (kind.value,), int(kind in missing)) for kind in NEEDED)


READERS: tuple[Callable[[], Iterator[Reading]], ...] = (
    timers, deliveries, dead, jobs, models, rules, rule_runs, notifications, database, backups, parts,
)  # fmt: skip


# ── The collector ────────────────────────────────────────────────────────────
class StateCollector(Collector):
    """A database that does not answer costs these figures, not the scrape: the others say what is wrong."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._read_at = float("-inf")
        self._readings: list[Reading] = []

    def forget(self) -> None:
        self._read_at = float("-inf")

    def readings(self) -> list[Reading]:
        with self._lock:  # two that come at once ask once
            if time.monotonic() - self._read_at > KEPT:
                self._readings, self._read_at = self._read(), time.monotonic()
            return self._readings

    def collect(self) -> Iterable[GaugeMetricFamily]:
        families = {one.name: GaugeMetricFamily(one.name, one.documentation, labels=one.labels) for one in STATE}
        for metric, labels, value in self.readings():
            families[metric.name].add_metric(labels, value)
        return families.values()

    def _read(self) -> list[Reading]:
        began = time.perf_counter()
        readings: list[Reading] = []
        try:
            for read in READERS:
                readings += read()
        except Error as error:
            log.warning("state_unreadable", reason=str(error))
            return [(READ_OK, (), 0)]
        return [*readings, (READ_OK, (), 1), (READ_SECONDS, (), time.perf_counter() - began)]


state = StateCollector()
