"""What happens in workflows. Field names are public: webhooks and scripts read them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Self

from django.utils.translation import gettext_lazy as _

from timetracker.events.registry import event_type
from workflows.models import Rule
from workflows.recurrence import WEEKDAYS


@dataclass(frozen=True, slots=True, kw_only=True)
class RulePayload:
    id: int
    name: str
    trigger_type: str
    enabled: bool

    @classmethod
    def of(cls, rule: Rule, **more: object) -> Self:
        return cls(id=rule.pk, name=rule.name, trigger_type=rule.trigger_type, enabled=rule.enabled, **more)


@event_type("rule_created", label=_("Rule created"), sentence=_("made the rule {name}"), subject="rule")
@dataclass(frozen=True, slots=True, kw_only=True)
class RuleCreated(RulePayload):
    pass


@event_type("rule_changed", label=_("Rule changed"), sentence=_("changed the rule {name}"), subject="rule")
@dataclass(frozen=True, slots=True, kw_only=True)
class RuleChanged(RulePayload):
    pass


@event_type("rule_deleted", label=_("Rule deleted"), sentence=_("deleted the rule {name}"), subject="rule")
@dataclass(frozen=True, slots=True, kw_only=True)
class RuleDeleted(RulePayload):
    pass


@event_type("rule_restored", label=_("Rule restored"), sentence=_("brought back the rule {name}"), subject="rule")
@dataclass(frozen=True, slots=True, kw_only=True)
class RuleRestored(RulePayload):
    pass


@event_type(
    "rule_switched_off",
    label=_("Rule switched off"),
    sentence=_("switched off the rule {name}: {reason}"),
    subject="rule",
)
@dataclass(frozen=True, slots=True, kw_only=True)
class RuleSwitchedOff(RulePayload):
    reason: str


@event_type(
    "webhook_secret_made",
    label=_("Webhook secret renewed"),
    sentence=_("made a new webhook secret for the rule {name}"),
    subject="rule",
)
@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookSecretMade(RulePayload):
    """In place of the one before. It is not told here, nor anywhere but to whoever made it."""


@event_type(
    "rule_step", label=_("Step of a rule"), sentence=_("ran a step of a rule"), subject="execution", internal=True
)
@dataclass(frozen=True, slots=True, kw_only=True)
class RuleStep:
    """A step has its turn. Each is a delivery of its own: who dies in one does not repeat those before it."""

    execution_id: int
    place: int
    outer: bool


@event_type(
    "schedule", label=_("Schedule"), sentence=_("reached the time of the rule {name}"), subject="rule", internal=True
)
@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleDue:
    """The time of a rule with a schedule has come: it concerns this rule alone."""

    id: int
    name: str
    due_at: dt.datetime
    date: str
    """This and what follows: of `due_at`, by the clock of the rule's owner."""
    time: str
    weekday: str
    """mon to sun."""
    day: int
    month: int
    missed: int
    """How many later times were left out, because nobody was there to notice them; 1000 where there were more."""

    @classmethod
    def of(cls, rule: Rule, local: dt.datetime, *, missed: int = 0) -> Self:
        """`local` is the instant in the owner's time zone."""
        return cls(
            id=rule.pk,
            name=rule.name,
            due_at=local.astimezone(dt.UTC),
            date=local.date().isoformat(),
            time=f"{local:%H:%M}",
            weekday=WEEKDAYS[local.weekday()],
            day=local.day,
            month=local.month,
            missed=missed,
        )
