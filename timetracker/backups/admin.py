from __future__ import annotations

from django.contrib import admin
from django.contrib.humanize.templatetags.humanize import intcomma
from django.http import HttpRequest
from django.template.defaultfilters import date, filesizeformat
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from timetracker.backups.models import Backup


@admin.register(Backup)
class BackupAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """To look at: `manage.py backup` and the clock make them, and take the oldest away."""

    list_display = ["started_at", "state", "trial", "kind", "size", "counted", "file_name"]
    list_filter = [
        "kind",
        ("error", admin.EmptyFieldListFilter),
        ("drill_error", admin.EmptyFieldListFilter),
        ("removed_at", admin.EmptyFieldListFilter),
    ]
    search_fields = ["file_name", "=sha256"]
    show_full_result_count = False
    fields = [
        "state", "error", "trial", "tried_at", "drill_error", "started_at", "finished_at", "kind", "folder",
        "file_name", "size", "counted", "sha256", "removed_at",
    ]  # fmt: skip

    def has_add_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    @admin.display(description=_("State"))
    def state(self, backup: Backup) -> str | Promise:
        if backup.error:
            return _("Failed")
        if backup.finished_at is None:
            return _("Not finished")
        return _("Removed to make room") if backup.removed_at else _("Good")

    @admin.display(description=_("Trial"), empty_value="-")
    def trial(self, backup: Backup) -> str | Promise | None:
        if backup.drilled_at is None:
            return None
        return _("Does not load") if backup.drill_error else _("Loads")

    @admin.display(description=_("Tried"))
    def tried_at(self, backup: Backup) -> str | None:
        """What the field is called is true of a trial that ended well."""
        return backup.drilled_at and date(timezone.localtime(backup.drilled_at), "DATETIME_FORMAT")

    @admin.display(description=_("Size"), ordering="bytes")
    def size(self, backup: Backup) -> str | None:
        return filesizeformat(backup.bytes) if backup.bytes else None

    @admin.display(description=_("Rows"), ordering="rows")
    def counted(self, backup: Backup) -> str | None:
        """None of a copy before an upgrade, which is the database's own file."""
        return intcomma(backup.rows) if backup.rows else None
