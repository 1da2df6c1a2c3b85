from __future__ import annotations

from django.contrib import admin

from timetracker.events.admin import ReadOnly
from timetracker.metrics.models import ProcessReport


@admin.register(ProcessReport)
class ProcessReportAdmin(ReadOnly, admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ["kind", "host", "pid", "version", "started_at", "seen_at", "sockets"]
    list_filter = ["kind", "version"]
    search_fields = ["host"]
    show_full_result_count = False
