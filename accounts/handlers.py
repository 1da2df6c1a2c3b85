from __future__ import annotations

from urllib.parse import urlsplit

from django.conf import settings

from accounts.services.invitations import mail_invitation
from timetracker.events.models import Event, stable_id
from timetracker.events.registry import Kind, on

MAIL_INVITATION = "accounts.mail_invitation"


@on("person_invited", name=MAIL_INVITATION, kind=Kind.OUTER, when=lambda data: data["has_email"])
def send_invitation(event: Event) -> None:
    # The same for every try, so that a mail sent twice is recognised as one.
    message_id = f"<{stable_id(event, MAIL_INVITATION)}@{urlsplit(settings.PUBLIC_URL).hostname}>"
    mail_invitation(invitation_id=int(event.subject_id), message_id=message_id)
