"""When people changed their time zone: what was the morning before is not the morning after."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from timetracker.events.models import Event


def zone_changes(people: Collection[int], since: dt.datetime) -> dict[int, dt.datetime]:
    """By person, the last change from `since` on, by themself or by an administrator. One statement."""
    changed = Event.objects.filter(
        person_id__in=people, type="preferences_changed", occurred_at__gte=since,
        payload__changed__icontains='"time_zone"',
    )  # fmt: skip
    return {pk: at for pk, at in changed.order_by("pk").values_list("person_id", "occurred_at") if pk is not None}
