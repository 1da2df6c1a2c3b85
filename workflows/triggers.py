"""What sets a rule off, and which values its event offers to conditions and placeholders."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any

from timetracker.events.registry import Field as PayloadField
from timetracker.events.registry import event_types
from tracking.choices import BudgetType, Priority, Source, TaskStatus
from workflows.operators import Kind
from workflows.placeholders import single
from workflows.recurrence import WEEKDAYS

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

    from timetracker.events.models import Event

SCHEDULE = "schedule"
TRIGGERS = (
    "task_created", "task_status_change", "task_completed", "task_assigned", "time_logged", "timer_started",
    "timer_stopped", "deadline_approaching", "budget_threshold", "project_created", SCHEDULE,
)  # fmt: skip
"""Names of event types, in the order the builder offers them."""
_CHOICES: dict[str, tuple[str, ...]] = {
    "task.status": tuple(TaskStatus.values), "task.old_status": tuple(TaskStatus.values),
    "task.priority": tuple(Priority.values), "entry.source": tuple(Source.values),
    "rule.weekday": WEEKDAYS, "project.budget_type": (BudgetType.HOURS.value, BudgetType.MONEY.value),
}  # fmt: skip
_KINDS = {"text": Kind.TEXT, "number": Kind.NUMBER, "boolean": Kind.BOOLEAN, "list": Kind.LIST}
_ACTOR = "actor"
ME = "me.id"
"""The rule's owner: so that the same rule fits everybody."""


@dataclass(frozen=True, slots=True)
class Field:
    name: str
    kind: Kind
    choices: tuple[str, ...] = ()
    knows_before: bool = False
    """Whether the event also says what it was before: only then it can be asked whether it `changed`."""


@dataclass(frozen=True, slots=True)
class Trigger:
    name: str
    label: StrOrPromise
    subject: str
    fields: Mapping[str, Field] = field(default_factory=dict)
    """By every name that they go by: `estimated_hours` and `task.estimated_hours`."""


Provider = Callable[["Sequence[Event]"], "Sequence[Any]"]
"""For each event a value. All at once, so that a rule tried on thousands of events asks as often as for one."""
_providers: dict[str, tuple[Field, Provider]] = {}


def provide(name: str, kind: Kind) -> Callable[[Provider], Provider]:
    """Registers a value that is read when a rule runs, such as `task.estimate_p90`, for the triggers of its subject."""

    def register(provider: Provider) -> Provider:
        if name in _providers or "." not in name:
            raise ValueError(f"A provider's name is its own and says its subject: {name}")
        _providers[name] = Field(name, kind), provider
        triggers.cache_clear()
        return provider

    return register


@cache
def triggers() -> Mapping[str, Trigger]:
    return {name: _trigger(name) for name in TRIGGERS}


def _trigger(name: str) -> Trigger:
    kind = event_types()[name]
    payload = {one.name for one in kind.fields}
    fields: dict[str, Field] = {
        f"{_ACTOR}.id": Field(f"{_ACTOR}.id", Kind.NUMBER),
        f"{_ACTOR}.name": Field(f"{_ACTOR}.name", Kind.TEXT),
        ME: Field(ME, Kind.NUMBER),
    }
    for one in kind.fields:
        if one.kind == "object":
            continue
        found = _field(kind.subject, one, knows_before=f"old_{one.name}" in payload)
        for alias in aliases(kind.subject, one.name):
            fields.setdefault(alias, found)
    for provided, _provider in _providers.values():
        if provided.name.startswith(f"{kind.subject}."):
            fields[provided.name] = provided
    return Trigger(name, kind.label, kind.subject, fields)


def _field(subject: str, one: PayloadField, *, knows_before: bool) -> Field:
    is_moment = one.kind == "text" and one.name.endswith(("_at", "_on"))
    kind = Kind.MOMENT if is_moment else _KINDS[one.kind]
    return Field(one.name, kind, _CHOICES.get(f"{subject}.{one.name}", ()), knows_before)


def aliases(subject: str, name: str) -> list[str]:
    """`task_id` of an entry is also `entry.task_id` and `task.id`."""
    found = [name, f"{subject}.{name}"]
    other, _, last = name.rpartition("_")
    if last in {"id", "name"} and other:
        found.append(f"{other}.{last}")
    return found


def values_of(event: Event) -> dict[str, Any]:
    """Everything that conditions and placeholders of a rule may name, with the event's own data only."""
    values: dict[str, Any] = {f"{_ACTOR}.id": event.actor_id, f"{_ACTOR}.name": str(event.actor or "")}
    for name, value in event.payload.items():
        for alias in aliases(event.subject_type, name):
            values.setdefault(alias, value)
    return values


def values_for(owner_id: int, event: Event, named: set[str], values: dict[str, Any] | None = None) -> dict[str, Any]:
    """With the owner, and what providers tell of what a rule names. `values` where the event's are known already."""
    return {**(values_of(event) if values is None else values), ME: owner_id, **provided([event], named)[0]}


def provided(events: Sequence[Event], named: set[str]) -> list[dict[str, Any]]:
    """For each event what providers tell of what is named."""
    columns = {name: _providers[name][1](events) for name in sorted(named & _providers.keys())} if events else {}
    return [{name: values[place] for name, values in columns.items()} for place in range(len(events))]


def named_in(conditions: Any) -> set[str]:
    """The fields that conditions ask for, and those that they compare with."""
    if isinstance(conditions, list):
        return set().union(*map(named_in, conditions)) if conditions else set()
    found = {conditions["field"]} if "field" in conditions else set()
    wanted = conditions.get("value")
    found |= {name for one in (wanted if isinstance(wanted, list) else [wanted]) if (name := single(one))}
    return found.union(*(named_in(conditions[name]) for name in ("all", "any") if name in conditions))
