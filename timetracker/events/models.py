from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from timetracker.events.choices import Kind, Status


class Event(models.Model):
    """Something that happened, written in the transaction in which it happened. Never changed afterwards."""

    uid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    type = models.CharField(_("type"), max_length=80)
    occurred_at = models.DateTimeField(_("at"), default=timezone.now, db_index=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("by"), null=True, on_delete=models.SET_NULL, related_name="+"
    )
    # What it is about and whom it concerns: numbers, not foreign keys, because the log outlives what it tells of.
    subject_type = models.CharField(_("about"), max_length=80, blank=True)
    subject_id = models.CharField(_("number"), max_length=64, blank=True)
    person_id = models.BigIntegerField(null=True)
    project_id = models.BigIntegerField(null=True)
    payload = models.JSONField(default=dict)
    cause = models.ForeignKey("self", null=True, on_delete=models.SET_NULL, related_name="effects")
    depth = models.PositiveSmallIntegerField(_("depth"), default=0)

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["type", "-id"], name="event_type_idx"),
            models.Index(fields=["person_id", "-id"], name="event_person_idx"),
            models.Index(fields=["project_id", "-id"], name="event_project_idx"),
            models.Index(fields=["subject_type", "subject_id", "-id"], name="event_subject_idx"),
        ]

    def __str__(self) -> str:
        return f"{self.type} {self.uid}"


def stable_id(event: Event, handler: str) -> uuid.UUID:
    """The same for every try of this handler with this event: what a receiver outside deduplicates on."""
    return uuid.uuid5(event.uid, handler)


class Delivery(models.Model):
    """One event on its way to one handler. The lease says who has it, `next_try_at` when it is free again."""

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="deliveries")
    handler = models.CharField(_("handler"), max_length=120)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.PENDING)
    attempts = models.PositiveSmallIntegerField(_("tries"), default=0)
    next_try_at = models.DateTimeField(_("next try"), default=timezone.now)
    lease_token = models.UUIDField(null=True, editable=False)
    last_error = models.TextField(_("last error"), blank=True)
    finished_at = models.DateTimeField(_("finished"), null=True)

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        ordering = ["-pk"]
        constraints = [models.UniqueConstraint(fields=["event", "handler"], name="delivery_once_per_handler")]
        indexes = [
            models.Index(
                fields=["kind", "next_try_at", "id"], name="delivery_pending_idx", condition=Q(status=Status.PENDING)
            ),
            models.Index(fields=["-id"], name="delivery_dead_idx", condition=Q(status=Status.DEAD)),
        ]

    def __str__(self) -> str:
        return f"{self.handler} ← {self.event_id}"

    @property
    def uid(self) -> uuid.UUID:
        return stable_id(self.event, self.handler)


class DeliveryAttempt(models.Model):
    """A try that failed."""

    delivery = models.ForeignKey(Delivery, on_delete=models.CASCADE, related_name="failed_attempts")
    number = models.PositiveSmallIntegerField(_("try"))
    failed_at = models.DateTimeField(_("failed"), default=timezone.now)
    error = models.TextField(_("error"))

    class Meta:
        verbose_name = _("failed try")
        verbose_name_plural = _("failed tries")
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.number}: {self.error.partition(chr(10))[0]}"


class JobRun(models.Model):
    """When a due job last had its turn. One row a job; whoever moves `period` on has the turn."""

    name = models.CharField(_("name"), max_length=120, primary_key=True)
    period = models.DateTimeField(_("period"))
    started_at = models.DateTimeField(_("started"), null=True)
    finished_at = models.DateTimeField(_("finished"), null=True)
    succeeded_at = models.DateTimeField(_("last success"), null=True)
    last_error = models.TextField(_("last error"), blank=True)

    class Meta:
        verbose_name = _("scheduled job")
        verbose_name_plural = _("scheduled jobs")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name
