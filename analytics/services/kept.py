"""What was computed, kept until something has happened that it depends on. What that is, its mark says."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.utils import timezone

from analytics.models import CachedInsight
from analytics.queries.kept import FORM

FOR = dt.timedelta(days=2)
"""After this it is forgotten: marks hold the day, so nobody asks for it again."""


def kept(key: str, mark: str, compute: Callable[[], Any]) -> Any:
    """What `compute` says (as JSON holds it), computed where nothing is kept under `key` with this `mark`.

    The mark is to be read before: what changes while `compute` reads has another mark, so it is computed again.
    """
    row = CachedInsight.objects.filter(cache_key=key).first()
    if row is not None and isinstance(row.cache_value, dict) and row.cache_value.get("mark") == mark:
        return row.cache_value["value"]
    value = compute()
    CachedInsight.objects.update_or_create(
        cache_key=key,
        defaults={"cache_value": {"form": FORM, "mark": mark, "value": value}, "expires_at": timezone.now() + FOR},
    )
    return value


def forget_expired(now: dt.datetime) -> None:
    CachedInsight.objects.filter(expires_at__lte=now).delete()
