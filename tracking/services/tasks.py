from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal
from typing import Any, TypedDict, Unpack

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Organisation, User
from timetracker.events.recording import record
from timetracker.live.push import push_after_commit
from timetracker.web.errors import Conflict
from tracking.choices import FINISHED, TaskStatus
from tracking.events import (
    TaskArchived,
    TaskAssigned,
    TaskChanged,
    TaskCompleted,
    TaskCreated,
    TaskDeleted,
    TaskStatusChange,
    TaskUnarchived,
)
from tracking.models import Project, Tag, Task
from tracking.queries import people_who_see_project
from tracking.services.booking import usable_tags
from tracking.services.saving import apply_changes, locked

STEP = 1024.0
"""Room between two cards of a column, so that one can be put between them without touching the others."""
TIGHT = 1e-3
"""Below this gap a column is numbered afresh, long before halving runs out of digits."""


class TaskFields(TypedDict, total=False):
    project: Project
    name: str
    description: str
    status: str
    priority: str
    assignee: User | None
    due_at: dt.datetime | None
    estimated_hours: Decimal | None
    complexity: int | None


@transaction.atomic
def create_task(
    *, actor: User, tags: Iterable[Tag] = (), at: dt.datetime | None = None, **fields: Unpack[TaskFields]
) -> Task:
    """`at` is when it was written down, for records from elsewhere; else now. Raises ValidationError by field."""
    at = at or timezone.now()
    task = Task(created_by=actor, created_at=at, **fields)
    _check_place(task)
    _stamp(task, at)
    if task.estimated_hours is not None:
        task.estimated_at = at
    task.position = _end_of_column(task.status)
    task.full_clean()
    task.save(force_insert=True)
    task.tags.add(*usable_tags(tags))
    _record(TaskCreated.of(task), task, actor)
    if task.assignee_id is not None:
        _record(TaskAssigned.of(task, old_assignee_id=None), task, actor)
    return task


@transaction.atomic
def update_task(
    *,
    task: Task,
    actor: User,
    version: int | None = None,
    tags: Iterable[Tag] | None = None,
    at: dt.datetime | None = None,
    finished_before: dt.datetime | None = None,
    in_bulk: bool = False,
    **changes: Unpack[TaskFields],
) -> Task:
    """Changes what is named and records what that means: a new status, an end, another assignee, or just a change.

    `at` is when it happened, for records from elsewhere; else now. Undo says when the task was `finished_before`: set
    to done again, it has that moment, and nobody is told once more that it was completed. `in_bulk`: it is one of
    many that get the same at once.
    """
    task = locked(_whole(), task.pk, version)
    derived = _derived(task, changes, at or timezone.now())
    if finished_before is not None and derived.get("completed_at"):
        derived["completed_at"] = finished_before
    if changes.get("project", task.project) != task.project and task.entries.exists():
        raise ValidationError({"project": _("Time is booked on this task, so it stays in its project.")})
    old_status, old_assignee = task.status, task.assignee_id
    difference = apply_changes(task, {**changes, **derived})
    if {"project", "assignee"} & set(difference):
        _check_place(task)
    retagged = tags is not None and _set_tags(task, usable_tags(tags))
    if retagged and not difference:
        _next_version(task)
    if difference or retagged:
        _record_change(task, actor, difference, old_status, old_assignee, finished_before is not None, in_bulk)
    return task


def _whole() -> Any:
    return Task.objects.select_related("project__client", "assignee")


def _check_place(task: Task) -> None:
    if task.project_id is not None and task.project.archived:
        raise ValidationError({"project": _("This project is archived.")})
    if task.assignee is not None and task.project_id is not None:
        if not task.assignee.is_active:
            raise ValidationError({"assignee": _("This person has left.")})
        if not Project.objects.visible_to(task.assignee).filter(pk=task.project_id).exists():
            raise ValidationError({"assignee": _("This person does not see the project.")})


def _derived(task: Task, changes: TaskFields, now: dt.datetime) -> dict[str, Any]:
    """The moments that follow from a change of status or estimate."""
    derived: dict[str, Any] = {}
    status = changes.get("status", task.status)
    if status != task.status:
        derived["completed_at"] = now if status == TaskStatus.DONE else None
        derived["position"] = _end_of_column(status)
        if status not in {TaskStatus.TODO, TaskStatus.CANCELLED} and task.started_at is None:
            derived["started_at"] = now
    estimate = changes.get("estimated_hours", task.estimated_hours)
    if estimate != task.estimated_hours:
        derived["estimated_at"] = None if estimate is None else now
    return derived


def _stamp(task: Task, now: dt.datetime) -> None:
    if task.status == TaskStatus.DONE:
        task.completed_at = now
    if task.status not in {TaskStatus.TODO, TaskStatus.CANCELLED}:
        task.started_at = now


def _end_of_column(status: str) -> float:
    last = Task.objects.filter(status=status, archived_at=None).aggregate(last=Max("position"))["last"]
    return (last or 0.0) + STEP


