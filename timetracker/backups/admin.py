from __future__ import annotations

from django.contrib import admin
from django.http import HttpRequest

from timetracker.backups.models import Backup


@admin.register(Backup)
class BackupAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """To look at: `manage.py backup` and the clock make them, and take the oldest away."""

    list_display = [
        "started_at",
        "kind",
        "file_name",
        "bytes",
        "rows",
        "finished_at",
        "error",
        "drilled_at",
        "removed_at",
    ]
    list_filter = ["kind", "removed_at"]
    search_fields = ["file_name", "=sha256"]
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False
