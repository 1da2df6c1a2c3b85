from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from tracking.choices import BatchKind
from tracking.models.entry import TimeEntry

KEPT = dt.timedelta(days=30)
"""How long a change can be undone, and how long an entry lies in the trash."""


class BatchQuerySet(models.QuerySet["Batch"]):
    def undoable_by(self, user: User) -> BatchQuerySet:
        """What one did oneself; everything for an administrator."""
        recent = self.filter(created_at__gt=timezone.now() - KEPT)
        return recent if user.is_administrator else recent.filter(actor=user)


class Batch(models.Model):
    """Changes of entries that were made together and are undone together."""

    kind = models.CharField(_("what was done"), max_length=10, choices=BatchKind)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("by"), null=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(_("at"), default=timezone.now, db_index=True)
    undone_by = models.OneToOneField(
        "self", verbose_name=_("undone by"), null=True, on_delete=models.SET_NULL, related_name="undoes"
    )

    objects = BatchQuerySet.as_manager()

    class Meta:
        verbose_name = _("change")
        verbose_name_plural = _("changes")
        ordering = ["-pk"]
        indexes = [models.Index(fields=["actor", "-id"], name="batch_of_actor")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.pk}"


class BatchChange(models.Model):
    """What one batch made of one entry: field to [old, new], as `services.state` writes them."""

    batch = models.ForeignKey(Batch, verbose_name=_("change"), on_delete=models.CASCADE, related_name="changes")
    entry = models.ForeignKey(
        TimeEntry, verbose_name=_("time entry"), on_delete=models.CASCADE, related_name="batch_changes"
    )
    changes = models.JSONField(_("what changed"), default=dict)

    class Meta:
        verbose_name = _("change of an entry")
        verbose_name_plural = _("changes of entries")
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["batch", "entry"], name="batch_change_once_per_entry")]

    def __str__(self) -> str:
        return f"{self.batch_id}: {self.entry_id}"
