from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from timetracker.web.models import IdempotencyKey


@admin.register(IdempotencyKey)
class IdempotencyKeyAdmin(admin.ModelAdmin):
    """To look at: answers are kept for a day and go by themselves."""

    list_display = ["created_at", "user", "method", "path", "status"]
    list_filter = ["method", "status"]
    list_select_related = ["user"]
    search_fields = ["key", "path"]
    fields = ["user", "key", "method", "path", "status", "created_at", "claimed_at"]
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
