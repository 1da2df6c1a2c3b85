"""What the builder draws: plain values for its templates."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from workflows.recurrence import LAST_DAY, WEEKDAYS
from workflows.words import choice_label

Choice = tuple[str, str]


def labelled(values: Iterable[str]) -> list[Choice]:
    return [(value, choice_label(value)) for value in values]


@dataclass(slots=True)
class Control:
    """One input: its `kind` says which template draws it."""

    name: str
    label: str
    kind: str
    value: Any = ""
    choices: list[Choice] = field(default_factory=list)
    sources: list[Choice] = field(default_factory=list)
    """Where an id comes from: what it is about, a placeholder, or a particular one."""
    source: str = ""
    shown: str = ""
    """What a picked id is called."""
    inserts: list[Choice] = field(default_factory=list)
    required: bool = False
    errors: list[str] = field(default_factory=list)
    longest: int = 1000

    @property
    def id(self) -> str:
        return self.name.replace(".", "-")


@dataclass(slots=True)
class Condition:
    place: str
    fields: list[Choice]
    field: str
    operators: list[Choice]
    operator: str
    value: Control
    errors: list[str]

    @property
    def id(self) -> str:
        return f"c-{self.place.replace('.', '-')}"


@dataclass(slots=True)
class Group:
    place: str
    mode: str
    items: list[Condition | Group]
    errors: list[str]

    @property
    def id(self) -> str:
        return f"c-{self.place}"

    is_group = True


@dataclass(slots=True)
class Step:
    place: int
    type: str
    label: str
    controls: list[Control]
    errors: list[str]
    is_first: bool
    is_last: bool


@dataclass(slots=True)
class Schedule:
    every: str
    at: str
    days: list[str]
    day: str
    cron: str
    errors: list[str]

    @property
    def ways(self) -> list[Choice]:
        return [("day", _("Every day")), ("week", _("On certain days of the week")), ("month", _("Every month")),
                ("cron", _("By a cron pattern"))]  # fmt: skip

    @property
    def weekdays(self) -> list[Choice]:
        return labelled(WEEKDAYS)

    @property
    def month_days(self) -> list[Choice]:
        return [*((str(day), str(day)) for day in range(1, 32)), (LAST_DAY, _("the last"))]
