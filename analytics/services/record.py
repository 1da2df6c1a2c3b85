"""The mark by which every process sees that the record of finished tasks has changed. Kept in the cache table, so
that an event forgets it for all of them.
"""

from __future__ import annotations

import datetime as dt
import uuid

from django.utils import timezone

from analytics.models import CachedInsight

KEY = "estimates:record"
KEPT = dt.timedelta(hours=1)
"""After this the record is read anew, whatever was heard of it."""


def record_mark() -> str:
    """Stays the same as long as nothing has happened to a finished task. Where it stands, it is only read."""
    now = timezone.now()
    row = CachedInsight.objects.filter(cache_key=KEY).first()
    if row is None or row.expires_at <= now:
        CachedInsight.objects.filter(cache_key=KEY, expires_at__lte=now).delete()
        row, _made = CachedInsight.objects.get_or_create(
            cache_key=KEY, defaults={"cache_value": uuid.uuid4().hex, "expires_at": now + KEPT}
        )
    return str(row.cache_value)


def forget_record() -> None:
    CachedInsight.objects.filter(cache_key=KEY).delete()
