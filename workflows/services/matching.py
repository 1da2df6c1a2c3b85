"""From an event to the executions that it sets off. Inside one transaction with the delivery: exactly once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from timetracker.events.models import Event
from timetracker.events.recording import record
from workflows.actions import ACTIONS
from workflows.choices import Overlap, RunStatus, Scope
from workflows.conditions import Checked, first_failure
from workflows.events import RuleStep
from workflows.models import Execution, Miss, Rule, Step
from workflows.queries import Candidate, ancestors, may_watch_others, rules_for
from workflows.services.rules import switch_off
from workflows.triggers import named_in, provided_values, triggers, values_of

DEEPEST = 5
HOUR = dt.timedelta(hours=1)


def match(event: Event) -> list[Execution]:
    """Every rule it concerns either runs, or says why not."""
    rules = rules_for(event)
    if not rules:
        return []
    trigger, values = triggers()[event.type], values_of(event)
    line = ancestors(event)
    missed: list[tuple[Candidate, Checked]] = []
    made = []
    for rule in rules:
        known = values | provided_values(event, named_in(rule.trigger_conditions))
        failed = first_failure(rule.trigger_conditions, trigger, known)
        if failed is not None:
            missed.append((rule, failed))
        elif (execution := _begin(rule.pk, event, line)) is not None:
            made.append(execution)
    _keep_misses(event, missed)
    return made


def _begin(pk: int, event: Event, line: list[Execution]) -> Execution | None:
    """None where the rule may no longer run, or ran for this event already."""
    rule = Rule.objects.select_for_update(of=("self",)).select_related("user").get(pk=pk)
    if not rule.enabled or Execution.objects.filter(rule=rule, event=event).exists():
        return None
    if rule.scope == Scope.TEAM and not may_watch_others(rule.user):
        switch_off(rule=rule, reason=_("Its owner no longer leads anybody."))
        return None
    status, error = _verdict(rule, line)
    execution = Execution.objects.create(
        rule=rule,
        event=event,
        status=status,
        error_message=error,
        depth=(line[0].depth if line else 0) + 1,
        parent=line[0] if line else None,
        rule_version=rule.version,
        finished_at=None if status == RunStatus.RUNNING else timezone.now(),
    )
    if status == RunStatus.RUNNING:
        Step.objects.bulk_create(
            Step(execution=execution, place=place, type=action["type"], params=_params(action))
            for place, action in enumerate(rule.actions)
        )
        take_turn(execution, 0)
    return execution


def _params(action: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in action.items() if name != "type"}


def take_turn(execution: Execution, place: int) -> None:
    """The step at `place` has its turn once this transaction has committed."""
    step = execution.steps.get(place=place)
    outer = step.type in ACTIONS and ACTIONS[step.type].outer
    turn = RuleStep(execution_id=execution.pk, place=place, outer=outer)
    record(turn, actor=None, subject=execution, cause=execution.event)


def _verdict(rule: Rule, line: list[Execution]) -> tuple[RunStatus, str]:
    if any(one.rule_id == rule.pk for one in line):
        return RunStatus.STOPPED, _("This rule has set off this event itself.")
    if line and line[0].depth >= DEEPEST:
        return RunStatus.STOPPED, _("%(max)d rules have set each other off.") % {"max": DEEPEST}
    ran = rule.executions.exclude(status__in=[RunStatus.STOPPED, RunStatus.THROTTLED, RunStatus.SKIPPED])
    if rule.overlap == Overlap.SKIP and ran.filter(status=RunStatus.RUNNING).exists():
        return RunStatus.SKIPPED, ""
    now = timezone.now()
    pause = dt.timedelta(seconds=rule.cooldown_seconds)
    if pause and ran.filter(executed_at__gt=now - pause).exists():
        return RunStatus.THROTTLED, _("It ran less than %(seconds)d s ago.") % {"seconds": rule.cooldown_seconds}
    if ran.filter(executed_at__gt=now - HOUR).count() >= rule.most_per_hour:
        return RunStatus.THROTTLED, _("It ran %(max)d times within the hour.") % {"max": rule.most_per_hour}
    return RunStatus.RUNNING, ""


def _keep_misses(event: Event, missed: Iterable[tuple[Candidate, Checked]]) -> None:
    """The last few of each rule, in a ring: two statements, however many rules."""
    rows = [
        Miss(
            rule_id=rule.pk,
            slot=rule.misses % Miss.KEPT,
            event=event,
            at=event.occurred_at,
            path=failed.path,
            found={
                "field": failed.field,
                "operator": failed.operator,
                "wanted": failed.wanted,
                "actual": failed.actual,
            },
        )
        for rule, failed in missed
    ]
    if not rows:
        return
    columns = ["event", "at", "path", "found"]
    Miss.objects.bulk_create(rows, update_conflicts=True, unique_fields=["rule", "slot"], update_fields=columns)
    Rule.objects.filter(pk__in=[row.rule_id for row in rows]).update(misses=F("misses") + 1)
