from __future__ import annotations

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from timetracker.events import dispatch
from timetracker.events.models import Delivery, DeliveryAttempt, Event, JobRun


class ReadOnly:
    """The log is looked at, never edited."""

    def has_add_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False


class DeliveryInline(ReadOnly, admin.TabularInline):  # type: ignore[type-arg]
    model = Delivery
    fields = ["handler", "kind", "status", "attempts", "next_try_at", "finished_at"]
    show_change_link = True


class AttemptInline(ReadOnly, admin.TabularInline):  # type: ignore[type-arg]
    model = DeliveryAttempt
    fields = ["number", "failed_at", "error"]


@admin.register(Event)
class EventAdmin(ReadOnly, admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ["occurred_at", "type", "actor", "subject_type", "subject_id", "depth"]
    list_filter = ["type", "subject_type"]
    list_select_related = ["actor"]
    search_fields = ["=uid", "=subject_id"]
    show_full_result_count = False
    inlines = [DeliveryInline]


@admin.register(Delivery)
class DeliveryAdmin(ReadOnly, admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ["event", "handler", "kind", "status", "attempts", "next_try_at", "finished_at"]
    list_filter = ["status", "kind", "handler"]
    list_select_related = ["event"]
    search_fields = ["=handler", "=event__uid"]
    show_full_result_count = False
    readonly_fields = ["uid"]
    inlines = [AttemptInline]
    actions = ["run_again"]

    def has_run_again_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    @admin.action(description=_("Run again"), permissions=["run_again"])
    def run_again(self, request: HttpRequest, chosen: QuerySet[Delivery]) -> None:
        count = sum(dispatch.run_again(delivery) for delivery in chosen)
        text = ngettext("%(count)d delivery runs again.", "%(count)d deliveries run again.", count)
        self.message_user(request, text % {"count": count}, messages.SUCCESS if count else messages.WARNING)


@admin.register(JobRun)
class JobRunAdmin(ReadOnly, admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ["name", "period", "started_at", "finished_at", "succeeded_at"]
