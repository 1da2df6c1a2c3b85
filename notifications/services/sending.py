"""The one way a notification comes into being: `notify`. It decides for each channel, keeps why, and sends it on."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Count
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from notifications import subjects
from notifications.categories import Category, category_named
from notifications.choices import INTERRUPTING, Channel, Priority, State, Type
from notifications.decision import WINDOW, Circumstances, Verdict, decide
from notifications.digest_times import day_after
from notifications.events import NotificationSent
from notifications.models import Notification, Outcome, Settings
from notifications.models.notification import LONGEST_LABEL, LONGEST_TITLE
from notifications.queries import has_device, interruptions, next_digest_at, quiet_of, settings_of, wanted_channels
from notifications.services.noting import note_reached
from timetracker.events.models import Event
from timetracker.events.recording import record
from timetracker.web.times import local_date

MOST_ACTIONS = 4
_OWN_ADDRESS = re.compile(r"/(?!/)[^\\\x00-\x1f\x7f]*")
"""Browsers read a backslash as a slash and leave out tabs and line breaks: "/\t/evil.example" is another site."""


@transaction.atomic
def notify(
    *,
    person: User,
    category: Category,
    title: str,
    message: str = "",
    type: str = Type.INFO,  # noqa: A002 - the name of the field
    priority: str = Priority.NORMAL,
    url: str = "",
    actions: Sequence[dict[str, str]] = (),
    persistent: bool = False,
    subject: models.Model | None = None,
    condition: str = "",
    event: Event | None = None,
    key: str = "",
    only: Collection[Channel] | None = None,
) -> Notification | None:
    """Tell one person something, now. None where they are no longer here or were told the same (`key`) before.

    `condition` is asked again where something comes later: a mail, what was held back, what was put off. With an
    `event` the key is made from it: however often it is retried, one person gets one of a category. `only` says where,
    whatever their preferences: for a digest of what they let through before. Raises ValidationError by field.
    """
    here = User.objects.select_for_update(no_key=True).filter(pk=person.pk, is_active=True).first()
    if event is not None and not key:
        key = f"{event.uid}:{category.name}"
    if here is None or (key and Notification.objects.filter(user=here, key=key).exists()):
        return None
    row = build(
        person=here,
        category=category.name,
        title=shortened(title),
        message=message,
        type=type,
        priority=priority,
        url=url,
        actions=list(actions),
        persistent=persistent,
        event=event,
        key=key,
        condition=condition,
        **subjects.subject_fields(subject),
    )
    deliver(row, here, only=only)
    return row


def build(*, person: User, **fields: Any) -> Notification:
    """Valid and not yet saved. Raises ValidationError by field."""
    row = Notification(user=person, **fields)
    check(row)
    return row


def check(row: Notification) -> None:
    """Puts what may be in it into its stored form. Raises ValidationError by field."""
    row.url = own_address(row.url, "url")
    row.actions = checked_actions(row.actions)
    row.full_clean(exclude=["user", "event"], validate_unique=False, validate_constraints=False)


def deliver(
    row: Notification, person: User, now: dt.datetime | None = None, *, only: Collection[Channel] | None = None
) -> None:
    """Put a notification where it belongs, and save it. The person's row is locked: two at once count each other."""
    now = now or timezone.now()
    category = category_named(row.category)
    verdicts = decide(category, _circumstances(row, person, category, now, only))
    row.delivered_at = now
    if category.counts and any(item.state == State.QUEUED for item in verdicts):
        row.interrupted_on = counted_on(row, person, now)
    row.in_centre = any(item.channel == Channel.CENTRE and item.state == State.SENT for item in verdicts)
    keep(row)
    Outcome.objects.bulk_create(_outcome(row, verdict, now) for verdict in verdicts)
    note_reached((item.channel, item.state, item.reason) for item in verdicts)
    announce(row, [item.channel for item in verdicts if item.state == State.QUEUED])


def keep(row: Notification) -> None:
    """A new one, or what became of one that was there: its earlier outcomes give way."""
    if row._state.adding:
        row.save(force_insert=True)
    else:
        row.save(update_fields=["delivered_at", "interrupted_on", "in_centre"])
        Outcome.objects.filter(notification=row).delete()


