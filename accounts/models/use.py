from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Use(models.Model):
    """How often and when last a person chose something in the command palette: what it offers first."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, related_name="uses", on_delete=models.CASCADE)
    what = models.CharField(_("what"), max_length=120)
    """`command:go-tasks`, `project:12`."""
    count = models.PositiveIntegerField(_("times"), default=1)
    used_at = models.DateTimeField(_("last used"))

    class Meta:
        verbose_name = _("use")
        verbose_name_plural = _("uses")
        ordering = ["-used_at", "-pk"]
        constraints = [models.UniqueConstraint(fields=["user", "what"], name="accounts_use_once")]
        indexes = [models.Index(fields=["user", "-used_at"], name="accounts_use_latest")]

    def __str__(self) -> str:
        return self.what
