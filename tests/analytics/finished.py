"""Finished tasks, made quickly: what estimates learn from."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from tests.work import make_project
from tracking.choices import TaskStatus
from tracking.models import Project, Task

TODAY = dt.datetime(2026, 3, 2, 9, 0, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
RATIOS = (0.5, 0.8, 1.0, 1.0, 1.0, 1.1, 1.25, 1.5, 2.0, 1.0)


def make_finished(count: int, project: Project | None = None, **fields: Any) -> list[Task]:
    """One a day, the last of them yesterday; each takes its estimate of 4 hours times one of `RATIOS` in turn."""
    project = project or make_project()
    hours = fields.pop("hours", Decimal(4))
    tasks = []
    for number in range(count):
        finished = TODAY - (count - number) * DAY
        worked = int((hours or 4) * 3600 * Decimal(str(RATIOS[number % len(RATIOS)])))
        moments = {"created_at": finished, "started_at": finished, "completed_at": finished}
        estimated = {"estimated_hours": hours, "estimated_at": finished if hours else None}
        given = {"name": f"Finished {number}", "status": TaskStatus.DONE, "tracked_seconds": worked}
        tasks.append(Task(project=project, **given | moments | estimated | fields))
    return Task.objects.bulk_create(tasks)
