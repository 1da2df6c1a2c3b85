"""The admin: everything is there, and what has a meaning goes through the services."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.contrib import admin
from django.urls import reverse

from accounts.models import ApiToken, Invitation, Organisation, Team, User
from accounts.services.invitations import invite_person
from accounts.services.tokens import create_token
from accounts.services.uses import note_use
from timetracker.events.models import Event

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(client_for, administrator):
    return client_for(administrator)


def path(model, page: str, *arguments) -> str:
    return reverse(f"admin:accounts_{model._meta.model_name}_{page}", args=arguments)


def act(client, model, action: str, *rows):
    data = {"action": action, "_selected_action": [row.pk for row in rows]}
    return client.post(path(model, "changelist"), data, follow=True)


def test_every_model_has_its_page(client, owner, team, administrator):
    invite_person(actor=administrator)
    create_token(actor=owner, person=owner, name="script")
    note_use(user=owner, what="command:go-tasks")
    for model in apps.get_app_config("accounts").get_models():
        if model._meta.auto_created:
            continue
        assert admin.site.is_registered(model), model
        assert client.get(path(model, "changelist")).status_code == 200
        assert client.get(path(model, "change", model.objects.first().pk)).status_code == 200


def test_nobody_is_added_or_deleted_here(client, owner):
    assert client.get(path(User, "add")).status_code == 403
    assert client.post(path(User, "delete", owner.pk)).status_code == 403
    assert "delete_selected" not in client.get(path(User, "changelist")).content.decode()


def person_form(client, owner, **changes):
    form = client.get(path(User, "change", owner.pk)).context["adminform"].form
    values = {name: form[name].value() for name in form.fields}
    return {name: value for name, value in (values | changes).items() if value is not None}


def test_a_person_is_changed_by_the_services(client, owner, administrator):
    data = person_form(client, owner, role="manager", time_zone="Europe/Berlin", working_days="[0, 1]")
    assert client.post(path(User, "change", owner.pk), data).status_code == 302
    owner.refresh_from_db()
    assert (owner.role, owner.time_zone, owner.working_days) == ("manager", "Europe/Berlin", [0, 1])
    assert set(Event.objects.values_list("type", "actor")) == {
        ("person_changed", administrator.pk),
        ("preferences_changed", administrator.pk),
    }


def test_the_last_administrator_stays(client, administrator, owner):
    response = client.post(path(User, "change", administrator.pk), person_form(client, administrator, role="member"))
    assert "is the last administrator" in response.content.decode()
    response = act(client, User, "deactivate", administrator, owner)
    assert "is the last administrator" in response.content.decode()
    assert User.objects.filter(is_active=True).count() == 2


def test_deactivate_and_reactivate(client, owner, former):
    act(client, User, "deactivate", owner)
    act(client, User, "reactivate", former)
    assert set(User.objects.filter(is_active=False)) == {owner}
    assert set(Event.objects.values_list("type", flat=True)) == {"person_left", "person_returned"}


def test_a_new_password(client, owner):
    page = reverse("admin:auth_user_password_change", args=[owner.pk])
    assert client.get(page).status_code == 200
    data = {"password1": "another brown kettle", "password2": "another brown kettle", "usable_password": "true"}
    assert client.post(page, data).status_code == 302
    owner.refresh_from_db()
    assert owner.check_password("another brown kettle")


def test_teams(client, owner, lead):
    client.post(path(Team, "add"), {"name": "Support", "members": [owner.pk], "leads": [lead.pk]})
    team = Team.objects.get(name="Support")
    assert set(team.memberships.values_list("user", "is_lead")) == {(owner.pk, False), (lead.pk, True)}
    client.post(path(Team, "change", team.pk), {"name": "Help", "members": [owner.pk], "leads": []})
    assert set(team.memberships.values_list("user", "is_lead")) == {(owner.pk, False)}
    act(client, Team, "delete_selected", team)
    client.post(path(Team, "delete", team.pk), {"post": "yes"})
    assert not Team.objects.filter(pk=team.pk).exists()
    assert list(Event.objects.order_by("pk").values_list("type", flat=True)) == [
        "team_created",
        "team_changed",
        "team_deleted",
    ]


def test_organisation(client):
    organisation = Organisation.objects.get()
    data = {"name": "Other", "time_zone": "UTC", "currency": "EUR", "week_start": "0"}
    client.post(path(Organisation, "change", organisation.pk), data)
    organisation.refresh_from_db()
    assert organisation.name == "Other"
    assert Event.objects.get().type == "organisation_changed"


def test_withdraw_and_revoke(client, administrator, owner):
    invitation, _link = invite_person(actor=administrator)
    create_token(actor=owner, person=owner, name="script")
    act(client, Invitation, "withdraw", invitation)
    act(client, ApiToken, "revoke", ApiToken.objects.get())
    assert not Invitation.objects.open().exists()
    assert not ApiToken.objects.exists()


def test_secrets_are_not_shown(client, administrator):
    invitation, _link = invite_person(actor=administrator)
    page = client.get(path(Invitation, "change", invitation.pk)).content.decode()
    assert invitation.seed not in page
    assert invitation.token_hash not in page
