"""Tasks that took more than was estimated."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from django.db.models import BigIntegerField, BooleanField, Case, Count, F, Q, QuerySet, Sum, Value, When
from django.db.models.functions import Cast

from accounts.models import User
from tracking.choices import FINISHED, TaskStatus
from tracking.models import Project, Task

FROM = 60
"""Seconds: a minute shows, less does not."""


def tasks_over(
    user: User, since: dt.datetime, *, whose: Collection[int] = (), project: Project | None = None
) -> QuerySet[Task]:
    """Of all people that `user` may see, or of `whose`: the open ones first, then those finished since, the most over
    on top, with `seconds_over` and `is_done`.
    """
    over = Cast(F("tracked_seconds") - F("estimated_hours") * 3600, BigIntegerField())
    done = When(status=TaskStatus.DONE, then=Value(value=True))
    tasks = Task.objects.visible_to(user).filter(
        ~Q(status__in=FINISHED) | Q(status=TaskStatus.DONE, completed_at__gte=since),
        archived_at=None, estimated_hours__isnull=False,
    )  # fmt: skip
    if whose:
        tasks = tasks.filter(assignee__in=whose)
    if project is not None:
        tasks = tasks.filter(project=project)
    marked = tasks.annotate(
        seconds_over=over, is_done=Case(done, default=Value(value=False), output_field=BooleanField())
    )
    return (
        marked.filter(seconds_over__gte=FROM)
        .select_related("project__client", "assignee")
        .order_by("is_done", "-seconds_over", "pk")
    )


def counted(tasks: QuerySet[Task]) -> dict[str, int]:
    """Of `tasks_over`: how many are open, how many done, and by how many seconds they are over together."""
    counts = tasks.order_by().aggregate(
        open=Count("pk", filter=Q(is_done=False)), done=Count("pk", filter=Q(is_done=True)), seconds=Sum("seconds_over")
    )
    return {name: value or 0 for name, value in counts.items()}
