"""The table in docs/telemetry.md, made from the declarations."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils import translation

from analytics.telemetry.question import ASKED_WITH, PATH
from analytics.telemetry.registry import WIRE, Declared, common, declared
from timetracker.web.flags import FLAGS

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
    yield f"\n### Asking for feature flags\n\nTo `{PATH}`:\n\n| property | what it says |\n| --- | --- |"
    yield from (f"| `{name}` | {about} |" for name, about in ASKED_WITH.items())
    yield f"\nThe feature flags of this version: {', '.join(f'`{name}`' for name in sorted(FLAGS))}."
    yield ""


def _properties(event: Declared) -> str:
    texts = [f"`{one.name}`: {one.about} {', '.join(f'`{word}`' for word in one.allowed)}" for one in event.properties]
    return "<br>".join(texts) or "–"
