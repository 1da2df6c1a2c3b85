"""Rules that run by the clock: when each comes next, and what happens when its time has come."""

from __future__ import annotations

import datetime as dt
from functools import partial
from itertools import islice, takewhile
from typing import Any

from django.db import transaction
from django.db.models import F, QuerySet

from notifications.services.turns import each_in_turn
from timetracker.events.models import Event
from timetracker.events.recording import payload_as_json, record
from timetracker.events.wake import wake_clock
from timetracker.web import times
from workflows.events import ScheduleDue
from workflows.models import Rule
from workflows.recurrence import next_after, times_after
from workflows.triggers import SCHEDULE

MOST_COUNTED = 1000
UNPLANNED: dict[str, Any] = {"next_run_at": None, "next_run_zone": ""}


def planned(rule: Rule, now: dt.datetime) -> dict[str, Any]:
    """The fields that say when it comes next, by the clock of its owner. The clock is told, once this is committed."""
    if rule.trigger_type != SCHEDULE or not rule.enabled:
        return UNPLANNED
    at = next_after(rule.trigger_options, now, rule.user.zone)
    if at is not None:
        transaction.on_commit(lambda: wake_clock(at), robust=True)
    return {"next_run_at": at, "next_run_zone": rule.user.time_zone}


def fire_due(now: dt.datetime) -> int:
    """Each in a transaction of its own; however many ask, one has it. Returns how many there were."""
    due = list(_waiting().filter(next_run_at__lte=now).order_by("next_run_at", "pk").values_list("pk", flat=True))
    moved = list(_moved(now).values_list("pk", flat=True))
    each_in_turn([*(partial(_fire, pk, now) for pk in due), *(partial(_follow, pk, now) for pk in moved)])
    return len(due)


def next_due_at(after: dt.datetime) -> dt.datetime | None:
    waiting = _waiting().filter(next_run_at__gt=after)
    return waiting.order_by("next_run_at").values_list("next_run_at", flat=True).first()


def _waiting() -> QuerySet[Rule]:
    """Who has left is no longer served; their rules are switched off."""
    return Rule.objects.alive().filter(next_run_at__isnull=False, user__is_active=True)


def _moved(now: dt.datetime) -> QuerySet[Rule]:
    """Those whose owner lives by another clock by now."""
    return _waiting().filter(next_run_at__gt=now).exclude(next_run_zone=F("user__time_zone"))


@transaction.atomic
def _fire(pk: int, now: dt.datetime) -> None:
    """Once for all times that were missed. Asked again under the lock: another process may have been quicker."""
    rows = Rule.objects.select_for_update(of=("self",)).select_related("user")
    rule = rows.filter(pk=pk, next_run_at__lte=now).first()
    if rule is None or rule.next_run_at is None:
        return
    zone = times.zone(rule.next_run_zone)
    later = islice(times_after(rule.trigger_options, rule.next_run_at, zone), MOST_COUNTED)
    missed = sum(1 for _moment in takewhile(lambda moment: moment <= now, later))
    due = ScheduleDue.of(rule, rule.next_run_at.astimezone(zone), missed=missed)
    record(due, actor=None, subject=rule, person_id=rule.user_id)
    _plan(rule, now)


@transaction.atomic
def _follow(pk: int, now: dt.datetime) -> None:
    rule = _moved(now).select_for_update(of=("self",)).select_related("user").filter(pk=pk).first()
    if rule is not None:
        _plan(rule, now)


def _plan(rule: Rule, now: dt.datetime) -> None:
    Rule.objects.filter(pk=rule.pk).update(**planned(rule, now))


def as_if_due(rule: Rule, at: dt.datetime) -> Event:
    """What would happen were it time then. It is not kept."""
    due = payload_as_json(ScheduleDue.of(rule, at.astimezone(rule.user.zone)))
    return Event(type=SCHEDULE, subject_type="rule", subject_id=str(rule.pk), payload=due, occurred_at=at)
