"""Links that make one account each. The secret is shown once; it can be derived again for the mail."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts.choices import Role
from accounts.events import InvitationWithdrawn, PersonInvited, PersonJoined
from accounts.links import derived_secret, hash_of, new_secret
from accounts.models import Invitation, Team, TeamMember, User
from accounts.queries import get_organisation
from accounts.services.joining import add_person
from accounts.services.payloads import invitation_fields, person_fields
from timetracker.events.recording import record
from timetracker.web.errors import Conflict


@transaction.atomic
def invite_person(
    *, actor: User, email: str = "", role: Role | str = Role.MEMBER, team: Team | None = None, days: int = 7
) -> tuple[Invitation, str]:
    """The invitation and its link. With an address, a mail follows. Raises ValidationError by field."""
    email = email.strip().lower()
    if email and User.objects.filter(email__iexact=email).exists():
        raise ValidationError({"email": [_("Somebody here has this e-mail address already.")]})
    seed = new_secret()
    invitation = Invitation(
        email=email,
        role=role,
        team=team,
        invited_by=actor,
        seed=seed,
        token_hash=hash_of(derived_secret(seed)),
        expires_at=timezone.now() + dt.timedelta(days=days),
    )
    invitation.full_clean()
    invitation.save(force_insert=True)
    record(PersonInvited(**invitation_fields(invitation)), actor=actor, subject=invitation)
    return invitation, link_of(invitation)


@transaction.atomic
def withdraw_invitation(*, actor: User, invitation: Invitation) -> Invitation:
    """Raises Conflict where somebody has used it."""
    invitation = Invitation.objects.select_for_update(of=("self",)).select_related("team").get(pk=invitation.pk)
    if invitation.accepted_at:
        raise Conflict(_("This invitation has been used. Deactivate the person instead."), code="accepted")
    if invitation.revoked_at is None:
        invitation.revoked_at = timezone.now()
        invitation.save(update_fields=["revoked_at"])
        record(InvitationWithdrawn(**invitation_fields(invitation)), actor=actor, subject=invitation)
    return invitation


@transaction.atomic
def withdraw_invitations_of(*, actor: User, person: User) -> None:
    """Of somebody who may invite no more: their links must not let anybody in."""
    for invitation in Invitation.objects.filter(invited_by=person, accepted_at=None, revoked_at=None).order_by("pk"):
        withdraw_invitation(actor=actor, invitation=invitation)


@transaction.atomic
def accept_invitation(
    *,
    secret: str,
    username: str,
    password: str,
    display_name: str = "",
    email: str = "",
    time_zone: str = "",
    language: str = settings.LANGUAGE_CODE,
) -> User:
    """Raises Conflict where the link does not work (any more), ValidationError by field."""
    invitations = Invitation.objects.open().select_for_update(of=("self",)).select_related("team")
    invitation = invitations.filter(token_hash=hash_of(secret)).first()
    if invitation is None:
        raise Conflict(_("This invitation has been used or withdrawn, or it has expired."), code="invitation_closed")
    organisation = get_organisation()
    person = add_person(
        username=username,
        email=email or invitation.email,
        password=password,
        display_name=display_name.strip(),
        role=invitation.role,
        time_zone=time_zone or organisation.time_zone,
        week_start=organisation.week_start,
        language=language,
    )
    if invitation.team is not None:
        TeamMember.objects.create(team=invitation.team, user=person)
    invitation.accepted_by, invitation.accepted_at = person, timezone.now()
    invitation.save(update_fields=["accepted_by", "accepted_at"])
    record(PersonJoined(**person_fields(person), by="invitation"), actor=person, subject=person, person_id=person.pk)
    return person


def link_of(invitation: Invitation) -> str:
    return settings.PUBLIC_URL + reverse("accounts:invitation", args=[derived_secret(invitation.seed)])


def mail_invitation(*, invitation_id: int, message_id: str) -> None:
    """Sends the link to its address, unless it has stopped working. Raises what the mail server says."""
    invitation = Invitation.objects.open().select_related("invited_by").filter(pk=invitation_id).first()
    if invitation is None or not invitation.email or hash_of(derived_secret(invitation.seed)) != invitation.token_hash:
        return  # withdrawn in the meantime, or SECRET_KEY has changed
    context = {"invitation": invitation, "organisation": get_organisation(), "link": link_of(invitation)}
    with translation.override(invitation.invited_by.language):
        subject = _("%(person)s invites you to %(organisation)s") % {
            "person": invitation.invited_by,
            "organisation": context["organisation"],
        }
        body = render_to_string("accounts/mail/invitation.txt", context)
    headers = {"Message-ID": message_id}
    EmailMessage(subject, body, to=[invitation.email], headers=headers).send()
