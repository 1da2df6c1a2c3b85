"""An event type and handlers, registered while a test runs. Used also by processes that are to be killed."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from django.db import transaction

from timetracker.events.models import Event, stable_id
from timetracker.events.recording import record
from timetracker.events.registry import Kind, event_type, on


@dataclass(frozen=True, slots=True, kw_only=True)
class ThingHappened:
    name: str = "a thing"
    size: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ThingCounted:
    """What the inner handler leaves in our database."""


def after_effect() -> None:
    """A process that is to be killed in the handler puts its end here."""


def register_types() -> None:
    event_type("thing_happened", label="Thing happened", sentence="made {name} happen", subject="thing")(ThingHappened)
    event_type("thing_counted", label="Thing counted", sentence="counted", subject="thing")(ThingCounted)


def register_inner() -> None:
    @on("thing_happened", name="test.count")
    def count(event: Event) -> None:
        with transaction.atomic():
            record(ThingCounted(), actor=None)
        after_effect()


def register_outer(told: Path) -> None:
    @on("thing_happened", name="test.tell", kind=Kind.OUTER)
    def tell(event: Event) -> None:
        with told.open("a") as file:
            file.write(f"{stable_id(event, 'test.tell')}\n")
        after_effect()


def make_thing_happen(**fields: object) -> Event:
    with transaction.atomic():
        return record(ThingHappened(**fields), actor=None)  # type: ignore[arg-type]


def times_counted() -> int:
    return Event.objects.filter(type="thing_counted").count()
