from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from accounts.models import Team, TeamMember
from accounts.services.teams import add_to_team, create_team, delete_team, set_teams_of, update_team
from tests.factories import TeamFactory, UserFactory
from timetracker.events.models import Event

pytestmark = pytest.mark.django_db
HX = {"HX-Request": "true"}


def memberships(team: Team) -> dict[str, bool]:
    return dict(TeamMember.objects.filter(team=team).values_list("user__username", "is_lead"))


# ── Services ─────────────────────────────────────────────────────────────────
def test_create(administrator, owner, lead):
    team = create_team(actor=administrator, name="  Support ", member_ids=[owner.pk], lead_ids=[lead.pk])
    assert (team.name, memberships(team)) == ("Support", {"olga": False, "lea": True})
    assert Event.objects.get().payload == {"id": team.pk, "name": "Support"}


@pytest.mark.parametrize("name", ["studio", "STUDIO ", "", "x" * 101])
def test_names(administrator, team, name):
    for change in (
        lambda: create_team(actor=administrator, name=name),
        lambda: update_team(actor=administrator, team=TeamFactory.create(), name=name),
    ):
        with pytest.raises(ValidationError) as refused:
            change()
        assert list(refused.value.error_dict) == ["name"]


def test_update_says_what_changed(administrator, owner, teammate, lead, team):
    update_team(
        actor=administrator, team=team, name="Atelier", member_ids=[owner.pk, teammate.pk], lead_ids=[teammate.pk]
    )
    assert memberships(team) == {"olga": False, "tom": True}
    payload = Event.objects.get().payload
    assert (payload["old_name"], payload["name"]) == ("Studio", "Atelier")
    assert (payload["removed_ids"], payload["added_ids"], payload["lead_ids"]) == ([lead.pk], [], [teammate.pk])
    update_team(actor=administrator, team=team, name="Atelier")
    assert Event.objects.count() == 1


def test_own_name_in_other_letters_is_fine(administrator, team):
    assert update_team(actor=administrator, team=team, name="STUDIO").name == "STUDIO"


def test_add_keeps_who_leads(administrator, owner, lead, outsider, team):
    assert add_to_team(actor=administrator, team=team, people=[owner, outsider, lead]) == 1
    assert memberships(team) == {"olga": False, "otto": False, "lea": True}


def test_set_teams_of_touches_only_the_difference(administrator, lead, team):
    other = TeamFactory.create(name="Other")
    set_teams_of(actor=administrator, person=lead, teams=[team, other])
    assert memberships(team)["lea"] is True
    assert memberships(other) == {"lea": False}
    assert Event.objects.count() == 1


def test_delete_keeps_the_people(administrator, owner, team):
    delete_team(actor=administrator, team=team)
    assert not Team.objects.exists()
    owner.refresh_from_db()
    assert owner.is_active


# ── Pages ────────────────────────────────────────────────────────────────────
def test_one_sees_ones_own_teams(owner, outsider, team, administrator, client_for):
    assert [found.name for found in client_for(owner).get("/teams/").context["page"]] == ["Studio"]
    assert [found.name for found in client_for(administrator).get("/teams/").context["page"]] == ["Elsewhere", "Studio"]
    assert "You are in no team" in client_for(UserFactory.create()).get("/teams/").content.decode()


def test_members_see_who_is_in_it(owner, lead, former, team, client_for):
    team.memberships.create(user=former)
    page = client_for(owner).get(reverse("accounts:team", args=[team.pk])).content.decode()
    assert "Lea Lead" in page
    assert "Fritz" not in page
    assert "checkbox" not in page.split('<main id="main"')[1]


def test_no_team_yet(administrator, client_for):
    page = client_for(administrator).get("/teams/").content.decode()
    assert "No team yet" in page
    assert reverse("accounts:team-new") in page


def test_make_one(administrator, client_for):
    client = client_for(administrator)
    fragment = client.get("/teams/new/", headers=HX).content.decode()
    assert "<html" not in fragment
    response = client.post("/teams/new/", {"name": "Support"}, headers=HX)
    assert response.headers["HX-Redirect"] == reverse("accounts:team", args=[Team.objects.get().pk])
    again = client.post("/teams/new/", {"name": "support"})
    assert again.status_code == 422
    assert 'value="support"' in again.content.decode()


def test_choose_people(administrator, owner, outsider, team, client_for):
    client = client_for(administrator)
    path = reverse("accounts:team", args=[team.pk])
    assert client.get(path).status_code == 200
    client.post(path, {"name": "Atelier", "members": [owner.pk], "leads": [outsider.pk]})
    assert memberships(team) == {"olga": False, "otto": True}
    assert Team.objects.get(pk=team.pk).name == "Atelier"


def test_a_wrong_name_keeps_what_was_ticked(administrator, owner, outsider, team, client_for):
    path = reverse("accounts:team", args=[team.pk])
    response = client_for(administrator).post(path, {"name": "Elsewhere", "leads": [outsider.pk]})
    assert response.status_code == 422
    chosen = {person.username: (person.is_chosen, person.is_chosen_lead) for person in response.context["people"]}
    assert chosen["otto"] == (False, True)
    assert chosen["olga"] == (False, False)


def test_delete_and_undo(administrator, owner, lead, team, client_for):
    client = client_for(administrator)
    response = client.post(reverse("accounts:team-delete", args=[team.pk]), headers=HX)
    assert not Team.objects.exists()
    undo = response.headers["HX-Trigger"].split('"undo_url": "')[1].split('"')[0]
    assert client.post(undo, headers=HX).status_code == 204
    assert memberships(Team.objects.get(name="Studio")) == {"olga": False, "lea": True}


def test_undo_believes_only_what_it_handed_out(administrator, owner, client_for):
    assert client_for(administrator).post("/teams/restore/?team=made-up").status_code == 404
    assert client_for(owner).post("/teams/restore/?team=made-up").status_code == 403
