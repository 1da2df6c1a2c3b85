"""Notifications are kept for a set time."""

import datetime as dt

from django.db.models import Q

from notifications.models import Notification

TRASH = dt.timedelta(days=30)
READ = dt.timedelta(days=365)
UNREAD = dt.timedelta(days=3 * 365)
BATCH = 500


def forget(now: dt.datetime) -> None:
    """Deleted ones and those nobody saw go after a month, read ones after a year, all after three; in small steps."""
    never_seen = Q(in_centre=False, delivered_at__lt=now - TRASH)
    old = Q(deleted_at__lt=now - TRASH) | never_seen | Q(read_at__lt=now - READ, snoozed_until=None)
    old |= Q(delivered_at__lt=now - UNREAD, snoozed_until=None)
    while ids := list(Notification.objects.filter(old).order_by("pk").values_list("pk", flat=True)[:BATCH]):
        Notification.objects.filter(pk__in=ids).delete()
