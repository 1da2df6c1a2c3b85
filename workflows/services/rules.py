"""Rules are made, changed, switched on and off, and thrown away."""

from __future__ import annotations

from typing import Any, TypedDict, Unpack

from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import translation
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
from workflows.services.signing import secret_if_first

MOST_RULES = 200


class RuleFields(TypedDict, total=False):
    name: str
    scope: str
    trigger_type: str
    trigger_conditions: Any
    actions: Any
    enabled: bool
    overlap: str
    cooldown_seconds: int
    most_per_hour: int


@transaction.atomic
def create_rule(*, actor: User, **fields: Unpack[RuleFields]) -> Rule:
    """One's own. Raises ValidationError by path: `conditions[0].value`, `actions[1].title`.

    Where it is the first to send a webhook, what that is signed with is in `new_secret`: only here.
    """
    if Rule.objects.filter(user=actor).count() >= MOST_RULES:
        raise ValidationError(_("At most %(max)d rules.") % {"max": MOST_RULES})
    rule = Rule(user=actor, **fields)
    _check(rule)
    rule.full_clean()
    rule.save(force_insert=True)
    secret_if_first(rule)
    record(RuleCreated.of(rule), actor=actor, subject=rule, person_id=actor.pk)
    return rule


@transaction.atomic
def update_rule(*, rule: Rule, actor: User, version: int | None = None, **changes: Unpack[RuleFields]) -> Rule:
    """Switched on again it begins without failures. Raises ValidationError by path. `new_secret`: see create_rule."""
    rule = locked(Rule.objects.select_related("user"), rule.pk, version)
    derived: dict[str, Any] = {}
    if changes.get("enabled") and not rule.enabled:
        derived = {"failures": 0, "off_because": ""}
    for name, value in changes.items():
        setattr(rule, name, value)
    _check(rule)
    rule.refresh_from_db()
    if apply_changes(rule, {**changes, **derived}):
        secret_if_first(rule)
        record(RuleChanged.of(rule), actor=actor, subject=rule, person_id=rule.user_id)
    return rule


def _check(rule: Rule) -> None:
    """Whoever saves it: it acts with its owner's rights."""
    definition.check(rule.trigger_type, rule.trigger_conditions, rule.actions)
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
    apply_changes(rule, {"enabled": False, "off_because": reason[:300]})
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
