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
from timetracker.live.push import push_after_commit
from timetracker.web.errors import NotAllowed
from tracking.services.saving import apply_changes, locked
from workflows import definition
from workflows.categories import RULE_OFF
from workflows.choices import Scope
from workflows.document import document_of, fields_of
from workflows.events import RuleChanged, RuleCreated, RuleDeleted, RulePayload, RuleRestored, RuleSwitchedOff
from workflows.models import Rule, Version
from workflows.queries import may_watch_others
from workflows.services.signing import secret_if_first
from workflows.services.timing import UNPLANNED, planned

MOST_RULES = 200
TOPIC = "rules"
"""What open pages of the owner listen to."""


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
    """One's own. Raises ValidationError by path: `conditions[0].value`, `actions[1].title`.

    Where it is the first to send a webhook, what that is signed with is in `new_secret`: only here.
    """
    if Rule.objects.alive().filter(user=actor).count() >= MOST_RULES:
        raise ValidationError(_("At most %(max)d rules.") % {"max": MOST_RULES})
    rule = Rule(user=actor, **fields)
    _check(rule)
    for name, value in planned(rule, timezone.now()).items():
        setattr(rule, name, value)
    rule.full_clean()
    rule.save(force_insert=True)
    secret_if_first(rule)
    _keep_version(rule, actor)
    _tell(RuleCreated.of(rule), rule, actor=actor)
    return rule


@transaction.atomic
def update_rule(*, rule: Rule, actor: User, version: int | None = None, **changes: Unpack[RuleFields]) -> Rule:
    """Switched on again it begins without failures. Raises ValidationError by path. `new_secret`: see create_rule."""
    rule = locked(Rule.objects.alive().select_related("user"), rule.pk, version)
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
        secret_if_first(rule)
        _keep_version(rule, actor)
        _tell(RuleChanged.of(rule), rule, actor=actor)
    return rule


def _timing(rule: Rule) -> tuple[Any, ...]:
    return rule.enabled, rule.trigger_type, rule.trigger_options


def _check(rule: Rule) -> None:
    """Whoever saves it: it acts with its owner's rights."""
    definition.check(rule.trigger_type, rule.trigger_conditions, rule.actions, rule.trigger_options)
    if rule.scope == Scope.TEAM and not may_watch_others(rule.user):
        raise NotAllowed(_("Only leads, managers and administrators make rules of what others do."))


def _tell(payload: RulePayload, rule: Rule, *, actor: User | None) -> None:
    record(payload, actor=actor, subject=rule, person_id=rule.user_id)
    push_after_commit([rule.user_id], TOPIC)


def _keep_version(rule: Rule, actor: User) -> None:
    """Where it says something else than before: being switched on and off is no version."""
    said = document_of(rule)
    last = rule.versions.first()
    if last is None or last.document != said:
        Version.objects.create(rule=rule, number=rule.version, document=said, by=actor)


@transaction.atomic
def roll_back(*, rule: Rule, actor: User, version: Version) -> Rule:
    """It says again what it said then, as a version of its own. Raises ValidationError where that fits no longer."""
    return update_rule(rule=rule, actor=actor, **fields_of(version.document))


@transaction.atomic
def delete_rule(*, rule: Rule, actor: User) -> None:
    """It runs no more, and can be brought back with its history for a while."""
    rule = locked(Rule.objects.alive(), rule.pk)
    rule.deleted_at = timezone.now()
    rule.save(update_fields=["deleted_at"])
    _tell(RuleDeleted.of(rule), rule, actor=actor)


@transaction.atomic
def restore_rule(*, rule: Rule, actor: User) -> Rule:
    """On or off as it was. What it would have done meanwhile is not made up for."""
    rule = locked(Rule.objects.exclude(deleted_at=None).select_related("user"), rule.pk)
    rule.deleted_at = None
    for name, value in planned(rule, timezone.now()).items():
        setattr(rule, name, value)
    rule.save(update_fields=["deleted_at", *UNPLANNED])
    _tell(RuleRestored.of(rule), rule, actor=actor)
    return rule


@transaction.atomic
def switch_off(*, rule: Rule, reason: str) -> None:
    """By itself, because it cannot go on; its owner is told, where they are still here."""
    rule = locked(Rule.objects.select_related("user"), rule.pk)
    if not rule.enabled:
        return
    apply_changes(rule, {"enabled": False, "off_because": reason[:300], **UNPLANNED})
    _tell(RuleSwitchedOff.of(rule, reason=reason), rule, actor=None)
    with translation.override(rule.user.language):
        notify(
            person=rule.user,
            category=RULE_OFF,
            title=_("Your rule “%(name)s” was switched off") % {"name": rule.name},
            message=reason,
            type=Type.WARNING,
            priority=Priority.HIGH,
            url=reverse("workflows:rule", args=[rule.pk]),
            key=f"rule-off:{rule.pk}:{rule.version}",
        )


def switch_off_all_of(*, person: User, reason: str) -> None:
    for rule in Rule.objects.alive().filter(user=person, enabled=True):
        switch_off(rule=rule, reason=reason)
