"""Reads that more than one place shares."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db.models import Case, Count, IntegerField, Prefetch, Q, QuerySet, Value, When
from django.db.models.functions import Lower
from django.utils import timezone

from accounts.browsers import browser_name
from accounts.choices import Among
from accounts.models import ApiToken, Invitation, Organisation, Team, TeamMember, Use, User, led_by


def get_organisation() -> Organisation:
    """The settings row; before set-up an unsaved one with safe defaults."""
    return Organisation.objects.filter(pk=Organisation.PK).first() or Organisation(pk=Organisation.PK)


def is_set_up() -> bool:
    """Somebody can sign in, so the set-up page is closed."""
    return User.objects.exists()


# ── People ───────────────────────────────────────────────────────────────────
def people_visible_to(user: User) -> QuerySet[User]:
    return User.objects.visible_to(user)


def led_user_ids(user: User) -> QuerySet[Any, Any]:
    """A subquery, for `filter(user__in=led_user_ids(person))`."""
    return led_by(user)


def named_like(people: QuerySet[User], text: str, *, or_email: bool = False) -> QuerySet[User]:
    """Every word somewhere in the name or user name; in the address only for those who may see it."""
    for word in text.split()[:10]:
        found = Q(display_name__icontains=word) | Q(username__icontains=word)
        people = people.filter(found | Q(email__icontains=word) if or_email else found)
    return people


def people_among(user: User, among: Among) -> QuerySet[User]:
    match among:
        case Among.TIME:
            return User.objects.with_time_visible_to(user)
        case Among.EVER:
            return User.objects.visible_to(user)
    return User.objects.visible_to(user).filter(is_active=True)


def people_suggested(user: User, text: str, among: Among = Among.HERE) -> QuerySet[User]:
    """Oneself first."""
    oneself_first = Case(When(pk=user.pk, then=Value(0)), default=1, output_field=IntegerField())
    people = named_like(people_among(user, among), text)
    return people.order_by(oneself_first, Lower("display_name"), "username").only("display_name", "username")


def people_listed(
    user: User, *, search: str = "", state: str = "active", role: str = "", team: Team | None = None
) -> QuerySet[User]:
    """The people page: who is visible, with `shown_memberships` in the teams that `user` may see."""
    people = named_like(User.objects.visible_to(user), search, or_email=user.is_administrator)
    if state in {"active", "left"}:
        people = people.filter(is_active=state == "active")
    if role:
        people = people.filter(role=role)
    if team is not None:
        people = people.filter(memberships__team=team)
    memberships = TeamMember.objects.filter(team__in=Team.objects.visible_to(user)).select_related("team")
    return people.order_by("username").prefetch_related(
        Prefetch("memberships", memberships.order_by("team__name"), to_attr="shown_memberships")
    )


# ── Teams and invitations ────────────────────────────────────────────────────
def teams_listed(user: User) -> QuerySet[Team]:
    """With `size`, the number of active people, and `leads`, the memberships of those who lead it."""
    leads = TeamMember.objects.filter(is_lead=True, user__is_active=True).select_related("user")
    return (
        Team.objects.visible_to(user)
        .annotate(size=Count("memberships", filter=Q(memberships__user__is_active=True)))
        .prefetch_related(Prefetch("memberships", leads.order_by("user__username"), to_attr="leads"))
        .order_by("name")
    )


def team_members(team: Team) -> QuerySet[TeamMember]:
    return team.memberships.filter(user__is_active=True).select_related("user").order_by("-is_lead", "user__username")


def open_invitations() -> QuerySet[Invitation]:
    return Invitation.objects.open().select_related("team", "invited_by")


def people_to_choose(team: Team) -> QuerySet[User]:
    """Everybody who works here, with `place`: 2 leads the team, 1 is in it, 0 is not; those in it first."""
    leads = TeamMember.objects.filter(team=team, is_lead=True).values("user")
    members = TeamMember.objects.filter(team=team).values("user")
    place = Case(
        When(pk__in=leads, then=Value(2)), When(pk__in=members, then=Value(1)), default=0, output_field=IntegerField()
    )
    return User.objects.filter(is_active=True).annotate(place=place).order_by("-place", "username")


# ── What a person uses ───────────────────────────────────────────────────────
def uses_of(user: User) -> list[Use]:
    """What `user` chose in the palette, the latest first."""
    return list(Use.objects.filter(user=user))


# ── A person's own security ──────────────────────────────────────────────────
def tokens_of(user: User) -> QuerySet[ApiToken]:
    return ApiToken.objects.filter(user=user).order_by("-created", "digest")


@dataclass(slots=True)
class SecondFactors:
    has_totp: bool = False
    passkeys: list[Authenticator] = field(default_factory=list)
    codes_left: int | None = None
    """None where no recovery codes have been made."""


def second_factors(user: User) -> SecondFactors:
    found = SecondFactors()
    for authenticator in Authenticator.objects.filter(user=user).order_by("created_at"):
        if authenticator.type == Authenticator.Type.TOTP:
            found.has_totp = True
        elif authenticator.type == Authenticator.Type.WEBAUTHN:
            found.passkeys.append(authenticator)
        else:
            found.codes_left = len(authenticator.wrap().get_unused_codes())
    return found


@dataclass(frozen=True, slots=True)
class SignedIn:
    pk: int
    browser: str
    address: str
    since: Any
    is_current: bool


def sessions_of(user: User, *, current: str) -> list[SignedIn]:
    """Where the person is signed in now, this browser first."""
    alive = Session.objects.filter(expire_date__gt=timezone.now()).values("session_key")
    rows = UserSession.objects.filter(user=user, session_key__in=alive).order_by("-created_at")
    found = [
        SignedIn(row.pk, browser_name(row.user_agent), row.ip, row.created_at, row.session_key == current)
        for row in rows
    ]
    return sorted(found, key=lambda session: not session.is_current)
