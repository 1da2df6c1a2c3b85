"""Fields that say what time is booked on. One value names a project or one of its tasks, so the two never disagree."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Self

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.models import User
from tracking.models import Project, Task, TimeEntry

_VALUE = re.compile(r"(project|task)-(\d{1,18})")


@dataclass(frozen=True, slots=True)
class Work:
    """A project, or a task of it, or nothing."""

    project: Project | None = None
    task: Task | None = None

    @classmethod
    def of(cls, entry: TimeEntry) -> Self:
        return cls(entry.project, entry.task)

    @property
    def value(self) -> str:
        if self.task:
            return f"task-{self.task.pk}"
        return f"project-{self.project.pk}" if self.project else ""

    @property
    def label(self) -> str:
        if self.task and self.project:
            return f"{self.project.name} · {self.task.name}"
        return self.project.name if self.project else ""

    @property
    def color(self) -> str:
        return self.project.color if self.project else ""

    def __bool__(self) -> bool:
        return self.project is not None


def find_work(user: User, value: str) -> Work:
    """What `project-12` or `task-34` means to `user`. Raises ValidationError for what they do not see."""
    match = _VALUE.fullmatch(value)
    if match is None:
        raise ValidationError(_("Choose a project or a task from the list."))
    kind, pk = match[1], int(match[2])
    if kind == "project":
        project = Project.objects.visible_to(user).select_related("client").filter(pk=pk).first()
        if project is not None:
            return Work(project)
    task = Task.objects.visible_to(user).select_related("project__client").filter(pk=pk).first()
    if kind == "project" or task is None:
        raise ValidationError(_("This project or task is gone, or is not for you to see."))
    return Work(task.project, task)


class WorkField(forms.CharField):
    """`cleaned_data` holds a Work. What an entry has already may stay, whether its editor would find it or not."""

    def __init__(self, *, user: User, present: Work | None = None, **options: Any) -> None:
        super().__init__(**{"required": False, "max_length": 40, "widget": forms.HiddenInput, **options})
        self.user = user
        self.present = present

    def clean(self, value: Any) -> Work:
        text = super().clean(value)
        if not text:
            return Work()
        if self.present and text == self.present.value:
            return self.present
        return find_work(self.user, text)
