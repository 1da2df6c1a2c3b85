from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

import pytest

from tests.events.things import ThingHappened
from timetracker.events import registry
from timetracker.events.registry import Field, event_committed, event_type, on


def test_fields_say_kind_and_whether_they_may_be_missing(empty_registry):
    @event_type("boxed", label="Boxed", sentence="boxed", subject="box")
    @dataclass(frozen=True)
    class Boxed:
        name: str
        ready: bool
        hours: float | None
        amount: Decimal
        labels: list[str]
        changes: dict[str, list[object]] | None

    assert registry.event_types()["boxed"].fields == (
        Field("name", "text", optional=False),
        Field("ready", "boolean", optional=False),
        Field("hours", "number", optional=True),
        Field("amount", "text", optional=False),
        Field("labels", "list", optional=False),
        Field("changes", "object", optional=True),
    )


def test_names_are_unique(thing_types):
    with pytest.raises(ValueError, match="thing_happened"):
        event_type("thing_happened", label="", sentence="", subject="")(ThingHappened)
    on("thing_happened", name="test.once")(print)
    with pytest.raises(ValueError, match=r"test\.once"):
        on("thing_happened", name="test.once")(print)


def test_only_dataclasses_are_payloads(empty_registry):
    with pytest.raises(TypeError, match="dataclass"):
        event_type("plain", label="", sentence="", subject="")(object)


def test_a_handler_needs_an_event_name(empty_registry):
    with pytest.raises(ValueError, match="no event type"):
        on(name="test.nothing")


def test_a_handler_for_an_event_that_does_not_exist_is_found(thing_types):
    on("thing_hapened", "thing_happened", name="test.typo")(print)
    assert list(registry.unknown_event_names()) == [("test.typo", "thing_hapened")]


def test_the_signal_reaches_only_the_handler_whose_turn_it_is(thing_types):
    seen = []
    on("thing_happened", name="test.a")(lambda event: seen.append(("a", event)))
    on("thing_happened", name="test.b")(lambda event: seen.append(("b", event)))
    event_committed.send(sender=registry.handlers()["test.b"], event="the event")
    assert seen == [("b", "the event")]


def test_an_unregistered_handler_hears_nothing(thing_types):
    seen = []
    on("thing_happened", name="test.a")(seen.append)
    handler = registry.handlers()["test.a"]
    registry.unregister_handler("test.a")
    event_committed.send(sender=handler, event="the event")
    assert seen == []
    assert "test.a" not in registry.handlers()


def test_every_event_type_of_the_product_has_readable_fields():
    for found in registry.event_types().values():
        assert found.fields, found.name
        assert str(found.label), found.name
