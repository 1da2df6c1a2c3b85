"""A rule as a document: what the page, the API, a file and a version hold of it, in one order, so that it comes back
letter by letter."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from workflows.models import Rule
from workflows.triggers import Trigger, triggers

Document = dict[str, Any]
PARTS = ("name", "trigger", "conditions", "actions", "scope", "overlap", "cooldown_seconds", "most_per_hour")
"""What a rule says and how it is held back. Whether it is switched on is no part of it."""
_FIRST = ("type", "every", "days", "day", "at", "cron", "all", "any", "field", "operator", "value")
"""Of what a document holds; the values of an action follow by name."""
LARGEST = 100_000


def empty() -> Document:
    return {"name": "", "trigger": {"type": ""}, "conditions": [], "actions": []}


def document_of(rule: Rule) -> Document:
    return {
        "name": rule.name,
        "trigger": {"type": rule.trigger_type, **rule.trigger_options},
        "conditions": rule.trigger_conditions,
        "actions": rule.actions,
        "scope": rule.scope,
        "overlap": rule.overlap,
        "cooldown_seconds": rule.cooldown_seconds,
        "most_per_hour": rule.most_per_hour,
    }


def fields_of(document: Mapping[str, Any]) -> dict[str, Any]:
    """For the services."""
    fields = {name: document[name] for name in PARTS if name in document}
    if "trigger" in fields:
        trigger = fields.pop("trigger")
        fields["trigger_type"] = trigger.get("type")
        fields["trigger_options"] = {name: trigger[name] for name in trigger if name != "type"}
    if "conditions" in fields:
        fields["trigger_conditions"] = fields.pop("conditions")
    return fields


def trigger_of(document: Mapping[str, Any]) -> Trigger | None:
    """What sets it off, where that is something known."""
    name = document["trigger"].get("type")
    return triggers().get(name) if isinstance(name, str) else None


def as_text(document: Mapping[str, Any]) -> str:
    """Always in the same order: PostgreSQL keeps none."""
    ordered = {name: _in_order(document[name]) for name in PARTS if name in document}
    return json.dumps(ordered, ensure_ascii=False, indent=2) + "\n"


def _in_order(node: Any) -> Any:
    if isinstance(node, list):
        return [_in_order(one) for one in node]
    if not isinstance(node, dict):
        return node
    names = sorted(node, key=lambda name: (_FIRST.index(name) if name in _FIRST else len(_FIRST), name))
    return {name: _in_order(node[name]) for name in names}


def from_text(text: str) -> Document:
    """Its shape is looked at, not yet what it says. Raises ValidationError."""
    if len(text) > LARGEST:
        raise ValidationError(_("At most %(max)d letters.") % {"max": LARGEST})
    try:
        found = json.loads(text)
    except ValueError as error:
        raise ValidationError(_("This is no JSON: %(why)s") % {"why": error}) from error
    if not isinstance(found, dict) or not isinstance(found.get("trigger"), dict):
        raise ValidationError(_("A rule is an object with name, trigger, conditions and actions."))
    if unknown := sorted(found.keys() - {*PARTS, "enabled"}):
        raise ValidationError(_("A rule has no “%(name)s”.") % {"name": unknown[0][:60]})
    found.pop("enabled", None)
    return empty() | found
