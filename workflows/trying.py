"""A rule tried on something that has happened: what it would have found and done. Reads only."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice, takewhile
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from timetracker.events.models import Event
from tracking.models import ProjectMember
from tracking.queries import BUDGET, activity_visible_to
from workflows.actions import ACTIONS
from workflows.actions.base import given_to
from workflows.choices import Scope
from workflows.conditions import Checked, first_failure, trace
from workflows.models import Rule
from workflows.placeholders import names_in
from workflows.recurrence import times_after
from workflows.services.timing import as_if_due
from workflows.triggers import SCHEDULE, named_in, provided, triggers, values_for

DAYS = 30
MOST_LOOKED_AT = 10_000
MANY = 100
"""So often in the last days that a person should say once more that they want it."""
SHOWN = 10
HOUR = dt.timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Trial:
    event: Event
    conditions: list[Checked]
    matched: bool
    actions: list[dict[str, Any]]
    """As they would be done: the placeholders filled in."""


def events_for(rule: Rule) -> QuerySet[Event]:
    """What its owner sees of what could have set it off, the latest first."""
    if rule.trigger_type == SCHEDULE:
        its_own = Event.objects.filter(type=SCHEDULE, subject_type="rule", subject_id=str(rule.pk))
        return its_own.select_related("actor").order_by("-pk")
    events = activity_visible_to(rule.user).filter(type=rule.trigger_type)
    own = Q(actor=rule.user) | Q(person_id=rule.user_id)
    if rule.trigger_type == BUDGET:
        own = Q(project_id__in=ProjectMember.objects.filter(user=rule.user, is_manager=True).values("project"))
    return events if rule.scope == Scope.TEAM else events.filter(own)


def latest_for(rule: Rule) -> Event | None:
    """A schedule that has not come yet is tried as if it came now."""
    latest = events_for(rule).first()
    return as_if_due(rule, timezone.now()) if latest is None and rule.trigger_type == SCHEDULE else latest


def tried(rule: Rule, event: Event) -> Trial:
    trigger = triggers()[rule.trigger_type]
    named = named_in(rule.trigger_conditions) | set(_named_by(rule.actions))
    values = values_for(rule.user_id, event, named)
    found = trace(rule.trigger_conditions, trigger, values)
    actions = [given_to(ACTIONS[action["type"]].params, action, values) for action in rule.actions]
    return Trial(event, found, holds(rule.trigger_conditions, {one.path: one.held for one in found}), actions)


def holds(node: Any, held: Mapping[str, bool], path: str = "conditions") -> bool:
    """What the whole comes to, of what was found for each condition."""
    if isinstance(node, list):
        return all(holds(one, held, f"{path}[{place}]") for place, one in enumerate(node))
    if "any" in node:
        return any(holds(one, held, f"{path}.any[{place}]") for place, one in enumerate(node["any"]))
    return holds(node["all"], held, f"{path}.all") if "all" in node else held[path]


def _named_by(actions: list[dict[str, Any]]) -> list[str]:
    return [name for action in actions for text in action.values() if isinstance(text, str) for name in names_in(text)]


@dataclass(frozen=True, slots=True)
class BackTest:
    """What a rule would have done in the last days, limits and pauses included."""

    fits: int
    runs: int
    latest: list[Event]
    """The last that it would have run for, the newest first."""
    whole: bool
    """Whether all events of these days were looked at, and not the last 10,000 of them."""

    @property
    def is_much(self) -> bool:
        return self.runs > MANY


def back_test(rule: Rule, now: dt.datetime) -> BackTest:
    trigger = triggers()[rule.trigger_type]
    found = _of_the_last_days(rule, now - dt.timedelta(days=DAYS), now)
    looked_at = found[:MOST_LOOKED_AT]
    told = provided(looked_at, named_in(rule.trigger_conditions))
    fits = []
    for event, more in zip(looked_at, told, strict=True):
        values = values_for(rule.user_id, event, set()) | more
        if first_failure(rule.trigger_conditions, trigger, values) is None:
            fits.append(event)
    runs = _within_limits(rule, fits[::-1])
    return BackTest(len(fits), len(runs), runs[::-1][:SHOWN], len(found) <= MOST_LOOKED_AT)


def _of_the_last_days(rule: Rule, first: dt.datetime, now: dt.datetime) -> list[Event]:
    """The newest first, one more than are looked at. Of a schedule the times that would have come."""
    if rule.trigger_type != SCHEDULE:
        return list(events_for(rule).filter(occurred_at__gt=first)[: MOST_LOOKED_AT + 1])
    times = takewhile(lambda moment: moment <= now, times_after(rule.trigger_options, first, rule.user.zone))
    return [as_if_due(rule, moment) for moment in islice(times, MOST_LOOKED_AT + 1)][::-1]


def _within_limits(rule: Rule, events: list[Event]) -> list[Event]:
    """In the order in which they happened."""
    ran: list[Event] = []
    pause = dt.timedelta(seconds=rule.cooldown_seconds)
    for event in events:
        at = event.occurred_at
        hour_ago = ran[-rule.most_per_hour].occurred_at if len(ran) >= rule.most_per_hour else None
        if (hour_ago is None or hour_ago <= at - HOUR) and not (pause and ran and ran[-1].occurred_at > at - pause):
            ran.append(event)
    return ran
