from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from email.utils import parseaddr
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage
from django.db.models import Model
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from accounts.models import User
from notifications.choices import Priority, Reason, Type
from notifications.conditions import CONDITIONS, holds
from notifications.models import Notification
from notifications.models.notification import LONGEST_MESSAGE, LONGEST_TITLE
from notifications.services.scheduling import schedule
from notifications.services.sending import notify, own_address
from notifications.subjects import subject_fields
from tracking.access import get_person_to_log_for
from tracking.models import Project, Task, TimeEntry
from workflows.actions.base import Action, Context, Param, ParamKind, as_id, fetched, seconds_of
from workflows.categories import RULE

_SUBJECTS: Mapping[str, type[Model]] = {"task": Task, "project": Project, "entry": TimeEntry}
_TO = Param("to_id", pgettext_lazy("recipient", "To"), ParamKind.ID)


def send_notification(context: Context, params: Mapping[str, Any]) -> dict[str, Any]:
    """Whoever gets it sees it only while they see what it is about, then too where it is sent later."""
    person = _receiver(context, params)
    model = _SUBJECTS.get(context.event.subject_type)
    subject = model._default_manager.filter(pk=as_id(context.event.payload["id"])).first() if model else None
    message = str(params.get("message") or "")
    if person.pk != context.owner.pk:
        message = _with_sender(message, context, person)
    said: dict[str, Any] = {
        "title": str(params["title"]),
        "message": message[:LONGEST_MESSAGE],
        "priority": params.get("priority") or Priority.NORMAL,
        "type": params.get("kind") or Type.INFO,
        "url": str(params.get("url") or ""),
        "condition": params.get("condition") or "",
        "key": f"rule:{context.uid}",
    }
    if (delay := params.get("delay")) is not None:
        at = max(context.event.occurred_at + dt.timedelta(seconds=seconds_of(delay)), timezone.now())
        row = schedule(person=person, deliver_at=at, category=RULE.name, **subject_fields(subject), **said)
        return {"notification_id": row.pk, "person": str(person), "deliver_at": at.isoformat()}
    if not holds(said["condition"], person):
        return {"notification_id": None, "person": str(person), "reason": _("What it waits for is not so.")}
    sent = notify(person=person, category=RULE, subject=subject, **said)
    # How others keep their quiet is theirs.
    held = _held(sent) if person.pk == context.owner.pk else {}
    return {"notification_id": sent.pk if sent else None, "person": str(person), **held}


def _with_sender(message: str, context: Context, person: User) -> str:
    """Whoever is told something by somebody else's rule knows whom to ask."""
    with translation.override(person.language):
        words = _("From %(person)s, by the rule “%(rule)s”.")
    return f"{message}\n{words % {'person': context.owner, 'rule': context.rule.name}}".strip()


def _held(sent: Notification | None) -> dict[str, Any]:
    """Why it interrupts nobody now, and until when, where that passes."""
    found = sent and sent.outcomes.filter(reason__in=[Reason.QUIET, Reason.BUDGET, Reason.RATE]).first()
    if not found:
        return {}
    return {"held_back": str(Reason(found.reason).label), "until": found.due_at and found.due_at.isoformat()}


def send_email(context: Context, params: Mapping[str, Any]) -> dict[str, Any]:
    """At least once, with one Message-ID for every try."""
    person = _receiver(context, params)
    if not person.email:
        raise ValidationError(_("%(person)s has no e-mail address.") % {"person": person})
    host = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or urlsplit(settings.PUBLIC_URL).hostname
    EmailMessage(
        subject=" ".join(str(params["subject"]).split()),
        body=str(params.get("message") or ""),
        to=[person.email],
        headers={"Message-ID": f"<rule-{context.uid}@{host}>", "Auto-Submitted": "auto-generated"},
    ).send()
    return {"person": str(person)}


def _receiver(context: Context, params: Mapping[str, Any]) -> User:
    """The owner, or somebody whose time they see: nobody is written to by strangers."""
    pk = params.get("to_id")
    return context.owner if pk is None else fetched(get_person_to_log_for, User, context.owner, pk)


SEND_NOTIFICATION = Action(
    "send_notification",
    gettext_lazy("Send a notification"),
    send_notification,
    (
        Param("title", gettext_lazy("Title"), required=True, longest=LONGEST_TITLE),
        Param("message", gettext_lazy("Message"), longest=LONGEST_MESSAGE),
        Param("priority", gettext_lazy("Priority"), choices=tuple(Priority.values)),
        Param("kind", gettext_lazy("Kind"), choices=tuple(Type.values)),
        Param("url", gettext_lazy("Link"), check=lambda url: own_address(url, "url")),
        _TO,
        Param("delay", gettext_lazy("Later by"), ParamKind.HOURS),
        Param("condition", gettext_lazy("Only if"), choices=tuple(CONDITIONS)),
    ),
)
SEND_EMAIL = Action(
    "send_email",
    gettext_lazy("Send an e-mail"),
    send_email,
    (
        Param("subject", gettext_lazy("Subject"), required=True, longest=200),
        Param("message", gettext_lazy("Message"), longest=20_000),
        _TO,
    ),
    outer=True,
)
