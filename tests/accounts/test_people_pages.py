from __future__ import annotations

import pytest
from django.urls import reverse

from accounts.models import Team, User
from tests.factories import TeamFactory, UserFactory

pytestmark = pytest.mark.django_db
PEOPLE = "/people/"
HX = {"HX-Request": "true"}


def names(response) -> list[str]:
    return [person.username for person in response.context["page"]]


def test_everybody_sees_names_and_only_administrators_more(owner, teammate, lead, former, administrator, client_for):
    seen = client_for(owner).get(PEOPLE)
    assert names(seen) == ["ada", "lea", "olga", "tom"]
    text = seen.content.decode()
    assert "Lea Lead" in text
    assert "lea@example.org" not in text.split('<main id="main"')[1]
    assert "data-select-row " not in text
    assert reverse("accounts:invite") not in text
    managed = client_for(administrator).get(PEOPLE).content.decode()
    assert "lea@example.org" in managed
    assert reverse("accounts:person", args=[lead.pk]) in managed


def test_teams_of_others_stay_unknown(owner, outsider, client_for, administrator):
    assert "Elsewhere" not in client_for(owner).get(PEOPLE).content.decode()
    assert "Elsewhere" in client_for(administrator).get(PEOPLE).content.decode()


def test_filters(administrator, manager, owner, teammate, team, former, client_for):
    client = client_for(administrator)
    assert names(client.get(PEOPLE, {"q": "ol own"})) == ["olga"]
    assert names(client.get(PEOPLE, {"q": "tom@exam"})) == ["tom"]
    assert names(client.get(PEOPLE, {"state": "left"})) == ["fritz"]
    assert names(client.get(PEOPLE, {"state": "all"})) == ["ada", "fritz", "mara", "olga", "tom"]
    assert names(client.get(PEOPLE, {"role": "manager"})) == ["mara"]
    assert names(client.get(PEOPLE, {"team": team.pk})) == ["olga", "tom"]
    nonsense = client.get(PEOPLE, {"role": "king", "team": "x", "state": "?", "page": "-1"})
    assert names(nonsense) == ["ada", "mara", "olga", "tom"]


def test_search_does_not_tell_addresses(owner, administrator, client_for):
    assert names(client_for(owner).get(PEOPLE, {"q": "ada@example"})) == []


def test_empty_states_offer_the_way_on(administrator, client_for):
    found = client_for(administrator).get(PEOPLE, {"q": "zzz"}).content.decode()
    assert "Nobody fits" in found
    assert "Show everybody" in found


def test_pages(administrator, client_for):
    UserFactory.create_batch(55)
    first = client_for(administrator).get(PEOPLE)
    assert len(names(first)) == 50
    assert len(names(client_for(administrator).get(PEOPLE, {"page": 2}))) == 6


def test_htmx_gets_the_list_alone(administrator, client_for):
    response = client_for(administrator).get(PEOPLE, headers=HX)
    assert response.content.strip().startswith(b'<div id="people"')
    assert "HX-Request" in response.headers["Vary"]


# ── One person ───────────────────────────────────────────────────────────────
def test_change_a_person(administrator, owner, team, client_for):
    other = TeamFactory.create(name="Other")
    client = client_for(administrator)
    path = reverse("accounts:person", args=[owner.pk])
    page = client.get(path)
    assert page.context["form"].initial == {"role": "member", "teams": [team]}
    assert client.post(path, {"role": "manager", "teams": [other.pk]}).headers["Location"] == PEOPLE
    owner.refresh_from_db()
    assert owner.role == "manager"
    assert list(Team.objects.filter(memberships__user=owner)) == [other]


def test_the_last_administrator_is_told_at_the_form(administrator, client_for):
    response = client_for(administrator).post(reverse("accounts:person", args=[administrator.pk]), {"role": "member"})
    assert response.status_code == 422
    assert "is the last administrator" in response.content.decode()
    assert 'value="member" selected' in response.content.decode()


def test_deactivate_and_undo(administrator, owner, client_for):
    client = client_for(administrator)
    response = client.post(reverse("accounts:person-deactivate", args=[owner.pk]), headers=HX)
    assert response.status_code == 204
    undo = reverse("accounts:person-reactivate", args=[owner.pk])
    assert undo in response.headers["HX-Trigger"]
    assert not User.objects.get(pk=owner.pk).is_active
    assert "Former" in client.get(reverse("accounts:person", args=[owner.pk])).content.decode()
    assert client.post(undo, headers=HX).status_code == 204
    assert User.objects.get(pk=owner.pk).is_active


def test_without_htmx_the_way_back_is_the_page(administrator, owner, client_for):
    response = client_for(administrator).post(reverse("accounts:person-deactivate", args=[owner.pk]))
    assert response.headers["Location"] == reverse("accounts:person", args=[owner.pk])


# ── Many people ──────────────────────────────────────────────────────────────
BULK = "/people/bulk/"


def test_bulk_role_and_team(administrator, owner, outsider, client_for):
    client = client_for(administrator)
    team = TeamFactory.create(name="New")
    ids = [owner.pk, outsider.pk]
    assert client.post(BULK, {"ids": ids, "action": "role", "role": "manager"}, headers=HX).status_code == 204
    assert User.objects.filter(role="manager").count() == 2
    response = client.post(BULK, {"ids": ids, "action": "team", "team": team.pk}, headers=HX)
    assert "2 people added." in response.headers["HX-Trigger"]
    assert team.memberships.count() == 2


def test_bulk_deactivate_can_be_undone(administrator, owner, outsider, former, client_for):
    client = client_for(administrator)
    ids = [owner.pk, outsider.pk, former.pk]
    response = client.post(BULK, {"ids": ids, "action": "deactivate"}, headers=HX)
    assert User.objects.filter(is_active=True).count() == 1
    undo = f"{BULK}?action=reactivate&ids={owner.pk}&ids={outsider.pk}"
    assert (
        undo in response.headers["HX-Trigger"] or f"ids={outsider.pk}&ids={owner.pk}" in response.headers["HX-Trigger"]
    )
    assert client.post(undo, headers=HX).status_code == 204
    assert set(User.objects.filter(is_active=False)) == {former}


def test_bulk_without_a_choice_changes_nothing(administrator, owner, client_for):
    client = client_for(administrator)
    for data in [{"ids": [owner.pk], "action": "role"}, {"action": "deactivate"}, {"ids": ["x"], "action": "team"}]:
        response = client.post(BULK, data, headers=HX)
        assert response.status_code == 204
        assert '"level": "error"' in response.headers["HX-Trigger"]
    assert User.objects.get(pk=owner.pk).role == "member"


def test_bulk_keeps_the_last_administrator(administrator, owner, client_for):
    response = client_for(administrator).post(
        BULK, {"ids": [owner.pk, administrator.pk], "action": "deactivate"}, headers=HX
    )
    assert response.status_code == 409
    assert User.objects.filter(is_active=True).count() == 2
