"""What was computed last, whether it still holds or not."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from analytics.models import CachedInsight

FORM = 4
"""Of what is kept: raised when it is computed in another way, or has other fields."""


def last_kept(keys: Collection[str]) -> dict[str, Any]:
    """By key, of those that something is kept of. One statement, and nothing is computed."""
    rows = CachedInsight.objects.filter(cache_key__in=keys, cache_value__form=FORM)
    return {key: kept["value"] for key, kept in rows.values_list("cache_key", "cache_value")}
