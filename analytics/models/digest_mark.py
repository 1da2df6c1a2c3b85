from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class DigestMark(models.Model):
    """Up to which week a person's weeks were told, or looked at and found to hold nothing to tell."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, verbose_name=_("person"), on_delete=models.CASCADE, related_name="+"
    )
    week = models.DateField(_("week"))
    """Its first day."""

    class Meta:
        db_table = "analytics_digest_marks"
        verbose_name = _("week that was told")
        verbose_name_plural = _("weeks that were told")
        ordering = ["-week", "-pk"]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.week}"
