"""Whether a model should learn anew, found out without learning: counts only, no numbers library."""

from __future__ import annotations

import datetime as dt
from importlib.metadata import version

from django.db.models import Count, Exists, F, OuterRef, Q

from analytics.choices import FEWEST_FOR_MODEL, ModelKind
from analytics.models import TrainedModel
from analytics.queries.outcomes import MOST, odd_entries, organisation_zone
from timetracker.web.times import combine_local, local_date
from tracking.choices import TaskStatus
from tracking.models import Task

FEWEST_NEW, SHARE_NEW = 20, 0.02
"""Finished tasks since the last training, at least, and of those it learned from."""
LIBRARIES = ("scikit-learn", "skops", "numpy")


def libraries() -> dict[str, str]:
    return {name: version(name) for name in LIBRARIES}


def kinds_to_train(now: dt.datetime) -> list[ModelKind]:
    return [kind for kind in ModelKind if _is_due(kind, now)]


def _is_due(kind: ModelKind, now: dt.datetime) -> bool:
    versions = TrainedModel.objects.filter(kind=kind)
    if versions.filter(outdated=True).exists():
        return True
    last = versions.only("through", "tasks", "libraries").first()
    counted = _counts(kind, now, last.through if last else None)
    if counted["total"] < FEWEST_FOR_MODEL:
        return False
    if last is None or last.libraries != libraries():
        return True
    # What was imported may have finished long ago. Where there is more than is looked at, later tasks only take the
    # place of older ones.
    imported = counted["total"] - last.tasks if counted["finished"] < MOST else 0
    return max(counted["later"], imported) >= max(FEWEST_NEW, SHARE_NEW * last.tasks)


def _counts(kind: ModelKind, now: dt.datetime, through: dt.date | None) -> dict[str, int]:
    """Of tasks that finished before today: `finished`; the `total` that this kind learns from; and of these `later`,
    those that finished after the day `through`.
    """
    zone = organisation_zone()
    learned = Q(estimated_hours__isnull=False) if kind == ModelKind.ESTIMATE else Q(pk__isnull=False)
    since = midnight(through + dt.timedelta(days=1), zone) if through else now
    return (
        Task.objects.filter(status=TaskStatus.DONE, tracked_seconds__gt=0)
        .filter(completed_at__lt=midnight(local_date(now, zone), zone))
        .exclude(estimated_at__gt=F("completed_at"))
        .exclude(Exists(odd_entries().filter(task=OuterRef("pk"))))
        .aggregate(
            finished=Count("pk"),
            total=Count("pk", filter=learned),
            later=Count("pk", filter=learned & Q(completed_at__gte=since)),
        )
    )


def midnight(day: dt.date, zone: dt.tzinfo) -> dt.datetime:
    return combine_local(day, dt.time(0), zone)
