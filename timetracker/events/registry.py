"""Which events there are and which named handlers listen. Filled by each app's `events.py` and `handlers.py`."""

from __future__ import annotations

import dataclasses
import types
import typing
from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.dispatch import Signal

from timetracker.events.choices import Kind

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

    from timetracker.events.models import Event

__all__ = [
    "EventType",
    "Handler",
    "Kind",
    "event_committed",
    "event_type",
    "event_types",
    "fields_of",
    "handlers",
    "on",
]

Payload = dict[str, Any]
HandlerFunction = Callable[["Event"], None]
When = Callable[[Payload], bool]
T = typing.TypeVar("T")

EVERY_TYPE = "*"

event_committed = Signal()
"""Sent by a claimed delivery, after the commit, with `event`; the sender is the one Handler whose turn it is."""


@dataclasses.dataclass(frozen=True)
class Field:
    name: str
    kind: str
    """text, number, boolean, list or object: what a rule can compare it with."""
    optional: bool


@dataclasses.dataclass(frozen=True)
class EventType:
    name: str
    label: StrOrPromise
    sentence: StrOrPromise
    subject: str
    payload_class: type
    internal: bool = False
    """Part of the works: nobody reads it in an activity feed."""

    @cached_property
    def fields(self) -> tuple[Field, ...]:
        hints = typing.get_type_hints(self.payload_class)
        return tuple(_field(item.name, hints[item.name]) for item in dataclasses.fields(self.payload_class))


@dataclasses.dataclass(frozen=True, eq=False)
class Handler:
    """A named reaction. `kind` says whether it only writes to our database or reaches outside; see `Kind`."""

    name: str
    kind: Kind
    types: frozenset[str]
    function: HandlerFunction
    when: When | None
    before: HandlerFunction | None = None
    in_bulk: bool = True

    def wants(self, event_name: str, payload: Payload, *, in_bulk: bool = False) -> bool:
        if event_name not in self.types and EVERY_TYPE not in self.types:
            return False
        if in_bulk and not self.in_bulk:
            return False
        return self.when is None or self.when(payload)


_types: dict[str, EventType] = {}
_types_by_class: dict[type, EventType] = {}
_handlers: dict[str, Handler] = {}


def event_types() -> Mapping[str, EventType]:
    return types.MappingProxyType(_types)


def internal_types() -> list[str]:
    return [name for name, found in _types.items() if found.internal]


def handlers() -> Mapping[str, Handler]:
    return types.MappingProxyType(_handlers)


def type_of(payload: object) -> EventType:
    try:
        return _types_by_class[type(payload)]
    except KeyError:
        raise LookupError(f"{type(payload).__name__} is not registered with @event_type") from None


def handlers_for(event_name: str, payload: Payload, *, in_bulk: bool = False) -> list[Handler]:
    return [handler for handler in _handlers.values() if handler.wants(event_name, payload, in_bulk=in_bulk)]


def event_type(
    name: str, *, label: StrOrPromise, sentence: StrOrPromise, subject: str, internal: bool = False
) -> Callable[[type[T]], type[T]]:
    """Register a payload dataclass. `sentence` follows the actor's name and may hold fields: "started {name}"."""

    def register(payload_class: type[T]) -> type[T]:
        if not dataclasses.is_dataclass(payload_class):
            raise TypeError(f"{payload_class.__name__} must be a dataclass: put @event_type above @dataclass")
        if name in _types:
            raise ValueError(f"There are two event types named {name}")
        found = EventType(name, label, sentence, subject, payload_class, internal)
        _types[name] = _types_by_class[payload_class] = found
        return payload_class

    return register


def on(
    *event_names: str,
    name: str,
    kind: Kind = Kind.INNER,
    when: When | None = None,
    before: HandlerFunction | None = None,
    in_bulk: bool = True,
) -> Callable[[HandlerFunction], HandlerFunction]:
    """Register a handler for some event types, or for "*".

    `name` is stored with every delivery and must stay the same over the years. `when` looks at the payload while the
    event is recorded: where it says no, no delivery is made. It runs in the person's transaction: it reads no table.
    `before` is called in front of an inner handler's transaction: what takes seconds must not keep writers waiting.
    One that is not for `in_bulk` hears nothing of what is recorded inside `recording.bulk_work`.
    """

    if not event_names:
        raise ValueError(f"The handler {name} names no event type")

    def register(function: HandlerFunction) -> HandlerFunction:
        if name in _handlers:
            raise ValueError(f"There are two handlers named {name}")
        handler = Handler(name, kind, frozenset(event_names), function, when, before, in_bulk)

        def receiver(sender: Handler, *, event: Event, **_kwargs: object) -> None:
            # Signals know a sender by its id(), so the handler has to live as long as this receiver.
            handler.function(event)

        _handlers[name] = handler
        event_committed.connect(receiver, sender=handler, weak=False, dispatch_uid=name)
        return function

    return register


def unregister_event_type(name: str) -> None:
    del _types_by_class[_types.pop(name).payload_class]


def unregister_handler(name: str) -> None:
    event_committed.disconnect(sender=_handlers.pop(name), dispatch_uid=name)


def unknown_event_names() -> Iterable[tuple[str, str]]:
    """Pairs of handler and event name where no such event is registered: a typing error in `@on`."""
    for handler in _handlers.values():
        for event_name in sorted(handler.types - {EVERY_TYPE} - _types.keys()):
            yield handler.name, event_name


def fields_of(event: Event) -> Payload:
    """What conditions and placeholders may name: each value bare and under the subject's name (`entry.hours`)."""
    payload: Payload = event.payload
    return payload | {f"{event.subject_type}.{name}": value for name, value in payload.items()}


def _field(name: str, hint: Any) -> Field:
    args = typing.get_args(hint) if typing.get_origin(hint) in {types.UnionType, typing.Union} else (hint,)
    known = [arg for arg in args if arg is not types.NoneType]
    return Field(name, _kind_of(known[0]), len(known) < len(args))


def _kind_of(hint: Any) -> str:
    origin = typing.get_origin(hint) or hint
    if origin is bool:
        return "boolean"
    if origin in {int, float}:
        return "number"
    if origin in {list, tuple}:
        return "list"
    return "object" if origin is dict else "text"
