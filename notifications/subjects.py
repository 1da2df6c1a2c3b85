"""What a notification can be about, and who may see that: asked when it is made, sent and read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.db.models import Exists, Model, OuterRef, Q, QuerySet

from accounts.models import User
from tracking.models import Project, Task, TimeEntry, TimeImport

Visible = Callable[[User], QuerySet[Any]]

SUBJECTS: Mapping[str, Visible] = {
    "task": lambda user: Task.objects.visible_to(user),
    "project": lambda user: Project.objects.visible_to(user),
    "entry": lambda user: TimeEntry.objects.visible_to(user),
    "import": lambda user: TimeImport.objects.filter(actor=user),
}
_NAMES: Mapping[type[Model], str] = {Task: "task", Project: "project", TimeEntry: "entry", TimeImport: "import"}


def name_of(subject: Model) -> str:
    return _NAMES[type(subject)]


def is_visible(user: User, subject_type: str, subject_id: int | None) -> bool:
    if not subject_type:
        return True
    visible = SUBJECTS.get(subject_type)  # what another version of the program tells of is nobody's
    return visible is not None and visible(user).filter(pk=subject_id).exists()


def may_be_seen_by(user: User) -> Q:
    """For rows with `subject_type` and `subject_id`: about nothing in particular, or about what `user` may see."""
    allowed = Q(subject_type="")
    for name, visible in SUBJECTS.items():
        # In this order: the database looks at the name before it looks for the thing.
        allowed |= Q(subject_type=name) & Q(Exists(visible(user).filter(pk=OuterRef("subject_id"))))
    return allowed
