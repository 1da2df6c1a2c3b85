"""Rules are made, changed, switched on and off, and thrown away."""

from __future__ import annotations

from typing import Any, TypedDict, Unpack

from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts.models import User
from notifications.choices import Priority, Type
from notifications.services.sending import notify
from timetracker.events.recording import record
from timetracker.web.errors import NotAllowed
from tracking.services.saving import apply_changes, locked
from workflows import definition
from workflows.categories import RULE_OFF
from workflows.choices import Scope
from workflows.events import RuleChanged, RuleCreated, RuleDeleted, RuleSwitchedOff
from workflows.models import Rule
from workflows.queries import may_watch_others
from workflows.services.timing import UNPLANNED, planned

MOST_RULES = 200


class RuleFields(TypedDict, total=False):
    name: str
    scope: str
    trigger_type: str
    trigger_options: Any
    trigger_conditions: Any
    actions: Any
    enabled: bool
    overlap: str
    cooldown_seconds: int
    most_per_hour: int


@transaction.atomic
def create_rule(*, actor: User, **fields: Unpack[RuleFields]) -> Rule:
    """One's own. Raises ValidationError by path: `conditions[0].value`, `actions[1].title`."""
    if Rule.objects.filter(user=actor).count() >= MOST_RULES:
        raise ValidationError(_("At most %(max)d rules.") % {"max": MOST_RULES})
    rule = Rule(user=actor, **fields)
    _check(rule)
    for name, value in planned(rule, timezone.now()).items():
        setattr(rule, name, value)
    rule.full_clean()
    rule.save(force_insert=True)
    record(RuleCreated.of(rule), actor=actor, subject=rule, person_id=actor.pk)
    return rule


@transaction.atomic
def update_rule(*, rule: Rule, actor: User, version: int | None = None, **changes: Unpack[RuleFields]) -> Rule:
    """Switched on again it begins without failures. Raises ValidationError by path."""
    rule = locked(Rule.objects.select_related("user"), rule.pk, version)
    derived: dict[str, Any] = {}
    if changes.get("enabled") and not rule.enabled:
        derived = {"failures": 0, "off_because": ""}
    before = _timing(rule)
    for name, value in changes.items():
        setattr(rule, name, value)
    _check(rule)
    if _timing(rule) != before:
        derived |= planned(rule, timezone.now())
    rule.refresh_from_db()
    if apply_changes(rule, {**changes, **derived}):
        record(RuleChanged.of(rule), actor=actor, subject=rule, person_id=rule.user_id)
    return rule


def _timing(rule: Rule) -> tuple[Any, ...]:
    return rule.enabled, rule.trigger_type, rule.trigger_options


def _check(rule: Rule) -> None:
    """Whoever saves it: it acts with its owner's rights."""
    definition.check(rule.trigger_type, rule.trigger_conditions, rule.actions, rule.trigger_options)
    if rule.scope == Scope.TEAM and not may_watch_others(rule.user):
        raise NotAllowed(_("Only leads, managers and administrators make rules of what others do."))


@transaction.atomic
def delete_rule(*, rule: Rule, actor: User) -> None:
    """Its history goes with it."""
    rule = locked(Rule.objects.all(), rule.pk)
    record(RuleDeleted.of(rule), actor=actor, subject=rule, person_id=rule.user_id)
    rule.delete()


@transaction.atomic
def switch_off(*, rule: Rule, reason: str) -> None:
    """By itself, because it cannot go on; its owner is told, where they are still here."""
    rule = locked(Rule.objects.select_related("user"), rule.pk)
    if not rule.enabled:
        return
    apply_changes(rule, {"enabled": False, "off_because": reason[:300], **UNPLANNED})
    record(RuleSwitchedOff.of(rule, reason=reason), actor=None, subject=rule, person_id=rule.user_id)
    with translation.override(rule.user.language):
        notify(
            person=rule.user,
            category=RULE_OFF,
            title=_("Your rule “%(name)s” was switched off") % {"name": rule.name},
            message=reason,
            type=Type.WARNING,
            priority=Priority.HIGH,
            url=reverse("api:rule-detail", args=[rule.pk]),
            key=f"rule-off:{rule.pk}:{rule.version}",
        )


def switch_off_all_of(*, person: User, reason: str) -> None:
    for rule in Rule.objects.filter(user=person, enabled=True):
        switch_off(rule=rule, reason=reason)
