"""Rules in words: what fields and operators are called, and a rule read back as a sentence."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import get_language, gettext_lazy, pgettext_lazy
from django.utils.translation import gettext as _

from accounts.choices import Weekday
from accounts.models import User
from notifications.choices import Priority as NoticePriority
from notifications.choices import Type
from notifications.conditions import CONDITIONS
from timetracker.web.durations import format_duration
from tracking.choices import BudgetType, Priority, Source, TaskStatus
from workflows.actions import ACTIONS
from workflows.actions.base import Param, ParamKind, seconds_of
from workflows.choices import Scope
from workflows.document import Document, document_of, trigger_of
from workflows.models import Rule
from workflows.naming import PICKS, Names, names_in
from workflows.operators import WITHOUT_VALUE, Kind, Operator
from workflows.placeholders import PLACEHOLDER, single
from workflows.recurrence import LAST_DAY, WEEKDAYS
from workflows.triggers import SCHEDULE, Field, Trigger

WHEN = {
    "task_created": gettext_lazy("When a task is created"),
    "task_status_change": gettext_lazy("When the status of a task changes"),
    "task_completed": gettext_lazy("When a task is completed"),
    "task_assigned": gettext_lazy("When a task is assigned"),
    "time_logged": gettext_lazy("When time is logged"),
    "timer_started": gettext_lazy("When a timer is started"),
    "timer_stopped": gettext_lazy("When a timer is stopped"),
    "deadline_approaching": gettext_lazy("When a deadline is approaching"),
    "budget_threshold": gettext_lazy("When a budget reaches a threshold"),
    "project_created": gettext_lazy("When a project is created"),
    "schedule": gettext_lazy("At set times"),
}
_FIELDS = {
    "actor.id": gettext_lazy("who did it"),
    "actor.name": gettext_lazy("name of who did it"),
    "assignee_id": gettext_lazy("assignee"),
    "assignee_name": gettext_lazy("name of the assignee"),
    "billable": gettext_lazy("billable"),
    "budget_type": gettext_lazy("kind of budget"),
    "client_id": gettext_lazy("client"),
    "client_name": gettext_lazy("name of the client"),
    "code": gettext_lazy("code of the project"),
    "complexity": gettext_lazy("complexity"),
    "date": gettext_lazy("date"),
    "day": gettext_lazy("day of the month"),
    "description": gettext_lazy("description"),
    "due_at": gettext_lazy("due date"),
    "due_on": gettext_lazy("due date"),
    "ended_at": gettext_lazy("end"),
    "estimated_hours": gettext_lazy("estimated hours"),
    "me.id": gettext_lazy("myself"),
    "hours": gettext_lazy("hours"),
    "hours_until_deadline": gettext_lazy("hours until the deadline"),
    "in_bulk": gettext_lazy("one of many at once"),
    "is_public": gettext_lazy("open to everybody"),
    "missed": gettext_lazy("runs missed before"),
    "month": gettext_lazy("month"),
    "old_assignee_id": gettext_lazy("assignee before"),
    "old_status": gettext_lazy("status before"),
    "percent": gettext_lazy("percent of the budget"),
    "priority": gettext_lazy("priority"),
    "project_id": gettext_lazy("project"),
    "project_name": gettext_lazy("name of the project"),
    "seconds": gettext_lazy("seconds"),
    "source": gettext_lazy("made by"),
    "started_at": gettext_lazy("beginning"),
    "status": gettext_lazy("status"),
    "task_id": gettext_lazy("task"),
    "task_name": gettext_lazy("name of the task"),
    "task.estimate_confidence": gettext_lazy("share of the last predictions that held"),
    "task.estimate_p10": gettext_lazy("lower end of the predicted hours"),
    "task.estimate_p50": gettext_lazy("middle of the predicted hours"),
    "task.estimate_p90": gettext_lazy("upper end of the predicted hours"),
    "threshold": gettext_lazy("threshold reached"),
    "threshold_hours": gettext_lazy("threshold in hours"),
    "time": gettext_lazy("time of day"),
    "tracked_hours": gettext_lazy("tracked hours"),
    "tracked_seconds": gettext_lazy("tracked seconds"),
    "user_id": gettext_lazy("person"),
    "user_name": gettext_lazy("name of the person"),
    "weekday": gettext_lazy("day of the week"),
}
_OF_SUBJECT = {
    ("task", "id"): gettext_lazy("task"),
    ("task", "name"): gettext_lazy("name of the task"),
    ("entry", "id"): gettext_lazy("entry"),
    ("project", "id"): gettext_lazy("project"),
    ("project", "name"): gettext_lazy("name of the project"),
    ("rule", "id"): gettext_lazy("rule"),
    ("rule", "name"): gettext_lazy("name of the rule"),
    ("rule", "due_at"): gettext_lazy("set time"),
}
OPERATOR_WORDS = {
    Operator.EQUAL: pgettext_lazy("operator", "is"),
    Operator.UNEQUAL: pgettext_lazy("operator", "is not"),
    Operator.GREATER: pgettext_lazy("operator", "is more than"),
    Operator.GREATER_OR_EQUAL: pgettext_lazy("operator", "is at least"),
    Operator.LESS: pgettext_lazy("operator", "is less than"),
    Operator.LESS_OR_EQUAL: pgettext_lazy("operator", "is at most"),
    Operator.CONTAINS: pgettext_lazy("operator", "contains"),
    Operator.NOT_CONTAINS: pgettext_lazy("operator", "does not contain"),
    Operator.IN: pgettext_lazy("operator", "is one of"),
    Operator.NOT_IN: pgettext_lazy("operator", "is none of"),
    Operator.EMPTY: pgettext_lazy("operator", "is empty"),
    Operator.NOT_EMPTY: pgettext_lazy("operator", "is not empty"),
    Operator.CHANGED: pgettext_lazy("operator", "has changed"),
}
_IN_TIME = {
    Operator.GREATER: pgettext_lazy("operator", "is after"),
    Operator.GREATER_OR_EQUAL: pgettext_lazy("operator", "is not before"),
    Operator.LESS: pgettext_lazy("operator", "is before"),
    Operator.LESS_OR_EQUAL: pgettext_lazy("operator", "is not after"),
}
_CHOICES = {
    **dict(TaskStatus.choices),
    **dict(Priority.choices),
    **dict(Source.choices),
    **dict(NoticePriority.choices),
    **dict(Type.choices),
    **{name: found.label for name, found in CONDITIONS.items()},
    **{name: day.label for name, day in zip(WEEKDAYS, Weekday, strict=True)},
    BudgetType.HOURS.value: BudgetType.HOURS.label,
    BudgetType.MONEY.value: BudgetType.MONEY.label,
}


def when(trigger_type: str) -> str:
    return str(WHEN.get(trigger_type, trigger_type))


def field_label(field: Field, subject: str) -> str:
    found = _OF_SUBJECT.get((subject, field.name)) or _FIELDS.get(field.name)
    return str(found or field.name.rpartition(".")[2].replace("_", " "))


def operator_label(operator: Operator, kind: Kind) -> str:
    return str((_IN_TIME.get(operator) if kind == Kind.MOMENT else None) or OPERATOR_WORDS[operator])


def choice_label(value: str) -> str:
    return str(_CHOICES.get(value, value))


# ── The sentence ─────────────────────────────────────────────────────────────
def read_back(rule: Rule) -> str:
    """To its owner."""
    return sentences([document_of(rule)], rule.user)[0]


def sentences(documents: Sequence[Document], person: User) -> list[str]:
    names = names_in(documents, person)
    return [sentence(document, names) for document in documents]


def sentence(document: Document, names: Names) -> str:
    """Of a rule that may be half made, or wrong: what it does not say is left out. `names` as of `names_in`."""
    trigger = trigger_of(document)
    if trigger is None:
        return ""
    parts = [_times(document["trigger"]) if trigger.name == SCHEDULE else when(trigger.name)]
    if document.get("scope") == Scope.TEAM:
        parts[0] = _("%(when)s (also what others do)") % {"when": parts[0]}
    if said := _conditions(document.get("conditions"), trigger, names):
        parts.append(_("if %(conditions)s") % {"conditions": said})
    actions = document.get("actions")
    done = (
        [_action(one, trigger, names) for one in actions if isinstance(one, dict)] if isinstance(actions, list) else []
    )
    if said := _listed([one for one in done if one], _("then")):
        parts.append(said)
    return ", ".join(parts) + "."


def _times(options: Mapping[str, Any]) -> str:
    """Every Monday at 09:00."""
    if "cron" in options:
        return _("At the times of “%(cron)s”") % {"cron": options["cron"]}
    at, days = _text(options.get("at")) or "…", options.get("days")
    match options.get("every"):
        case "week" if isinstance(days, list):
            named = ", ".join(choice_label(day) if isinstance(day, str) else "…" for day in days)
            return _("Every %(days)s at %(time)s") % {"days": named, "time": at}
        case "month" if options.get("day") == LAST_DAY:
            return _("On the last day of every month at %(time)s") % {"time": at}
        case "month":
            return _("On day %(day)s of every month at %(time)s") % {"day": options.get("day"), "time": at}
    return _("Every day at %(time)s") % {"time": at}


def _conditions(node: Any, trigger: Trigger, names: Names, deep: bool = False) -> str:
    if isinstance(node, list):
        return _joined(node, _("and"), trigger, names, deep)
    if not isinstance(node, dict):
        return ""
    if "any" in node:
        return _joined(node["any"], _("or"), trigger, names, deep)
    if "all" in node:
        return _joined(node["all"], _("and"), trigger, names, deep)
    return _condition(node, trigger, names)


def _joined(nodes: Any, word: str, trigger: Trigger, names: Names, deep: bool) -> str:
    several = isinstance(nodes, list) and len(nodes) > 1
    said = [_conditions(one, trigger, names, deep=several) for one in nodes] if isinstance(nodes, list) else []
    said = [one for one in said if one]
    text = f" {word} ".join(said)
    return f"({text})" if deep and len(said) > 1 else text


def _condition(node: Mapping[str, Any], trigger: Trigger, names: Names) -> str:
    field = trigger.fields.get(_text(node.get("field")))
    if field is None:
        return f"{_text(node.get('field'))} …"
    if node.get("operator") not in list(Operator):
        return ""
    operator = Operator(node["operator"])
    words = f"{field_label(field, trigger.subject)} {operator_label(operator, field.kind)}"
    if operator in WITHOUT_VALUE:
        return words
    value = node.get("value")
    return f"{words} {_named(field.name, value, names) or value_words(value, trigger, field.choices)}"


def _named(field: str, value: Any, names: Names) -> str:
    """Of a number that stands for somebody or something."""
    found = names.get((PICKS.get(field, ""), value)) if type(value) is int else None
    return _quoted(_shortened(found)) if found else ""


def value_words(value: Any, trigger: Trigger, choices: Sequence[str] = ()) -> str:
    match value:
        case None | "":
            return "…"
        case bool():
            return _("yes") if value else _("no")
        case int() | float():
            return f"{value:g}" if isinstance(value, float) else str(value)
        case list():
            return ", ".join(value_words(one, trigger, choices) for one in value)
        case str() if value in choices:
            return _quoted(choice_label(value))
        case str():
            text = _shortened(_filled_with_labels(value, trigger))
            return text if single(value) else _quoted(text)
    return "…"


def _quoted(text: str) -> str:
    return _("“%(text)s”") % {"text": text}


def _filled_with_labels(text: str, trigger: Trigger) -> str:
    def label(found: re.Match[str]) -> str:
        field = trigger.fields.get(found[1])
        return f"[{field_label(field, trigger.subject) if field else found[1]}]"

    return PLACEHOLDER.sub(label, text)


def _action(node: Mapping[str, Any], trigger: Trigger, names: Names) -> str:
    action = ACTIONS.get(_text(node.get("type")))
    if action is None:
        return ""
    main = next((param for param in action.params if param.required and node.get(param.name)), None)
    # In German nouns keep their capitals: only the verb at the beginning is made small where it leads the words.
    label = str(action.label)
    words = label[:1].lower() + label[1:] if get_language() == "en" else label
    if main:
        value = node[main.name]
        words = f"{words}: {_named(main.name, value, names) or _param_words(main, value, trigger)}"
    to = _named("to_id", node.get("to_id"), names)
    if to:
        words = _("%(action)s, to %(person)s") % {"action": words, "person": to}
    delay = next((param for param in action.params if param.name == "delay" and node.get("delay")), None)
    if delay:
        later = _param_words(delay, node["delay"], trigger)
        words = _("%(action)s, %(duration)s later") % {"action": words, "duration": later}
    if found := CONDITIONS.get(_text(node.get("condition"))):
        words = _("%(action)s, only if %(condition)s") % {"action": words, "condition": found.label}
    return words


def _param_words(param: Param, value: Any, trigger: Trigger) -> str:
    if param.kind == ParamKind.HOURS and not (isinstance(value, str) and PLACEHOLDER.search(value)):
        with suppress(ValidationError):
            return format_duration(seconds_of(value))
    return value_words(value, trigger, param.choices)


def _listed(items: list[str], word: str) -> str:
    return f", {word} ".join(items)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _shortened(text: str) -> str:
    return text if len(text) <= 80 else f"{text[:79]}…"
