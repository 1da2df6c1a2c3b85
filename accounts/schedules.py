from __future__ import annotations

import datetime as dt

from accounts.services.sessions import forget_ended_sessions
from timetracker.events.clock import job


@job("accounts.forget_ended_sessions", every=dt.timedelta(days=1))
def forget_sessions(now: dt.datetime) -> None:
    forget_ended_sessions(now=now)
