"""A rule tried on something that has happened: what it would have found and done. Reads only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from timetracker.events.models import Event
from tracking.queries import activity_visible_to
from workflows.actions import ACTIONS
from workflows.actions.base import given_to
from workflows.choices import Scope
from workflows.conditions import Checked, trace
from workflows.models import Rule
from workflows.placeholders import names_in
from workflows.triggers import named_in, provided_values, triggers, values_of


@dataclass(frozen=True, slots=True)
class Trial:
    event: Event
    conditions: list[Checked]
    matched: bool
    actions: list[dict[str, Any]]
    """As they would be done: the placeholders filled in."""


def events_for(rule: Rule) -> QuerySet[Event]:
    """What its owner sees of what could have set it off, the latest first."""
    events = activity_visible_to(rule.user).filter(type=rule.trigger_type)
    own = Q(actor=rule.user) | Q(person_id=rule.user_id)
    return events if rule.scope == Scope.TEAM else events.filter(own)


def tried(rule: Rule, event: Event) -> Trial:
    trigger = triggers()[rule.trigger_type]
    named = named_in(rule.trigger_conditions) | set(_named_by(rule.actions))
    values = values_of(event) | provided_values(event, named)
    found = trace(rule.trigger_conditions, trigger, values)
    actions = [given_to(ACTIONS[action["type"]].params, action, values) for action in rule.actions]
    return Trial(event, found, holds(rule.trigger_conditions, {one.path: one.held for one in found}), actions)


def holds(node: Any, held: Mapping[str, bool], path: str = "conditions") -> bool:
    """What the whole comes to, of what was found for each condition."""
    if isinstance(node, list):
        return all(holds(one, held, f"{path}[{place}]") for place, one in enumerate(node))
    if "any" in node:
        return any(holds(one, held, f"{path}.any[{place}]") for place, one in enumerate(node["any"]))
    return holds(node["all"], held, f"{path}.all") if "all" in node else held[path]


def _named_by(actions: list[dict[str, Any]]) -> list[str]:
    return [name for action in actions for text in action.values() if isinstance(text, str) for name in names_in(text)]
