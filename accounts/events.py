"""What happens to people, teams, tokens and the organisation. Field names are public: rules and webhooks read them.

E-mail addresses stay out: events are kept for long and read by many.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from timetracker.events.registry import event_type


# ── People ───────────────────────────────────────────────────────────────────
@dataclass(frozen=True, slots=True, kw_only=True)
class PersonPayload:
    id: int
    name: str
    username: str
    role: str


@event_type(
    "person_joined", label=_("Person joined"), sentence=pgettext_lazy("after a name", "joined"), subject="person"
)
@dataclass(frozen=True, slots=True, kw_only=True)
class PersonJoined(PersonPayload):
    by: str
    """`set_up` or `invitation`."""


@event_type("person_changed", label=_("Person changed"), sentence=_("changed {name}"), subject="person")
@dataclass(frozen=True, slots=True, kw_only=True)
class PersonChanged(PersonPayload):
    changed: list[str]
    """Names of the fields, among them `role`."""
    old_role: str


@event_type(
    "preferences_changed", label=_("Settings changed"), sentence=_("changed their settings"), subject="person",
    internal=True,  # each move of a widget is one
)  # fmt: skip
@dataclass(frozen=True, slots=True, kw_only=True)
class PreferencesChanged(PersonPayload):
    changed: list[str]


@event_type("person_left", label=_("Person left"), sentence=_("deactivated {name}"), subject="person")
@dataclass(frozen=True, slots=True, kw_only=True)
class PersonLeft(PersonPayload):
    pass


@event_type("person_returned", label=_("Person returned"), sentence=_("reactivated {name}"), subject="person")
@dataclass(frozen=True, slots=True, kw_only=True)
class PersonReturned(PersonPayload):
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class InvitationPayload:
    id: int
    role: str
    team_id: int | None
    team_name: str
    has_email: bool


@event_type("person_invited", label=_("Person invited"), sentence=_("invited somebody"), subject="invitation")
@dataclass(frozen=True, slots=True, kw_only=True)
class PersonInvited(InvitationPayload):
    pass


@event_type(
    "invitation_withdrawn", label=_("Invitation withdrawn"), sentence=_("withdrew an invitation"), subject="invitation"
)
@dataclass(frozen=True, slots=True, kw_only=True)
class InvitationWithdrawn(InvitationPayload):
    pass


# ── Teams ────────────────────────────────────────────────────────────────────
@dataclass(frozen=True, slots=True, kw_only=True)
class TeamPayload:
    id: int
    name: str


@event_type("team_created", label=_("Team created"), sentence=_("created the team {name}"), subject="team")
@dataclass(frozen=True, slots=True, kw_only=True)
class TeamCreated(TeamPayload):
    pass


@event_type("team_changed", label=_("Team changed"), sentence=_("changed the team {name}"), subject="team")
@dataclass(frozen=True, slots=True, kw_only=True)
class TeamChanged(TeamPayload):
    old_name: str
    added_ids: list[int]
    removed_ids: list[int]
    lead_ids: list[int]
    """Who leads it now."""


@event_type("team_deleted", label=_("Team deleted"), sentence=_("deleted the team {name}"), subject="team")
@dataclass(frozen=True, slots=True, kw_only=True)
class TeamDeleted(TeamPayload):
    pass


# ── API tokens ───────────────────────────────────────────────────────────────
@dataclass(frozen=True, slots=True, kw_only=True)
class TokenPayload:
    user_id: int
    name: str
    scope: str


@event_type("token_created", label=_("API token created"), sentence=_("created the API token {name}"), subject="person")
@dataclass(frozen=True, slots=True, kw_only=True)
class TokenCreated(TokenPayload):
    expires_at: str | None


@event_type("token_revoked", label=_("API token revoked"), sentence=_("revoked the API token {name}"), subject="person")
@dataclass(frozen=True, slots=True, kw_only=True)
class TokenRevoked(TokenPayload):
    pass


@event_type("sessions_ended", label=_("Signed out elsewhere"), sentence=_("signed out elsewhere"), subject="person")
@dataclass(frozen=True, slots=True, kw_only=True)
class SessionsEnded:
    id: int
    count: int


# ── The organisation ─────────────────────────────────────────────────────────
@event_type("organisation_set_up", label=_("Instance set up"), sentence=_("set up {name}"), subject="organisation")
@dataclass(frozen=True, slots=True, kw_only=True)
class OrganisationSetUp:
    name: str


@event_type(
    "flag_changed",
    label=_("Feature flag changed"),
    sentence=_("set the feature flag {name} to {value}"),
    subject="organisation",
)
@dataclass(frozen=True, slots=True, kw_only=True)
class FlagChanged:
    name: str
    value: str
    """`on`, `off`, or `default` where the administration leaves it to the program."""
    before: str


@event_type(
    "organisation_changed",
    label=_("Organisation changed"),
    sentence=_("changed the organisation's settings"),
    subject="organisation",
)
@dataclass(frozen=True, slots=True, kw_only=True)
class OrganisationChanged:
    name: str
    changed: list[str]
