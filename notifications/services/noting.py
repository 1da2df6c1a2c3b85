"""How far notifications got, told to whoever counts: rows of outcomes are changed many at once, which nobody hears."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from django.db import transaction

from notifications.models import Outcome
from notifications.signals import outcome_noted

Reached = tuple[str, str, str]
"""Channel, state and reason."""


def note_reached(reached: Iterable[Reached] | Mapping[Reached, int]) -> None:
    """Each of these, or so many of each. Beside every place that writes a state, and after its commit."""
    counted = Counter(reached)
    if counted:
        transaction.on_commit(lambda: _send(counted), robust=True)


def _send(counted: Mapping[Reached, int]) -> None:
    for (channel, state, reason), count in counted.items():
        if count:
            outcome_noted.send_robust(
                sender=Outcome, channel=str(channel), state=str(state), reason=str(reason), count=count
            )
