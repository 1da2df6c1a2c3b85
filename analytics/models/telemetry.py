"""Usage figures: what waits to be sent, what was sent, and how that goes."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class TelemetryStatus(models.TextChoices):
    OPEN = "open", _("Being counted")
    CLOSED = "closed", _("Waiting to be sent")
    """It was handed to a sender once. Its figure stays, so that a second try says the same under the same id."""
    SENT = "sent", _("Sent")


class TelemetryState(models.Model):
    """The one row about sending. Whether anything is sent at all stands at the organisation: `telemetry`."""

    PK = 1

    install_id = models.UUIDField(_("install id"), null=True)
    """Random, made when sending is switched on."""
    id_used = models.BooleanField(default=False, editable=False)
    """Whether anything may have reached PostHog under it."""
    former_ids = models.JSONField(_("former install ids"), default=list)
    sent = models.PositiveBigIntegerField(_("sent"), default=0)
    failures = models.PositiveIntegerField(_("failures in a row"), default=0)
    last_error = models.CharField(_("last failure"), max_length=60, blank=True)
    tried_at = models.DateTimeField(_("tried last"), null=True)
    sent_at = models.DateTimeField(_("sent last"), null=True)
    next_try_at = models.DateTimeField(_("not before"), null=True)
    failed = models.PositiveBigIntegerField(_("failed tries"), default=0)
    dropped_full = models.PositiveBigIntegerField(_("dropped because too much waited"), default=0)
    dropped_undeclared = models.PositiveBigIntegerField(_("dropped because not declared"), default=0)
    dropped_old = models.PositiveBigIntegerField(_("dropped because too old"), default=0)

    flags = models.JSONField(_("feature flags that PostHog said"), default=dict)
    """Name to true or false: of the flags of this version, and nothing else of the answer."""
    flags_at = models.DateTimeField(_("PostHog said them"), null=True)
    flags_error = models.CharField(_("last failure to ask for feature flags"), max_length=60, blank=True)
    flags_ignored = models.PositiveBigIntegerField(_("feature flags that were neither on nor off"), default=0)

    class Meta:
        db_table = "telemetry_state"
        verbose_name = _("sending of usage figures")
        verbose_name_plural = _("sending of usage figures")
        constraints = [models.CheckConstraint(condition=Q(pk=1), name="telemetry_state_is_one_row")]

    def __str__(self) -> str:
        return str(self.install_id or "–")


class TelemetryEvent(models.Model):
    """How often one thing happened on one day: a single message to PostHog."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    day = models.DateField(_("day"))
    name = models.CharField(_("event"), max_length=40)
    properties = models.JSONField(_("properties"), default=dict)
    fingerprint = models.CharField(max_length=400, editable=False)
    """The properties as text, to find the row by."""
    times = models.PositiveIntegerField(_("times"), default=1)
    status = models.CharField(_("state"), max_length=6, choices=TelemetryStatus, default=TelemetryStatus.OPEN)
    leased_until = models.DateTimeField(null=True, editable=False)
    """A sender has it until then."""
    sent_at = models.DateTimeField(_("sent"), null=True)
    message = models.JSONField(_("message"), null=True)
    """Exactly what was sent."""

    class Meta:
        db_table = "telemetry_events"
        verbose_name = _("usage figure")
        verbose_name_plural = _("usage figures")
        ordering = ["-sent_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["day", "name", "fingerprint"],
                condition=Q(status=TelemetryStatus.OPEN),
                name="telemetry_counts_in_one_row",
            )
        ]
        indexes = [
            models.Index(fields=["id"], condition=~Q(status=TelemetryStatus.SENT), name="telemetry_unsent"),
            models.Index(fields=["-sent_at"], condition=Q(status=TelemetryStatus.SENT), name="telemetry_sent"),
        ]

    def __str__(self) -> str:
        return f"{self.day}: {self.name} × {self.times}"
