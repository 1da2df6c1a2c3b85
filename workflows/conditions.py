"""Conditions of a rule: checked when it is saved, asked when something happens. Pure, and never raises.

A list means all of it. A group is `{"all": [...]}` or `{"any": [...]}`; a group in a group is as deep as it goes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from workflows.faults import Fault
from workflows.operators import OPERATORS, WITH_LIST, WITHOUT_VALUE, Kind, Operator, as_kind, can_be_kept, holds
from workflows.placeholders import filled, single
from workflows.triggers import Field, Trigger

DEEPEST = 2
MOST = 30
GROUPS = ("all", "any")
LONGEST = 1000


@dataclass(frozen=True, slots=True)
class Checked:
    """One condition and what became of it."""

    path: str
    field: str
    operator: str
    wanted: Any
    actual: Any
    held: bool


# ── When it is saved ─────────────────────────────────────────────────────────
def faults_in(conditions: Any, trigger: Trigger) -> Iterator[Fault]:
    if isinstance(conditions, Mapping):
        yield from _faults_in_group(conditions, trigger, "conditions", 1)
    else:
        yield from _faults_in_list(conditions, trigger, "conditions", 1)
    if _count(conditions) > MOST:
        yield Fault("conditions", _("At most %(max)d conditions.") % {"max": MOST})


def _count(node: Any) -> int:
    if isinstance(node, list):
        return sum(map(_count, node))
    groups = [node[name] for name in GROUPS if name in node] if isinstance(node, Mapping) else []
    return sum(map(_count, groups)) if groups else 1


def _faults_in_list(nodes: Any, trigger: Trigger, path: str, depth: int) -> Iterator[Fault]:
    if not isinstance(nodes, list):
        yield Fault(path, _("Conditions are a list, or a group: {“all”: [...]} or {“any”: [...]}."))
        return
    for place, node in enumerate(nodes):
        here = f"{path}[{place}]"
        if not isinstance(node, Mapping):
            yield Fault(here, _("A condition has a field, an operator and a value."))
        elif any(name in node for name in GROUPS):
            yield from _faults_in_group(node, trigger, here, depth + 1)
        else:
            yield from _faults_in_one(node, trigger, here)


def _faults_in_group(node: Mapping[str, Any], trigger: Trigger, path: str, depth: int) -> Iterator[Fault]:
    names = [name for name in GROUPS if name in node]
    if len(names) != 1 or len(node) != 1:
        yield Fault(path, _("A group is either all or any, and nothing besides."))
    elif depth > DEEPEST:
        yield Fault(path, _("Groups are nested once."))
    else:
        if node[names[0]] == []:
            yield Fault(path, _("A group has at least one condition."))
        yield from _faults_in_list(node[names[0]], trigger, f"{path}.{names[0]}", depth)


def _faults_in_one(node: Mapping[str, Any], trigger: Trigger, path: str) -> Iterator[Fault]:
    if unknown := sorted(map(str, node.keys() - {"field", "operator", "value"})):
        yield Fault(f"{path}.{unknown[0]}", _("A condition has a field, an operator and a value."))
        return
    name, operator = node.get("field"), node.get("operator")
    found = trigger.fields.get(name) if isinstance(name, str) else None
    if found is None:
        yield Fault(f"{path}.field", _("This trigger has no field “%(name)s”.") % {"name": str(name)[:60]})
    elif operator not in OPERATORS[found.kind]:
        text = _("“%(operator)s” does not fit a field of this kind. Use one of: %(these)s.")
        these = ", ".join(OPERATORS[found.kind])
        yield Fault(f"{path}.operator", text % {"operator": str(operator)[:20], "these": these})
    elif operator == Operator.CHANGED and not found.knows_before:
        yield Fault(f"{path}.operator", _("This trigger does not say what “%(name)s” was before.") % {"name": name})
    elif operator in WITHOUT_VALUE:
        if node.get("value") is not None:
            yield Fault(f"{path}.value", _("“%(operator)s” takes no value.") % {"operator": operator})
    else:
        yield from _faults_in_value(node.get("value"), Operator(operator), found, trigger, f"{path}.value")


def _faults_in_value(value: Any, operator: Operator, found: Field, trigger: Trigger, path: str) -> Iterator[Fault]:
    if operator in WITH_LIST:
        if not isinstance(value, list) or not value:
            yield Fault(path, _("Give one value at least, in a list."))
            return
        for place, one in enumerate(value):
            yield from _faults_in_scalar(one, found.kind, found, trigger, f"{path}[{place}]")
        return
    kind = Kind.TEXT if found.kind == Kind.LIST else found.kind
    free = found.choices == () or operator in {Operator.CONTAINS, Operator.NOT_CONTAINS}
    yield from _faults_in_scalar(value, kind, None if free else found, trigger, path)


def _faults_in_scalar(value: Any, kind: Kind, chosen: Field | None, trigger: Trigger, path: str) -> Iterator[Fault]:
    if not can_be_kept(value):
        yield Fault(path, _("This cannot be kept."))
    elif name := single(value):
        other = trigger.fields.get(name)
        if other is None:
            yield Fault(path, _("This trigger has no field “%(name)s”.") % {"name": name[:60]})
        elif other.kind != kind:
            yield Fault(path, _("“%(name)s” is of another kind.") % {"name": name[:60]})
    elif as_kind(value, kind) is None:
        yield Fault(path, _WANTED[kind]())
    elif isinstance(value, str) and len(value) > LONGEST:
        yield Fault(path, _("At most %(max)d letters.") % {"max": LONGEST})
    elif chosen and chosen.choices and value not in chosen.choices:
        yield Fault(path, _("One of: %(these)s.") % {"these": ", ".join(chosen.choices)})


_WANTED = {
    Kind.NUMBER: lambda: _("Give a number."),
    Kind.TEXT: lambda: _("Give text."),
    Kind.BOOLEAN: lambda: _("Give true or false."),
    Kind.MOMENT: lambda: _("Give a day or an instant with its zone, such as 2026-11-22T09:30:00+01:00."),
}


# ── When something happens ───────────────────────────────────────────────────
def first_failure(conditions: Any, trigger: Trigger, values: Mapping[str, Any]) -> Checked | None:
    """What keeps the rule from running; None where nothing does. Of an `any` group it is its last condition."""
    return _failure(conditions, trigger, values, "conditions")


def _failure(node: Any, trigger: Trigger, values: Mapping[str, Any], path: str) -> Checked | None:
    if isinstance(node, list):
        for place, one in enumerate(node):
            if failed := _failure(one, trigger, values, f"{path}[{place}]"):
                return failed
        return None
    if "all" in node:
        return _failure(node["all"], trigger, values, f"{path}.all")
    if "any" in node:
        failed = None
        for place, one in enumerate(node["any"]):
            failed = _failure(one, trigger, values, f"{path}.any[{place}]")
            if failed is None:
                return None
        return failed
    found = check(node, trigger, values, path)
    return None if found.held else found


def trace(node: Any, trigger: Trigger, values: Mapping[str, Any], path: str = "conditions") -> list[Checked]:
    """Every condition, whatever the others say."""
    if isinstance(node, list):
        return [one for place, item in enumerate(node) for one in trace(item, trigger, values, f"{path}[{place}]")]
    for name in GROUPS:
        if name in node:
            return trace(node[name], trigger, values, f"{path}.{name}")
    return [check(node, trigger, values, path)]


def check(node: Mapping[str, Any], trigger: Trigger, values: Mapping[str, Any], path: str) -> Checked:
    """A field that the trigger no longer has is missing: an old rule is no reason to fail."""
    name, operator, wanted = node["field"], Operator(node["operator"]), node.get("value")
    found = trigger.fields.get(name)
    actual = values.get(name)
    if isinstance(wanted, list):
        wanted = [filled(one, values) if single(one) else one for one in wanted]
    elif single(wanted):
        wanted = filled(wanted, values)
    if found is None:
        held = False
    elif operator == Operator.CHANGED:
        held = values.get(f"old_{found.name}") != values.get(found.name)
    else:
        held = holds(operator, found.kind, actual, wanted)
    return Checked(path, name, operator.value, wanted, actual, held)
