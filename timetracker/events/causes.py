"""Which event is being handled right now: the cause of whatever is recorded meanwhile."""

import contextlib
from collections.abc import Iterator
from contextvars import ContextVar

from timetracker.events.models import Event

_cause: ContextVar[Event | None] = ContextVar("timetracker_event_cause", default=None)


def current_cause() -> Event | None:
    return _cause.get()


@contextlib.contextmanager
def caused_by(event: Event) -> Iterator[None]:
    token = _cause.set(event)
    try:
        yield
    finally:
        _cause.reset(token)
