"""The e-mail channel: at least once, with the same Message-ID at each try."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.utils import timezone, translation

from notifications.categories import DIGEST, category_named
from notifications.choices import Channel, Reason, State
from notifications.digest_in_words import intro_of
from notifications.held import digest_groups
from notifications.models import Notification, Outcome
from notifications.mute_links import mute_address
from notifications.services.noting import note_reached
from notifications.services.obstacles import obstacle_to
from timetracker.events.dispatch import caught


def mail(*, notification_id: int) -> None:
    """Sends it unless it went out before or is of no use any more. Raises what the mail server says, after noting it.

    No transaction is held while the server takes its time.
    """
    outcomes = Outcome.objects.filter(notification=notification_id, channel=Channel.EMAIL)
    outcome = outcomes.select_related("notification__user").exclude(state__in=[State.SENT, State.HELD]).first()
    if outcome is None:
        return
    row = outcome.notification
    if reason := _obstacle(row):
        _set(outcome, State.HELD, reason, outcome.detail)
        return
    if error := caught(lambda: _send(row)):
        _set(outcome, State.FAILED, Reason.ERROR, str(error)[:300])
        raise error
    _set(outcome, State.SENT, Reason.NONE)


def _set(outcome: Outcome, state: State, reason: Reason, detail: str = "") -> None:
    Outcome.objects.filter(pk=outcome.pk).update(state=state, reason=reason, detail=detail, changed_at=timezone.now())
    note_reached([(Channel.EMAIL, state, reason)])


def _unread_of(row: Notification) -> bool:
    """Whether a digest has still something to tell; anything else always has."""
    return bool(digest_groups(row)) or not row.told.exists()


def _obstacle(row: Notification) -> Reason | None:
    if reason := obstacle_to(row):
        return reason
    if not row.user.email:
        return Reason.NO_ADDRESS
    return None if _unread_of(row) else Reason.READ


def _send(row: Notification) -> None:
    message_for(row).send()


def message_for(row: Notification) -> EmailMessage:
    person, category = row.user, category_named(row.category)
    headers = {"Message-ID": message_id(row)}
    mute = ""
    if not category.critical:
        mute = mute_address(person.pk, category, Channel.EMAIL)
        # A button of the mail program, which then posts there: RFC 8058.
        headers |= {"List-Unsubscribe": f"<{mute}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
    with translation.override(person.language):
        body = render_to_string(
            "notifications/mail.txt",
            {
                "row": row,
                "category": category,
                "is_digest": category == DIGEST,
                "groups": (groups := digest_groups(row)),
                "message": intro_of(row.message) if groups else row.message,
                "mute": mute,
                "site": settings.PUBLIC_URL,
                "link": settings.PUBLIC_URL + row.url if row.url else "",
                "preferences": settings.PUBLIC_URL + "/settings/notifications/",
            },
        )
    # A line break in a title would be another header; Django refuses it, and the mail would never go out.
    subject = " ".join(row.title.split())
    return EmailMessage(subject, body, to=[person.email], headers=headers)


def message_id(row: Notification) -> str:
    """The same for each try, so that a mail sent twice is recognised as one; another after a snooze."""
    return f"<{row.uid}.{row.delivered_at:%Y%m%d%H%M%S}@{urlsplit(settings.PUBLIC_URL).hostname}>"
