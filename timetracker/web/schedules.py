import datetime as dt

from timetracker.events.clock import job
from timetracker.web.idempotency import forget_old_keys


@job("web.forget_idempotency_keys", every=dt.timedelta(hours=1))
def forget_idempotency_keys(now: dt.datetime) -> None:
    forget_old_keys(now)
