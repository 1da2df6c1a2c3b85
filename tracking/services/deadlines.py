"""Tasks that are due soon: recorded once for each threshold, and again only where the due date has changed."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models import Exists, OuterRef

from timetracker.events.recording import record
from tracking.events import DeadlineApproaching
from tracking.models import DeadlineMark, Task

HOURS = (1, 24, 72)
"""Thresholds, the nearest first."""
AT_ONCE = 500
HOUR = dt.timedelta(hours=1)


def announce_deadlines(now: dt.datetime) -> int:
    """One event a task: where several thresholds were passed since, that of the nearest. Returns how many."""
    told = 0
    for place, hours in enumerate(HOURS):
        marks = DeadlineMark.objects.filter(task=OuterRef("pk"), due_at=OuterRef("due_at"), hours__lte=hours)
        due = Task.objects.open().filter(completed_at=None, due_at__gt=now, due_at__lte=now + hours * HOUR)
        ids = list(due.exclude(Exists(marks)).order_by("due_at", "pk").values_list("pk", flat=True)[:AT_ONCE])
        told += sum(_announce(pk, HOURS[place:], now) for pk in ids)
    return told


@transaction.atomic
def _announce(pk: int, hours: tuple[int, ...], now: dt.datetime) -> bool:
    """The marks of the wider thresholds are set along: they have passed."""
    rows = Task.objects.open().select_for_update(of=("self",)).select_related("project", "assignee")
    task = rows.filter(pk=pk, due_at__gt=now, due_at__lte=now + hours[0] * HOUR).first()
    if (
        task is None
        or task.due_at is None
        or DeadlineMark.objects.filter(task=task, due_at=task.due_at, hours__lte=hours[0]).exists()
    ):
        return False
    marks = [DeadlineMark(task=task, hours=each, due_at=task.due_at) for each in hours]
    DeadlineMark.objects.bulk_create(marks, ignore_conflicts=True)
    left = (task.due_at - now) / HOUR
    event = DeadlineApproaching.of(task, hours_until_deadline=round(left, 1), threshold_hours=hours[0])
    record(event, actor=None, subject=task, person_id=task.assignee_id, project_id=task.project_id)
    return True
