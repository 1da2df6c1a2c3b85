from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from notifications.choices import Channel, Reason, State
from notifications.models.notification import Notification


class Outcome(models.Model):
    """What was decided for one channel, and how far it got there."""

    notification = models.ForeignKey(
        Notification, verbose_name=_("notification"), on_delete=models.CASCADE, related_name="outcomes"
    )
    channel = models.CharField(_("channel"), max_length=10, choices=Channel)
    state = models.CharField(_("state"), max_length=10, choices=State)
    reason = models.CharField(_("reason"), max_length=12, choices=Reason, blank=True)
    detail = models.CharField(_("detail"), max_length=300, blank=True)
    due_at = models.DateTimeField(
        _("due"), null=True, blank=True, help_text=_("When something held back goes out after all.")
    )
    digest = models.ForeignKey(
        Notification,
        verbose_name=_("digest"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="told",
        db_index=False,
        help_text=_("What told of it in the end."),
    )
    changed_at = models.DateTimeField(_("at"), default=timezone.now)

    class Meta:
        verbose_name = _("outcome")
        verbose_name_plural = _("outcomes")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["notification", "channel"], name="outcome_once_per_channel"),
        ]
        indexes = [
            models.Index(F("due_at"), condition=Q(due_at__isnull=False), name="outcome_due"),
            models.Index(F("digest"), condition=Q(digest__isnull=False), name="outcome_digest"),
            models.Index(F("changed_at"), condition=Q(state=State.QUEUED), name="outcome_queued"),
        ]

    def __str__(self) -> str:
        return f"{self.channel}: {self.state} {self.reason}".rstrip()
