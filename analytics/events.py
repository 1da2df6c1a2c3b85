"""What happens in insights. Field names are public: rules, webhooks and scripts read them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Self

from django.utils.translation import gettext_lazy as _

from analytics.models import TrainedModel
from timetracker.events.registry import event_type


@event_type(
    "model_chosen",
    label=_("Model chosen"),
    sentence=_("put version {version} of the model “{kind}” to use"),
    subject="model",
)
@dataclass(frozen=True, slots=True, kw_only=True)
class ModelChosen:
    id: int
    kind: str
    version: int

    @classmethod
    def of(cls, model: TrainedModel) -> Self:
        return cls(id=model.pk, kind=model.kind, version=model.version)


@event_type(
    "advice_dismissed",
    label=_("Recommendation dismissed"),
    sentence=_("dismissed a recommendation"),
    subject="advice",
    internal=True,
)
@dataclass(frozen=True, slots=True, kw_only=True)
class AdviceDismissed:
    key: str


@event_type(
    "advice_brought_back",
    label=_("Recommendation brought back"),
    sentence=_("brought a recommendation back"),
    subject="advice",
    internal=True,
)
@dataclass(frozen=True, slots=True, kw_only=True)
class AdviceBroughtBack:
    key: str


@event_type(
    "score_weights_changed",
    label=_("Weights of the score changed"),
    sentence=_("changed the weights of their score"),
    subject="person",
    internal=True,
)
@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreWeightsChanged:
    """Which and how much is the person's own: administrators read the log."""

    user_id: int


@event_type(
    "digest_ready",
    label=_("Week has ended"),
    sentence=_("has a week behind them"),
    subject="digest",
    internal=True,
)
@dataclass(frozen=True, slots=True, kw_only=True)
class DigestReady:
    """Administrators read the log: score, focus and patterns, which are the person's alone, stay out of it."""

    week: dt.date
    """Its first day."""
    last: dt.date
    user_id: int
    worked_seconds: int
    before_seconds: int | None
    """In the week before. None where nothing was ever worked before this one."""
    goal_seconds: int | None
    projects: list[dict[str, object]]
    """`id` and `status` of those the person manages that are in trouble, the worst first, three at most."""
    projects_at_risk: int
    """All of them."""


@event_type(
    "telemetry_due",
    label=_("Usage figures are due"),
    sentence=_("has usage figures to send"),
    subject="telemetry",
    internal=True,
)
@dataclass(frozen=True, slots=True, kw_only=True)
class TelemetryDue:
    waiting: int
    """How many messages."""


@event_type(
    "telemetry_id_renewed",
    label=_("Install id renewed"),
    sentence=_("renewed the install id of the usage figures"),
    subject="telemetry",
    internal=True,
)
@dataclass(frozen=True, slots=True, kw_only=True)
class TelemetryIdRenewed:
    was_used: bool
    """Whether anything may have reached PostHog under the one before. The ids themselves stay out of the log."""


@event_type(
    "telemetry_record_deleted",
    label=_("Record of usage figures deleted"),
    sentence=_("deleted the record of the usage figures that were sent"),
    subject="telemetry",
    internal=True,
)
@dataclass(frozen=True, slots=True, kw_only=True)
class TelemetryRecordDeleted:
    messages: int
    """How many there were."""
