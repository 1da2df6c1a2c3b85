from __future__ import annotations

import time

from analytics.queries.telemetry import has_agreed

LOOK_AGAIN = 60.0


class Switch:
    """Whether usage is counted, as this process remembers it: each change and many pages ask.

    Read anew once a minute. So long a process may go on counting after it was switched off in another; the queue takes
    none of it.
    """

    def __init__(self) -> None:
        self._on = False
        self._until = 0.0
        self.turns = 0
        """How often it was switched, as far as this process knows."""

    def is_on(self) -> bool:
        if time.monotonic() >= self._until:
            self.set(has_agreed())
        return self._on

    def set(self, on: bool, seconds: float = LOOK_AGAIN) -> None:
        self._on, self._until = on, time.monotonic() + seconds

    def forget(self) -> None:
        self._until = 0.0
        self.turns += 1


switch = Switch()
