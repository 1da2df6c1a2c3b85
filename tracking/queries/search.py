"""Entries by the words of their description: the one way to look for them."""

from __future__ import annotations

from typing import TypeVar

from django.db import connections
from django.db.models import QuerySet

from timetracker.web.sqlite import has_trigrams, search_letters
from tracking.models import TimeEntry

Entries = TypeVar("Entries", bound=QuerySet[TimeEntry])
TRIGRAM = 3
FEW = 2000
"""So many rows are sorted quickly; of more, the newest are soon met when walking back from now."""


def described_by(entries: Entries, text: str) -> Entries:
    """Those of `entries` whose description holds `text`, in any case of letters.

    PostgreSQL plans by itself with its index. On SQLite the index is asked at once, once: one statement more.
    """
    text = text.replace("\0", "")  # which PostgreSQL refuses
    found = entries.filter(description__icontains=text)
    if connections[entries.db].vendor != "sqlite" or not has_trigrams():
        return found
    candidates = _candidates(entries.db, text)
    if candidates is None:
        return found
    return found.filter(pk__in=candidates) if candidates else entries.none()


def _candidates(using: str, text: str) -> list[int] | None:
    """Everybody's entries with all trigrams of `text`; None where they are not few, or it has no trigram."""
    letters = search_letters(text)
    trigrams = dict.fromkeys(letters[at : at + TRIGRAM] for at in range(len(letters) - TRIGRAM + 1))
    if not trigrams:
        return None
    wanted = " ".join('"{}"'.format(trigram.replace('"', '""')) for trigram in trigrams)
    with connections[using].cursor() as cursor:
        cursor.execute(
            "SELECT rowid FROM tracking_entry_words WHERE tracking_entry_words MATCH %s LIMIT %s", [wanted, FEW + 1]
        )
        found = [pk for (pk,) in cursor.fetchall()]
    return found if len(found) <= FEW else None
