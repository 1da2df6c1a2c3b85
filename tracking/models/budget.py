from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tracking.choices import BudgetType
from tracking.models.project import Project


class BudgetMark(models.Model):
    """That so much of a project's budget was said to be used. Of another budget it is said again."""

    project = models.ForeignKey(
        Project, verbose_name=_("project"), on_delete=models.CASCADE, related_name="budget_marks"
    )
    threshold = models.PositiveSmallIntegerField(_("percent"))
    budget_type = models.CharField(_("budget"), max_length=6, choices=BudgetType)
    amount = models.DecimalField(_("amount"), max_digits=12, decimal_places=2)
    currency = models.CharField(_("currency"), max_length=3)
    """The project's, also where the budget is in hours: there it says nothing."""
    told_at = models.DateTimeField(_("at"), default=timezone.now)

    class Meta:
        verbose_name = _("budget that was told")
        verbose_name_plural = _("budgets that were told")
        ordering = ["-told_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["project", "threshold", "budget_type", "amount", "currency"], name="budget_told_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.project_id}: {self.threshold} %"
