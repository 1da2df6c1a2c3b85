"""What was computed last, whether it still holds or not."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from analytics.models import CachedInsight


def last_kept(keys: Collection[str]) -> dict[str, Any]:
    """By key, of those that something is kept of. One statement, and nothing is computed."""
    rows = CachedInsight.objects.filter(cache_key__in=keys).values_list("cache_key", "cache_value")
    return {key: kept["value"] for key, kept in rows}
