"""Rules out of a `random.Random`: valid ones over everything that a rule can say, and the same with something broken.

Plain functions: strategies that choose each value by themselves take twenty times as long for ten thousand rules.
"""

from __future__ import annotations

import contextlib
import copy
import dataclasses
from collections.abc import Iterator
from functools import cache
from random import Random
from typing import Any

from django.core.exceptions import ValidationError

from workflows.actions import ACTIONS
from workflows.actions.base import FITS, Action, Param, ParamKind
from workflows.operators import OPERATORS, WITH_LIST, WITHOUT_VALUE, Kind, Operator
from workflows.triggers import SCHEDULE, Field, Trigger, triggers

VALUES: dict[Kind, list[Any]] = {
    Kind.NUMBER: [0, 1, -3, 4.0, 1.5, 1e-9, 2**63, 10**400, -1e300],
    Kind.TEXT: [
        "a",
        "/tasks/",
        "Landing page",
        "ẞß",
        "İ",
        "done",
        "0",
        "{ }",
        "x" * 300,
        "\n",
        "🦉",
        "<b>&amp;",
        "%s {0}",
        "None",
    ],
    Kind.BOOLEAN: [True, False],
    Kind.MOMENT: ["2026-03-04", "2026-03-04T13:00:00+01:00", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-11:00"],
    Kind.LIST: ["a", "b c"],
}
ANYTHING = [None, "", [], ["a", 1], "99:99", *(one for values in VALUES.values() for one in values)]
JUNK: list[Any] = [
    None, True, -1, 1.5, 10**400, float("inf"), float("nan"), "", "{{", "{{ nope }}", "{{ task.name }}",
    "{{ a.__class__ }}", "\x00", "a\ud800", [], [[]], {}, {"any": []}, {"all": [{}]}, {"type": "add_tag"},
    {"field": []}, "in", "x" * 6000, "__proto__", ["done"], [None], {"a": {"b": 1}}, "9999-99-99", "²",
]  # fmt: skip
ENOUGH = 3


# ── Valid ────────────────────────────────────────────────────────────────────
SCHEDULES: list[dict[str, Any]] = [
    {"every": "day", "at": "23:59"},
    {"every": "week", "days": ["mon", "sun"], "at": "02:30"},
    {"every": "month", "day": 31, "at": "00:00"},
    {"every": "month", "day": "last", "at": "09:00"},
    {"cron": "*/10 2 29 2 *"},
]


def valid_rule(dice: Random, ids: tuple[int, ...] = ()) -> dict[str, Any]:
    """As the API takes it. `ids` are numbers of what there is, besides those of what there is not."""
    trigger = dice.choice(list(triggers().values()))
    actions = [_action(dice, trigger, ids) for _each in range(dice.randint(1, ENOUGH))]
    said = {"type": trigger.name} | (dice.choice(SCHEDULES) if trigger.name == SCHEDULE else {})
    return {"trigger": said, "conditions": _conditions(dice, trigger), "actions": actions}


def _conditions(dice: Random, trigger: Trigger) -> Any:
    nodes = [_node(dice, trigger) for _each in range(dice.randint(0, ENOUGH))]
    return {dice.choice(["any", "all"]): nodes} if nodes and dice.random() < 0.3 else nodes


def _node(dice: Random, trigger: Trigger) -> dict[str, Any]:
    if dice.random() < 0.3:
        return {dice.choice(["any", "all"]): [_condition(dice, trigger) for _each in range(dice.randint(1, ENOUGH))]}
    return _condition(dice, trigger)


def _condition(dice: Random, trigger: Trigger) -> dict[str, Any]:
    name = dice.choice(list(trigger.fields))
    found = trigger.fields[name]
    operator = dice.choice([one for one in OPERATORS[found.kind] if one != Operator.CHANGED or found.knows_before])
    node: dict[str, Any] = {"field": name, "operator": operator.value}
    if operator in WITH_LIST:
        node["value"] = [_wanted(dice, found, operator, trigger) for _each in range(dice.randint(1, ENOUGH))]
    elif operator not in WITHOUT_VALUE:
        node["value"] = _wanted(dice, found, operator, trigger)
    return node


def _wanted(dice: Random, found: Field, operator: Operator, trigger: Trigger) -> Any:
    kind = Kind.TEXT if found.kind == Kind.LIST else found.kind
    if dice.random() < 0.2 and (one := _placeholder(dice, trigger, (kind,))):
        return one
    within = operator in {Operator.CONTAINS, Operator.NOT_CONTAINS}
    return dice.choice(found.choices if found.choices and not within else VALUES[kind])


def _placeholder(dice: Random, trigger: Trigger, kinds: tuple[Kind, ...]) -> str | None:
    names = [name for name, found in trigger.fields.items() if found.kind in kinds]
    return f"{{{{ {dice.choice(names)} }}}}" if names else None


def _action(dice: Random, trigger: Trigger, ids: tuple[int, ...]) -> dict[str, Any]:
    found = dice.choice(list(ACTIONS.values()))
    node = {"type": found.name}
    for param in found.params:
        if param.required or _says_on_what(param, found, trigger) or dice.random() < 0.5:
            node[param.name] = _given(dice, param, trigger, ids)
    return node


def _says_on_what(param: Param, action: Action, trigger: Trigger) -> bool:
    return param.name == "task_id" and bool(action.about) and trigger.subject not in action.about


def _given(dice: Random, param: Param, trigger: Trigger, ids: tuple[int, ...]) -> Any:
    one = _placeholder(dice, trigger, FITS[param.kind])
    if one and dice.random() < 0.4:
        return one if param.kind != ParamKind.TEXT or param.choices or dice.random() < 0.5 else f"Of {one}"
    literals: dict[ParamKind, list[Any]] = {
        ParamKind.TEXT: _texts(param) if param.kind == ParamKind.TEXT else [],
        ParamKind.ID: [*ids, 10**9, 2**63 - 1],
        ParamKind.HOURS: [0.5, 8, 1e5, "1h30", "90m", "1:30"],
        ParamKind.MOMENT: VALUES[Kind.MOMENT][:2],
        ParamKind.URL: ["https://a.example/hook?x=1", "http://10.0.0.1:8080", "https://grüße.example/"],
    }
    return dice.choice(literals[param.kind])


@cache
def _texts(param: Param) -> list[str]:
    return list(param.choices) or [text for text in VALUES[Kind.TEXT] if _fits(text, param)]


def _fits(text: str, param: Param) -> bool:
    with contextlib.suppress(ValidationError):
        if param.check:
            param.check(text)
        return len(text) <= param.longest
    return False


# ── What happens ─────────────────────────────────────────────────────────────
def any_values(dice: Random, trigger: Trigger) -> dict[str, Any]:
    """By the names of its fields: what it should be, what it should not, or nothing."""
    names = dice.sample(list(trigger.fields), min(len(trigger.fields), 5))
    return {name: dice.choice(ANYTHING if dice.random() < 0.5 else VALUES[trigger.fields[name].kind]) for name in names}


# ── Broken ───────────────────────────────────────────────────────────────────
def broken_rule(dice: Random) -> dict[str, Any]:
    """A valid one in which one or two values are something else, are missing, or have company."""
    rule = valid_rule(dice)
    for _each in range(dice.randint(1, 2)):
        node, key = dice.choice(list(_places(rule)))
        junk = copy.deepcopy(dice.choice(JUNK))
        if not isinstance(node, dict) or dice.random() < 0.6:
            node[key] = junk
        elif dice.random() < 0.5:
            node.pop(key)
        else:
            node["extra"] = junk
    return rule


def _places(node: Any) -> Iterator[tuple[Any, Any]]:
    for key, inner in list(node.items() if isinstance(node, dict) else enumerate(node)):
        yield node, key
        if isinstance(inner, dict | list):
            yield from _places(inner)


# ── With a database ──────────────────────────────────────────────────────────
def any_payload(dice: Random, payload_class: type, ids: tuple[int, ...]) -> Any:
    """Of an event as its types allow it, whether or not there is any such thing. Instants are those of people alive."""
    hints = {item.name: str(item.type) for item in dataclasses.fields(payload_class)}
    return payload_class(**{name: _of_type(dice, name, hint, ids) for name, hint in hints.items()})


def _of_type(dice: Random, name: str, hint: str, ids: tuple[int, ...]) -> Any:
    if "None" in hint and dice.random() < 0.3:
        return None
    if hint.startswith("int"):
        return dice.choice([*ids, 10**9]) if name.endswith("id") else dice.choice([0, 1, 5400, 10**12])
    if hint.startswith("float"):
        return dice.choice([0.0, 1.5, 1e9])
    if hint.startswith("bool"):
        return dice.choice([True, False])
    return "2026-03-04T13:00:00+01:00" if name.endswith(("_at", "_on")) else dice.choice(VALUES[Kind.TEXT])
