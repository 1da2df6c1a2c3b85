from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from analytics.productivity import FEWEST_PARTS, PARTS

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

MOST = 3


def _weight(label: StrOrPromise) -> models.PositiveSmallIntegerField[int, int]:
    return models.PositiveSmallIntegerField(label, default=1, validators=[MaxValueValidator(MOST)])


class ScoreWeights(models.Model):
    """How much the parts of a person's productivity score count, 0 to 3. Without a row, each counts 1."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, verbose_name=_("person"), on_delete=models.CASCADE, primary_key=True, related_name="+"
    )
    focus = _weight(_("focus"))
    estimates = _weight(_("estimates"))
    balance = _weight(_("balance"))
    goal = _weight(_("goal"))

    class Meta:
        db_table = "analytics_score_weights"
        verbose_name = _("weights of a score")
        verbose_name_plural = _("weights of scores")
        ordering = ["user"]

    def __str__(self) -> str:
        return str(self.user)

    def clean(self) -> None:
        if sum(bool(getattr(self, name)) for name in PARTS) < FEWEST_PARTS:
            raise ValidationError(_("At least two parts have to count."))
