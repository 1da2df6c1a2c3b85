"""Everything that may ever be sent, in one list. What does not stand here does not leave.

A property of an event takes one of a closed list of words, so that nothing anybody typed can get into one.
"""

from __future__ import annotations

import re
import types
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from analytics.telemetry.buckets import TEAM_SIZES

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

MOST_TIMES = 10_000_000
_VERSION = re.compile(r"\d{1,4}(\.\d{1,4}){0,3}[a-z0-9.+-]{0,12}")


class UndeclaredError(Exception):
    """An event or a property that is not in the registry."""


@dataclass(frozen=True, slots=True)
class Property:
    name: str
    about: StrOrPromise
    words: tuple[str, ...] | Callable[[], Iterable[str]]

    @property
    def allowed(self) -> tuple[str, ...]:
        return self.words if isinstance(self.words, tuple) else tuple(self.words())


@dataclass(frozen=True, slots=True)
class Declared:
    name: str
    about: StrOrPromise
    """When it is counted."""
    reason: StrOrPromise
    """What it is good for."""
    properties: tuple[Property, ...] = ()


@dataclass(frozen=True, slots=True)
class Common:
    """Part of every message. `fits` says what it may be."""

    name: str
    about: StrOrPromise
    kind: StrOrPromise
    fits: Callable[[Any], bool]


WIRE: Mapping[str, Any] = types.MappingProxyType(
    {"$geoip_disable": True, "$ip": "0.0.0.0", "$process_person_profile": False}  # noqa: S104 - nothing listens there
)
"""What tells PostHog to add nothing of its own: no place, no address of ours, no profile."""

_events: dict[str, Declared] = {}
_common: dict[str, Common] = {}


def declare(*found: Declared) -> None:
    for one in found:
        if one.name in _events:
            raise ValueError(f"There are two declarations of {one.name}")
        _events[one.name] = one


def declare_common(*found: Common) -> None:
    _common.update({one.name: one for one in found})


def declared() -> Mapping[str, Declared]:
    return types.MappingProxyType(_events)


def common() -> Mapping[str, Common]:
    return types.MappingProxyType(_common)


def check(name: str, properties: Mapping[str, str]) -> None:
    """Raises UndeclaredError unless the event is declared, with exactly these properties and values."""
    event = _events.get(name)
    if event is None:
        raise UndeclaredError(f"There is no telemetry event {name}")
    known = {one.name: one for one in event.properties}
    if properties.keys() != known.keys():
        raise UndeclaredError(f"{name} has the properties {sorted(known)}, not {sorted(properties)}")
    for key, value in properties.items():
        if value not in known[key].allowed:
            raise UndeclaredError(f"{name}.{key} may not be {value!r}")


def is_version(value: Any) -> bool:
    return isinstance(value, str) and (not value or _VERSION.fullmatch(value) is not None)


def is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= MOST_TIMES


def is_team_size(value: Any) -> bool:
    return value in TEAM_SIZES
