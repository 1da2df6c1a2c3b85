"""The push channel: at least once to each device of a person, and again only to those that have not got it yet."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from django.db import transaction
from django.db.models import F, QuerySet
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts.models import User
from notifications.categories import DEVICE_LOST
from notifications.choices import Channel, Reason, Sending, State, Type
from notifications.models import Notification, Outcome, PushDevice, PushSending
from notifications.queries import settings_of
from notifications.services.noting import note_reached
from notifications.services.obstacles import obstacle_to
from notifications.services.sending import notify
from notifications.web_push import Answer, Result, headers_of, message_of, send
from timetracker.events.dispatch import TryLaterError
from timetracker.web import flags

AT_ONCE = 5
"""Devices that are sent to at the same time: twenty that never answer take forty seconds, less than leases last."""
MOST_FAILURES = 10
FAILING_FOR = dt.timedelta(days=3)
"""A device that failed so often in a row, over so long, is removed."""

Answers = Sequence[tuple[PushSending, Answer]]


def push(*, notification_id: int) -> None:
    """Sends it unless it is of no use any more. Raises TryLaterError while a device has yet to get it.

    No transaction is held while push services take their time.
    """
    outcomes = Outcome.objects.filter(notification=notification_id).select_related("notification__user")
    found = {outcome.channel: outcome for outcome in outcomes}
    outcome = found.get(Channel.PUSH)
    if outcome is None or outcome.state == State.HELD:
        return
    if reason := obstacle_to(outcome.notification) or (None if flags.is_on("web_push") else Reason.SWITCHED_OFF):
        _give_up(outcome, reason)
        return
    waiting = _claimed(outcome)
    if not waiting:
        return
    now = timezone.now()
    due = [sending for sending in waiting if sending.not_before is None or sending.not_before <= now]
    toast = found.get(Channel.TOAST)
    answers = _sent(outcome.notification, due, on_a_page=toast is not None and toast.state != State.HELD)
    lost = _keep(outcome, answers)
    for device in lost:
        _tell_lost(outcome.notification.user, device)
    if left := PushSending.objects.filter(outcome=outcome, state=Sending.WAITING):
        raise _later(left)


def _claimed(outcome: Outcome) -> list[PushSending]:
    """A row for each device there is at the first try. Later ones take up what is left, and no device added since."""
    sendings = PushSending.objects.filter(outcome=outcome).select_related("device")
    if known := list(sendings):
        return [sending for sending in known if sending.state == Sending.WAITING]
    if outcome.state == State.SENT:
        return []
    devices = list(PushDevice.objects.filter(user=outcome.notification.user_id))
    if not devices:
        _give_up(outcome, Reason.NO_DEVICE)
        return []
    PushSending.objects.bulk_create(PushSending(outcome=outcome, device=device) for device in devices)
    return list(sendings.all())  # as read above it would be remembered as empty


def _give_up(outcome: Outcome, reason: Reason) -> None:
    """Nothing more goes out. What one device has got stays sent."""
    PushSending.objects.filter(outcome=outcome, state=Sending.WAITING).delete()
    if outcome.state != State.SENT:
        _set(outcome, State.HELD, reason)


def _sent(row: Notification, due: Sequence[PushSending], *, on_a_page: bool) -> Answers:
    if not due:
        return []
    message = message_of(row, on_a_page=on_a_page, vibrate=settings_of(row.user).vibrate)
    call = partial(send, message=message, headers=headers_of(row))
    with ThreadPoolExecutor(AT_ONCE, "push") as threads:
        return list(zip(due, threads.map(call, [sending.device for sending in due]), strict=True))


# ── What became of it ────────────────────────────────────────────────────────
@transaction.atomic
def _keep(outcome: Outcome, answers: Answers) -> list[PushDevice]:
    """Notes every answer. Returns the devices that were removed because they failed for days."""
    if not answers:
        return []
    now = timezone.now()
    User.objects.select_for_update(no_key=True).get(pk=outcome.notification.user_id)  # as whoever adds a device
    states = {Result.ARRIVED: Sending.SENT, Result.LATER: Sending.WAITING}
    for sending, answer in answers:
        sending.state = states.get(answer.result, Sending.FAILED)
        sending.detail, sending.not_before, sending.changed_at = answer.detail, answer.not_before, now
    PushSending.objects.bulk_update(
        [sending for sending, _answer in answers], ["state", "detail", "not_before", "changed_at"]
    )
    _note_outcome(outcome)
    _devices(answers, Result.GONE).delete()
    _devices(answers, Result.ARRIVED).update(reached_at=now, failures=0, failing_since=None)
    failing = PushDevice.objects.filter(
        pk__in=[sending.device_id for sending, answer in answers if answer.blames_device]
    )
    failing.update(failures=F("failures") + 1, failing_since=Coalesce(F("failing_since"), now))
    lost = list(failing.filter(failures__gte=MOST_FAILURES, failing_since__lte=now - FAILING_FOR))
    PushDevice.objects.filter(pk__in=[device.pk for device in lost]).delete()
    return lost


def _devices(answers: Answers, result: Result) -> QuerySet[PushDevice]:
    return PushDevice.objects.filter(pk__in=[sending.device_id for sending, found in answers if found.result == result])


def _note_outcome(outcome: Outcome) -> None:
    """One device is enough for it to be sent."""
    rows = list(PushSending.objects.filter(outcome=outcome).values_list("state", "detail"))
    arrived = sum(state == Sending.SENT for state, _detail in rows)
    why = ", ".join(sorted({detail for _state, detail in rows if detail}))
    if arrived:
        _set(outcome, State.SENT, Reason.NONE, f"{arrived}/{len(rows)}" + (f": {why}" if why else ""))
    else:
        _set(outcome, State.FAILED, Reason.ERROR, why)


def _set(outcome: Outcome, state: State, reason: Reason, detail: str = "") -> None:
    Outcome.objects.filter(pk=outcome.pk).update(
        state=state, reason=reason, detail=detail[:300], changed_at=timezone.now()
    )
    note_reached([(Channel.PUSH, state, reason)])


def _tell_lost(person: User, device: PushDevice) -> None:
    with translation.override(person.language):
        notify(
            person=person,
            category=DEVICE_LOST,
            title=_("Notifications no longer reach %(device)s") % {"device": device.name},
            message=_("It did not answer for days and was removed. Turn notifications on there again."),
            type=Type.WARNING,
            url=reverse("notifications:preferences"),
            key=f"device:{device.pk}",
        )


def _later(left: QuerySet[PushSending]) -> TryLaterError:
    rows = list(left)
    words = ", ".join(sorted({sending.detail for sending in rows}))
    moments = [sending.not_before for sending in rows]
    # The earliest of them; at the usual pace where one names no time.
    known = [moment for moment in moments if moment is not None]
    return TryLaterError(words, not_before=min(known) if len(known) == len(rows) else None)
