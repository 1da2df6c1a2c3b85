"""A rule while it is being built: what the form holds becomes a document, and each press of a button changes it.

Names in the form say the place: `c.0.field`, in a group `c.1.0.field`, `a.2.title`. Nothing here raises on what people
type: what does not fit stays as it is, and is named when the rule is saved.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from typing import Any

from django.http import QueryDict

from accounts.models import User
from timetracker.web.answers import number
from timetracker.web.times import combine_local
from workflows.actions import ACTIONS
from workflows.actions.base import Param, ParamKind
from workflows.conditions import GROUPS, MOST
from workflows.definition import MOST_ACTIONS
from workflows.document import Document, trigger_of
from workflows.operators import WITH_LIST, WITHOUT_VALUE, Kind
from workflows.placeholders import single
from workflows.triggers import ME, SCHEDULE, Field, Trigger, triggers

CHOSEN = "="
"""In place of a placeholder: a particular one, picked beside it."""
_NUMBER = re.compile(r"[+-]?\d{1,15}(?:[.,]\d{1,9})?\Z", re.ASCII)
_WHOLE = re.compile(r"[+-]?\d{1,15}\Z", re.ASCII)


# ── From the form ────────────────────────────────────────────────────────────
def read(form: QueryDict, person: User) -> Document:
    kind = form.get("trigger", "")
    trigger = triggers().get(kind)
    document: Document = {
        "name": form.get("name", "").strip(),
        "trigger": _trigger(form, kind),
        "conditions": _whole(form.get("c.mode", "all"), _items(form, "c", trigger, person)),
        "actions": [_action(form, f"a.{place}") for place in _places(form, "a")],
    }
    for name in ("scope", "overlap"):
        if name in form:
            document[name] = form[name]
    for name in ("cooldown_seconds", "most_per_hour"):
        if form.get(name):
            document[name] = typed_number(form.get(name, ""))
    return document


def _trigger(form: QueryDict, kind: str) -> Document:
    if kind != SCHEDULE:
        return {"type": kind}
    every = form.get("s.every", "day")
    if every == "cron":
        return {"type": kind, "cron": form.get("s.cron", "").strip()}
    at: Document = {"at": form.get("s.at", "09:00")}
    match every:
        case "week":
            at["days"] = form.getlist("s.days") if "s.week" in form else ["mon"]
        case "month":
            at["day"] = typed_number(form.get("s.day", "1"))
    return {"type": kind, "every": every, **at}


def _whole(mode: str, items: list[Any]) -> Any:
    return items if mode == "all" or not items else {"any": items}


def _places(form: QueryDict, prefix: str) -> list[int]:
    found = (re.match(rf"{re.escape(prefix)}\.(\d{{1,3}})\.", name) for name in form)
    return sorted({int(one[1]) for one in found if one})


def _items(form: QueryDict, prefix: str, trigger: Trigger | None, person: User) -> list[Any]:
    items: list[Any] = []
    for place in _places(form, prefix):
        here = f"{prefix}.{place}"
        if f"{here}.mode" in form:
            mode = form[f"{here}.mode"]
            items.append({mode if mode in GROUPS else "all": _items(form, here, trigger, person)})
        else:
            items.append(_condition(form, here, trigger, person))
    return items


def _condition(form: QueryDict, here: str, trigger: Trigger | None, person: User) -> Document:
    name, operator = form.get(f"{here}.field", ""), form.get(f"{here}.operator", "")
    found = trigger.fields.get(name) if trigger else None
    node = {"field": name, "operator": operator}
    if operator not in WITHOUT_VALUE:
        source = form.get(f"{here}.value.from", CHOSEN)
        node["value"] = _value(form.getlist(f"{here}.value"), operator, found, person) if source == CHOSEN else source
    return node


def _value(given: Sequence[str], operator: str, found: Field | None, person: User) -> Any:
    kind = found.kind if found else Kind.TEXT
    if operator in WITH_LIST:
        texts = given if found and found.choices else [one.strip() for text in given for one in text.split(",")]
        return [_typed(text, kind, person) for text in texts if text]
    text = given[0] if given else ""
    # Of a field that this trigger has not, it stays what it looks like.
    return _typed(text, kind, person) if found else typed_number(text)


def _typed(text: str, kind: Kind, person: User) -> Any:
    if single(text):
        return text
    match kind:
        case Kind.NUMBER:
            return typed_number(text)
        case Kind.BOOLEAN:
            return {"true": True, "false": False}.get(text, text)
        case Kind.MOMENT:
            return _instant(text, person)
    return text


def typed_number(text: str) -> int | float | str:
    """As people write it, 1,5 too; text that is none stays text."""
    text = text.strip()
    if _WHOLE.match(text):
        return int(text)
    return float(text.replace(",", ".")) if _NUMBER.match(text) else text


def _instant(text: str, person: User) -> str:
    try:
        local = dt.datetime.fromisoformat(text)
        return text if local.tzinfo else combine_local(local.date(), local.time(), person.zone).isoformat()
    except ValueError:
        return text


def _action(form: QueryDict, here: str) -> Document:
    name = form.get(f"{here}.type", "")
    node: Document = {"type": name}
    for param in ACTIONS[name].params if name in ACTIONS else ():
        value = _param(form, f"{here}.{param.name}", param)
        if value is not None:
            node[param.name] = value
    return node


def _param(form: QueryDict, name: str, param: Param) -> Any:
    """None where nothing is said. "" where it is to be a particular one, and none is picked yet."""
    text = form.get(name, "")
    if param.kind == ParamKind.ID:
        source = form.get(f"{name}.from", "")
        return (number(text) or text) if source == CHOSEN else source or None
    if param.kind == ParamKind.HOURS:
        return typed_number(text) if text else None
    return text.replace("\r\n", "\n") or None


# ── The buttons ──────────────────────────────────────────────────────────────
def edited(document: Document, deed: str, form: Mapping[str, str]) -> Document:
    """`add-condition`, `add-condition:1` in a group, `remove-condition:1.0`, `move:2:0`; nonsense is nothing."""
    verb, _colon, rest = deed.partition(":")
    places = [int(place) for place in re.findall(r"\d{1,3}", rest)]
    match verb:
        case "add-condition":
            _add(document, places, _first_condition(document))
        case "add-group":
            _add(document, [], {"any": [_first_condition(document)]})
        case "remove-condition":
            _remove(document, places)
        case "add-action":
            if len(document["actions"]) < MOST_ACTIONS and form.get("new_action") in ACTIONS:
                document["actions"].append({"type": form["new_action"]})
        case "remove-action" | "up" | "down" | "move":
            _rearrange(document["actions"], verb, places)
    return document


def _rearrange(actions: list[Any], verb: str, places: list[int]) -> None:
    if not places or places[0] >= len(actions):
        return
    taken = actions.pop(places[0])
    match verb:
        case "up":
            actions.insert(max(places[0] - 1, 0), taken)
        case "down":
            actions.insert(places[0] + 1, taken)
        case "move":
            actions.insert(places[-1], taken)


def _first_condition(document: Document) -> Document:
    trigger = trigger_of(document)
    fields = offered(trigger) if trigger else []
    return {"field": fields[0].name if fields else "", "operator": "=", "value": ""}


def items_of(conditions: Any) -> tuple[str, list[Any]]:
    """Whether all or any, and of what: of a list, or of a group."""
    if isinstance(conditions, dict):
        mode = next((name for name in GROUPS if name in conditions), "all")
        found = conditions.get(mode)
        return mode, found if isinstance(found, list) else []
    return "all", conditions if isinstance(conditions, list) else []


def _add(document: Document, places: list[int], node: Document) -> None:
    mode, items = items_of(document["conditions"])
    target = items_of(items[places[0]])[1] if places and places[0] < len(items) else items
    if len(items) < MOST and len(target) < MOST:
        target.append(node)
    document["conditions"] = _whole(mode, items)


def _remove(document: Document, places: list[int]) -> None:
    """A group whose last condition goes, goes along."""
    mode, items = items_of(document["conditions"])
    if not places or places[0] >= len(items):
        return
    inner = items_of(items[places[0]])[1] if len(places) > 1 else []
    if len(places) > 1 and places[1] < len(inner):
        del inner[places[1]]
    if len(places) == 1 or not inner:
        del items[places[0]]
    document["conditions"] = _whole(mode, items)


# ── What the page offers ─────────────────────────────────────────────────────
_UNLIKELY = {"id", "client_id", "seconds", "tracked_seconds", "old_assignee_id", "missed", ME}
"""Known to rules, but of no use to people who choose from a list: a number that nobody knows, or the same in hours."""


def offered(trigger: Trigger) -> list[Field]:
    """Each once, under its short name; one's own things first, who did it last."""
    found = {field.name: field for field in trigger.fields.values() if field.name not in _UNLIKELY}
    return sorted(found.values(), key=lambda field: field.name.startswith("actor."))
