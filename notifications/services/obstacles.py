from __future__ import annotations

from notifications import conditions, subjects
from notifications.choices import Reason
from notifications.models import Notification


def obstacle_to(row: Notification) -> Reason | None:
    """What has become of it since it was decided: asked again before it leaves us."""
    person = row.user
    if not person.is_active or not subjects.is_visible(person, row.subject_type, row.subject_id):
        return Reason.PERMISSION
    if row.is_dealt_with:
        return Reason.READ
    return None if conditions.holds(row.condition, person) else Reason.ENDED