def _set_tags(task: Task, wanted: list[Tag]) -> bool:
    if {tag.pk for tag in wanted} == set(task.tags.values_list("pk", flat=True)):
        return False
    task.tags.set(wanted)
    return True


def _next_version(task: Task) -> None:
    task.version += 1
    task.save(update_fields=["version"])


@transaction.atomic
def tag_task(*, task: Task, actor: User, tag: Tag) -> Task:
    """One tag more, whatever others there are by now."""
    task = locked(_whole(), task.pk)
    new = [each for each in usable_tags([tag]) if not task.tags.filter(pk=each.pk).exists()]
    if new:
        task.tags.add(*new)
        _next_version(task)
        _record(TaskChanged.of(task, changes={}), task, actor)
    return task


def _record_change(
    task: Task,
    actor: User,
    difference: dict[str, Any],
    old_status: str,
    old_assignee: int | None,
    again: bool,
    in_bulk: bool,
) -> None:
    if "status" in difference:
        _record(TaskStatusChange.of(task, old_status=old_status), task, actor)
        if task.status == TaskStatus.DONE and not again:
            _record(TaskCompleted.of(task, in_bulk=in_bulk), task, actor)
    if "assignee" in difference and task.assignee_id is not None:
        _record(TaskAssigned.of(task, old_assignee_id=old_assignee), task, actor)
    plain = set(difference) - {"status", "assignee", "completed_at", "started_at", "position", "estimated_at"}
    if plain or not difference or ("assignee" in difference and task.assignee_id is None):
        changes = {name: [_readable(old), _readable(new)] for name, (old, new) in difference.items()}
        _record(TaskChanged.of(task, changes=changes), task, actor)


def _readable(value: Any) -> object:
    return value if value is None or isinstance(value, int | float) else str(value)


def _record(payload: Any, task: Task, actor: User | None) -> None:
    record(payload, actor=actor, subject=task, person_id=task.assignee_id, project_id=task.project_id)


@transaction.atomic
def move_task(*, task: Task, actor: User, status: str, after: Task | None = None) -> Task:
    """Puts a card into the column `status`, below `after` or on top. Finished columns keep the order of finishing.

    Raises Conflict where the task is archived or `after` has left that column: whoever moves looks at an old board.
    """
    if status not in TaskStatus.values:
        raise ValidationError({"status": _("There is no such column.")})
    # One mover at a time: where a column is numbered afresh, all its cards are written.
    Organisation.objects.select_for_update(no_key=True).filter(pk=Organisation.PK).first()
    task = locked(_whole(), task.pk)
    if task.archived:
        raise Conflict(_("This task was archived in the meantime."), code="stale")
    if status != task.status:
        task = update_task(task=task, actor=actor, status=status)
    if status not in FINISHED:
        task.position = _place_below(after, task)
        task.save(update_fields=["position"])
        push_after_commit(people_who_see_project(task.project_id).values_list("pk", flat=True), "work")
    return task


def _place_below(after: Task | None, task: Task) -> float:
    column = Task.objects.filter(status=task.status, archived_at=None).exclude(pk=task.pk).order_by("position", "pk")
    if after is None:
        first = column.values_list("position", flat=True).first()
        return 0.0 if first is None else first - STEP
    above = column.filter(pk=after.pk).values_list("position", flat=True).first()
    if above is None:
        raise Conflict(_("The board has changed in the meantime. Here it is anew."), code="stale")
    later = column.filter(Q(position__gt=above) | Q(position=above, pk__gt=after.pk))
    below = later.values_list("position", flat=True).first()
    if below is None:
        return above + STEP
    if below - above < 2 * TIGHT:
        _renumber(task.status)
        return _place_below(after, task)
    return (above + below) / 2


def _renumber(status: str) -> None:
    """Full steps between the cards of a column again, in the order they have."""
    column = list(
        Task.objects.select_for_update(of=("self",)).filter(status=status, archived_at=None).order_by("position", "pk")
    )
    for place, task in enumerate(column):
        task.position = place * STEP
    Task.objects.bulk_update(column, ["position"], batch_size=500)


@transaction.atomic
def archive_task(*, task: Task, actor: User, archived: bool = True) -> Task:
    task = locked(_whole(), task.pk)
    if task.archived != archived:
        apply_changes(task, {"archived_at": timezone.now() if archived else None})
        _record((TaskArchived if archived else TaskUnarchived).of(task), task, actor)
    return task


@transaction.atomic
def delete_task(*, task: Task, actor: User) -> None:
    """Only one without time; else it is archived."""
    task = locked(_whole(), task.pk)
    if task.entries.exists():
        raise Conflict(_("Time is booked on this task. Archive it instead."), code="in_use")
    _record(TaskDeleted.of(task), task, actor)
    task.delete()


@transaction.atomic
def mark_task_started(*, task_id: int, at: dt.datetime) -> None:
    """The first time on a task is when it started. Later time changes nothing."""
    Task.objects.filter(pk=task_id, started_at=None).update(started_at=at)
