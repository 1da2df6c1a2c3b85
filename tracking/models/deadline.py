from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from tracking.models.task import Task

DEADLINE_HOURS = (1, 24, 72)
"""So long before it is due a task is told of, the nearest first."""


class DeadlineMark(models.Model):
    """That a task was said to be due within so many hours. With another due date it is said again."""

    task = models.ForeignKey(Task, verbose_name=_("task"), on_delete=models.CASCADE, related_name="deadline_marks")
    hours = models.PositiveSmallIntegerField(_("hours ahead"))
    due_at = models.DateTimeField(_("due"))

    class Meta:
        verbose_name = _("deadline that was told")
        verbose_name_plural = _("deadlines that were told")
        ordering = ["-due_at", "-pk"]
        constraints = [models.UniqueConstraint(fields=["task", "hours", "due_at"], name="deadline_told_once")]

    def __str__(self) -> str:
        return f"{self.task_id}: {self.hours} h"
