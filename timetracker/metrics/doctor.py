"""What `manage.py doctor` asks of the processes that the work is spread over."""

from __future__ import annotations

from collections.abc import Iterator

from django.conf import settings
from django.utils import timezone

from timetracker.metrics.choices import ProcessKind
from timetracker.metrics.queries import missing_kinds, processes_at
from timetracker.web.doctor import Found, check

_MISSING = {
    ProcessKind.WORKER: "No worker has been seen for three minutes, so nothing is delivered: start Celery's worker.",
    ProcessKind.LONG: "No worker of the queue long has been seen for three minutes, so imports, backups by the clock "
    "and training wait: start Celery's worker with --queues long.",
    ProcessKind.BEAT: "No clock has been seen for three minutes, so nothing happens by itself: start Celery's beat.",
    ProcessKind.SOCKETS: "No server of sockets has been seen for three minutes, so open pages stay as they are: start "
    "daphne timetracker.asgi:application.",
}


@check("processes", needs_tables=True)
def processes() -> Iterator[Found]:
    if not settings.REDIS_URL:
        yield True, "One process does everything."
        return
    found = processes_at(timezone.now())
    missing = missing_kinds(found)
    yield from ((False, _MISSING[kind]) for kind in missing)
    if not missing:
        yield True, f"Processes that were seen in the last three minutes: {sum(not one.is_gone for one in found)}."
    if any(one.is_older and not one.is_gone for one in found):
        yield False, "Some processes run an older version than others: start them again."
