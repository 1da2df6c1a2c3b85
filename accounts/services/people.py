"""What administrators do with people. The last of them can neither be demoted nor deactivated."""

from __future__ import annotations

from collections.abc import Iterable

from allauth.usersessions.models import UserSession
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.choices import Role
from accounts.events import PersonChanged, PersonLeft, PersonReturned
from accounts.models import Team, User
from accounts.services.invitations import withdraw_invitations_of
from accounts.services.payloads import person_fields
from accounts.services.teams import set_teams_of
from timetracker.events.recording import record
from timetracker.live.push import disconnect_user
from timetracker.web.errors import Conflict


@transaction.atomic
def change_role(*, actor: User, person: User, role: Role | str) -> User:
    person = _locked(person, loses_rights=role != Role.ADMINISTRATOR)
    if person.role == role:
        return person
    old_role, person.role = person.role, Role(role)
    person.save(update_fields=["role"])
    if old_role == Role.ADMINISTRATOR:
        withdraw_invitations_of(actor=actor, person=person)
    record(
        PersonChanged(**person_fields(person), changed=["role"], old_role=old_role),
        actor=actor,
        subject=person,
        person_id=person.pk,
    )
    return person


@transaction.atomic
def change_person(*, actor: User, person: User, role: Role | str, teams: Iterable[Team]) -> User:
    """What an administrator sets on a person's page, all or nothing."""
    person = change_role(actor=actor, person=person, role=role)
    set_teams_of(actor=actor, person=person, teams=teams)
    return person


@transaction.atomic
def change_roles(*, actor: User, people: Iterable[User], role: Role | str) -> int:
    """All or none of them. Gives how many really changed."""
    return sum(change_role(actor=actor, person=person, role=role).role != person.role for person in _in_order(people))


@transaction.atomic
def deactivate_person(*, actor: User, person: User) -> User:
    """Nothing they did is lost; they cannot sign in, and what they had open ends now."""
    person = _locked(person, loses_rights=True)
    if not person.is_active:
        return person
    person.is_active, person.left_at = False, timezone.now()
    person.save(update_fields=["is_active", "left_at"])
    for session in UserSession.objects.filter(user=person):
        session.end()
    person.auth_token_set.all().delete()
    withdraw_invitations_of(actor=actor, person=person)
    record(PersonLeft(**person_fields(person)), actor=actor, subject=person, person_id=person.pk)
    transaction.on_commit(lambda: disconnect_user(person.pk), robust=True)
    return person


@transaction.atomic
def deactivate_people(*, actor: User, people: Iterable[User]) -> int:
    """All or none of them. Gives how many were active."""
    people = _in_order(people)
    for person in people:
        deactivate_person(actor=actor, person=person)
    return sum(person.is_active for person in people)


@transaction.atomic
def reactivate_person(*, actor: User, person: User) -> User:
    """Sessions and API tokens do not come back: they were ended."""
    person = _locked(person)
    if person.is_active:
        return person
    person.is_active, person.left_at = True, None
    person.save(update_fields=["is_active", "left_at"])
    record(PersonReturned(**person_fields(person)), actor=actor, subject=person, person_id=person.pk)
    return person


@transaction.atomic
def reactivate_people(*, actor: User, people: Iterable[User]) -> int:
    people = _in_order(people)
    for person in people:
        reactivate_person(actor=actor, person=person)
    return sum(not person.is_active for person in people)


def _locked(person: User, *, loses_rights: bool = False) -> User:
    """The row, locked; where rights may go, with all administrators, so that two demoting each other queue."""
    wanted = Q(pk=person.pk)
    if loses_rights:
        wanted |= Q(role=Role.ADMINISTRATOR, is_active=True)
    rows = {row.pk: row for row in User.objects.select_for_update(no_key=True).filter(wanted).order_by("pk")}
    administrators = {row.pk for row in rows.values() if row.is_administrator}
    if loses_rights and administrators == {person.pk}:
        raise Conflict(_("%(name)s is the last administrator.") % {"name": person}, code="last_administrator")
    return rows[person.pk]


def _in_order(people: Iterable[User]) -> list[User]:
    """Always the same order of locks, so that two bulk changes wait instead of blocking each other."""
    return sorted(people, key=lambda person: person.pk)
