from __future__ import annotations

import datetime as dt

from analytics.queries.models import kinds_to_train
from analytics.services.digest import tell_weeks
from analytics.services.kept import forget_expired
from analytics.services.nightly import is_due
from analytics.services.posthog_flags import ask
from analytics.services.telemetry import ask_to_send
from analytics.services.telemetry_counters import counters
from timetracker.events.clock import job
from timetracker.web.background import run_command

HOUR = dt.timedelta(hours=1)


@job("analytics.retrain_models", daily=dt.time(2, 20))
def retrain_models(now: dt.datetime) -> None:
    """In a process of its own, and only where enough is new."""
    kinds = kinds_to_train(now)
    if kinds:
        run_command("retrain_models", *(f"--kind={kind}" for kind in kinds))


@job("analytics.compute_insights", every=HOUR)
def compute_insights(now: dt.datetime) -> None:
    """In a process of its own, and only where it is night."""
    if is_due(now):
        run_command("compute_insights", f"--at={now.isoformat()}", within=HOUR)


@job("analytics.forget_insights", daily=dt.time(3, 20))
def forget_insights(now: dt.datetime) -> None:
    """Kept ones that nobody can ask for any more."""
    forget_expired(now)


@job("analytics.weekly_digest", every=dt.timedelta(minutes=15))
def weekly_digest(now: dt.datetime) -> None:
    """Clocks of the world are quarters of an hour apart: so each morning at eight is met."""
    tell_weeks(now)


@job("analytics.send_telemetry", every=dt.timedelta(hours=1))
def send_telemetry(now: dt.datetime) -> None:
    counters.write()
    ask_to_send(now)


@job("analytics.posthog_flags", every=dt.timedelta(minutes=5))
def posthog_flags(now: dt.datetime) -> None:
    """Where telemetry is on. Other jobs wait for it, for three seconds at most."""
    ask()
