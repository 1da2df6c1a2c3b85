"""Events as they are recorded here, made from models."""

from __future__ import annotations

from typing import TypedDict

from accounts.models import Invitation, User


class PersonFields(TypedDict):
    id: int
    name: str
    username: str
    role: str


class InvitationFields(TypedDict):
    id: int
    role: str
    team_id: int | None
    team_name: str
    has_email: bool


def person_fields(person: User) -> PersonFields:
    return {"id": person.pk, "name": str(person), "username": person.username, "role": person.role}


def invitation_fields(invitation: Invitation) -> InvitationFields:
    return {
        "id": invitation.pk,
        "role": invitation.role,
        "team_id": invitation.team_id,
        "team_name": invitation.team.name if invitation.team else "",
        "has_email": bool(invitation.email),
    }
