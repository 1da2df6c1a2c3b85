"""Rules and what became of them. Administrators set limits, switch rules off, and run again what failed; what a rule
says is its owner's alone, because it acts with their rights."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.admin import ReadOnlyAdmin
from accounts.models import User
from tracking.admin.services import ServiceAdmin, each
from workflows.models import Execution, Miss, Rule, Secret, Step, Version
from workflows.services.rules import delete_rule, update_rule
from workflows.services.running import run_on

Deleted = tuple[list[str], dict[str, int], set[str], list[str]]


@admin.register(Rule)
class RuleAdmin(ServiceAdmin):
    list_display = ["name", "user", "scope", "trigger_type", "enabled", "failures", "off_because"]
    list_filter = ["enabled", "trigger_type", "scope"]
    list_select_related = ["user"]
    search_fields = ["name", "user__username"]
    limits = ("enabled", "most_per_hour", "cooldown_seconds", "overlap")
    fixed = ("name", "user", "scope", "trigger_type", "trigger_options", "trigger_conditions", "actions", "failures",
             "off_because", "next_run_at", "created_at", "version", "deleted_at")  # fmt: skip
    fields = [*fixed, *limits]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Deleted:
        """A deleted rule is kept for a while, with all that belongs to it."""
        return list(map(str, objs)), {}, set(), []

    def change(self, row: Rule, actor: User, changes: dict[str, Any]) -> Rule:
        return update_rule(rule=row, actor=actor, **changes)

    def remove(self, row: Rule, actor: User) -> None:
        delete_rule(rule=row, actor=actor)


class StepsInline(admin.TabularInline):
    model = Step
    extra = 0
    can_delete = False
    fields = readonly_fields = ["place", "type", "input", "output", "status", "error", "tries", "finished_at"]

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Execution)
class ExecutionAdmin(ReadOnlyAdmin):
    list_display = ["executed_at", "rule", "event", "status", "depth", "error_message"]
    list_filter = ["status"]
    list_select_related = ["rule", "event"]
    search_fields = ["rule__name", "error_message"]
    inlines = [StepsInline]
    actions = ["run_again"]
    show_full_result_count = False

    @admin.action(description=_("Run again from the step that failed"), permissions=["view"])
    def run_again(self, request: HttpRequest, queryset: QuerySet[Execution]) -> None:
        each(self, request, queryset, lambda row: run_on(execution=row))


@admin.register(Step)
class StepAdmin(ReadOnlyAdmin):
    list_display = ["execution", "place", "type", "status", "tries", "finished_at", "error"]
    list_filter = ["status", "type"]
    list_select_related = ["execution"]
    show_full_result_count = False


@admin.register(Version)
class VersionAdmin(ReadOnlyAdmin):
    list_display = ["rule", "number", "at", "by"]
    list_select_related = ["rule", "by"]
    show_full_result_count = False


@admin.register(Miss)
class MissAdmin(ReadOnlyAdmin):
    """The last events of each rule that did not fit, and the condition that failed."""

    list_display = ["at", "rule", "event", "path", "found"]
    list_select_related = ["rule", "event"]
    show_full_result_count = False


@admin.register(Secret)
class SecretAdmin(ReadOnlyAdmin):
    """That there is one, and since when. What it is was told to its owner, once."""

    list_display = fields = ["rule", "created_at"]
    list_select_related = ["rule"]
    show_full_result_count = False
