from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from timetracker.metrics.choices import ProcessKind


class ProcessReport(models.Model):
    """What a process says of itself every half minute. Goes when it ends, or an hour after it was last heard of."""

    host = models.CharField(_("host"), max_length=255)
    pid = models.PositiveIntegerField(_("process number"))
    kind = models.CharField(_("kind"), max_length=10, choices=ProcessKind)
    version = models.CharField(_("version"), max_length=40, blank=True)
    started_at = models.DateTimeField(_("since"))
    seen_at = models.DateTimeField(_("last seen"))
    sockets = models.PositiveIntegerField(_("open sockets"), default=0)

    class Meta:
        verbose_name = _("process")
        verbose_name_plural = _("processes")
        ordering = ["kind", "host", "pid"]
        constraints = [models.UniqueConstraint(fields=["host", "pid"], name="one_report_per_process")]

    def __str__(self) -> str:
        return f"{self.kind} {self.host}:{self.pid}"
