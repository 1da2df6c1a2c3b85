"""Telling what a trigger found, and minding how it was taken: one live reminder a kind, dismissed is for today."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.db.models import F, Value
from django.db.models.functions import Greatest
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from notifications.categories import DEADLINE, category_named
from notifications.choices import Priority, TriggerKind, Type
from notifications.models import Notification, Trigger
from notifications.queries import settings_of, wanted_channels
from notifications.services.sending import notify
from notifications.services.triggers import withdraw
from notifications.triggers.looking import holds
from notifications.triggers.situation import situations_of
from notifications.triggers.words import words_of
from timetracker.events.models import Event
from timetracker.live.push import push_after_commit
from tracking.models import Task
from tracking.queries import today_of

ASKED_AFTER = 2
"""So many dismissals in a row, and the person is asked whether to go on."""


@transaction.atomic
def tell(*, event: Event) -> None:
    """Of a `trigger_due`, if it is still so: what was true when the clock asked may be over by now."""
    data, now = event.payload, timezone.now()
    row = Trigger.objects.select_related("user").filter(user=data["user_id"], kind=data["kind"]).first()
    if row is None or not row.user.is_active:
        return
    day, kind = dt.date.fromisoformat(data["day"]), TriggerKind(data["kind"])
    found = situations_of([row.user], now)[row.user_id]
    if (
        found.running
        and data["entry_id"]
        and found.running.pk != data["entry_id"]
        and kind == TriggerKind.FORGOTTEN_TIMER
    ):
        return
    row.day = day  # of the event; the row looks ahead already
    if holds(row, found, now):
        with translation.override(row.user.language):
            words = words_of(kind, found, day, dt.datetime.fromisoformat(data["due_at"]), now)
            remind(person=row.user, kind=kind, event=event, **words)


@transaction.atomic
def remind(*, person: User, kind: TriggerKind, **words: Any) -> Notification | None:
    """One that stands of this kind gives way. Nothing where the person wants none."""
    category = category_named(kind)
    if not wanted_channels(person, category):
        return None
    row = notify(person=person, category=category, **words)
    if row is not None:
        withdraw(person=person, kinds=[kind], but=row)
    return row


# ── How it was taken ─────────────────────────────────────────────────────────
@transaction.atomic
def not_today(*, person: User, kind: TriggerKind) -> list[int]:
    """Nothing more of this kind today. After some in a row the person is asked whether to stop.

    Returns the reminders that went for it.
    """
    gone = withdraw(person=person, kinds=[kind], read_too=True)
    _put_off(person, kind)
    return gone


def _put_off(person: User, kind: TriggerKind) -> None:
    today = today_of(person)
    Trigger.objects.get_or_create(user=person, kind=kind)
    fresh = Trigger.objects.filter(user=person, kind=kind).exclude(dismissed_on=today)
    if not fresh.update(dismissals=F("dismissals") + 1, dismissed_on=today):
        return
    if Trigger.objects.filter(user=person, kind=kind, dismissals__gte=ASKED_AFTER).update(dismissals=0):
        _ask_whether_to_stop(person, kind, today)


@transaction.atomic
def today_after_all(*, person: User, kind: TriggerKind, rows: Iterable[int] = ()) -> None:
    """Takes `not_today` back while it is the same day, and brings back the reminders that went for it."""
    today = today_of(person)
    Notification.objects.filter(user=person, category=kind, pk__in=list(rows)).update(archived_at=None)
    asked, _by_model = Notification.objects.filter(user=person, key=_key_of_asking(kind, today)).delete()
    before = Value(ASKED_AFTER - 1) if asked else Greatest(F("dismissals") - 1, Value(0))
    Trigger.objects.filter(user=person, kind=kind, dismissed_on=today).update(dismissed_on=None, dismissals=before)
    push_after_commit([person.pk], "notifications")


@transaction.atomic
def note_dismissed(*, person: User, rows: Iterable[Notification]) -> None:
    """Archived or deleted without having been read."""
    for kind in _unread_kinds(rows):
        withdraw(person=person, kinds=[kind])
        _put_off(person, kind)


@transaction.atomic
def note_brought_back(*, person: User, rows: Iterable[Notification]) -> None:
    """What was dismissed today stands again: it was not put off."""
    for kind in _unread_kinds(rows):
        today_after_all(person=person, kind=kind)


def _unread_kinds(rows: Iterable[Notification]) -> list[TriggerKind]:
    return [
        TriggerKind(kind) for kind in sorted({row.category for row in rows if row.read_at is None} & set(TriggerKind))
    ]


def _key_of_asking(kind: TriggerKind, today: dt.date) -> str:
    return f"stop-{kind}:{today}"


def _ask_whether_to_stop(person: User, kind: TriggerKind, today: dt.date) -> None:
    with translation.override(person.language):
        stop = {"label": _("Stop these"), "url": reverse("notifications:stop-trigger", args=[kind]), "method": "post"}
        words = ngettext(
            "You put off “%(what)s” %(count)d time in a row. Stop these reminders?",
            "You put off “%(what)s” %(count)d times in a row. Stop these reminders?",
            ASKED_AFTER,
        )
        notify(
            person=person,
            category=category_named(kind),
            title=words % {"what": kind.label, "count": ASKED_AFTER},
            message=_("Otherwise they go on tomorrow. Settings → Notifications has all of them."),
            priority=Priority.LOW,
            url=reverse("notifications:preferences"),
            actions=[stop],
            key=_key_of_asking(kind, today),
        )


# ── Deadlines ────────────────────────────────────────────────────────────────
@transaction.atomic
def tell_deadline(*, event: Event) -> None:
    """Whoever has the task, if they want to know so long ahead. Not where it is done or due at another time by now."""
    data = event.payload
    task = Task.objects.open().select_related("assignee", "project").filter(pk=data["id"], completed_at=None).first()
    if (
        task is None
        or task.assignee is None
        or task.due_at is None
        or task.due_at.isoformat() != _moment(data["due_at"])
    ):
        return
    person, now = task.assignee, timezone.now()
    if task.due_at <= now or data["threshold_hours"] not in settings_of(person).deadline_hours:
        return
    with translation.override(person.language):
        row = notify(
            person=person,
            category=DEADLINE,
            title=_in_words(task, task.due_at - now),
            message=task.project.name,
            type=Type.WARNING,
            priority=Priority.HIGH if data["threshold_hours"] == 1 else Priority.NORMAL,
            url=reverse("tracking:task", args=[task.pk]),
            actions=[
                {"label": _("Start timer"), "url": reverse("tracking:task-timer", args=[task.pk]), "method": "post"}
            ],
            subject=task,
            event=event,
        )
    if row is not None:
        withdraw(person=person, kinds=[DEADLINE.name], subject=task, but=row)


def _moment(text: str) -> str:
    return dt.datetime.fromisoformat(text).isoformat()


def _in_words(task: Task, left: dt.timedelta) -> str:
    minutes = max(1, round(left.total_seconds() / 60))
    if minutes < 100:
        words = ngettext("%(task)s is due in %(n)d minute", "%(task)s is due in %(n)d minutes", minutes)
        return words % {"task": task.name, "n": minutes}
    hours = round(minutes / 60)
    words = ngettext("%(task)s is due in %(n)d hour", "%(task)s is due in %(n)d hours", hours)
    return words % {"task": task.name, "n": hours}
