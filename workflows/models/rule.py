from __future__ import annotations

from typing import Self

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from workflows.choices import Overlap, Scope


class RuleQuerySet(models.QuerySet["Rule"]):
    def alive(self) -> Self:
        return self.filter(deleted_at=None)


class Rule(models.Model):
    """When this happens, if these conditions are met, do that: with its owner's rights, as they are when it runs."""

    name = models.CharField(_("name"), max_length=200)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("owner"), on_delete=models.CASCADE, related_name="rules"
    )
    scope = models.CharField(_("whose doings"), max_length=10, choices=Scope, default=Scope.OWN)
    trigger_type = models.CharField(_("when"), max_length=50)
    trigger_options = models.JSONField(_("when exactly"), default=dict, blank=True)
    """Of a schedule: see `recurrence`. Other triggers have none."""
    trigger_conditions = models.JSONField(_("if"), default=list, blank=True)
    actions = models.JSONField(_("do"), default=list)
    enabled = models.BooleanField(_("enabled"), default=True)
    off_because = models.CharField(_("switched off because"), max_length=300, blank=True)
    overlap = models.CharField(_("while it runs"), max_length=10, choices=Overlap, default=Overlap.ALL)
    cooldown_seconds = models.PositiveIntegerField(
        _("pause after a run (seconds)"), default=0, validators=[MaxValueValidator(31 * 86_400)]
    )
    most_per_hour = models.PositiveIntegerField(
        _("runs in an hour, at most"), default=60, validators=[MinValueValidator(1), MaxValueValidator(1000)]
    )
    failures = models.PositiveSmallIntegerField(_("failures in a row"), default=0)
    misses = models.PositiveBigIntegerField(default=0, editable=False)
    """How many events did not meet its conditions: the place of the next in the ring of those kept."""
    next_run_at = models.DateTimeField(_("next run"), null=True, blank=True)
    """Of a schedule that is switched on, and of nothing else."""
    next_run_zone = models.CharField(max_length=64, blank=True, editable=False)
    """The time zone that the next run was computed in."""
    created_at = models.DateTimeField(_("created"), default=timezone.now)
    version = models.PositiveIntegerField(_("version"), default=1)
    deleted_at = models.DateTimeField(_("deleted"), null=True, editable=False)

    objects = RuleQuerySet.as_manager()

    new_secret: str | None = None
    """What webhooks of this rule are signed with, on the one object of the service that has just made it."""

    class Meta:
        db_table = "workflow_rules"
        verbose_name = _("rule")
        verbose_name_plural = _("rules")
        ordering = ["name", "pk"]
        indexes = [
            models.Index(fields=["trigger_type"], name="rule_by_trigger", condition=models.Q(enabled=True)),
            models.Index(fields=["user", "name"], name="rule_by_owner"),
            models.Index(
                fields=["next_run_at"], name="rule_by_next_run", condition=models.Q(next_run_at__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def sends_webhook(self) -> bool:
        return any(action["type"] == "send_webhook" for action in self.actions)


class Version(models.Model):
    """What a rule said from one change to the next."""

    rule = models.ForeignKey(Rule, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField(_("version"))
    document = models.JSONField(_("what it says"))
    at = models.DateTimeField(_("at"), default=timezone.now)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("by"), null=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        db_table = "workflow_versions"
        verbose_name = _("version of a rule")
        verbose_name_plural = _("versions of rules")
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["rule", "number"], name="rule_version")]

    def __str__(self) -> str:
        return f"{self.rule_id} v{self.number}"


class Miss(models.Model):
    """An event that did not meet a rule's conditions, and the one that failed. The last few of a rule are kept."""

    KEPT = 50

    rule = models.ForeignKey(Rule, on_delete=models.CASCADE, related_name="missed")
    slot = models.PositiveSmallIntegerField()
    event = models.ForeignKey("events.Event", verbose_name=_("event"), on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField(_("at"), default=timezone.now)
    path = models.CharField(_("condition"), max_length=60)
    found = models.JSONField(_("found"), default=dict)
    """The condition as it was, and the value that it met: field, operator, wanted, actual."""

    class Meta:
        db_table = "workflow_misses"
        verbose_name = _("event that did not fit")
        verbose_name_plural = _("events that did not fit")
        ordering = ["-at", "-pk"]
        constraints = [models.UniqueConstraint(fields=["rule", "slot"], name="miss_slot")]

    def __str__(self) -> str:
        return f"{self.rule_id}: {self.path}"
