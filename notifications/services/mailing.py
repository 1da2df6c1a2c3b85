"""The e-mail channel: at least once, with the same Message-ID at each try."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.utils import timezone, translation

from notifications.categories import category_named
from notifications.choices import Channel, Reason, State
from notifications.models import Notification, Outcome
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
    if reason := obstacle_to(row) or (None if row.user.email else Reason.NO_ADDRESS):
        outcomes.update(state=State.HELD, reason=reason, changed_at=timezone.now())
        return
    if error := caught(lambda: _send(row)):
        outcomes.update(state=State.FAILED, reason=Reason.ERROR, detail=str(error)[:300], changed_at=timezone.now())
        raise error
    outcomes.update(state=State.SENT, reason=Reason.NONE, detail="", changed_at=timezone.now())


def _send(row: Notification) -> None:
    message_for(row).send()


def message_for(row: Notification) -> EmailMessage:
    person = row.user
    with translation.override(person.language):
        body = render_to_string(
            "notifications/mail.txt",
            {
                "row": row,
                "category": category_named(row.category),
                "link": settings.PUBLIC_URL + row.url if row.url else "",
                "preferences": settings.PUBLIC_URL + "/settings/notifications/",
            },
        )
    # A line break in a title would be another header; Django refuses it, and the mail would never go out.
    subject = " ".join(row.title.split())
    return EmailMessage(subject, body, to=[person.email], headers={"Message-ID": message_id(row)})


def message_id(row: Notification) -> str:
    """The same for each try, so that a mail sent twice is recognised as one; another after a snooze."""
    return f"<{row.uid}.{row.delivered_at:%Y%m%d%H%M%S}@{urlsplit(settings.PUBLIC_URL).hostname}>"
