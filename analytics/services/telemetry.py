"""Counting what is used, and the switch. Sending is in telemetry_sending.py."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from uuid import UUID, uuid4

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from accounts.models import Organisation, User
from accounts.services.organisation import update_organisation
from analytics.events import TelemetryDue, TelemetryIdRenewed, TelemetryRecordDeleted
from analytics.models import TelemetryEvent, TelemetryState, TelemetryStatus
from analytics.queries.telemetry import MOST_WAITING, has_agreed, sent_messages, unsent, without_lease
from analytics.services.telemetry_switch import switch
from analytics.telemetry import events  # noqa: F401 - what may be counted is declared there
from analytics.telemetry.registry import MOST_TIMES, UndeclaredError, check
from timetracker.events.recording import record

FORMER_IDS = 20


@dataclass(frozen=True, slots=True)
class Counted:
    """`times` that one thing happened on `day`, in UTC."""

    name: str
    properties: dict[str, str] = field(default_factory=dict)
    times: int = 1
    day: dt.date = field(default_factory=lambda: timezone.now().date())


def is_declared(name: str, properties: dict[str, str]) -> bool:
    """Raises UndeclaredError instead of False where a programmer sees it: in tests, and with DEBUG."""
    try:
        check(name, properties)
    except UndeclaredError:
        if settings.TELEMETRY_STRICT:
            raise
        return False
    return True


# ── Counting ─────────────────────────────────────────────────────────────────
def count(counted: Counted) -> None:
    count_many([counted])


@transaction.atomic
def count_many(counted: Iterable[Counted]) -> None:
    """Puts them into the queue; nothing where nobody has agreed.

    No event: what is counted changes nothing that anybody works with. The lock is the one of the switch, so nothing
    enters the queue that was just emptied.
    """
    state = locked_state()
    if not has_agreed():
        return
    before = state.dropped_undeclared, state.dropped_full
    for one in counted:
        if not is_declared(one.name, one.properties):
            state.dropped_undeclared += one.times
        elif not _add(one):
            state.dropped_full += one.times
    if (state.dropped_undeclared, state.dropped_full) != before:
        state.save(update_fields=["dropped_full", "dropped_undeclared"])


def _add(one: Counted) -> bool:
    """False where too much waits already."""
    fingerprint = json.dumps(one.properties, sort_keys=True)
    row = {"day": one.day, "name": one.name, "fingerprint": fingerprint}
    here = TelemetryEvent.objects.filter(**row, status=TelemetryStatus.OPEN)
    if here.filter(times__lte=MOST_TIMES - one.times).update(times=F("times") + one.times):
        return True
    if one.times > MOST_TIMES or unsent().count() >= MOST_WAITING or here.exists():
        return False
    TelemetryEvent.objects.create(**row, properties=one.properties, times=one.times)
    return True


def locked_state() -> TelemetryState:
    locked = TelemetryState.objects.select_for_update(no_key=True)
    found = locked.filter(pk=TelemetryState.PK).first()
    if found is None:
        TelemetryState.objects.get_or_create(pk=TelemetryState.PK)
        found = locked.get(pk=TelemetryState.PK)
    return found


def new_id() -> UUID:
    """From nothing but chance: no part of it comes from this machine or from anybody's data."""
    return uuid4()


# ── The switch ───────────────────────────────────────────────────────────────
@transaction.atomic
def switch_telemetry(*, actor: User, on: bool) -> None:
    """Raises ValidationError where there is no key to send with."""
    update_organisation(actor=actor, telemetry=on)
    follow_switch()


@transaction.atomic
def follow_switch() -> None:
    """Makes the rest fit what stands at the organisation: an id where it agreed, and else an empty queue.

    What a sender has at this moment is its business: it marks it as sent, or deletes it.
    """
    state = locked_state()
    if not Organisation.objects.filter(pk=Organisation.PK, telemetry=True).exists():
        without_lease(unsent(), timezone.now()).delete()
        _retire_id(state)
        state.failures, state.last_error, state.next_try_at = 0, "", None
    elif state.install_id is None:
        state.install_id = new_id()
    state.save()
    transaction.on_commit(switch.forget)


@transaction.atomic
def renew_install_id(*, actor: User) -> None:
    """From now on as somebody else. What waits goes under the new one."""
    state = locked_state()
    was_used = state.id_used
    _retire_id(state)
    if has_agreed():
        state.install_id = new_id()
    state.save()
    record(TelemetryIdRenewed(was_used=was_used), actor=actor, subject=state)


@transaction.atomic
def delete_sent_record(*, actor: User) -> None:
    """Forgets here what was sent and under which former ids. What PostHog has is not touched by it."""
    state = locked_state()
    messages, _by_model = sent_messages().delete()
    state.former_ids = []
    state.save(update_fields=["former_ids"])
    record(TelemetryRecordDeleted(messages=messages), actor=actor, subject=state)


def _retire_id(state: TelemetryState) -> None:
    """Kept here only, and only if it was used: whoever wants to have it deleted has to know it."""
    if state.install_id is not None and state.id_used:
        state.former_ids = [*state.former_ids, str(state.install_id)][-FORMER_IDS:]
    state.install_id, state.id_used = None, False


# ── By the clock ─────────────────────────────────────────────────────────────
@transaction.atomic
def ask_to_send(now: dt.datetime) -> None:
    """Has the queue sent, by an outer delivery, where there is one and its time has come."""
    state = locked_state()
    if not has_agreed():
        without_lease(unsent(), now).delete()  # left by a sender that died
        return
    waiting = unsent().count()
    if waiting and (state.next_try_at is None or state.next_try_at <= now):
        record(TelemetryDue(waiting=waiting), actor=None, subject=state)
