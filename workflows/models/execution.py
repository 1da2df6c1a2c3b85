from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from workflows.choices import RunStatus, StepStatus
from workflows.models.rule import Rule


class Execution(models.Model):
    """One rule and one event: at most once, whatever is repeated."""

    rule = models.ForeignKey(Rule, verbose_name=_("rule"), on_delete=models.CASCADE, related_name="executions")
    event = models.ForeignKey(
        "events.Event", verbose_name=_("event"), null=True, on_delete=models.SET_NULL, related_name="+"
    )
    status = models.CharField(_("status"), max_length=10, choices=RunStatus, default=RunStatus.RUNNING)
    depth = models.PositiveSmallIntegerField(_("depth"), default=1)
    """1 where a person set it off, one more for each rule in between."""
    parent = models.ForeignKey(
        "self", verbose_name=_("set off by"), null=True, on_delete=models.SET_NULL, related_name="effects"
    )
    rule_version = models.PositiveIntegerField(_("version of the rule"))
    executed_at = models.DateTimeField(_("at"), default=timezone.now)
    finished_at = models.DateTimeField(_("finished"), null=True)
    success = models.BooleanField(_("success"), null=True)
    error_message = models.TextField(_("error"), blank=True)
    result = models.JSONField(_("result"), default=list)
    """What each step gave, once all are done."""

    class Meta:
        db_table = "workflow_executions"
        verbose_name = _("execution")
        verbose_name_plural = _("executions")
        ordering = ["-executed_at", "-pk"]
        constraints = [models.UniqueConstraint(fields=["rule", "event"], name="execution_once")]
        indexes = [
            models.Index(fields=["rule", "-executed_at"], name="execution_of_rule"),
            models.Index(fields=["executed_at"], name="execution_running", condition=Q(status=RunStatus.RUNNING)),
        ]

    def __str__(self) -> str:
        return f"{self.rule_id} ← {self.event_id}"


class Step(models.Model):
    """One action of an execution: what it was given, what it gave."""

    execution = models.ForeignKey(Execution, on_delete=models.CASCADE, related_name="steps")
    place = models.PositiveSmallIntegerField(_("place"))
    uid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    """For those outside: the same at every try."""
    type = models.CharField(_("action"), max_length=40)
    params = models.JSONField(_("as the rule says"), default=dict)
    input = models.JSONField(_("input"), null=True)
    output = models.JSONField(_("output"), null=True)
    status = models.CharField(_("status"), max_length=10, choices=StepStatus, default=StepStatus.WAITING)
    error = models.TextField(_("error"), blank=True)
    tries = models.PositiveSmallIntegerField(_("tries"), default=0)
    started_at = models.DateTimeField(_("started"), null=True)
    finished_at = models.DateTimeField(_("finished"), null=True)

    class Meta:
        db_table = "workflow_steps"
        verbose_name = _("step")
        verbose_name_plural = _("steps")
        ordering = ["execution_id", "place"]
        constraints = [models.UniqueConstraint(fields=["execution", "place"], name="step_place")]

    def __str__(self) -> str:
        return f"{self.execution_id}.{self.place} {self.type}"
