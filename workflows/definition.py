"""What a rule says, and what is wrong with it: found when it is saved, each fault with its path."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from workflows.actions import ACTIONS
from workflows.actions.base import FITS, Action, Param, ParamKind, as_id, instant_of, seconds_of, url_of
from workflows.conditions import faults_in
from workflows.faults import Fault
from workflows.operators import can_be_kept
from workflows.placeholders import is_broken, names_in, single
from workflows.recurrence import faults_in_schedule, not_among
from workflows.triggers import SCHEDULE, Trigger, triggers

MOST_ACTIONS = 10
_CHECKS: Mapping[ParamKind, Callable[[Any], object]] = {
    ParamKind.ID: as_id,
    ParamKind.HOURS: seconds_of,
    ParamKind.MOMENT: instant_of,
    ParamKind.URL: url_of,
}


def faults_of(trigger_type: Any, conditions: Any, actions: Any, options: Any = None) -> list[Fault]:
    """Of a whole rule; `options` are what the trigger has beside its type. Where it is unknown nothing else is said."""
    trigger = triggers().get(trigger_type) if isinstance(trigger_type, str) else None
    if trigger_type in (None, ""):
        return [Fault("trigger.type", _("Choose what sets it off."))]
    if trigger is None:
        text = _("There is no trigger “%(name)s”. One of: %(these)s.")
        names = {"name": str(trigger_type)[:60], "these": ", ".join(triggers())}
        return [Fault("trigger.type", text % names)]
    return [
        *_faults_in_options({} if options is None else options, trigger),
        *faults_in(conditions, trigger),
        *_faults_in_actions(actions, trigger),
    ]


def check(trigger_type: Any, conditions: Any, actions: Any, options: Any = None) -> None:
    """Raises ValidationError by path."""
    by_path: dict[str, list[str]] = {}
    for fault in faults_of(trigger_type, conditions, actions, options):
        by_path.setdefault(fault.path, []).append(fault.text)
    if by_path:
        raise ValidationError(by_path)


def _faults_in_options(options: Any, trigger: Trigger) -> Iterator[Fault]:
    if not isinstance(options, Mapping):
        yield Fault("trigger", _("A trigger has a type and, for a schedule, says when."))
    elif trigger.name == SCHEDULE:
        yield from faults_in_schedule(options)
    else:
        yield from not_among(set(), options)


def _faults_in_actions(actions: Any, trigger: Trigger) -> Iterator[Fault]:
    if not isinstance(actions, list) or not actions:
        yield Fault("actions", _("A rule does at least one thing."))
        return
    if len(actions) > MOST_ACTIONS:
        yield Fault("actions", _("A rule does at most %(max)d things.") % {"max": MOST_ACTIONS})
    for place, node in enumerate(actions):
        yield from _faults_in_action(node, trigger, f"actions[{place}]")


def _faults_in_action(node: Any, trigger: Trigger, path: str) -> Iterator[Fault]:
    name = node.get("type") if isinstance(node, Mapping) else None
    action = ACTIONS.get(name) if isinstance(name, str) else None
    if action is None:
        text = _("There is no action “%(name)s”. One of: %(these)s.")
        yield Fault(f"{path}.type", text % {"name": str(name)[:60], "these": ", ".join(ACTIONS)})
        return
    params = {param.name: param for param in action.params}
    for key in sorted(map(str, node.keys() - params.keys() - {"type"})):
        yield Fault(f"{path}.{key[:60]}", _("“%(action)s” takes no such value.") % {"action": name})
    for key, param in params.items():
        yield from _faults_in_param(node.get(key), param, trigger, f"{path}.{key}")
    yield from _lack_of_subject(node, action, trigger, path)


def _lack_of_subject(node: Mapping[str, Any], action: Action, trigger: Trigger, path: str) -> Iterator[Fault]:
    if action.about and trigger.subject not in action.about and node.get("task_id") is None:
        yield Fault(f"{path}.task_id", _("This trigger is not about a task: say which."))


def _faults_in_param(value: Any, param: Param, trigger: Trigger, path: str) -> Iterator[Fault]:
    if value is None or value == "":
        # A page that lets one pick says "" where nothing is picked yet.
        if param.required or (param.kind == ParamKind.ID and value is not None):
            yield Fault(path, _("This is needed."))
        return
    if not can_be_kept(value):
        yield Fault(path, _("This cannot be kept."))
    elif param.kind == ParamKind.URL:
        yield from _faults_in_literal(value, param, path)
    elif isinstance(value, str) and is_broken(value):
        yield Fault(path, _("A placeholder is a name in double braces, such as {{ task.name }}."))
    elif isinstance(value, str) and (names := list(names_in(value))):
        unknown = next((name for name in names if name not in trigger.fields), None)
        if unknown is not None:
            yield Fault(path, _("This trigger has no field “%(name)s”.") % {"name": unknown[:60]})
        elif (name := single(value)) and trigger.fields[name].kind not in FITS[param.kind]:
            yield Fault(path, _("“%(name)s” is of another kind.") % {"name": name[:60]})
        elif not single(value) and param.kind != ParamKind.TEXT:
            yield Fault(path, _("Here a placeholder stands alone."))
        elif len(value) > param.longest:
            yield Fault(path, _("At most %(max)d letters.") % {"max": param.longest})
    else:
        yield from _faults_in_literal(value, param, path)


def _faults_in_literal(value: Any, param: Param, path: str) -> Iterator[Fault]:
    if isinstance(value, str) and len(value) > param.longest:
        yield Fault(path, _("At most %(max)d letters.") % {"max": param.longest})
        return
    if param.kind == ParamKind.TEXT:
        if not isinstance(value, str):
            yield Fault(path, _("Give text."))
        elif param.choices and value not in param.choices:
            yield Fault(path, _("One of: %(these)s.") % {"these": ", ".join(param.choices)})
        elif param.check:
            yield from _faults_of_check(param.check, value, path)
        return
    yield from _faults_of_check(_CHECKS[param.kind], value, path)


def _faults_of_check(check: Callable[[Any], object], value: Any, path: str) -> Iterator[Fault]:
    try:
        check(value)
    except ValidationError as error:
        yield Fault(path, " ".join(error.messages))