def announce(row: Notification, channels: Sequence[Channel]) -> None:
    """Durably: what is recorded here is pushed and mailed by handlers, however often it takes."""
    if not channels and not row.in_centre:
        return
    record(
        NotificationSent(
            id=row.pk,
            user_id=row.user_id,
            category=row.category,
            priority=row.priority,
            channels=[channel.value for channel in channels],
        ),
        actor=None,
        subject=row,
        person_id=row.user_id,
    )


def _circumstances(
    row: Notification, person: User, category: Category, now: dt.datetime, only: Collection[Channel] | None
) -> Circumstances:
    chosen = settings_of(person)
    return Circumstances(
        now=now,
        priority=Priority(row.priority),
        allowed=subjects.is_visible(person, row.subject_type, row.subject_id),
        wanted=wanted_channels(person, category) if only is None else only,
        least_priority=Priority(chosen.least_priority),
        quiet_until=quiet_of(person, chosen).ends_at(now),
        budget_until=_budget_until(row, person, chosen, now),
        digest_at=next_digest_at(person, chosen, now),
        shown=_shown(row, now),
        has_address=bool(person.email),
        has_device=has_device(person),
    )


def _budget_until(row: Notification, person: User, chosen: Settings, now: dt.datetime) -> dt.datetime | None:
    """The row itself does not stand in its own way: what comes back from a snooze interrupts no second time."""
    if chosen.most_a_day is None:
        return None
    counted = interruptions({person.pk: local_date(now, person.zone)}, but=row.pk)[person.pk]
    return day_after(now, person.zone) if counted >= chosen.most_a_day else None


def counted_on(row: Notification, person: User, now: dt.datetime) -> dt.date:
    """It counts once. Whoever travels back into yesterday does not get today's place back."""
    today = local_date(now, person.zone)
    return max(row.interrupted_on or today, today)


def _shown(row: Notification, now: dt.datetime) -> dict[Channel, int]:
    """How many of the category interrupted this person lately, by channel."""
    lately = Outcome.objects.filter(
        notification__user=row.user_id,
        notification__category=row.category,
        notification__delivered_at__gt=now - WINDOW,
        channel__in=INTERRUPTING,
    ).exclude(state=State.HELD)
    if row.pk is not None:
        lately = lately.exclude(notification=row.pk)
    counted = lately.order_by().values_list("channel").annotate(count=Count("pk"))
    return {Channel(channel): count for channel, count in counted}


def _outcome(row: Notification, verdict: Verdict, now: dt.datetime) -> Outcome:
    return Outcome(
        notification=row,
        channel=verdict.channel,
        state=verdict.state,
        reason=verdict.reason,
        due_at=verdict.due_at,
        changed_at=now,
    )


# ── What may be in it ────────────────────────────────────────────────────────
def shortened(title: str) -> str:
    """A sentence about something with a long name still fits."""
    return title if len(title) <= LONGEST_TITLE else f"{title[: LONGEST_TITLE - 1].rstrip()}…"


def checked_actions(actions: object) -> list[dict[str, str]]:
    """`[{"label": …, "url": …}]`, with `"method": "post"` for what changes something. Raises ValidationError."""
    if not isinstance(actions, list) or len(actions) > MOST_ACTIONS:
        raise ValidationError({"actions": _("Actions are a list of at most %(max)d.") % {"max": MOST_ACTIONS}})
    return [_checked_action(action) for action in actions]


def _checked_action(action: object) -> dict[str, str]:
    if not isinstance(action, dict) or not isinstance(action.get("label"), str) or not action["label"].strip():
        raise ValidationError({"actions": _("An action has a label and an address: {“label”: …, “url”: …}.")})
    label, method = action["label"].strip(), action.get("method", "get")
    if len(label) > LONGEST_LABEL:
        raise ValidationError({"actions": _("A label has at most %(max)d letters.") % {"max": LONGEST_LABEL}})
    if method not in ("get", "post"):
        raise ValidationError({"actions": _("The method of an action is get or post.")})
    return {"label": label, "url": own_address(str(action.get("url", "")), "actions", needed=True), "method": method}


def own_address(url: str, field: str, *, needed: bool = False) -> str:
    """An address of this instance: a link in a notification leads nowhere else, and runs no script."""
    if not url and not needed:
        return ""
    if not _OWN_ADDRESS.fullmatch(url):
        raise ValidationError({field: _("Write an address here that begins with /.")})
    return url
