from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from tracking.models.project import Project
from tracking.models.tag import Tag
from tracking.models.task import Task


class _DayTotal(models.Model):
    """Worked seconds of one person on one day of their own calendar, as far as one project, task and rate go.

    A sum of finished entries, split at the person's midnight. Written with them, in the same transaction, and under
    the lock of the person: so no two writers meet, and no row comes twice.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, verbose_name=_("person"), on_delete=models.CASCADE)
    day = models.DateField(_("day"))
    project = models.ForeignKey(Project, verbose_name=_("project"), null=True, on_delete=models.CASCADE)
    task = models.ForeignKey(Task, verbose_name=_("task"), null=True, on_delete=models.CASCADE)
    billable = models.BooleanField(_("billable"))
    rate = models.DecimalField(_("rate"), max_digits=10, decimal_places=2, null=True)
    currency = models.CharField(_("currency"), max_length=3, blank=True)
    billed = models.BooleanField(_("billed"), default=False)
    seconds = models.BigIntegerField(_("seconds"))

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.user_id} {self.day}: {self.seconds}"


class DayTotal(_DayTotal):
    class Meta:
        verbose_name = _("day total")
        verbose_name_plural = _("day totals")
        ordering = ["-day", "-pk"]
        default_related_name = "day_totals"
        indexes = [
            models.Index(fields=["user", "day"], name="day_total_of_user"),
            models.Index(fields=["day"], name="day_total_of_day"),
        ]


class DayTagTotal(_DayTotal):
    """The same once for each tag of an entry, and once without for an entry that has none."""

    tag = models.ForeignKey(Tag, verbose_name=_("tag"), null=True, on_delete=models.CASCADE)

    class Meta:
        verbose_name = _("day total by tag")
        verbose_name_plural = _("day totals by tag")
        ordering = ["-day", "-pk"]
        default_related_name = "day_tag_totals"
        indexes = [
            models.Index(fields=["user", "day"], name="day_tag_total_of_user"),
            models.Index(fields=["day"], name="day_tag_total_of_day"),
        ]
