"""The table in docs/telemetry.md, made from the declarations."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils import translation

from analytics.telemetry.registry import WIRE, Declared, common, declared

BEGIN = "<!-- Made by `manage.py telemetry_doc`; do not edit by hand. -->\n"
END = "<!-- End of what is made. -->\n"


def with_table(text: str) -> str:
    """The guide with its table renewed."""
    before, _begin, rest = text.partition(BEGIN)
    _old, _end, after = rest.partition(END)
    return before + BEGIN + as_markdown() + END + after


def as_markdown() -> str:
    with translation.override("en"):
        return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield "\n### In every message\n\n| property | value | what it says |\n| --- | --- | --- |"
    yield from (f"| `{one.name}` | {one.kind} | {one.about} |" for one in common().values())
    yield from (f"| `{name}` | `{value}` | tells PostHog to add nothing of its own |" for name, value in WIRE.items())
    yield "\n### Events\n\n| event | when | why | properties |\n| --- | --- | --- | --- |"
    yield from (f"| `{one.name}` | {one.about} | {one.reason} | {_properties(one)} |" for one in declared().values())
    yield ""


def _properties(event: Declared) -> str:
    texts = [f"`{one.name}`: {one.about} {', '.join(f'`{word}`' for word in one.allowed)}" for one in event.properties]
    return "<br>".join(texts) or "–"
