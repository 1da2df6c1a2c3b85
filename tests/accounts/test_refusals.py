"""Who is refused at which page of this room, and how: 404 where it is not seen, 403 where it is not allowed."""

from __future__ import annotations

import pytest
from django.urls import reverse

from accounts.models import Invitation, User
from accounts.services.invitations import invite_person

pytestmark = pytest.mark.django_db

EVERYBODY = ["people", "teams", "profile", "appearance", "security", "tokens"]
ADMINISTRATORS = ["invite", "team-new", "organisation"]
POSTS = ["people-bulk", "team-restore"]


@pytest.fixture
def cast(owner, teammate, lead, outsider, manager):
    return {"owner": owner, "teammate": teammate, "lead": lead, "outsider": outsider, "manager": manager}


@pytest.mark.parametrize("name", EVERYBODY)
def test_pages_of_everybody(cast, administrator, client_for, name):
    for person in [*cast.values(), administrator]:
        assert client_for(person).get(reverse(f"accounts:{name}")).status_code == 200, person


@pytest.mark.parametrize("name", ADMINISTRATORS)
def test_pages_of_administrators(cast, administrator, client_for, name):
    for person in cast.values():
        for method in ("get", "post"):
            assert getattr(client_for(person), method)(reverse(f"accounts:{name}")).status_code == 403, person
    assert client_for(administrator).get(reverse(f"accounts:{name}")).status_code == 200


@pytest.mark.parametrize("name", POSTS)
def test_bulk_and_restore(cast, client_for, name):
    for person in cast.values():
        assert client_for(person).post(reverse(f"accounts:{name}"), {"action": "deactivate"}).status_code == 403


@pytest.mark.parametrize("name", ["person", "person-deactivate", "person-reactivate"])
def test_a_persons_page(cast, former, client_for, name):
    """Colleagues are seen but not managed, also not by their lead; former ones are not seen."""
    for person in cast.values():
        client = client_for(person)
        assert client.post(reverse(f"accounts:{name}", args=[cast["owner"].pk])).status_code == 403
        assert client.post(reverse(f"accounts:{name}", args=[former.pk])).status_code == 404
    assert User.objects.get(pk=cast["owner"].pk).is_active


def test_teams(cast, team, client_for):
    for name in ("owner", "teammate", "lead"):
        client = client_for(cast[name])
        assert client.get(reverse("accounts:team", args=[team.pk])).status_code == 200
        assert client.post(reverse("accounts:team", args=[team.pk]), {"name": "Mine"}).status_code == 403
        assert client.post(reverse("accounts:team-delete", args=[team.pk])).status_code == 403
    for name in ("outsider", "manager"):
        client = client_for(cast[name])
        assert client.get(reverse("accounts:team", args=[team.pk])).status_code == 404
        assert client.post(reverse("accounts:team-delete", args=[team.pk])).status_code == 404


def test_invitations(cast, administrator, client_for):
    invitation, _link = invite_person(actor=administrator)
    for person in cast.values():
        path = reverse("accounts:invitation-withdraw", args=[invitation.pk])
        assert client_for(person).post(path).status_code == 403
    assert Invitation.objects.open().exists()


@pytest.mark.parametrize("name", [*EVERYBODY, *ADMINISTRATORS])
def test_nobody_and_former_people_are_sent_to_the_door(former, administrator, client_for, name):
    path = reverse(f"accounts:{name}")
    for person in (None, former):
        assert client_for(person).get(path).headers["Location"] == f"/accounts/login/?next={path}"


def test_what_changes_is_not_fetched(administrator, owner, team, client_for):
    client = client_for(administrator)
    for name, arguments in {
        "people-bulk": [], "person-deactivate": [owner.pk], "person-reactivate": [owner.pk], "team-delete": [team.pk],
        "team-restore": [], "theme": [], "sidebar": [], "sessions-end": [], "session-end": [1], "token-revoke": ["x"],
        "invitation-withdraw": [1], "shortcut": ["undo"], "shortcuts-reset": [], "shortcuts-import": [],
    }.items():  # fmt: skip
        assert client.get(reverse(f"accounts:{name}", args=arguments)).status_code == 405, name
