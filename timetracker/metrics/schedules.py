import datetime as dt

from timetracker.events.clock import job
from timetracker.metrics.services import forget_processes

KEPT = dt.timedelta(hours=1)
"""A process that was killed could not take its report along."""


@job("metrics.forget_processes", every=dt.timedelta(minutes=10))
def forget(now: dt.datetime) -> None:
    forget_processes(unseen_since=now - KEPT)
