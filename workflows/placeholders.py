"""`{{ task.name }}` in the values of a rule. A name is looked up among an event's values, and nowhere else: there are
no attributes, no filters and no code."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

PLACEHOLDER = re.compile(r"\{\{\s*([A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)*)\s*\}\}")
Values = Mapping[str, Any]


def single(text: Any) -> str | None:
    """The name, where the text is one placeholder and nothing besides: that keeps its type."""
    found = PLACEHOLDER.fullmatch(text.strip()) if isinstance(text, str) else None
    return found[1] if found else None


def written_as(name: str) -> str:
    return f"{{{{ {name} }}}}"


def names_in(text: str) -> Iterator[str]:
    return (found[1] for found in PLACEHOLDER.finditer(text))


def is_broken(text: str) -> bool:
    """Braces that belong to no placeholder: `{{ task.name` or `{{ task.name|upper }}`."""
    return "{{" in PLACEHOLDER.sub("", text) or "}}" in PLACEHOLDER.sub("", text)


def filled(value: Any, values: Values) -> Any:
    """The value with its placeholders filled in; one that is a single placeholder keeps its type."""
    if not isinstance(value, str):
        return value
    if name := single(value):
        return values.get(name)
    return PLACEHOLDER.sub(lambda found: written(values.get(found[1])), value)


def written(value: Any) -> str:
    """In a text, as people read it."""
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case float():
            return f"{value:.2f}".rstrip("0").rstrip(".")
        case list():
            return ", ".join(map(str, value))
    return str(value)
