from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from analytics.choices import FIRM, Basis, Reason
from analytics.models.trained_model import TrainedModel
from tracking.models import Task


class Prediction(models.Model):
    """What was said about a task, or why nothing was. Written before it is shown and never changed once it names a
    range: this record alone says how good estimates were.
    """

    task = models.ForeignKey(Task, verbose_name=_("task"), on_delete=models.CASCADE, related_name="predictions")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("person"), null=True, on_delete=models.CASCADE, related_name="+"
    )
    """Who was to do it."""
    asked = models.CharField(max_length=32, editable=False)
    """A digest of the plan: another estimate, person, project or start is another question."""
    day = models.DateField(_("as of"))
    """What had finished before it was known."""
    made_at = models.DateTimeField(_("made"), default=timezone.now)
    """When it was said; said again, where the plan went back to what it was."""
    estimate_hours = models.FloatField(_("estimate in hours"), null=True)
    basis = models.CharField(_("rests on"), max_length=8, choices=Basis)
    reason = models.CharField(_("why nothing is said"), max_length=8, choices=Reason, blank=True)
    known = models.PositiveIntegerField(_("finished tasks known"))
    low_hours = models.FloatField(_("low"), null=True)
    middle_hours = models.FloatField(_("middle"), null=True)
    high_hours = models.FloatField(_("high"), null=True)
    coverage = models.FloatField(_("measured coverage"), null=True)
    checked = models.PositiveSmallIntegerField(_("measured on"))
    ratio = models.FloatField(_("person's usual ratio"), null=True)
    ratio_count = models.PositiveSmallIntegerField(default=0)
    model = models.ForeignKey(
        TrainedModel, verbose_name=_("model"), null=True, on_delete=models.SET_NULL, related_name="predictions"
    )

    class Meta:
        db_table = "analytics_predictions"
        verbose_name = _("prediction")
        verbose_name_plural = _("predictions")
        ordering = ["-made_at", "-pk"]
        constraints = [models.UniqueConstraint(fields=["task", "asked"], name="prediction_once_a_question")]

    def __str__(self) -> str:
        return f"{self.task_id}: {self.basis}"

    @property
    def speaks(self) -> bool:
        return not self.reason

    @property
    def provisional(self) -> bool:
        return self.speaks and self.known < FIRM

    @property
    def confidence(self) -> float | None:
        """The measured share of ranges that held; None where nothing is said."""
        return self.coverage if self.speaks else None

    @property
    def held_of_checked(self) -> int:
        return round((self.coverage or 0) * self.checked)
