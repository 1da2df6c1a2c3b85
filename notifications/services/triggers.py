"""Triggers on the clock: planned when something changes, asked for when they are due, told by a handler."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable
from functools import partial

import structlog
from django.db import models, transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from accounts.models import User
from notifications.choices import TriggerKind
from notifications.events import TriggerDue
from notifications.models import Notification, Trigger
from notifications.subjects import name_of
from notifications.triggers.looking import CLOCKED, holds, next_look
from notifications.triggers.situation import Situation, situations_of
from timetracker.events.dispatch import caught
from timetracker.events.recording import Happened, record_many
from timetracker.events.wake import wake_clock
from timetracker.live.push import push_after_commit

log = structlog.get_logger(__name__)

AT_ONCE = 500
"""Rows that one turn of the clock looks at; the rest has the next turn, at once."""
NEW_AT_ONCE = AT_ONCE // len(CLOCKED)
"""People who get theirs in one turn."""
AFTER_TROUBLE = dt.timedelta(hours=1)
BY_TIMER = (TriggerKind.NO_TIMER, TriggerKind.FORGOTTEN_TIMER)
BY_HAND = (
    "timer_started", "timer_stopped", "timer_discarded", "time_logged", "entry_changed", "entry_deleted",
    "entry_restored",
)  # fmt: skip
PLANNED_BY = frozenset({"time_zone", "work_starts", "work_ends", "working_days", "week_start", "daily_limit_hours"})
"""Of a person's profile: what changes when they are looked at."""
PLANNED = ["due_at", "day", "last_day", "subject_id", "since"]


# ── Planning ─────────────────────────────────────────────────────────────────
@transaction.atomic
def plan(people: Collection[User], kinds: Collection[TriggerKind] = CLOCKED) -> None:
    """When each is looked at next, as things stand now: after a change of settings, of a timer, or at the beginning."""
    now = timezone.now()
    Trigger.objects.bulk_create(
        [Trigger(user=person, kind=kind, since=now) for person in people for kind in kinds], ignore_conflicts=True
    )
    rows = list(Trigger.objects.filter(user__in=people, kind__in=kinds).order_by("pk").select_for_update())
    found = situations_of(people, now)
    for row in rows:
        _look_again(row, found[row.user_id], now)
    _keep(rows)
    soonest = min((row.due_at for row in rows if row.due_at), default=None)
    if soonest:
        transaction.on_commit(lambda: wake_clock(soonest), robust=True)


def plan_missing(now: dt.datetime) -> int:
    """People who came while nobody looked: before there were triggers, or by a command."""
    known = Trigger.objects.filter(user=OuterRef("pk"), kind=TriggerKind.DAILY_SUMMARY)
    people = list(User.objects.filter(is_active=True).exclude(Exists(known)).order_by("pk")[:NEW_AT_ONCE])
    if people:
        plan(people)
    return len(people)


def _look_again(row: Trigger, found: Situation, now: dt.datetime) -> None:
    if not found.person.is_active:
        row.due_at = row.day = None
        return
    look = next_look(row, found, now)
    row.due_at, row.day = look.due_at, look.day


def _keep(rows: Collection[Trigger]) -> None:
    Trigger.objects.bulk_create(rows, update_conflicts=True, unique_fields=["id"], update_fields=PLANNED)


# ── What is due ──────────────────────────────────────────────────────────────
@transaction.atomic
def announce_due(now: dt.datetime) -> int:
    """Records what may have to be told, in the same few statements for however many. Returns at how many it looked."""
    due = Trigger.objects.filter(due_at__lte=now).order_by("due_at", "pk").select_related("user")
    rows = list(due.select_for_update(of=("self",))[:AT_ONCE])
    if not rows:
        return 0
    found = situations_of({row.user_id: row.user for row in rows}.values(), now)
    happened: list[Happened] = []
    for row in rows:
        if error := caught(partial(_look, row, found[row.user_id], now, happened)):
            log.error("trigger_failed", trigger=row.pk, exc_info=error)
            row.due_at = now + AFTER_TROUBLE
    record_many(happened)
    _keep(rows)
    if len(rows) == AT_ONCE:
        transaction.on_commit(lambda: wake_clock(now), robust=True)
    return len(rows)


def next_due_at(after: dt.datetime) -> dt.datetime | None:
    waiting = Trigger.objects.filter(due_at__gt=after).order_by("due_at")
    return waiting.values_list("due_at", flat=True).first()


def _look(row: Trigger, found: Situation, now: dt.datetime, happened: list[Happened]) -> None:
    day = row.day or found.hours.shift_of(now)
    tells = found.person.is_active and holds(row, found, now)
    entry = found.running.pk if found.running else None
    if tells:
        assert row.due_at is not None
        event = TriggerDue(user_id=row.user_id, kind=row.kind, day=day, due_at=row.due_at, entry_id=entry)
        happened.append(Happened(event, subject=row, person_id=row.user_id))
    if row.kind == TriggerKind.FORGOTTEN_TIMER:
        row.subject_id = entry  # once for each timer
    elif row.kind != TriggerKind.NO_TIMER or tells or row.dismissed_on == day or now >= found.hours.span(day)[1]:
        row.last_day = day
    _look_again(row, found, now)


# ── What has ended ───────────────────────────────────────────────────────────
@transaction.atomic
def follow_timer(*, person: User) -> None:
    """Something started, ended or was written down: what it makes untrue goes, and the next look is at another time."""
    plan([person], BY_TIMER)
    running = situations_of([person], timezone.now())[person.pk].running
    over = [TriggerKind.NO_TIMER] if running else [TriggerKind.FORGOTTEN_TIMER, TriggerKind.IDLE]
    if withdraw(person=person, kinds=over, read_too=True):
        note_heeded(person=person, kinds=over)


def note_heeded(*, person: User, kinds: Iterable[str]) -> None:
    """They are of use: what was put off before does not count any more."""
    Trigger.objects.filter(user=person, kind__in=list(kinds)).update(dismissals=0)


def withdraw(
    *,
    person: User,
    kinds: Iterable[str],
    subject: models.Model | None = None,
    but: Notification | None = None,
    read_too: bool = False,
) -> list[int]:
    """Reminders that still stand, of what is over, or said anew in `but`. Returns which they were.

    `read_too`: also those that were read, where their buttons lead nowhere any more.
    """
    live = _standing(kinds).filter(user=person)
    if not read_too:
        live = live.filter(read_at=None)
    if subject is not None:
        live = live.filter(subject_type=name_of(subject), subject_id=subject.pk)
    if but is not None:
        live = live.exclude(pk=but.pk)
    return _archive(live)


@transaction.atomic
def withdraw_of(*, subject_type: str, subject_id: int, kinds: Iterable[str], told_before: dt.datetime) -> list[int]:
    """Reminders of everybody about something that is no longer as it was when they were told."""
    live = _standing(kinds).filter(subject_type=subject_type, subject_id=subject_id, delivered_at__lte=told_before)
    return _archive(live)


def _standing(kinds: Iterable[str]) -> models.QuerySet[Notification]:
    return Notification.objects.filter(
        category__in=list(kinds), deleted_at=None, archived_at=None, delivered_at__isnull=False
    )


def _archive(live: models.QuerySet[Notification]) -> list[int]:
    found = dict(live.order_by("pk").values_list("pk", "user_id"))
    if found:
        Notification.objects.filter(pk__in=found).update(archived_at=timezone.now(), snoozed_until=None)
        push_after_commit(sorted(set(found.values())), "notifications")
    return list(found)
