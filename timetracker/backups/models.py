from __future__ import annotations

from pathlib import Path

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from timetracker.backups.choices import Kind


class Backup(models.Model):
    """One try to keep everything in a file. The row is no part of the archive: it tells of files of this machine."""

    folder = models.CharField(_("folder"), max_length=1000)
    file_name = models.CharField(_("file name"), max_length=200)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    started_at = models.DateTimeField(_("started"), default=timezone.now, db_index=True)
    finished_at = models.DateTimeField(_("finished"), null=True)
    bytes = models.PositiveBigIntegerField(_("bytes"), default=0)
    rows = models.PositiveBigIntegerField(_("rows"), default=0)
    sha256 = models.CharField("SHA-256", max_length=64, blank=True)
    error = models.TextField(_("error"), blank=True)
    removed_at = models.DateTimeField(_("removed to make room"), null=True)
    drilled_at = models.DateTimeField(_("loaded on trial"), null=True)
    drill_error = models.TextField(_("error of the trial"), blank=True)

    class Meta:
        verbose_name = _("backup")
        verbose_name_plural = _("backups")
        ordering = ["-started_at", "-pk"]

    def __str__(self) -> str:
        return self.file_name

    @property
    def path(self) -> Path:
        return Path(self.folder, self.file_name)
