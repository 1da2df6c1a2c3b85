"""How two values are compared. Pure: nothing here reads a table, raises, or knows what a rule is."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Callable
from enum import StrEnum
from typing import Any

from django.utils.dateparse import parse_date, parse_datetime


class Kind(StrEnum):
    TEXT = "text"
    NUMBER = "number"
    BOOLEAN = "boolean"
    MOMENT = "moment"
    LIST = "list"


class Operator(StrEnum):
    EQUAL = "="
    UNEQUAL = "!="
    GREATER = ">"
    GREATER_OR_EQUAL = ">="
    LESS = "<"
    LESS_OR_EQUAL = "<="
    CONTAINS = "contains"
    NOT_CONTAINS = "not_contains"
    IN = "in"
    NOT_IN = "not_in"
    EMPTY = "is_empty"
    NOT_EMPTY = "is_not_empty"
    CHANGED = "changed"


_UNKEPT = re.compile("[\x00\ud800-\udfff]")
_EQUALITY = (Operator.EQUAL, Operator.UNEQUAL)
_ORDER = (Operator.GREATER, Operator.GREATER_OR_EQUAL, Operator.LESS, Operator.LESS_OR_EQUAL)
_WITHIN = (Operator.CONTAINS, Operator.NOT_CONTAINS)
_AMONG = (Operator.IN, Operator.NOT_IN)
_ALONE = (Operator.EMPTY, Operator.NOT_EMPTY, Operator.CHANGED)

OPERATORS: dict[Kind, tuple[Operator, ...]] = {
    Kind.TEXT: (*_EQUALITY, *_WITHIN, *_AMONG, *_ALONE),
    Kind.NUMBER: (*_EQUALITY, *_ORDER, *_AMONG, *_ALONE),
    Kind.BOOLEAN: (*_EQUALITY, *_ALONE),
    Kind.MOMENT: (*_EQUALITY, *_ORDER, *_ALONE),
    Kind.LIST: (*_WITHIN, Operator.EMPTY, Operator.NOT_EMPTY),
}
"""What fits which kind of field: a number is never compared with text."""
WITHOUT_VALUE = frozenset(_ALONE)
WITH_LIST = frozenset(_AMONG)

_TESTS: dict[Operator, Callable[[Any, Any], bool]] = {
    Operator.EQUAL: lambda actual, wanted: actual == wanted,
    Operator.GREATER: lambda actual, wanted: actual > wanted,
    Operator.GREATER_OR_EQUAL: lambda actual, wanted: actual >= wanted,
    Operator.LESS: lambda actual, wanted: actual < wanted,
    Operator.LESS_OR_EQUAL: lambda actual, wanted: actual <= wanted,
    Operator.CONTAINS: lambda actual, wanted: wanted in actual,
    Operator.IN: lambda actual, wanted: actual in wanted,
}
_OPPOSITE = {
    Operator.UNEQUAL: Operator.EQUAL,
    Operator.NOT_CONTAINS: Operator.CONTAINS,
    Operator.NOT_IN: Operator.IN,
    Operator.NOT_EMPTY: Operator.EMPTY,
}


def holds(operator: Operator, kind: Kind, actual: Any, wanted: Any) -> bool:
    """Upper and lower case of text are the same. What is missing is equal to nothing and larger than nothing."""
    if operator in _OPPOSITE:
        return not holds(_OPPOSITE[operator], kind, actual, wanted)
    if operator == Operator.EMPTY:
        return actual is None or actual == "" or actual == []
    found = as_kind(actual, kind)
    if found is None:
        return False
    if operator == Operator.IN:
        return found in [as_kind(one, kind) for one in wanted if as_kind(one, kind) is not None]
    if kind == Kind.LIST:
        return isinstance(wanted, str) and wanted.casefold() in found
    given = as_kind(wanted, kind)
    return given is not None and _TESTS[operator](found, given)


def as_kind(value: Any, kind: Kind) -> Any:
    """The value as something comparable; None where it is of another kind."""
    match kind:
        case Kind.NUMBER:
            return value if isinstance(value, int | float) and not isinstance(value, bool) else None
        case Kind.BOOLEAN:
            return value if isinstance(value, bool) else None
        case Kind.TEXT:
            return value.casefold() if isinstance(value, str) else None
        case Kind.MOMENT:
            return moment_of(value)
        case Kind.LIST:
            return [str(one).casefold() for one in value] if isinstance(value, list) else None


def can_be_kept(value: Any) -> bool:
    """False for text and numbers that a database refuses: NUL, half a letter, infinity."""
    if isinstance(value, float):
        return math.isfinite(value)
    return not isinstance(value, str) or _UNKEPT.search(value) is None


def moment_of(value: Any) -> dt.datetime | None:
    """An instant with its zone. A day is its beginning in UTC; anything else is None."""
    if not isinstance(value, str):
        return None
    try:
        day = parse_date(value)
        moment = parse_datetime(value) if day is None else dt.datetime.combine(day, dt.time(), dt.UTC)
    except ValueError:
        return None
    return moment if moment is not None and moment.tzinfo else None
