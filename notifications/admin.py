"""What people were told and why, and the defaults that everybody begins with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.admin import ReadOnlyAdmin
from notifications.categories import category_named
from notifications.models import (
    Achievement,
    CountedTask,
    CountedTime,
    Notification,
    Outcome,
    Preference,
    PushDevice,
    PushSending,
    Settings,
    Trigger,
)  # fmt: skip

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


class OutcomesInline(admin.TabularInline):
    model = Outcome
    fk_name = "notification"
    extra = 0
    can_delete = False
    fields = readonly_fields = ["channel", "state", "reason", "detail", "due_at", "changed_at"]

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Notification)
class NotificationAdmin(ReadOnlyAdmin):
    """Who was told what, and what became of it in each channel. Letters are private: their text is not shown here."""

    list_display = ["created_at", "user", "kind", "type", "priority", "deliver_at", "delivered_at", "read_at"]
    list_filter = ["category", "type", "priority", "in_centre"]
    list_select_related = ["user"]
    search_fields = ["=uid", "user__username"]
    show_full_result_count = False
    fields = [
        "uid", "user", "category", "type", "priority", "key", "event", "subject_type", "subject_id", "condition",
        "created_at", "deliver_at", "handed_over_at",
        "recurrence", "delivered_at", "interrupted_on", "in_centre", "read_at",
        "snoozed_until", "archived_at", "deleted_at",
    ]  # fmt: skip
    readonly_fields = fields
    inlines = [OutcomesInline]

    @admin.display(description=_("kind"), ordering="category")
    def kind(self, row: Notification) -> StrOrPromise:
        return category_named(row.category).label


@admin.register(Outcome)
class OutcomeAdmin(ReadOnlyAdmin):
    """Every decision: sent, seen, failed or held back, with the reason."""

    list_display = [
        "changed_at", "notification__user", "kind", "channel", "state", "reason", "due_at", "detail",
    ]  # fmt: skip
    list_filter = ["channel", "state", "reason"]
    list_select_related = ["notification__user"]
    search_fields = ["=notification__uid", "notification__user__username"]
    show_full_result_count = False

    @admin.display(description=_("kind"), ordering="notification__category")
    def kind(self, row: Outcome) -> StrOrPromise:
        return category_named(row.notification.category).label


@admin.register(Preference)
class PreferenceAdmin(ReadOnlyAdmin):
    """Where a person, or with nobody everybody, differs from the default. Changed on the page of preferences."""

    list_display = ["user", "category", "channel", "wanted"]
    list_filter = ["category", "channel", "wanted", ("user", admin.EmptyFieldListFilter)]
    list_select_related = ["user"]


@admin.register(Settings)
class SettingsAdmin(ReadOnlyAdmin):
    list_display = [
        "user",
        "least_priority",
        "quiet",
        "quiet_from",
        "quiet_until",
        "quiet_days_off",
        "most_a_day",
        "digest",
        "digest_at",
        "digest_weekday",
        "vibrate",
        "idle_minutes",
        "no_timer_minutes",
        "summary_at",
        "deadline_hours",
        "chosen",
    ]
    list_filter = ["quiet", "quiet_days_off", "digest"]
    list_select_related = ["user"]


@admin.register(Trigger)
class TriggerAdmin(ReadOnlyAdmin):
    """Who is looked at when, and how often they put it off."""

    list_display = ["user", "kind", "due_at", "day", "last_day", "dismissals", "dismissed_on"]
    list_filter = ["kind"]
    list_select_related = ["user"]
    search_fields = ["user__username"]
    show_full_result_count = False


@admin.register(PushDevice)
class PushDeviceAdmin(ReadOnlyAdmin):
    """Whom push reaches where. Whoever has the address and the keys can tell the device things: they are not shown."""

    list_display = ["user", "name", "created_at", "reached_at", "failures", "failing_since"]
    list_filter = [("failing_since", admin.EmptyFieldListFilter)]
    list_select_related = ["user"]
    search_fields = ["user__username", "name"]
    show_full_result_count = False
    ordering = ["-pk"]
    fields = readonly_fields = list_display


@admin.register(PushSending)
class PushSendingAdmin(ReadOnlyAdmin):
    """How far each notification got on each device."""

    list_display = ["changed_at", "outcome_id", "device", "state", "detail", "not_before"]
    list_filter = ["state"]
    list_select_related = ["device"]
    show_full_result_count = False
    ordering = ["-pk"]
    fields = readonly_fields = ["outcome_id", "device", "state", "detail", "not_before", "changed_at"]


@admin.register(Achievement)
class AchievementAdmin(ReadOnlyAdmin):
    """That something was earned, and when. By whom and for what is theirs alone: nobody is compared."""

    list_display = ["pk", "earned_at"]
    fields = ["earned_at"]
    show_full_result_count = False


@admin.register(CountedTime)
class CountedTimeAdmin(ReadOnlyAdmin):
    """What of an entry counted when it was logged, and what is left of it: where somebody asks why theirs does not."""

    list_display = ["entry_id", "day", "zone", "witnessed", "seconds"]
    search_fields = ["=entry__pk"]
    fields = list_display
    show_full_result_count = False


@admin.register(CountedTask)
class CountedTaskAdmin(ReadOnlyAdmin):
    list_display = ["task_id", "finished_at"]
    search_fields = ["=task__pk"]
    fields = list_display
    show_full_result_count = False
