"""Fetch and authorise in one step. What one may not see is not there (404); seen but not allowed is refused (403)."""

from __future__ import annotations

from django.contrib.auth.models import AnonymousUser
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from accounts.links import hash_of
from accounts.models import ApiToken, Invitation, Team, User
from timetracker.web.errors import NotAllowed


def require_administrator(user: User | AnonymousUser) -> None:
    if not getattr(user, "is_administrator", False):
        raise NotAllowed(_("Only administrators do this."))


def get_person_to_manage(user: User, pk: int) -> User:
    person = get_object_or_404(User.objects.visible_to(user), pk=pk)
    require_administrator(user)
    return person


def get_team(user: User, pk: int, *, edit: bool = False) -> Team:
    team = get_object_or_404(Team.objects.visible_to(user), pk=pk)
    if edit:
        require_administrator(user)
    return team


def get_led_team(user: User, pk: int) -> Team:
    """One that `user` leads; any for an administrator."""
    return get_object_or_404(Team.objects.with_time_visible_to(user), pk=pk)


def get_invitation(user: User, pk: int) -> Invitation:
    require_administrator(user)
    return get_object_or_404(Invitation, pk=pk)


def get_open_invitation(secret: str) -> Invitation | None:
    """For whoever has the link: it is its own permission."""
    return Invitation.objects.open().select_related("team").filter(token_hash=hash_of(secret)).first()


def get_own_token(user: User, digest: str) -> ApiToken:
    return get_object_or_404(ApiToken, user=user, digest=digest)
