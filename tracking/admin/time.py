"""Entries, and what was done to them, in the admin."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.admin import ReadOnlyAdmin
from accounts.models import User
from tracking.admin.services import ServiceAdmin, each
from tracking.models import (
    Batch,
    BatchChange,
    Break,
    DayTagTotal,
    DayTotal,
    Favourite,
    TimeEntry,
    TimeImport,
)
from tracking.services.entries import create_entry, delete_entry, restore_entry, update_entry
from tracking.services.favourites import unpin
from tracking.services.undo import undo_batch


def _open(entry: TimeEntry) -> bool:
    return entry.deleted_at is None and not entry.billed


@admin.register(TimeEntry)
class TimeEntryAdmin(ServiceAdmin):
    """Deleting puts an entry into the trash; an action brings it back."""

    list_display = [
        "started_at",
        "ended_at",
        "seconds",
        "user",
        "project",
        "task",
        "billable",
        "source",
        "review",
        "deleted_at",
    ]
    list_filter = ["source", "review", "billable", ("deleted_at", admin.EmptyFieldListFilter)]
    list_select_related = ["user", "project", "task"]
    search_fields = ["=uid", "user__username", "description"]
    autocomplete_fields = ["user", "project", "task", "tags"]
    fields = [
        "user", "project", "task", "description", "tags", "billable", "started_at", "ended_at", "seconds",
        "break_seconds", "rate", "currency", "source", "review", "billed_at", "uid", "deleted_at",
    ]  # fmt: skip
    readonly_fields = [
        "seconds", "break_seconds", "rate", "currency", "source", "review", "billed_at", "uid", "deleted_at",
    ]  # fmt: skip
    fixed = ("user",)
    actions = ["restore"]

    def has_change_permission(self, request: HttpRequest, obj: TimeEntry | None = None) -> bool:
        """What lies in the trash is brought back before it is edited; what is billed stays."""
        return super().has_change_permission(request, obj) and (obj is None or _open(obj))

    def has_delete_permission(self, request: HttpRequest, obj: TimeEntry | None = None) -> bool:
        return super().has_delete_permission(request, obj) and (obj is None or _open(obj))

    def create(self, actor: User, values: dict[str, Any]) -> TimeEntry:
        if not values["ended_at"]:
            raise ValidationError({"ended_at": _("An entry made by hand has an end.")})
        return create_entry(actor=actor, **values)

    def change(self, row: TimeEntry, actor: User, changes: dict[str, Any]) -> TimeEntry:
        if "ended_at" in changes and not changes["ended_at"]:
            raise ValidationError({"ended_at": _("An entry that has ended keeps an end.")})
        return update_entry(entry=row, actor=actor, **changes)

    def remove(self, row: TimeEntry, actor: User) -> None:
        delete_entry(entry=row, actor=actor)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """The trash takes nothing along and loses nothing."""
        return [str(row) for row in objs], {}, set(), []

    @admin.action(description=gettext_lazy("Bring back from the trash"))
    def restore(self, request: HttpRequest, queryset: QuerySet[TimeEntry]) -> None:
        each(self, request, queryset, lambda row: restore_entry(entry=row, actor=request.user))


@admin.register(Batch)
class BatchAdmin(ReadOnlyAdmin):
    """What can be undone, with an action that does it. Kept for 30 days."""

    list_display = ["created_at", "kind", "actor", "undone_by"]
    list_filter = ["kind", "created_at"]
    list_select_related = ["actor", "undone_by"]
    show_full_result_count = False
    actions = ["undo"]

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return ["created_at", "kind", "actor", "undone_by"]

    @admin.action(description=gettext_lazy("Undo"), permissions=["view"])
    def undo(self, request: HttpRequest, queryset: QuerySet[Batch]) -> None:
        each(self, request, queryset, lambda row: undo_batch(batch=row, actor=request.user))


@admin.register(BatchChange)
class BatchChangeAdmin(ReadOnlyAdmin):
    """What one change made of one entry."""

    list_display = ["batch", "entry"]
    list_select_related = ["batch", "entry"]
    show_full_result_count = False


@admin.register(Break)
class BreakAdmin(ReadOnlyAdmin):
    """Breaks come from the timer and from the form of their entry."""

    list_display = ["entry", "started_at", "ended_at"]
    list_select_related = ["entry"]
    show_full_result_count = False


@admin.register(Favourite)
class FavouriteAdmin(ServiceAdmin):
    """A person's own: pinned and put in order on their pages, to be looked at and let go of here."""

    list_display = ["user", "description", "project", "task", "billable"]
    list_select_related = ["user", "project", "task"]
    search_fields = ["user__username", "description"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Favourite]:
        return Favourite.objects.pinned()

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Favourite | None = None) -> bool:
        return False

    def remove(self, row: Favourite, actor: User) -> None:
        unpin(user=row.user, pin=row)


@admin.register(TimeImport)
class TimeImportAdmin(ReadOnlyAdmin):
    """Brought and begun on their page; the file itself is for whoever brought it."""

    list_display = ["created_at", "name", "actor", "state", "done", "total", "error"]
    list_filter = ["state"]
    list_select_related = ["actor"]
    exclude = ["file"]


class DayTotalAdmin(ReadOnlyAdmin):
    """Counted from the entries: `manage.py check_totals` proves it."""

    list_display = ["day", "user", "project", "task", "billable", "billed", "seconds"]
    list_filter = ["billable", "billed"]
    list_select_related = ["user", "project", "task"]
    show_full_result_count = False


admin.site.register([DayTotal, DayTagTotal], DayTotalAdmin)
