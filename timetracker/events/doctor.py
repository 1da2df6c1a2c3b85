"""What `manage.py doctor` asks of the clock and of what delivers events."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from django.db.models import Max
from django.utils import timezone

from timetracker.events.choices import Status
from timetracker.events.models import Delivery, JobRun
from timetracker.web.doctor import Found, check

PATIENCE = dt.timedelta(minutes=5)
"""The clock turns each minute, and a delivery is made as soon as it is due."""
_START = "manage.py serve, or Celery's worker and beat"


@check("clock", needs_tables=True)
def clock() -> Iterator[Found]:
    latest = JobRun.objects.aggregate(at=Max("started_at"))["at"]
    if latest is None:
        yield False, f"The clock has never run, so nothing happens by itself: start {_START}."
    elif latest < timezone.now() - PATIENCE:
        yield False, f"The clock has stood still since {latest:%Y-%m-%d %H:%M} UTC: start {_START}."
    else:
        yield True, "The clock runs."
    for name in JobRun.objects.exclude(last_error="").values_list("name", flat=True):
        yield False, f"The job {name} failed the last time: read why in the administration, under scheduled jobs."


@check("worker", needs_tables=True)
def worker() -> Iterator[Found]:
    late = Delivery.objects.filter(status=Status.PENDING, next_try_at__lt=timezone.now() - PATIENCE).count()
    if late:
        yield False, f"Deliveries that have been due for more than five minutes: {late}; start {_START}."
    else:
        yield True, "No delivery waits longer than it should."


@check("deliveries", needs_tables=True)
def deliveries() -> Iterator[Found]:
    dead = Delivery.objects.filter(status=Status.DEAD).count()
    if dead:
        yield False, f"Deliveries that were given up: {dead}; run them again in the administration, under deliveries."
    else:
        yield True, "No delivery was given up."
