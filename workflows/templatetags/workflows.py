"""Tags of the pages of rules: `{% load workflows %}`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from django import template
from django.utils.formats import date_format, number_format
from django.utils.html import format_html, format_html_join, strip_tags
from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from timetracker.events.models import Event
from timetracker.web.templatetags.web import icon
from tracking.views.activity import sentence_of
from workflows.actions import ACTIONS
from workflows.choices import RunStatus, StepStatus
from workflows.conditions import Checked
from workflows.models import Execution
from workflows.operators import WITHOUT_VALUE, Kind, Operator
from workflows.triggers import triggers
from workflows.words import choice_label, field_label, operator_label

register = template.Library()
_LOOKS = {
    "done": ("good", "check-circle"),
    "failed": ("bad", "x-circle"),
    "running": ("active", "play-circle"),
    "throttled": ("warn", "pause-circle"),
    "skipped": ("", "forward"),
    "stopped": ("warn", "stop-circle"),
    "waiting": ("", "ellipsis-horizontal-circle"),
}
_LABELS = {**dict(StepStatus.choices), **dict(RunStatus.choices)}


@register.simple_tag
def run_status(status: str) -> SafeString:
    """Icon and word, never colour alone."""
    tone, name = _LOOKS[status]
    mark = icon(name, set="mini", **{"class": "size-4"})
    html = '<span class="state" data-tone="{}"><span class="state-mark">{}</span>{}</span>'
    return format_html(html, tone, mark, _LABELS[status])


@register.simple_tag
def event_words(event: Event | None) -> str | SafeString:
    """Anna completed the task *Landing page*."""
    if event is None:
        return _("An event that is no longer kept")
    return format_html("{} {}", event.actor, sentence_of(event)) if event.actor else sentence_of(event)


@register.simple_tag
def event_option(event: Event) -> str:
    at = date_format(localtime(event.occurred_at), "SHORT_DATETIME_FORMAT")
    return f"{at} · {strip_tags(event_words(event))}"


@register.simple_tag
def action_label(name: str) -> str:
    return str(ACTIONS[name].label) if name in ACTIONS else name


@register.simple_tag
def value_words(value: Any) -> str:
    """As it was compared: nothing is a dash."""
    match value:
        case None | "":
            return "–"
        case bool():
            return _("yes") if value else _("no")
        case float() if value.is_integer():
            return value_words(int(value))
        case int() | float():
            return str(number_format(value, use_l10n=True))
        case list():
            return ", ".join(map(value_words, value)) or "–"
        case str():
            return choice_label(value)
    return json.dumps(value, ensure_ascii=False)


@register.simple_tag
def action_values(action: Mapping[str, Any]) -> SafeString:
    """What an action is given, under the names that the builder has for it."""
    known = ACTIONS.get(action.get("type", ""))
    labels = {param.name: str(param.label) for param in known.params} if known else {}
    return values_table({labels.get(name, name): value for name, value in action.items() if name != "type"})


@register.simple_tag
def values_table(values: Mapping[str, Any]) -> SafeString:
    """Names and values as programs know them."""
    rows = ((name, value_words(value) if value not in (None, "") else "–") for name, value in values.items())
    return format_html('<dl class="values">{}</dl>', format_html_join("", "<div><dt>{}</dt><dd>{}</dd></div>", rows))


@register.simple_tag
def condition_words(checked: Checked, trigger_type: str) -> str:
    """Estimated hours is more than 0."""
    found = {"field": checked.field, "operator": checked.operator, "wanted": checked.wanted}
    return _in_words(found, trigger_type)


@register.simple_tag
def checked_words(found: Mapping[str, Any], trigger_type: str) -> str:
    """Of what is kept of an event that did not fit, with the value that it met."""
    said = _in_words(found, trigger_type)
    return _("%(condition)s; found: %(value)s") % {"condition": said, "value": value_words(found.get("actual"))}


def _in_words(found: Mapping[str, Any], trigger_type: str) -> str:
    trigger = triggers().get(trigger_type)
    field = trigger.fields.get(found["field"]) if trigger else None
    label = field_label(field, trigger.subject) if field and trigger else found["field"]
    operator = Operator(found["operator"])
    words = f"{label} {operator_label(operator, field.kind if field else Kind.TEXT)}"
    return words if operator in WITHOUT_VALUE else f"{words} {value_words(found['wanted'])}"


@register.simple_tag
def lasted(run: Execution) -> str:
    """From the event's turn to the last step's end."""
    if run.finished_at is None:
        return ""
    seconds = (run.finished_at - run.executed_at).total_seconds()
    if seconds < 1:
        return _("%(ms)d ms") % {"ms": round(seconds * 1000)}
    return _("%(seconds)s s") % {"seconds": number_format(round(seconds, 1), use_l10n=True)}
