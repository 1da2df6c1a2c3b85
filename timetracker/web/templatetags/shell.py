"""Tags of the page's frame: `{% load shell %}`."""

import re
from functools import lru_cache
from typing import Any

from django import forms, template
from django.core.serializers.json import DjangoJSONEncoder
from django.forms import BoundField
from django.forms.utils import flatatt
from django.template.loader import render_to_string
from django.urls import NoReverseMatch, reverse
from django.utils.html import json_script
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from timetracker.web.accent import VERSION
from timetracker.web.commands import Command, command_of_page, commands_for, get_command
from timetracker.web.keys import for_scripts, printed
from timetracker.web.quick_actions import actions_of
from timetracker.web.templatetags.web import KEPT

register = template.Library()

_CLASSES: tuple[tuple[type[forms.Widget], str], ...] = (
    (forms.Textarea, "textarea"),
    (forms.CheckboxSelectMultiple, "checkbox checkbox-sm"),
    (forms.RadioSelect, "radio radio-sm"),
    (forms.CheckboxInput, "checkbox checkbox-sm"),
    (forms.SelectMultiple, "select h-auto"),
    (forms.Select, "select"),
    (forms.FileInput, "input"),
    (forms.widgets.Input, "input"),
)


_INDENTED = re.compile(r"\n\s+")
_UNSAID: dict[str, Any] = {"keys": "", "in_palette": True, "contexts": ["global"]}


@register.simple_tag(takes_context=True)
def kept(context: template.Context, template_name: str) -> SafeString:
    """`{% kept "web/nav.html" %}`: a piece that differs by language, section and one's own keys only, drawn once for
    each."""
    own = getattr(context.get("user"), "shortcuts", None) or {}
    section = _section(getattr(context.get("request"), "path", "/"))
    return _kept(template_name, section, get_language(), tuple(sorted(own.items())))


def _section(path: str) -> str:
    first = path.split("/")[1]
    return f"/{first}/" if first else "/"


@lru_cache(maxsize=min(KEPT, 256))
def _kept(template_name: str, section: str, _language: str | None, own: tuple[tuple[str, str], ...]) -> SafeString:
    drawn = render_to_string(template_name, {"section": section, "own_keys": dict(own)})
    return SafeString(_INDENTED.sub("\n", drawn))  # kept pieces have neither <pre> nor <textarea>


@register.simple_tag(takes_context=True)
def commands(context: template.Context) -> SafeString:
    """What scripts know of the commands that the person may use."""
    return _commands(tuple(command.id for command in commands_for(context["user"])), get_language())


@lru_cache(maxsize=64)
def _commands(ids: tuple[str, ...], _language: str | None) -> SafeString:
    known = [command for command in map(get_command, ids) if command is not None]
    by_category: dict[str, list[dict[str, Any]]] = {}
    for command in known:
        by_category.setdefault(str(command.category.label), []).append(_as_data(command))
    return json_script(by_category, "commands", encoder=_Compact)


@register.filter
def printed_keys(keys: str) -> str:
    return printed(keys)


@register.simple_tag
def keys_for_scripts() -> SafeString:
    return json_script(for_scripts(), "keys")


@register.simple_tag(takes_context=True)
def quick_actions(context: template.Context) -> SafeString:
    """The button in the corner, and its menu."""
    user = context["user"]
    return _quick_actions(tuple(command.id for command in actions_of(user)), get_language())


@lru_cache(maxsize=min(KEPT, 256))
def _quick_actions(ids: tuple[str, ...], _language: str | None) -> SafeString:
    return render_to_string("web/quick_actions.html", {"actions": [get_command(command_id) for command_id in ids]})


class _Compact(DjangoJSONEncoder):
    item_separator = ","
    key_separator = ":"


def _as_data(command: Command) -> dict[str, Any]:
    """What commands.js takes for granted is left out: it is on every page."""
    kind = next(kind for kind in ("page", "dialog", "post", "press", "act") if getattr(command, kind))
    data = {
        "id": command.id,
        "label": str(command.label),
        "keys": command.keys,
        "icon": command.icon,
        "in_palette": command.in_palette,
        "contexts": [str(context) for context in command.contexts],
        "kind": kind,
        "to": command.url or command.press or command.act,
    }
    return {name: value for name, value in data.items() if _UNSAID.get(name) != value}


@register.simple_tag
def appearance_of(user: Any) -> str:
    """How the page looks to its person: attributes of <html>, so that nothing changes after the first paint."""
    if not getattr(user, "is_authenticated", False):
        return ""
    return flatatt(
        {
            "data-theme": None if user.theme == "system" else user.theme,  # without it the system decides
            "data-look": user.look,
            "data-text": user.text_size,
            "data-density": user.density,
            "data-sidebar": "collapsed" if user.sidebar_collapsed else "open",
        }
    )


@register.simple_tag
def accent_url(colour: str) -> str:
    """The style sheet of a person's accent; with the version, because browsers keep it for ever."""
    return f"{reverse('accounts:accent', args=[colour.removeprefix('#')])}?v={VERSION}"


def _nav(context: template.Context, view_name: str, icon: str, label: str) -> dict[str, Any]:
    """A link, marked in the section that it leads to; no link where the page does not exist."""
    try:
        url = reverse(view_name)
    except NoReverseMatch:
        return {"url": ""}
    command = command_of_page(view_name)
    keys = (context.get("own_keys") or {}).get(command.id, command.keys) if command else ""
    current, is_first = _section(url) == context.get("section"), context.get("of_sidebar", False)
    return {"url": url, "icon": icon, "label": label, "current": current, "keys": keys, "is_first": is_first}


@register.inclusion_tag("web/nav_item.html", takes_context=True)
def nav_item(context: template.Context, view_name: str, icon: str, label: str) -> dict[str, Any]:
    return _nav(context, view_name, icon, label)


@register.inclusion_tag("web/dock_item.html", takes_context=True)
def dock_item(context: template.Context, view_name: str, icon: str, label: str) -> dict[str, Any]:
    return _nav(context, view_name, icon, label)


@register.inclusion_tag("web/field.html")
def field(bound: BoundField, *, label: str | None = None, wide: bool = False, **attributes: Any) -> dict[str, Any]:
    """Label, control, help and error of one field. Attributes go to the control, underscores become dashes."""
    widget = bound.field.widget
    attrs = {name.replace("_", "-"): value for name, value in attributes.items() if value not in (None, False, "")}
    css = next((name for kind, name in _CLASSES if isinstance(widget, kind)), "")
    attrs["class"] = " ".join(filter(None, [css, widget.attrs.get("class"), attrs.get("class")]))
    # The form owns a copy of its fields, so this stays within the one page.
    widget.attrs.update(attrs)
    return {
        "field": bound,
        "label": bound.label if label is None else label,
        "wide": wide,
        "is_check": isinstance(widget, forms.CheckboxInput),
        "is_group": widget.use_fieldset,
        "is_plain": not isinstance(widget, forms.CheckboxInput) and not widget.use_fieldset,
    }
