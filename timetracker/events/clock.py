"""Due jobs: what happens by the clock.

One clock thread or one Celery beat asks each minute; a job runs once a period, however many processes ask.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import time
import traceback
from collections.abc import Callable, Collection, Mapping
from functools import partial
from types import MappingProxyType

import structlog
from django.db.models import Q
from django.utils import timezone

from timetracker.events.connections import renew_connections
from timetracker.events.dispatch import ERROR_LENGTH, caught
from timetracker.events.models import JobRun
from timetracker.events.signals import clock_turned, job_ran

log = structlog.get_logger(__name__)

JobFunction = Callable[[dt.datetime], None]
NextAt = Callable[[dt.datetime], dt.datetime | None]
EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
GIVEN_UP_AFTER = dt.timedelta(hours=1)
"""A job that began and never came to an end by then died with its process: it may run again in the same period."""


@dataclasses.dataclass(frozen=True)
class Job:
    name: str
    function: JobFunction
    every: dt.timedelta | None
    daily: dt.time | None
    next_at: NextAt | None = None

    def period(self, now: dt.datetime) -> dt.datetime:
        """The moment at which the period began that `now` lies in."""
        if self.every:
            return now - (now - EPOCH) % self.every
        assert self.daily is not None
        start = dt.datetime.combine(now.astimezone(dt.UTC).date(), self.daily, dt.UTC)
        return start if start <= now else start - dt.timedelta(days=1)


_jobs: dict[str, Job] = {}


def jobs() -> Mapping[str, Job]:
    return MappingProxyType(_jobs)


def job(
    name: str, *, every: dt.timedelta | None = None, daily: dt.time | None = None, next_at: NextAt | None = None
) -> Callable[[JobFunction], JobFunction]:
    """Register a job: `every` so many minutes, or `daily` at a time in UTC. It is called with the present instant.

    A time that was slept through is made up for once. Keep jobs short, they wait for each other; long work belongs in
    a process of its own.

    A job that cannot wait for its turn gives `next_at`: the first moment after one at which there is something to do.
    It is then called at that moment too, perhaps by several at once.
    """
    if (every is None) == (daily is None):
        raise ValueError(f"The job {name} needs one of every= and daily=")
    if every is not None and every < dt.timedelta(minutes=1):
        raise ValueError(f"The job {name} cannot run more often than each minute")

    def register(function: JobFunction) -> JobFunction:
        if name in _jobs:
            raise ValueError(f"There are two jobs named {name}")
        _jobs[name] = Job(name, function, every, daily, next_at)
        return function

    return register


def unregister_job(name: str) -> None:
    del _jobs[name]


def run_due_jobs(now: dt.datetime) -> list[str]:
    """Run each job whose period nobody has taken yet; the names of those that ran."""
    runs = JobRun.objects.in_bulk()
    ran = [
        found.name for found in list(_jobs.values()) if _is_due(found, runs.get(found.name), now) and _run(found, now)
    ]
    clock_turned.send_robust(sender=JobRun)
    return ran


def run_awaited_jobs(now: dt.datetime, but: Collection[str] = ()) -> None:
    """Those that know when there is something to do, out of turn; `but` names those that have just run."""
    for found in list(_jobs.values()):
        if found.next_at is None or found.name in but:
            continue
        _call(found, now)


def next_awaited_at(now: dt.datetime) -> dt.datetime | None:
    moments = [found.next_at(now) for found in list(_jobs.values()) if found.next_at is not None]
    return min((moment for moment in moments if moment), default=None)


def _is_due(found: Job, run: JobRun | None, now: dt.datetime) -> bool:
    if run is None or run.period < found.period(now):
        return True
    return run.finished_at is None and run.started_at is not None and run.started_at < now - GIVEN_UP_AFTER


def _run(found: Job, now: dt.datetime) -> bool:
    if not _take_turn(found, now):
        return False
    renew_connections()
    error = _call(found, now)
    text = "".join(traceback.format_exception(error))[-ERROR_LENGTH:] if error else ""
    ended = {"finished_at": timezone.now(), "last_error": text} | ({} if error else {"succeeded_at": timezone.now()})
    JobRun.objects.filter(name=found.name, started_at=now).update(**ended)
    return True


def _call(found: Job, now: dt.datetime) -> BaseException | None:
    began = time.perf_counter()
    error = caught(partial(found.function, now))
    if error:
        log.error("job_failed", job=found.name, exc_info=error)
    job_ran.send_robust(sender=JobRun, name=found.name, seconds=time.perf_counter() - began, error=error)
    return error


def _take_turn(found: Job, now: dt.datetime) -> bool:
    """Compare-and-swap: of all that ask, one moves the period on."""
    JobRun.objects.bulk_create([JobRun(name=found.name, period=EPOCH)], ignore_conflicts=True)
    period = found.period(now)
    free = Q(period__lt=period) | Q(finished_at=None, started_at__lt=now - GIVEN_UP_AFTER)
    taken = JobRun.objects.filter(free, name=found.name).update(period=period, started_at=now, finished_at=None)
    return bool(taken)
