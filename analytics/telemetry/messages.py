"""What leaves of a message: the declared part, and nothing that a library adds."""

from __future__ import annotations

from typing import Any

from analytics.telemetry.registry import WIRE, common, declared

Message = dict[str, Any]
ENVELOPE = ("event", "distinct_id", "uuid", "timestamp")


def before_send(message: Message) -> Message | None:
    """The last hand on every message, called by PostHog's library. None for an event that is not declared."""
    event = declared().get(message["event"])
    if event is None:
        return None
    words = {one.name: one.allowed for one in event.properties}
    kept = {
        name: value
        for name, value in sorted(message["properties"].items())
        if (name in words and value in words[name]) or (name in common() and common()[name].fits(value))
    }
    return {**{name: message[name] for name in ENVELOPE}, "properties": {**kept, **WIRE}}
