"""Clients, projects, tasks and tags in the admin."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy

from accounts.admin import ReadOnlyAdmin
from accounts.models import User
from tracking.admin.services import ServiceAdmin, each
from tracking.models import (
    BudgetMark,
    Client,
    DeadlineMark,
    FavouriteProject,
    Project,
    ProjectMember,
    ProjectRate,
    Tag,
    Task,
)
from tracking.services.clients import archive_client, create_client, delete_client, update_client
from tracking.services.projects import (
    archive_project,
    create_project,
    delete_project,
    remove_member,
    set_favourite,
    set_member,
    update_project,
)
from tracking.services.rates import set_rate
from tracking.services.tags import archive_tag, create_tag, delete_tag, update_tag
from tracking.services.tasks import archive_task, create_task, delete_task, update_task


class ArchivingAdmin(ServiceAdmin):
    actions = ["archive", "bring_back"]
    archiving: ClassVar[Callable[..., object]]
    """The service, called with the row under its own name: client=…, project=…, task=…, tag=…"""

    @admin.action(description=gettext_lazy("Archive"))
    def archive(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        self._archive(request, queryset, archived=True)

    @admin.action(description=gettext_lazy("Bring back"))
    def bring_back(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        self._archive(request, queryset, archived=False)

    def _archive(self, request: HttpRequest, rows: QuerySet[Any], *, archived: bool) -> None:
        service, name = type(self).archiving, str(self.opts.model_name)
        each(self, request, rows, lambda row: service(**{name: row}, actor=request.user, archived=archived))


@admin.register(Client)
class ClientAdmin(ArchivingAdmin):
    list_display = ["name", "email", "currency", "hourly_rate", "archived_at"]
    list_filter = ["currency", ("archived_at", admin.EmptyFieldListFilter)]
    search_fields = ["name", "email"]
    fields = ["name", "email", "currency", "hourly_rate", "note", "archived_at"]
    readonly_fields = ["archived_at"]
    archiving = staticmethod(archive_client)

    def create(self, actor: User, values: dict[str, Any]) -> Client:
        return create_client(actor=actor, **values)

    def change(self, row: Client, actor: User, changes: dict[str, Any]) -> Client:
        return update_client(client=row, actor=actor, **changes)

    def remove(self, row: Client, actor: User) -> None:
        delete_client(client=row, actor=actor)


@admin.register(Project)
class ProjectAdmin(ArchivingAdmin):
    list_display = ["name", "client", "code", "status", "is_public", "budget_type", "budget_amount", "currency"]
    list_filter = ["status", "is_public", "budget_type"]
    list_select_related = ["client"]
    search_fields = ["name", "code", "client__name"]
    autocomplete_fields = ["client"]
    fields = [
        "name", "client", "code", "description", "color", "status", "starts_on", "due_on", "billable", "is_public",
        "budget_type", "budget_amount", "currency", "tracked_seconds",
    ]  # fmt: skip
    readonly_fields = ["tracked_seconds"]
    archiving = staticmethod(archive_project)

    def create(self, actor: User, values: dict[str, Any]) -> Project:
        return create_project(actor=actor, **values)

    def change(self, row: Project, actor: User, changes: dict[str, Any]) -> Project:
        return update_project(project=row, actor=actor, **changes)

    def remove(self, row: Project, actor: User) -> None:
        delete_project(project=row, actor=actor)


@admin.register(ProjectMember)
class ProjectMemberAdmin(ServiceAdmin):
    list_display = ["project", "user", "is_manager"]
    list_filter = ["is_manager"]
    list_select_related = ["project", "user"]
    search_fields = ["project__name", "user__username", "user__display_name"]
    autocomplete_fields = ["project", "user"]
    fixed = ("project", "user")

    def create(self, actor: User, values: dict[str, Any]) -> ProjectMember:
        set_member(actor=actor, **values)
        return ProjectMember.objects.get(project=values["project"], user=values["user"])

    def change(self, row: ProjectMember, actor: User, changes: dict[str, Any]) -> ProjectMember:
        return self.create(actor, {"project": row.project, "user": row.user, **changes})

    def remove(self, row: ProjectMember, actor: User) -> None:
        remove_member(project=row.project, actor=actor, user=row.user)


@admin.register(ProjectRate)
class ProjectRateAdmin(ServiceAdmin):
    list_display = ["project", "valid_from", "hourly_rate"]
    list_select_related = ["project"]
    search_fields = ["project__name"]
    autocomplete_fields = ["project"]
    fixed = ("project", "valid_from")

    def create(self, actor: User, values: dict[str, Any]) -> ProjectRate:
        set_rate(actor=actor, **values)
        return ProjectRate.objects.get(project=values["project"], valid_from=values["valid_from"])

    def change(self, row: ProjectRate, actor: User, changes: dict[str, Any]) -> ProjectRate:
        return self.create(actor, {"project": row.project, "valid_from": row.valid_from, **changes})

    def remove(self, row: ProjectRate, actor: User) -> None:
        set_rate(project=row.project, actor=actor, hourly_rate=None, valid_from=row.valid_from)


@admin.register(FavouriteProject)
class FavouriteProjectAdmin(ServiceAdmin):
    """A mark is set or not: there is nothing about it to change."""

    list_display = ["user", "project"]
    list_select_related = ["project", "user"]
    search_fields = ["project__name", "user__username"]
    autocomplete_fields = ["project", "user"]
    fixed = ("project", "user")

    def create(self, actor: User, values: dict[str, Any]) -> FavouriteProject:
        set_favourite(**values, favourite=True)
        return FavouriteProject.objects.get(**values)

    def remove(self, row: FavouriteProject, actor: User) -> None:
        set_favourite(project=row.project, user=row.user, favourite=False)


@admin.register(Task)
class TaskAdmin(ArchivingAdmin):
    list_display = ["name", "project", "status", "priority", "assignee", "due_at", "archived_at"]
    list_filter = ["status", "priority", ("archived_at", admin.EmptyFieldListFilter)]
    list_select_related = ["project", "assignee"]
    search_fields = ["name", "project__name"]
    autocomplete_fields = ["project", "assignee", "tags"]
    fields = [
        "project", "name", "description", "status", "priority", "assignee", "tags", "due_at", "estimated_hours",
        "complexity", "estimated_at", "started_at", "completed_at", "archived_at", "tracked_seconds", "created_by",
    ]  # fmt: skip
    readonly_fields = ["estimated_at", "started_at", "completed_at", "archived_at", "tracked_seconds", "created_by"]
    archiving = staticmethod(archive_task)

    def create(self, actor: User, values: dict[str, Any]) -> Task:
        return create_task(actor=actor, **values)

    def change(self, row: Task, actor: User, changes: dict[str, Any]) -> Task:
        return update_task(task=row, actor=actor, **changes)

    def remove(self, row: Task, actor: User) -> None:
        delete_task(task=row, actor=actor)


@admin.register(BudgetMark)
class BudgetMarkAdmin(ReadOnlyAdmin):
    """Which budgets were told, so that none is told twice."""

    list_display = ["project", "threshold", "budget_type", "amount", "currency", "told_at"]
    list_select_related = ["project"]
    show_full_result_count = False


@admin.register(DeadlineMark)
class DeadlineMarkAdmin(ReadOnlyAdmin):
    """Which deadlines were told, so that none is told twice."""

    list_display = ["task", "hours", "due_at"]
    list_select_related = ["task"]
    show_full_result_count = False


@admin.register(Tag)
class TagAdmin(ArchivingAdmin):
    list_display = ["name", "meeting", "archived_at"]
    list_filter = ["meeting", ("archived_at", admin.EmptyFieldListFilter)]
    search_fields = ["name"]
    fields = ["name", "meeting", "archived_at"]
    readonly_fields = ["archived_at"]
    archiving = staticmethod(archive_tag)

    def create(self, actor: User, values: dict[str, Any]) -> Tag:
        return create_tag(actor=actor, **values)

    def change(self, row: Tag, actor: User, changes: dict[str, Any]) -> Tag:
        return update_tag(tag=row, actor=actor, **changes)

    def remove(self, row: Tag, actor: User) -> None:
        delete_tag(tag=row, actor=actor)
