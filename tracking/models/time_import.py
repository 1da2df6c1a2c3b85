from __future__ import annotations

import datetime as dt
import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tracking.choices import ImportState
from tracking.models.batch import Batch

SILENT = dt.timedelta(minutes=2)
"""An import that has stored nothing for so long was broken off, or nobody takes it."""


def _place(_instance: models.Model, _name: str) -> str:
    return f"imports/{uuid.uuid4()}.csv"


class TimeImport(models.Model):
    """A file of another tracker that somebody has brought, from its preview to its end."""

    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("by"), on_delete=models.CASCADE, related_name="+"
    )
    format = models.CharField(_("format"), max_length=20)
    file = models.FileField(_("file"), upload_to=_place)
    name = models.CharField(_("file name"), max_length=200)
    zone = models.CharField(_("time zone"), max_length=64)
    people = models.JSONField(
        _("people"), default=dict, blank=True, help_text=_("Who a person of the file is here; nothing leaves them out.")
    )
    state = models.CharField(_("state"), max_length=10, choices=ImportState, default=ImportState.READY)
    done = models.PositiveIntegerField(_("stored"), default=0)
    total = models.PositiveIntegerField(_("to store"), default=0)
    error = models.TextField(_("error"), blank=True)
    batch = models.ForeignKey(
        Batch, verbose_name=_("change"), null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(_("at"), default=timezone.now)
    heard_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return self.name

    @property
    def begun(self) -> bool:
        return self.state in {ImportState.WAITING, ImportState.RUNNING}

    @property
    def silent(self) -> bool:
        """It was begun, and for a while nobody has said anything of it."""
        return self.begun and self.heard_at < timezone.now() - SILENT
