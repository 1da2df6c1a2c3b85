from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from rest_framework import serializers

from accounts.models import User
from tracking.access import get_task, require_move
from tracking.api.fields import ChoiceField, InstantField, RelatedId, TagNames, instant_text
from tracking.api.filters import TaskFilters
from tracking.api.resources import Resource, tag_names
from tracking.choices import Priority, TaskStatus
from tracking.models import Project, Task
from tracking.services.tags import tags_named
from tracking.services.tasks import archive_task, create_task, delete_task, update_task


def _projects(person: User) -> QuerySet[Project]:
    return Project.objects.visible_to(person).select_related("client")


def _people(person: User) -> QuerySet[User]:
    return User.objects.visible_to(person)


class TaskSerializer(serializers.Serializer[Task]):
    id = serializers.IntegerField(read_only=True)
    project = RelatedId(_projects)
    name = serializers.CharField(max_length=250)
    description = serializers.CharField(max_length=5000, required=False, allow_blank=True)
    status = ChoiceField(TaskStatus.choices, required=False)
    priority = ChoiceField(Priority.choices, required=False)
    assignee = RelatedId(_people, required=False, allow_null=True, help_text="Id of a person who sees the project.")
    tags = TagNames(required=False, help_text="By name; a new name makes a tag.")
    due_at = InstantField(required=False, allow_null=True)
    estimated_hours = serializers.DecimalField(
        max_digits=8,
        decimal_places=2,
        min_value=Decimal("0.01"),
        required=False,
        allow_null=True,
        coerce_to_string=False,
    )
    estimated_at = InstantField(
        read_only=True, allow_null=True, help_text="When the estimate was made or last changed."
    )
    complexity = serializers.IntegerField(min_value=1, max_value=5, required=False, allow_null=True)
    started_at = InstantField(read_only=True, allow_null=True)
    completed_at = InstantField(read_only=True, allow_null=True)
    tracked_seconds = serializers.IntegerField(read_only=True, help_text="Finished time of everybody.")
    archived = serializers.BooleanField(
        required=False,
        help_text="Changed by administrators, the project's managers and the author of a task without time.",
    )


class TaskViewSet(Resource):
    """Whoever sees a project sees, makes and changes its tasks."""

    queryset = Task.objects.all()
    serializer_class = TaskSerializer
    filterset_class = TaskFilters
    columns = (
        "id",
        "project_id",
        "name",
        "description",
        "status",
        "priority",
        "assignee_id",
        "due_at",
        "estimated_hours",
        "estimated_at",
        "complexity",
        "started_at",
        "completed_at",
        "tracked_seconds",
        "archived_at",
    )

    def visible(self) -> QuerySet[Task]:
        return Task.objects.visible_to(self.person)

    def as_json(self, rows: Sequence[Any]) -> list[dict[str, Any]]:
        tags = tag_names(rows, Task.tags.through, "task_id")
        return [
            {
                "id": row.id,
                "project": row.project_id,
                "name": row.name,
                "description": row.description,
                "status": row.status,
                "priority": row.priority,
                "assignee": row.assignee_id,
                "tags": tags.get(row.id, []),
                "due_at": instant_text(row.due_at),
                "estimated_hours": None if row.estimated_hours is None else float(row.estimated_hours),
                "estimated_at": instant_text(row.estimated_at),
                "complexity": row.complexity,
                "started_at": instant_text(row.started_at),
                "completed_at": instant_text(row.completed_at),
                "tracked_seconds": row.tracked_seconds,
                "archived": row.archived_at is not None,
            }
            for row in rows
        ]

    def editable(self, pk: int) -> Task:
        return get_task(self.person, pk)

    def make(self, fields: dict[str, Any]) -> Task:
        if fields.pop("archived", False):
            raise ValidationError({"archived": _("A new task is not archived.")})
        fields["tags"] = tags_named(names=fields.get("tags", ()), actor=self.person)
        return create_task(actor=self.person, **fields)

    def change(self, row: Task, fields: dict[str, Any]) -> Task:
        require_move(row, fields.get("project", row.project))
        archived = fields.pop("archived", row.archived)
        if "tags" in fields:
            fields["tags"] = tags_named(names=fields["tags"], actor=self.person)
        if fields:
            row = update_task(task=row, actor=self.person, **fields)
        if archived != row.archived:
            row = archive_task(task=get_task(self.person, row.pk, delete=True), actor=self.person, archived=archived)
        return row

    def remove(self, pk: int) -> None:
        delete_task(task=get_task(self.person, pk, delete=True), actor=self.person)
