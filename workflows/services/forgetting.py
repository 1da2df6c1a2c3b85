"""What is kept of rules for a while only."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.db.models import Model, QuerySet

from workflows.choices import RunStatus
from workflows.models import Execution, Rule

TRASH = dt.timedelta(days=30)
BATCH = 500


def forget(now: dt.datetime) -> None:
    """Runs that ended long ago (RULE_HISTORY_KEEP_DAYS), and rules that were deleted a month ago; in small steps."""
    kept = dt.timedelta(days=settings.RULE_HISTORY_KEEP_DAYS)
    _delete(Execution.objects.exclude(status=RunStatus.RUNNING).filter(executed_at__lt=now - kept))
    _delete(Rule.objects.filter(deleted_at__lt=now - TRASH))


def _delete(rows: QuerySet[Model]) -> None:
    while ids := list(rows.order_by("pk").values_list("pk", flat=True)[:BATCH]):
        rows.model._default_manager.filter(pk__in=ids).delete()
