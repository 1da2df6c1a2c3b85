"""Every list costs the same with one row and with three."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.services.invitations import invite_person
from accounts.services.tokens import create_token
from tests.factories import TeamFactory, UserFactory

pytestmark = pytest.mark.django_db


def statements(client, path: str, **options) -> int:
    client.get(path, **options)  # whatever happens once a process has happened
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert client.get(path, **options).status_code == 200
    return len(captured)


def add_people(administrator) -> None:
    person = UserFactory.create()
    TeamFactory.create(members=[person], leads=[UserFactory.create()])


def add_invitation(administrator) -> None:
    invite_person(actor=administrator, team=TeamFactory.create())


def add_token(administrator) -> None:
    create_token(actor=administrator, person=administrator, name="script")


@pytest.mark.parametrize(
    ("path", "add", "most"),
    [
        ("/people/", add_people, 12),
        ("/people/?q=per&state=all&role=member", add_people, 12),
        ("/teams/", add_people, 12),
        ("/people/invite/", add_invitation, 12),
        ("/settings/tokens/", add_token, 12),
        ("/settings/security/", add_token, 12),
        ("/settings/", add_people, 12),
        ("/settings/organisation/", add_people, 12),
        ("/api/people/", add_people, 4),
    ],
)
def test_lists(administrator, client_for, path, add, most):
    client = client_for(administrator)
    add(administrator)
    one = statements(client, path)
    add(administrator)
    add(administrator)
    assert statements(client, path) == one <= most


def test_a_team(administrator, owner, team, client_for):
    for person in (administrator, owner):
        client = client_for(person)
        one = statements(client, f"/teams/{team.pk}/")
        for _ in range(2):
            team.memberships.create(user=UserFactory.create())
        assert statements(client, f"/teams/{team.pk}/") == one <= 12


def test_the_organisation_is_read_once_and_only_where_it_is_shown(administrator, client_for):
    client = client_for(administrator)
    with CaptureQueriesContext(connection) as captured:
        client.get("/teams/")
    assert sum("accounts_organisation" in query["sql"] for query in captured) <= 1
    with CaptureQueriesContext(connection) as captured:
        client.get("/teams/", headers={"HX-Request": "true"})
    assert sum("accounts_organisation" in query["sql"] for query in captured) == 0
