import datetime as dt

from timetracker.events import dispatch, retention
from timetracker.events.clock import job


@job("events.sweep", every=dt.timedelta(minutes=1))
def sweep(now: dt.datetime) -> None:
    dispatch.wake_for_due()


@job("events.forget", daily=dt.time(3, 10))
def forget(now: dt.datetime) -> None:
    retention.forget(now)
