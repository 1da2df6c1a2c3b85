"""What a notification can be about, and who may see that: asked when it is made, sent and read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Exists, Model, OuterRef, Q, QuerySet

from accounts.choices import Role
from accounts.models import TeamMember, User
from tracking.models import Project, ProjectMember, Task, TimeEntry, TimeImport

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


def subject_fields(subject: Model | None) -> dict[str, Any]:
    """How a notification says what it is about."""
    return {"subject_type": name_of(subject), "subject_id": subject.pk} if subject else {}


def is_visible(user: User, subject_type: str, subject_id: int | None) -> bool:
    if not subject_type:
        return True
    visible = SUBJECTS.get(subject_type)  # what another version of the program tells of is nobody's
    return visible is not None and visible(user).filter(pk=subject_id).exists()


def may_be_seen_by(user: User, by_way_of: str = "") -> Q:
    """For rows with `subject_type` and `subject_id`: about nothing in particular, or about what `user` may see.

    `by_way_of` leads to such rows, as in "notification__".
    """
    kind = f"{by_way_of}subject_type"
    allowed = Q(**{kind: ""})
    for name, visible in SUBJECTS.items():
        # In this order: the database looks at the name before it looks for the thing.
        allowed |= Q(**{kind: name}) & Q(Exists(visible(user).filter(pk=OuterRef(f"{by_way_of}subject_id"))))
    return allowed


def may_be_seen_by_its_person() -> Q:
    """The same rules for many people at once: for notifications, each about what its own person may see."""
    person, about = OuterRef("user"), OuterRef("subject_id")
    member = ProjectMember.objects.filter(user=OuterRef(person))
    led = TeamMember.objects.filter(
        user=OuterRef("user"), team__memberships__user=OuterRef(OuterRef("user")), team__memberships__is_lead=True
    )
    project, task, entry = (model.objects.filter(pk=about) for model in (Project, Task, TimeEntry))
    in_project = Q(is_public=True) | Q(Exists(member.filter(project=OuterRef("pk"))))
    of_project = Q(project__is_public=True) | Q(Exists(member.filter(project=OuterRef("project"))))
    everything = Q(user__role=Role.ADMINISTRATOR)
    allowed = {
        "project": (everything & Q(Exists(project))) | Q(Exists(project.filter(in_project))),
        "task": (everything & Q(Exists(task))) | Q(Exists(task.filter(of_project))),
        "entry": (everything & Q(Exists(entry))) | Q(Exists(entry.filter(Q(user=person) | Q(Exists(led))))),
        "import": Q(Exists(TimeImport.objects.filter(pk=about, actor=person))),
    }
    return Q(subject_type="") | reduce(
        or_, (Q(user__is_active=True) & Q(subject_type=name) & rule for name, rule in allowed.items())
    )
