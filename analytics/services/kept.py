"""What was computed, kept until something has happened that it depends on. What that is, its mark says."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
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
    found = already_kept(key, mark)
    if found is not None:
        return found
    value = compute()
    _keep([_row(key, mark, value)])
    return value


def kept_of_each(marks: Mapping[str, str], compute: Callable[[set[str]], Mapping[str, Any]]) -> dict[str, Any]:
    """The same for many keys at once; `compute` is asked for those that are not kept. Two statements at most."""
    found = _found(marks)
    if missing := marks.keys() - found.keys():
        made = compute(missing)
        _keep([_row(key, marks[key], made[key]) for key in sorted(missing)])
        found.update(made)
    return found


def _row(key: str, mark: str, value: Any) -> CachedInsight:
    kept_value = {"form": FORM, "mark": mark, "value": value}
    return CachedInsight(cache_key=key, cache_value=kept_value, expires_at=timezone.now() + FOR)


def _keep(rows: Sequence[CachedInsight]) -> None:
    """Whoever computed last is right. One statement."""
    CachedInsight.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["cache_key"], update_fields=["cache_value", "expires_at"]
    )


def already_kept(key: str, mark: str) -> Any:
    """None where nothing is kept under `key` with this `mark`."""
    return _found({key: mark}).get(key)


def _found(marks: Mapping[str, str]) -> dict[str, Any]:
    """What is kept under these keys with these marks. One statement."""
    rows = CachedInsight.objects.filter(cache_key__in=marks).values_list("cache_key", "cache_value")
    return {key: row["value"] for key, row in rows if isinstance(row, dict) and row.get("mark") == marks[key]}


def forget_expired(now: dt.datetime) -> None:
    CachedInsight.objects.filter(expires_at__lte=now).delete()
