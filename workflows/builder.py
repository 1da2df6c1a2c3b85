"""What the builder shows of a document: for each place of it a control that fits."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import User
from workflows import words
from workflows.actions import ACTIONS
from workflows.actions.base import FITS, Action, Param, ParamKind
from workflows.controls import Choice, Condition, Control, Group, Schedule, Step, labelled
from workflows.document import Document, trigger_of
from workflows.drafts import CHOSEN, items_of, offered
from workflows.faults import Fault
from workflows.naming import PICKS, names_in
from workflows.operators import OPERATORS, WITH_LIST, WITHOUT_VALUE, Kind, Operator, moment_of
from workflows.placeholders import single, written_as
from workflows.triggers import ME, SCHEDULE, Field, triggers

LONG = 300


class Builder:
    def __init__(self, document: Document, person: User, faults: Iterable[Fault] = ()) -> None:
        self.document = document
        self.person = person
        self.faults: dict[str, list[str]] = {}
        for fault in faults:
            self.faults.setdefault(fault.path, []).append(fault.text)
        self.trigger = trigger_of(document)
        self._names = names_in([document], person)
        self.said: set[str] = set()

    # What the templates ask for.
    @property
    def sentence(self) -> str:
        return words.sentence(self.document, self._names)

    @property
    def trigger_choices(self) -> list[Choice]:
        return [(name, words.when(name)) for name in triggers()]

    @property
    def trigger_type(self) -> str:
        return self.trigger.name if self.trigger else ""

    @property
    def schedule(self) -> Schedule | None:
        """None where it is not the clock that sets it off."""
        if self.trigger is None or self.trigger.name != SCHEDULE:
            return None
        options = self.document["trigger"]
        every = "cron" if "cron" in options else _written(options.get("every")) or "day"
        names = [name for name in self.faults if name.startswith("trigger.") and name != "trigger.type"]
        days = options.get("days")
        return Schedule(
            every,
            _written(options.get("at")),
            days if isinstance(days, list) else [],
            _written(options.get("day")),
            _written(options.get("cron")),
            self.errors_at(*names),
        )

    @property
    def mode(self) -> str:
        return items_of(self.document["conditions"])[0]

    @property
    def conditions(self) -> list[Condition | Group]:
        mode, items = items_of(self.document["conditions"])
        path = f"conditions.{mode}" if isinstance(self.document["conditions"], dict) else "conditions"
        return self._items(items, "", path) if self.trigger else []

    @property
    def steps(self) -> list[Step]:
        actions = self.document["actions"] if isinstance(self.document["actions"], list) else []
        return [self._step(place, node, len(actions)) for place, node in enumerate(actions)]

    @property
    def action_choices(self) -> list[Choice]:
        return [(action.name, str(action.label)) for action in ACTIONS.values()]

    def errors_at(self, *paths: str) -> list[str]:
        self.said.update(paths)
        return [text for path in paths for text in self.faults.get(path, [])]

    @property
    def name_errors(self) -> list[str]:
        return self.errors_at("name")

    @property
    def trigger_errors(self) -> list[str]:
        return self.errors_at("trigger", "trigger.type")

    @property
    def condition_errors(self) -> list[str]:
        return self.errors_at("conditions")

    @property
    def action_errors(self) -> list[str]:
        return self.errors_at("actions")

    @property
    def pause_errors(self) -> list[str]:
        return self.errors_at("cooldown_seconds")

    @property
    def most_errors(self) -> list[str]:
        return self.errors_at("most_per_hour")

    @property
    def other_errors(self) -> list[str]:
        """With their path: what no control has shown. Asked for last."""
        return [f"{path}: {text}" if path else text
                for path, texts in self.faults.items() if path not in self.said for text in texts]  # fmt: skip

    # Conditions.
    def _items(self, items: list[Any], place: str, path: str) -> list[Condition | Group]:
        found: list[Condition | Group] = []
        for number, node in enumerate(items):
            here, way = f"{place}.{number}".lstrip("."), f"{path}[{number}]"
            if isinstance(node, dict) and ("all" in node or "any" in node):
                mode, inner = items_of(node)
                errors = self.errors_at(way, f"{way}.{mode}")
                found.append(Group(here, mode, self._items(inner, here, f"{way}.{mode}"), errors))
            else:
                found.append(self._condition(node if isinstance(node, dict) else {}, here, way))
        return found

    def _condition(self, node: Mapping[str, Any], place: str, path: str) -> Condition:
        assert self.trigger is not None
        name, operator = str(node.get("field") or ""), str(node.get("operator") or "")
        found = self.trigger.fields.get(name)
        known = operator in list(Operator)
        fits = _fitting(found, operator) if found else [Operator(operator) if known else Operator.EQUAL]
        errors = self.errors_at(path, f"{path}.field", f"{path}.operator")
        if found is None and name and not errors:
            errors = [_("This trigger has no field “%(name)s”.") % {"name": name[:60]}]
        value = self._value(node.get("value"), operator, found, f"c.{place}.value")
        places = [f"{path}.value", *(f"{path}.value[{number}]" for number in range(_length(node.get("value"))))]
        value.errors = self.errors_at(*places)
        kind = found.kind if found else Kind.TEXT
        operators = [(one.value, words.operator_label(one, kind)) for one in fits]
        return Condition(place, self._field_choices(name, found), name, operators, operator, value, errors)

    def _field_choices(self, name: str, chosen: Field | None) -> list[Choice]:
        """A field stays under the name that the rule has for it."""
        assert self.trigger is not None
        fields = offered(self.trigger)
        if chosen is not None and chosen not in fields:
            fields.append(chosen)
        choices = [(name if one is chosen else one.name, self._label(one)) for one in fields]
        return choices if chosen is not None or not name else [*choices, (name, name)]

    def _label(self, found: Field) -> str:
        assert self.trigger is not None
        return words.field_label(found, self.trigger.subject)

    def _value(self, value: Any, operator: str, found: Field | None, name: str) -> Control:
        label = _("Value")
        kind = found.kind if found else Kind.TEXT
        text = value if isinstance(value, str) else ""
        if operator in WITHOUT_VALUE:
            return Control(name, label, "none")
        if found and operator in WITH_LIST:
            chosen = [str(one) for one in value] if isinstance(value, list) else []
            if found.choices:
                return Control(name, label, "checks", chosen, labelled(found.choices))
            return Control(name, _("Values, with commas between them"), "text", ", ".join(chosen))
        if found and (pick := PICKS.get(found.name)):
            return self._picked(pick, value, name)
        if found and found.choices and operator in ("=", "!="):
            return Control(name, label, "select", text, _with_own(labelled(found.choices), text))
        if kind == Kind.BOOLEAN:
            chosen_one = str(value).lower() if isinstance(value, bool) else text
            return Control(name, label, "select", chosen_one, [("true", _("yes")), ("false", _("no"))])
        if kind == Kind.MOMENT and not single(value):
            return Control(name, label, "moment", self._local(value))
        return Control(name, label, "number" if kind == Kind.NUMBER else "text", _written(value))

    def _picked(self, pick: str, value: Any, name: str) -> Control:
        """Myself, another value of the event, or a particular one."""
        named = single(value)
        sources = [(written_as(ME), _("Myself"))] if pick == "person" else []
        sources = [*_with_own(sources, value if named else ""), (CHOSEN, _CHOOSE[pick]())]
        return Control(
            name, _("Value"), "id", "" if named else value, [(pick, "")], sources, value if named else CHOSEN,
            self._name_of(pick, value),
        )  # fmt: skip

    def _local(self, value: Any) -> str:
        moment = moment_of(value)
        return f"{moment.astimezone(self.person.zone):%Y-%m-%dT%H:%M}" if isinstance(moment, dt.datetime) else ""

    def _name_of(self, pick: str, value: Any) -> str:
        return self._names.get((pick, value), "") if isinstance(value, int) else ""

    # Actions.
    def _step(self, place: int, node: Any, count: int) -> Step:
        path = f"actions[{place}]"
        name = node.get("type") if isinstance(node, dict) else ""
        action = ACTIONS.get(name) if isinstance(name, str) else None
        errors = self.errors_at(path, f"{path}.type")
        controls = (
            [self._param(action, param, node.get(param.name), place) for param in action.params] if action else []
        )
        label = str(action.label) if action else _("Unknown")
        return Step(place, str(name), label, controls, errors, place == 0, place == count - 1)

    def _param(self, action: Action, param: Param, value: Any, place: int) -> Control:
        control = self._control(action, param, value, f"a.{place}.{param.name}")
        control.required, control.longest = param.required, param.longest
        control.errors = self.errors_at(f"actions[{place}].{param.name}")
        return control

    def _control(self, action: Action, param: Param, value: Any, name: str) -> Control:
        label, text = str(param.label), _written(value)
        if param.kind == ParamKind.ID:
            return self._id(action, param, value, name)
        if param.choices:
            choices = _with_own(labelled(param.choices), text)
            blank = _BLANK.get(param.name, lambda: _("as usual"))
            return Control(name, label, "select", text, choices if param.required else [("", blank()), *choices])
        kind = "area" if param.kind == ParamKind.TEXT and param.longest > LONG and param.name != "url" else "text"
        return Control(name, label, kind, text, inserts=self._placeholders(FITS[param.kind]))

    def _id(self, action: Action, param: Param, value: Any, name: str) -> Control:
        pick = PICKS[param.name]
        placeholders = [(written_as(one.name), self._label(one)) for one in self._ids(pick)]
        blank = _BLANK.get(f"{action.name}.{param.name}") or _BLANK[param.name]
        if param.name == "to_id":
            placeholders = [one for one in placeholders if one[0] != written_as(ME)]
        sources = placeholders if param.required else [("", blank()), *placeholders]
        if (named := single(value)) and self.trigger:
            # The rule's own way to write it stands for the field that it names.
            found = self.trigger.fields.get(named)
            sources = [(value if found and label == self._label(found) else one, label) for one, label in sources]
            sources = _with_own(sources, value)
        picked = value is not None and not named
        source = CHOSEN if picked or (param.required and not named) else _text_of(value)
        sources.append((CHOSEN, _CHOOSE[pick]()))
        control = Control(name, str(param.label), "id", value if picked else "", sources=sources, source=source)
        control.shown = self._name_of(pick, value)
        control.choices = [(pick, "")]
        return control

    def _ids(self, pick: str) -> list[Field]:
        if self.trigger is None:
            return []
        found = {one.name: one for one in self.trigger.fields.values()}
        wanted = [name for name, kind in PICKS.items() if kind == pick]
        wanted += ["id"] if self.trigger.subject == pick else []
        return [found[name] for name in wanted if name in found]

    def _placeholders(self, kinds: tuple[Kind, ...]) -> list[Choice]:
        fields = offered(self.trigger) if self.trigger else []
        return [(written_as(one.name), self._label(one)) for one in fields if one.kind in kinds]


_BLANK = {
    "to_id": lambda: _("Myself"),
    "stop_timer.task_id": lambda: _("Whatever it runs on"),
    "task_id": lambda: _("The one it is about"),
    "project_id": lambda: _("The one it is about"),
    "assignee_id": lambda: _("Nobody"),
    "condition": lambda: _("in any case"),
}
_CHOOSE = {
    "person": lambda: _("A particular person…"),
    "task": lambda: _("A particular task…"),
    "project": lambda: _("A particular project…"),
}


def _fitting(found: Field, operator: str) -> list[Operator]:
    fits = [one for one in OPERATORS[found.kind] if one != Operator.CHANGED or found.knows_before]
    if found.name in PICKS:
        few = (Operator.EQUAL, Operator.UNEQUAL, Operator.EMPTY, Operator.NOT_EMPTY, Operator.CHANGED)
        fits = [one for one in fits if one in few or one == operator]
    return fits


def _with_own(choices: list[Choice], value: str) -> list[Choice]:
    """What the rule says stays, though it is none of those offered."""
    return choices if not value or value in dict(choices) else [*choices, (value, value)]


def _text_of(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _written(value: Any) -> str:
    return "" if value is None else value if isinstance(value, str) else str(value)


def _length(value: Any) -> int:
    return len(value) if isinstance(value, list) else 0
