from __future__ import annotations

import datetime as dt

from timetracker.events.clock import job
from workflows.services.forgetting import forget
from workflows.services.running import give_up_on_dead


@job("workflows.give_up", every=dt.timedelta(minutes=1))
def give_up_on_what_is_stuck(now: dt.datetime) -> None:
    give_up_on_dead()


@job("workflows.forget", daily=dt.time(3, 50))
def forget_old(now: dt.datetime) -> None:
    forget(now)
