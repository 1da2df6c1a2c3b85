"""What a reason for a review rests on, in words: one list, filled by the apps that find such reasons."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

from accounts.models import User
from tracking.choices import FOUND
from tracking.models import TimeEntry

Explain = Callable[[User, Collection[TimeEntry]], dict[int, str]]
"""By entry, for those of this person that have one of `FOUND`."""
_explainers: list[Explain] = []


def register(explain: Explain) -> None:
    _explainers.append(explain)


def explain(reader: User, entries: Sequence[TimeEntry]) -> None:
    """Puts `why` on the reader's own entries. What is usual for somebody is nobody else's to read."""
    own = [entry for entry in entries if entry.user_id == reader.pk and entry.review in FOUND]
    for explainer in _explainers if own else ():
        told = explainer(reader, own)
        for entry in own:
            entry.why = told.get(entry.pk, "")
