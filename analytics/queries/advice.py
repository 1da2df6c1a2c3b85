"""Which recommendations a person does not want to read just now."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from django.utils import timezone

from accounts.models import User
from analytics.models import Dismissal

FOR = dt.timedelta(days=28)
"""After this it is said again, if it still holds."""


def dismissed_by(user: User, keys: Collection[str]) -> set[str]:
    since = timezone.now() - FOR
    found = Dismissal.objects.filter(user=user, key__in=keys, dismissed_at__gt=since)
    return set(found.values_list("key", flat=True))
