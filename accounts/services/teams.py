from __future__ import annotations

from collections.abc import Collection, Iterable

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.events import TeamChanged, TeamCreated, TeamDeleted
from accounts.models import Team, TeamMember, User
from timetracker.events.recording import record
from timetracker.live.push import push_after_commit


@transaction.atomic
def create_team(*, actor: User, name: str, member_ids: Iterable[int] = (), lead_ids: Collection[int] = ()) -> Team:
    """Leads are members too. Raises ValidationError at `name`."""
    team = _named(Team(), name)
    team.save(force_insert=True)
    _set_members(team, set(member_ids) | set(lead_ids), set(lead_ids))
    record(TeamCreated(id=team.pk, name=team.name), actor=actor, subject=team)
    return team


@transaction.atomic
def update_team(
    *,
    actor: User,
    team: Team,
    name: str | None = None,
    member_ids: Iterable[int] | None = None,
    lead_ids: Collection[int] | None = None,
) -> Team:
    """What is None stays as it is. Leads are members too. Raises ValidationError at `name`."""
    team = Team.objects.select_for_update().get(pk=team.pk)
    old_name, before = team.name, _memberships(team)
    if name is not None and name.strip() != old_name:
        _named(team, name).save(update_fields=["name"])
    leads = set(lead_ids) if lead_ids is not None else {pk for pk, is_lead in before.items() if is_lead}
    members = set(member_ids) if member_ids is not None else set(before)
    _set_members(team, members | leads if lead_ids is not None else members, leads)
    _record_change(actor, team, old_name, before)
    return team


@transaction.atomic
def add_to_team(*, actor: User, team: Team, people: Iterable[User]) -> int:
    """Gives how many were not in it before."""
    team = Team.objects.select_for_update().get(pk=team.pk)
    before = _memberships(team)
    update_team(actor=actor, team=team, member_ids={*before, *(person.pk for person in people)})
    return len(_memberships(team)) - len(before)


@transaction.atomic
def set_teams_of(*, actor: User, person: User, teams: Iterable[Team]) -> None:
    """The person is in these teams and no others; who leads what stays."""
    wanted = {team.pk: team for team in teams}
    present = {team.pk: team for team in Team.objects.filter(memberships__user=person)}
    for pk, team in sorted({**present, **wanted}.items()):
        if (pk in wanted) != (pk in present):
            others = set(_memberships(team)) - {person.pk}
            update_team(actor=actor, team=team, member_ids=others | ({person.pk} if pk in wanted else set()))


@transaction.atomic
def delete_team(*, actor: User, team: Team) -> None:
    """Its people and their time stay; only what its leads might see because of it goes."""
    team = Team.objects.select_for_update().get(pk=team.pk)
    leads = [pk for pk, is_lead in _memberships(team).items() if is_lead]
    record(TeamDeleted(id=team.pk, name=team.name), actor=actor, subject=team)
    team.delete()
    push_after_commit(leads, "team")


def _named(team: Team, name: str) -> Team:
    team.name = name.strip()
    team.clean_fields()
    if Team.objects.filter(name__iexact=team.name).exclude(pk=team.pk).exists():
        raise ValidationError({"name": [_("There is a team of this name already.")]})
    return team


def _memberships(team: Team) -> dict[int, bool]:
    """Person to whether they lead it."""
    return dict(TeamMember.objects.filter(team=team).values_list("user", "is_lead"))


def _set_members(team: Team, member_ids: set[int], lead_ids: set[int]) -> None:
    before = _memberships(team)
    TeamMember.objects.filter(team=team).exclude(user__in=member_ids).delete()
    TeamMember.objects.bulk_create(
        TeamMember(team=team, user_id=pk, is_lead=pk in lead_ids) for pk in sorted(member_ids - set(before))
    )
    for is_lead in (True, False):
        changed = [pk for pk in member_ids & set(before) if before[pk] != is_lead and (pk in lead_ids) == is_lead]
        if changed:
            TeamMember.objects.filter(team=team, user__in=changed).update(is_lead=is_lead)


def _record_change(actor: User, team: Team, old_name: str, before: dict[int, bool]) -> None:
    after = _memberships(team)
    if after == before and team.name == old_name:
        return
    record(
        TeamChanged(
            id=team.pk,
            name=team.name,
            old_name=old_name,
            added_ids=sorted(set(after) - set(before)),
            removed_ids=sorted(set(before) - set(after)),
            lead_ids=sorted(pk for pk, is_lead in after.items() if is_lead),
        ),
        actor=actor,
        subject=team,
    )
    # Whoever leads or led it now sees other people's time.
    push_after_commit([pk for pk, is_lead in [*before.items(), *after.items()] if is_lead], "team")
