from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Dismissal(models.Model):
    """A recommendation that a person does not want to read for a while. Nobody else's view changes."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("person"), on_delete=models.CASCADE, related_name="+"
    )
    key = models.CharField(_("key"), max_length=100)
    """What it is about and which signal it follows from: `project:7:overdue`."""
    dismissed_at = models.DateTimeField(_("dismissed"), default=timezone.now)

    class Meta:
        db_table = "analytics_dismissals"
        verbose_name = _("dismissed recommendation")
        verbose_name_plural = _("dismissed recommendations")
        ordering = ["-dismissed_at", "-pk"]
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="dismissal_once")]

    def __str__(self) -> str:
        return self.key
