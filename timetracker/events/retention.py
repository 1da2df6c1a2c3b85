"""Events are kept for a set time, deliveries that did their work for a shorter one."""

import datetime as dt

from django.conf import settings
from django.db.models import QuerySet

from timetracker.events.choices import Status
from timetracker.events.models import Delivery, Event

KEEP_DELIVERIES = dt.timedelta(days=30)
BATCH = 500


def forget(now: dt.datetime) -> None:
    """Delete in small steps, so that nobody waits. What is pending or dead stays, and its event with it."""
    finished = Delivery.objects.filter(status=Status.DONE)
    _delete(finished.filter(finished_at__lt=now - KEEP_DELIVERIES))
    kept = dt.timedelta(days=settings.EVENTS_KEEP_DAYS)
    _delete(
        Event.objects.filter(occurred_at__lt=now - kept).exclude(deliveries__status__in=[Status.PENDING, Status.DEAD])
    )


def _delete(old: QuerySet[Delivery] | QuerySet[Event]) -> None:
    while ids := list(old.order_by("pk").values_list("pk", flat=True)[:BATCH]):
        old.model.objects.filter(pk__in=ids).delete()
