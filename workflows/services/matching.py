"""From an event to the executions that it sets off. Inside one transaction with the delivery: exactly once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db.models import F
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from timetracker.events.models import Event
from timetracker.events.recording import record
from timetracker.live.push import push_after_commit
from workflows.actions import ACTIONS
from workflows.choices import Overlap, RunStatus, Scope
from workflows.conditions import Checked, first_failure
from workflows.events import RuleStep
from workflows.models import Execution, Miss, Rule, Step
from workflows.queries import Candidate, ancestors, may_watch_others, rules_for
from workflows.services.rules import TOPIC, switch_off
from workflows.triggers import named_in, provided, triggers, values_for, values_of

DEEPEST = 5
HOUR = dt.timedelta(hours=1)


def match(event: Event) -> list[Execution]:
    """Every rule it concerns either runs, or says why not."""
    rules = rules_for(event)
    if not rules:
        return []
    named = set().union(*(named_in(rule.trigger_conditions) for rule in rules))
    trigger, values = triggers()[event.type], values_of(event) | provided([event], named)[0]
    line = ancestors(event)
    found = []
    for rule in rules:
        known = values_for(rule.user_id, event, set(), values)
        found.append((rule, first_failure(rule.trigger_conditions, trigger, known)))
    misses = _locked(rules)
    made = [_begin(rule.pk, event, line) for rule, failed in found if failed is None]
    _keep_misses(event, [(rule.pk, misses[rule.pk], failed) for rule, failed in found if failed and rule.pk in misses])
    return [execution for execution in made if execution is not None]


def _locked(rules: Iterable[Candidate]) -> dict[int, int]:
    """How much each has missed by now. In one order, before any of them is written: two events never wait crosswise."""
    rows = Rule.objects.filter(pk__in=[rule.pk for rule in rules]).order_by("pk").select_for_update(of=("self",))
    return dict(rows.values_list("pk", "misses"))


def _begin(pk: int, event: Event, line: list[Execution]) -> Execution | None:
    """None where the rule may no longer run, or ran for this event already."""
    rule = Rule.objects.select_for_update(of=("self",)).select_related("user").get(pk=pk)
    if not rule.enabled or rule.deleted_at or Execution.objects.filter(rule=rule, event=event).exists():
        return None
    if rule.scope == Scope.TEAM and not may_watch_others(rule.user):
        switch_off(rule=rule, reason=_("Its owner no longer leads anybody."))
        return None
    with translation.override(rule.user.language):
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
    push_after_commit([rule.user_id], TOPIC)
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


def _keep_misses(event: Event, missed: Iterable[tuple[int, int, Checked]]) -> None:
    """The last few of each rule, in a ring: two statements, however many rules."""
    rows = [
        Miss(
            rule_id=pk,
            slot=count % Miss.KEPT,
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
        for pk, count, failed in missed
    ]
    if not rows:
        return
    columns = ["event", "at", "path", "found"]
    Miss.objects.bulk_create(rows, update_conflicts=True, unique_fields=["rule", "slot"], update_fields=columns)
    Rule.objects.filter(pk__in=[row.rule_id for row in rows]).update(misses=F("misses") + 1)
