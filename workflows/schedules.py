from __future__ import annotations

import datetime as dt

from timetracker.events.clock import job
from workflows.services import firing
from workflows.services.forgetting import forget
from workflows.services.running import give_up_on_dead

MINUTE = dt.timedelta(minutes=1)


@job("workflows.give_up", every=MINUTE)
def give_up_on_what_is_stuck(now: dt.datetime) -> None:
    give_up_on_dead()


@job("workflows.schedules", every=MINUTE, next_at=firing.next_due_at)
def run_what_is_due(now: dt.datetime) -> None:
    firing.fire_due(now)


@job("workflows.forget", daily=dt.time(3, 50))
def forget_old(now: dt.datetime) -> None:
    forget(now)
