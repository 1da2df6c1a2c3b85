"""`record`: the one way an event comes into being."""

from __future__ import annotations

import contextlib
import dataclasses
import datetime as dt
import math
import uuid
from collections.abc import Iterable, Iterator
from contextvars import ContextVar
from decimal import Decimal
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.db import models, transaction
from django.utils.functional import Promise

from timetracker.events import registry
from timetracker.events.causes import current_cause
from timetracker.events.models import Delivery, Event
from timetracker.events.signals import events_recorded
from timetracker.events.wake import wake

_in_bulk: ContextVar[bool] = ContextVar("timetracker_in_bulk", default=False)


@contextlib.contextmanager
def bulk_work() -> Iterator[None]:
    """What is recorded inside is one of very many: only handlers that mind all of them hear of it."""
    token = _in_bulk.set(True)
    try:
        yield
    finally:
        _in_bulk.reset(token)


@dataclasses.dataclass(frozen=True, slots=True)
class Happened:
    """One of many things that are recorded together; see `record` for what the fields mean."""

    payload: object
    actor: AbstractBaseUser | None = None
    subject: models.Model | None = None
    person_id: int | None = None
    project_id: int | None = None


def record(
    payload: object,
    *,
    actor: AbstractBaseUser | None,
    subject: models.Model | None = None,
    person_id: int | None = None,
    project_id: int | None = None,
    cause: Event | None = None,
) -> Event:
    """Write down what happened, in the transaction of the change itself, with a delivery for each handler that cares.

    `person_id` and `project_id` say whose matter it is: the activity page shows the event by them. Inside a handler the
    event being handled becomes the cause by itself.
    """
    return record_many([Happened(payload, actor, subject, person_id, project_id)], cause=cause)[0]


def record_many(happened: Iterable[Happened], *, cause: Event | None = None) -> list[Event]:
    """As `record`, for as many as there are in the same few statements."""
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("record() belongs in the transaction that makes the change: use transaction.atomic()")
    cause = cause or current_cause()
    events = Event.objects.bulk_create([_event(each, cause) for each in happened])
    deliveries = Delivery.objects.bulk_create(
        Delivery(event=event, handler=handler.name, kind=handler.kind, next_try_at=event.occurred_at)
        for event in events
        for handler in registry.handlers_for(event.type, event.payload, in_bulk=_in_bulk.get())
    )
    if events:
        # robust: a broker that is away must not turn a saved change into an error page. Not a functools.partial: Django
        # logs what failed by its name, and a partial has none.
        transaction.on_commit(lambda: _tell(events, deliveries), robust=True)
    return events


def _tell(events: list[Event], deliveries: list[Delivery]) -> None:
    if deliveries:
        wake([delivery.pk for delivery in deliveries], {delivery.kind for delivery in deliveries})
    events_recorded.send_robust(sender=Event, events=events)


def _event(happened: Happened, cause: Event | None) -> Event:
    kind = registry.type_of(happened.payload)
    return Event(  # type: ignore[misc]  # this room does not know the class of people
        type=kind.name,
        actor=happened.actor,
        subject_type=kind.subject,
        subject_id="" if happened.subject is None else str(happened.subject.pk),
        person_id=happened.person_id,
        project_id=happened.project_id,
        payload=payload_as_json(happened.payload),
        cause=cause,
        depth=cause.depth + 1 if cause else 0,
    )


def payload_as_json(payload: object) -> dict[str, Any]:
    """The dataclass as what JSON can hold; TypeError or ValueError names the field that cannot be stored."""
    return {field.name: _plain(getattr(payload, field.name), field.name) for field in dataclasses.fields(payload)}  # type: ignore[arg-type]


def _plain(value: object, name: str) -> Any:
    match value:
        case None | bool():
            return value
        case float() if not math.isfinite(value):
            raise ValueError(f"{name} is {value}, which JSON cannot hold")
        case dt.datetime() if value.tzinfo is None:
            raise ValueError(f"{name} is an instant without a zone")
        case int() | float():
            return value
        case str() | Promise() | Decimal() | uuid.UUID():
            return str(value)
        case dt.datetime() | dt.date() | dt.time():
            return value.isoformat()
        case list() | tuple():
            return [_plain(item, name) for item in value]
        case dict():
            return {str(key): _plain(item, f"{name}.{key}") for key, item in value.items()}
    raise TypeError(
        f"{name} is a {type(value).__name__}: a payload holds text, numbers, booleans, instants, lists and maps"
    )
