"""docs/events.md, made from the registry: names that rules, webhooks and scripts rely on."""

from collections.abc import Iterator

from django.utils import translation

from timetracker.events import clock, registry
from timetracker.events.registry import EventType, Handler

HEAD = """\
# Events

Made by `manage.py events_doc`; do not edit by hand.

Every change writes one of these, in its own transaction. The fields are public: rules, webhooks and scripts read them,
bare (`{example}`) or under the subject's name (`{subject}.{example}`). Instants are ISO 8601, decimals are text; a
field marked `?` may be null.
"""


def as_markdown() -> str:
    with translation.override("en"):
        return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield HEAD.format(example="name", subject="task")
    types = sorted(registry.event_types().values(), key=lambda found: (found.subject, found.name))
    for subject in dict.fromkeys(found.subject for found in types):
        yield f"## {subject}\n"
        for found in types:
            if found.subject == subject:
                yield from _about_type(found)
    yield "## Handlers\n\n| name | listens to | kind |\n| --- | --- | --- |"
    yield from (
        _about_handler(handler) for handler in sorted(registry.handlers().values(), key=lambda found: found.name)
    )
    yield "\n## Scheduled jobs\n\n| name | runs |\n| --- | --- |"
    yield from (_about_job(found) for found in sorted(clock.jobs().values(), key=lambda found: found.name))


def _about_type(found: EventType) -> Iterator[str]:
    yield f"### `{found.name}`: {found.label}\n\n*{found.sentence}*\n\n| field | kind |\n| --- | --- |"
    yield from (f"| `{field.name}` | {field.kind}{'?' if field.optional else ''} |" for field in found.fields)
    yield ""


def _about_handler(handler: Handler) -> str:
    names = ", ".join(f"`{name}`" for name in sorted(handler.types))
    return f"| `{handler.name}` | {names}{' (some)' if handler.when else ''} | {handler.kind.value} |"


def _about_job(found: clock.Job) -> str:
    if found.every:
        return f"| `{found.name}` | every {int(found.every.total_seconds() // 60)} min |"
    return f"| `{found.name}` | daily at {found.daily:%H:%M} UTC |"
