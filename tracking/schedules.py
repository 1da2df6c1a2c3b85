from __future__ import annotations

import datetime as dt

from timetracker.events.clock import job
from tracking.services.batches import forget_batches
from tracking.services.budgets import announce_budgets
from tracking.services.deadlines import announce_deadlines
from tracking.services.review import forget_future
from tracking.services.time_imports import forget_imports


@job("tracking.forget_batches", every=dt.timedelta(days=1))
def forget_old_batches(now: dt.datetime) -> None:
    forget_batches(now)


@job("tracking.forget_imports", every=dt.timedelta(hours=6))
def forget_old_imports(now: dt.datetime) -> None:
    forget_imports(now)


@job("tracking.deadlines", every=dt.timedelta(minutes=5))
def announce_what_is_due_soon(now: dt.datetime) -> None:
    announce_deadlines(now)


@job("tracking.budgets", every=dt.timedelta(minutes=5))
def announce_what_is_nearly_used(now: dt.datetime) -> None:
    announce_budgets(now)


@job("tracking.forget_future", every=dt.timedelta(minutes=15))
def look_again_at_what_was_ahead(now: dt.datetime) -> None:
    forget_future(now)
