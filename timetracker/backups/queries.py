from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from django.conf import settings
from django.db.models import BooleanField, ExpressionWrapper, Q, QuerySet, Subquery

from accounts.models import User
from timetracker.backups.choices import ARCHIVES
from timetracker.backups.models import Backup

AGAIN_AFTER = dt.timedelta(hours=1)
"""A backup that failed is tried again so much later."""
DRILL_EVERY = dt.timedelta(days=7)
DRILL_WITHIN = dt.timedelta(hours=6)
"""After the night's backup: the trial takes longer than it, and should be over when people come."""


def good_archives() -> QuerySet[Backup]:
    """Whole, and not taken away: the newest first."""
    return Backup.objects.filter(kind__in=ARCHIVES, error="", finished_at__isnull=False, removed_at=None)


def last_backup() -> Backup | None:
    """The last good one. Copies made before an upgrade do not count: they are of the version before."""
    return good_archives().first()


def last_drill() -> Backup | None:
    """The last one that was loaded on trial, well or not."""
    return drilled().first()


def drilled() -> QuerySet[Backup]:
    return Backup.objects.filter(drilled_at__isnull=False).order_by("-drilled_at", "-pk")


def last_of_both() -> Iterable[Mapping[str, Any]]:
    """`last_backup` and `last_drill` in one statement, as values that say which is which; often it is the same one."""
    is_last, is_drilled = (Q(pk=Subquery(rows.values("pk")[:1])) for rows in (good_archives(), drilled()))
    return (
        Backup.objects.filter(is_last | is_drilled)
        .annotate(
            is_last=ExpressionWrapper(is_last, BooleanField()), is_drilled=ExpressionWrapper(is_drilled, BooleanField())
        )
        .values("is_last", "is_drilled", "started_at", "bytes", "drilled_at", "drill_error")
    )


def last_turn(now: dt.datetime) -> dt.datetime | None:
    """When the clock was last to make one, or None where it makes none."""
    if settings.BACKUP_AT is None:
        return None
    turn = dt.datetime.combine(now.astimezone(dt.UTC).date(), settings.BACKUP_AT, dt.UTC)
    return turn if turn <= now else turn - dt.timedelta(days=1)


def is_backup_due(now: dt.datetime) -> bool:
    """From the first night that somebody is there. What a clock that was wrong dated later than now does not count."""
    turn = last_turn(now)
    if turn is None or not User.objects.filter(date_joined__lt=turn).exists():
        return False
    if good_archives().filter(started_at__range=(turn, now)).exists():
        return False
    return not Backup.objects.filter(started_at__range=(now - AGAIN_AFTER, now)).exists()


def is_drill_due(now: dt.datetime) -> bool:
    """Once a week, right after a night's backup."""
    turn = last_turn(now)
    if turn is None or now > turn + DRILL_WITHIN:
        return False
    if Backup.objects.filter(drilled_at__range=(now - DRILL_EVERY, now)).exists():
        return False
    return good_archives().filter(started_at__range=(turn, now)).exists()
