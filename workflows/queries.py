"""Which rules an event concerns, and where it came from."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from django.db.models import Q, QuerySet

from accounts.models import TeamMember, User
from timetracker.events.models import Event
from tracking.models import ProjectMember
from tracking.queries import (
    BUDGET,
    people_who_know_money_of,
    people_who_see_project,
    people_who_see_time_of,
    tells_of_money,
)
from workflows.choices import Scope
from workflows.models import Execution, Rule
from workflows.triggers import SCHEDULE

STEP = "rule_step"


class Candidate(NamedTuple):
    """What matching needs to know of a rule: whole rows of hundreds would cost more than their conditions."""

    pk: int
    user_id: int
    trigger_conditions: Any


def rules_for(event: Event) -> list[Candidate]:
    """Enabled ones of this trigger whose owners are concerned and may see what happened, in order of id."""
    rules = Rule.objects.alive().filter(trigger_type=event.type, enabled=True).order_by("pk")
    rows = rules.filter(_concerned_by(event)).values_list(*Candidate._fields)
    found = [Candidate._make(row) for row in rows]
    if not found:
        return []
    seen = seeing(event, {rule.user_id for rule in found})
    return [rule for rule in found if rule.user_id in seen]


def _concerned_by(event: Event) -> Q:
    """A time that comes concerns its own rule; a budget that runs out, which nobody does, the project's managers."""
    if event.type == SCHEDULE:
        return Q(pk=event.subject_id)
    concerned = Q(user=event.actor_id) | Q(user=event.person_id) | Q(scope=Scope.TEAM)
    if event.type == BUDGET:
        managers = ProjectMember.objects.filter(project=event.project_id, is_manager=True)
        concerned |= Q(user__in=managers.values("user"))
    return concerned


def seeing(event: Event, people: Iterable[int]) -> set[int]:
    """Who of these active people may see what the event tells: time is its person's matter, the rest its project's, and
    money its managers'."""
    active = User.objects.filter(pk__in=people, is_active=True)
    if event.subject_type == "entry":
        own = {event.actor_id, event.person_id}
        others = people_who_see_time_of(event.person_id) if event.person_id is not None else User.objects.none()
        return {pk for pk in active.values_list("pk", flat=True) if pk in own} | set(
            others.filter(pk__in=people).values_list("pk", flat=True)
        )
    if event.project_id is None:
        return set(active.values_list("pk", flat=True))
    knowing = people_who_know_money_of if tells_of_money(event) else people_who_see_project
    return set(knowing(event.project_id).filter(pk__in=people).values_list("pk", flat=True))


def may_watch_others(user: User) -> bool:
    """Whether a rule of theirs may be set off by what others do: leads, managers and administrators."""
    return user.is_administrator or user.may_create_projects or leads_somebody(user)


def leads_somebody(user: User) -> bool:
    return TeamMember.objects.filter(user=user, is_lead=True).exists()


def ancestors(event: Event) -> list[Execution]:
    """The executions that led to this event, the latest first. No query for what a person did."""
    found: list[int] = []
    cause = event.cause if event.cause_id else None
    while cause is not None:
        if cause.type == STEP:
            found.append(cause.payload["execution_id"])
        cause = cause.cause if cause.cause_id else None
    executions = Execution.objects.in_bulk(found)
    return [executions[pk] for pk in found if pk in executions]


def runs_of(user: User) -> QuerySet[Execution]:
    """Of all one's rules."""
    rows = Execution.objects.filter(rule__user=user, rule__deleted_at=None)
    return rows.select_related("rule", "event__actor", "parent__rule").prefetch_related("steps")


def history_of(rule: Rule) -> QuerySet[Execution]:
    """The latest first."""
    return runs_of(rule.user).filter(rule=rule).order_by("-executed_at", "-pk")
