from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from notifications.choices import TriggerKind


class Trigger(models.Model):
    """What looks at a person by itself: when next, and how they took it. The clock asks for what is due and no more."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("person"), on_delete=models.CASCADE, related_name="+"
    )
    kind = models.CharField(_("kind"), max_length=20, choices=TriggerKind)
    due_at = models.DateTimeField(_("due"), null=True, blank=True, help_text=_("When it is looked at next."))
    day = models.DateField(_("of"), null=True, blank=True, help_text=_("Which of the person's days that will be."))
    last_day = models.DateField(_("last"), null=True, blank=True, help_text=_("The day that was dealt with last."))
    subject_id = models.BigIntegerField(_("number"), null=True, blank=True)
    """The entry whose timer runs."""
    since = models.DateTimeField(_("since"), null=True, blank=True)
    """From when on nobody was at the computer, or no timer ran."""
    dismissals = models.PositiveSmallIntegerField(_("dismissed in a row"), default=0)
    dismissed_on = models.DateField(_("dismissed on"), null=True, blank=True)

    class Meta:
        verbose_name = _("trigger")
        verbose_name_plural = _("triggers")
        ordering = ["user_id", "kind"]
        constraints = [models.UniqueConstraint(fields=["user", "kind"], name="trigger_once_per_kind")]
        indexes = [models.Index(F("due_at"), condition=Q(due_at__isnull=False), name="trigger_due")]

    def __str__(self) -> str:
        return str(TriggerKind(self.kind).label)
