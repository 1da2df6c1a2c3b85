"""Tasks that are due soon: recorded once for each threshold, and again only where the due date has changed."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models import Exists, OuterRef

from timetracker.events.recording import Happened, record_many
from tracking.events import DeadlineApproaching
from tracking.models import DeadlineMark, Task
from tracking.models.deadline import DEADLINE_HOURS

AT_ONCE = 500
HOUR = dt.timedelta(hours=1)


@transaction.atomic
def announce_deadlines(now: dt.datetime) -> int:
    """One event a task: where several thresholds were passed since, that of the nearest. Returns how many.

    At most AT_ONCE of each threshold in one turn; in a few statements, however many there are.
    """
    return sum(_announce(DEADLINE_HOURS[place:], now) for place in range(len(DEADLINE_HOURS)))


def _announce(hours: tuple[int, ...], now: dt.datetime) -> int:
    """The marks of the wider thresholds are set along: they have passed."""
    marks = DeadlineMark.objects.filter(task=OuterRef("pk"), due_at=OuterRef("due_at"), hours__lte=hours[0])
    due = Task.objects.open().filter(completed_at=None, due_at__gt=now, due_at__lte=now + hours[0] * HOUR)
    rows = due.exclude(Exists(marks)).order_by("due_at", "pk").select_related("project", "assignee")
    # Locked, and looked at as they are then: of two who ask, the second finds the marks of the first.
    found = list(rows.select_for_update(of=("self",))[:AT_ONCE])
    told = set(DeadlineMark.objects.filter(task__in=found, hours__lte=hours[0]).values_list("task_id", "due_at"))
    tasks = [task for task in found if (task.pk, task.due_at) not in told]
    DeadlineMark.objects.bulk_create(
        [DeadlineMark(task=task, hours=each, due_at=task.due_at) for task in tasks if task.due_at for each in hours],
        ignore_conflicts=True,
    )
    record_many(_approaching(task, hours[0], now) for task in tasks)
    return len(tasks)


def _approaching(task: Task, hours: int, now: dt.datetime) -> Happened:
    assert task.due_at is not None
    left = round((task.due_at - now) / HOUR, 1)
    event = DeadlineApproaching.of(task, hours_until_deadline=left, threshold_hours=hours)
    return Happened(event, subject=task, person_id=task.assignee_id, project_id=task.project_id)
