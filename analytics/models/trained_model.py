from __future__ import annotations

from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from analytics.choices import ModelKind


class TrainedModel(models.Model):
    """A version of a model with its artefact and its card. One of each kind is in use at a time."""

    kind = models.CharField(_("kind"), max_length=50, choices=ModelKind, db_column="model_type")
    version = models.PositiveIntegerField(_("version"))
    in_use = models.BooleanField(_("in use"), default=False)
    model_data = models.BinaryField(editable=False)
    """As skops writes it; see `analytics.artefacts`."""
    signature = models.CharField(max_length=64, editable=False)
    accuracy = models.FloatField(_("share of ranges that held"))
    """In the back-test; of ranges that should hold 80 of 100 times."""
    points = models.BooleanField(_("may name a figure"))
    """Whether it came closer than the people's own estimates in the back-test."""
    ranges = models.BooleanField(_("may name a range"))
    tasks = models.PositiveIntegerField(_("tasks learned from"))
    first_day = models.DateField(_("first of them finished"))
    through = models.DateField(_("learned up to"))
    """It speaks about what was estimated after this day."""
    trained_at = models.DateTimeField(_("trained"))
    metrics = models.JSONField(_("back-test"), default=dict, encoder=DjangoJSONEncoder)
    left_out = models.JSONField(_("left out"), default=dict)
    features = models.JSONField(_("looks at"), default=list)
    codes = models.JSONField(default=dict, editable=False)
    spans = models.JSONField(default=dict, editable=False)
    """By task: what models that had not seen it said, as log hours; ranges are widened by it."""
    outdated = models.BooleanField(_("to be forgotten"), default=False)
    """It has learned from somebody who has been removed; the next training replaces it, whatever it is worth."""
    libraries = models.JSONField(_("libraries"), default=dict)

    class Meta:
        db_table = "ml_models"
        verbose_name = _("model")
        verbose_name_plural = _("models")
        ordering = ["kind", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "version"], name="model_version_unique"),
            models.UniqueConstraint(fields=["kind"], condition=Q(in_use=True), name="model_one_in_use"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.version}"

    @property
    def sealed(self) -> dict[str, Any]:
        """What the signature covers beside the bytes: all that decides what is said, as JSON."""
        return {
            "kind": str(self.kind), "through": self.through.isoformat(), "points": self.points, "ranges": self.ranges,
            "codes": self.codes, "spans": self.spans,
        }  # fmt: skip
