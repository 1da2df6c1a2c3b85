"""Rules whose time has come: handed over together, a few at a time."""

from __future__ import annotations

import datetime as dt
from functools import partial
from itertools import islice, takewhile

import structlog
from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts.models import User
from timetracker.events.dispatch import caught
from timetracker.events.recording import Happened, record_many
from timetracker.events.wake import wake_clock
from timetracker.web import times
from workflows.events import ScheduleDue
from workflows.models import Rule
from workflows.recurrence import times_after
from workflows.services.rules import switch_off
from workflows.services.timing import planned

log = structlog.get_logger(__name__)

MOST_COUNTED = 1000
AT_ONCE = 50
"""What one turn of the clock hands over; the rest has the next turn, at once.

So few, because after days without a clock a rule of every five minutes takes 20 ms to count what it missed.
"""


def fire_due(now: dt.datetime) -> int:
    """Once for all times that a rule missed; however many ask, one has it. Returns how many had their turn.

    A rule whose time cannot be told is switched off, which its owner hears of, and holds up nobody.
    """
    due = _waiting().filter(next_run_at__lte=now).order_by("next_run_at", "pk")
    # Found outside the transaction, so that nothing is locked where nothing waits; asked again under the lock.
    if not (pks := list(due.values_list("pk", flat=True)[:AT_ONCE])):
        return 0
    with transaction.atomic():
        rules = list(_locked(due.filter(pk__in=pks)))
        _hand_over(rules, now)
        if len(pks) == AT_ONCE:
            transaction.on_commit(lambda: wake_clock(now), robust=True)
    return len(rules)


@transaction.atomic
def follow_time_zone(*, person: User) -> None:
    """Whoever moves has their rules at the same time of day, by the clock of where they are now."""
    now = timezone.now()
    moved = _waiting().filter(user=person, next_run_at__gt=now).exclude(next_run_zone=F("user__time_zone"))
    _keep([_planned(rule, now) for rule in _locked(moved)])


def next_due_at(after: dt.datetime) -> dt.datetime | None:
    waiting = _waiting().filter(next_run_at__gt=after)
    return waiting.order_by("next_run_at").values_list("next_run_at", flat=True).first()


def _waiting() -> QuerySet[Rule]:
    """Who has left is no longer served; their rules are switched off."""
    return Rule.objects.alive().filter(next_run_at__isnull=False, user__is_active=True)


def _locked(rules: QuerySet[Rule]) -> QuerySet[Rule]:
    return rules.select_related("user").select_for_update(of=("self",))


def _hand_over(rules: list[Rule], now: dt.datetime) -> None:
    happened: list[Happened] = []
    faulty = []
    for rule in rules:
        if error := caught(partial(_look, rule, now, happened)):
            log.error("schedule_not_understood", rule=rule.pk, exc_info=error)
            faulty.append(rule)
    record_many(happened)
    _keep([rule for rule in rules if rule not in faulty])
    for rule in faulty:
        with translation.override(rule.user.language):
            switch_off(rule=rule, reason=_("When it comes next could not be worked out. Choose its times anew."))


def _look(rule: Rule, now: dt.datetime, happened: list[Happened]) -> None:
    due = _due(rule, now)
    _planned(rule, now)
    happened.append(Happened(due, subject=rule, person_id=rule.user_id))


def _due(rule: Rule, now: dt.datetime) -> ScheduleDue:
    assert rule.next_run_at is not None
    zone = times.zone(rule.next_run_zone)
    later = islice(times_after(rule.trigger_options, rule.next_run_at, zone), MOST_COUNTED)
    missed = sum(1 for _moment in takewhile(lambda moment: moment <= now, later))
    return ScheduleDue.of(rule, rule.next_run_at.astimezone(zone), missed=missed)


def _planned(rule: Rule, now: dt.datetime) -> Rule:
    for field, value in planned(rule, now).items():
        setattr(rule, field, value)
    return rule


def _keep(rules: list[Rule]) -> None:
    Rule.objects.bulk_update(rules, ["next_run_at", "next_run_zone"])
