from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class CachedInsight(models.Model):
    """Something computed that may be computed again: gone when it expires, or when an event says it no longer holds."""

    cache_key = models.CharField(_("key"), max_length=100, unique=True)
    cache_value = models.JSONField(_("value"))
    expires_at = models.DateTimeField(_("expires"), db_index=True)

    class Meta:
        db_table = "analytics_cache"
        verbose_name = _("computed insight")
        verbose_name_plural = _("computed insights")
        ordering = ["cache_key"]

    def __str__(self) -> str:
        return self.cache_key
