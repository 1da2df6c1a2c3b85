from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from tracking.access import get_entry
from tracking.choices import Priority, TaskStatus
from tracking.models import Tag, TimeEntry
from tracking.services.entries import update_entry
from tracking.services.tags import tags_named
from tracking.services.tasks import create_task, tag_task, update_task
from workflows.actions.base import (
    Action,
    Context,
    Param,
    ParamKind,
    as_id,
    fetched,
    instant_of,
    optional_project,
    task_of,
)

_TASK = Param("task_id", gettext_lazy("Task"), ParamKind.ID)
_ABOUT_TASKS = frozenset({"task", "entry"})


def update_status(context: Context, params: Mapping[str, Any]) -> dict[str, Any]:
    task = task_of(context, params)
    changed = update_task(task=task, actor=context.owner, status=params["status"])
    return {"task_id": changed.pk, "status": [task.status, changed.status]}


def assign_task(context: Context, params: Mapping[str, Any]) -> dict[str, Any]:
    task = task_of(context, params)
    changed = update_task(task=task, actor=context.owner, assignee=_person(params["assignee_id"]))
    return {"task_id": changed.pk, "assignee": str(changed.assignee)}


def make_task(context: Context, params: Mapping[str, Any]) -> dict[str, Any]:
    project = optional_project(context, params)
    if project is None:
        raise ValidationError({"project_id": _("A task belongs to a project, and there is none.")})
    assignee = params.get("assignee_id")
    task = create_task(
        actor=context.owner,
        project=project,
        name=str(params["name"]).strip(),
        description=params.get("description") or "",
        priority=params.get("priority") or Priority.NORMAL,
        assignee=None if assignee is None else _person(assignee),
        due_at=instant_of(params.get("due_at")),
    )
    return {"task_id": task.pk}


def add_tag(context: Context, params: Mapping[str, Any]) -> dict[str, Any]:
    """To the task, or to the entry where the event is about one."""
    found = tags_named(names=[str(params["tag"])], actor=context.owner)
    if not found:
        raise ValidationError({"tag": _("A tag has a name.")})
    tag = found[0]
    if context.event.subject_type == "entry" and params.get("task_id") is None:
        entry = fetched(get_entry, TimeEntry, context.owner, context.event.payload["id"], edit=True)
        update_entry(entry=entry, actor=context.owner, tags=[*entry.tags.all(), tag])
        return {"entry_id": entry.pk, "tag": tag.name}
    task = tag_task(task=task_of(context, params), actor=context.owner, tag=tag)
    return {"task_id": task.pk, "tag": tag.name}


def _check_tag(name: str) -> None:
    Tag(name=name.strip().removeprefix("#")).clean_fields()


def _person(pk: Any) -> User:
    person = User.objects.filter(pk=as_id(pk), is_active=True).first()
    if person is None:
        raise ValidationError({"assignee_id": _("There is no such person.")})
    return person


UPDATE_STATUS = Action(
    "update_status",
    gettext_lazy("Change the status of the task"),
    update_status,
    (Param("status", gettext_lazy("Status"), required=True, choices=tuple(TaskStatus.values)), _TASK),
    about=_ABOUT_TASKS,
)
ASSIGN_TASK = Action(
    "assign_task",
    gettext_lazy("Assign the task"),
    assign_task,
    (Param("assignee_id", gettext_lazy("To"), ParamKind.ID, required=True), _TASK),
    about=_ABOUT_TASKS,
)
CREATE_TASK = Action(
    "create_task",
    gettext_lazy("Create a task"),
    make_task,
    (
        Param("name", gettext_lazy("Name"), required=True, longest=250),
        Param("project_id", gettext_lazy("Project"), ParamKind.ID),
        Param("assignee_id", gettext_lazy("Assignee"), ParamKind.ID),
        Param("priority", gettext_lazy("Priority"), choices=tuple(Priority.values)),
        Param("due_at", gettext_lazy("Due"), ParamKind.MOMENT),
        Param("description", gettext_lazy("Description"), longest=5000),
    ),
)
ADD_TAG = Action(
    "add_tag",
    gettext_lazy("Add a tag"),
    add_tag,
    (Param("tag", gettext_lazy("Tag"), required=True, longest=60, check=_check_tag), _TASK),
    about=_ABOUT_TASKS,
)
