"""Links that make one account each."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from django.core import mail
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from accounts.choices import Role
from accounts.models import Invitation, Team, User
from accounts.services.invitations import accept_invitation, invite_person, link_of, withdraw_invitation
from accounts.services.people import change_role, deactivate_person, reactivate_person
from tests.factories import PASSWORD, UserFactory
from timetracker.events.dispatch import Outcome, dispatch
from timetracker.events.models import Delivery, Event
from timetracker.web.errors import Conflict

pytestmark = pytest.mark.django_db
ANSWERS = {
    "display_name": "Nora New",
    "username": "nora",
    "email": "nora@example.org",
    "password": PASSWORD,
    "time_zone": "America/New_York",
}


def path_of(link: str) -> str:
    return "/" + link.split("/", 3)[3]


def secret_of(link: str) -> str:
    return link.rstrip("/").rsplit("/", 1)[1]


# ── Making and withdrawing ───────────────────────────────────────────────────
def test_the_link_is_shown_once(administrator, team, client_for):
    client = client_for(administrator)
    response = client.post(reverse("accounts:invite"), {"role": "manager", "team": team.pk, "days": "30"})
    invitation = Invitation.objects.get()
    link = response.context["link"]
    assert link.encode() in response.content
    assert link.encode() not in client.get(reverse("accounts:invite")).content
    assert (invitation.role, invitation.team, invitation.invited_by) == ("manager", team, administrator)
    assert secret_of(link) not in str(Invitation.objects.values().get())
    assert secret_of(link) not in str(list(Event.objects.values()))
    assert invitation.expires_at - invitation.created_at > dt.timedelta(days=29)


def test_htmx_gets_the_part_of_the_page(administrator, client_for):
    response = client_for(administrator).post(
        reverse("accounts:invite"), {"role": "member", "days": "7"}, headers={"HX-Request": "true"}
    )
    assert response.content.strip().startswith(b'<div id="invite"')


@pytest.mark.parametrize(
    ("field", "value"),
    [("email", "nobody"), ("email", "olga@example.org"), ("role", "king"), ("days", "9999"), ("team", "77")],
)
def test_wrong_input(administrator, owner, client_for, field, value):
    data = {"email": "new@example.org", "role": "member", "days": "7", field: value}
    response = client_for(administrator).post(reverse("accounts:invite"), data)
    assert response.status_code == 422
    assert list(response.context["form"].errors) == [field]
    assert not Invitation.objects.exists()


def test_withdraw(administrator, client_for):
    invitation, link = invite_person(actor=administrator)
    path = reverse("accounts:invitation-withdraw", args=[invitation.pk])
    response = client_for(administrator).post(path, headers={"HX-Request": "true"})
    assert response.status_code == 204
    assert '"invitations"' in response.headers["HX-Trigger"]
    assert Client().get(path_of(link)).status_code == 404
    withdraw_invitation(actor=administrator, invitation=invitation)
    assert Event.objects.filter(type="invitation_withdrawn").count() == 1


def test_a_used_one_cannot_be_withdrawn(administrator):
    invitation, link = invite_person(actor=administrator)
    accept_invitation(secret=secret_of(link), username="nora", password=PASSWORD)
    with pytest.raises(Conflict):
        withdraw_invitation(actor=administrator, invitation=invitation)


# ── Accepting ────────────────────────────────────────────────────────────────
def test_accept(administrator, team, client):
    _invitation, link = invite_person(actor=administrator, email="Nora@Example.org", role=Role.MANAGER, team=team)
    page = client.get(path_of(link))
    assert 'value="nora@example.org"' in page.content.decode()
    response = client.post(path_of(link), ANSWERS, headers={"Accept-Language": "de"})
    assert response.headers["Location"] == reverse("tracking:start")
    person = User.objects.get(username="nora")
    assert (person.role, person.time_zone, person.language) == (Role.MANAGER, "America/New_York", "de")
    assert list(Team.objects.filter(memberships__user=person)) == [team]
    assert client.session["_auth_user_id"] == str(person.pk)
    joined = Event.objects.get(type="person_joined")
    assert (joined.actor, joined.payload["by"]) == (person, "invitation")
    assert Client().get(path_of(link)).status_code == 404


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("username", "OLGA"),
        ("username", "a b"),
        ("email", "olga@example.org"),
        ("password", "short"),
        ("time_zone", "Mars/Olympus"),
    ],
)
def test_wrong_answers_keep_the_invitation_open(administrator, owner, client, field, value):
    invitation, link = invite_person(actor=administrator)
    response = client.post(path_of(link), {**ANSWERS, field: value})
    assert response.status_code == 422
    assert list(response.context["form"].errors) == [field]
    assert 'value="Nora New"' in response.content.decode()
    assert Invitation.objects.open().filter(pk=invitation.pk).exists()


def test_expired(administrator, client):
    _invitation, link = invite_person(actor=administrator, days=1)
    with time_machine.travel(dt.datetime.now(dt.UTC) + dt.timedelta(days=2)):
        assert client.get(path_of(link)).status_code == 404
        with pytest.raises(Conflict):
            accept_invitation(secret=secret_of(link), username="nora", password=PASSWORD)


def test_nonsense_is_answered_like_a_used_one(client, organisation):
    assert client.get("/invite/guess/").status_code == 404


def test_whoever_is_signed_in_is_told_to_sign_out(administrator, owner, client_for):
    _invitation, link = invite_person(actor=administrator)
    response = client_for(owner).post(path_of(link), ANSWERS)
    assert "sign out first" in response.content.decode()
    assert not User.objects.filter(username="nora").exists()


@pytest.mark.django_db(transaction=True)
def test_two_at_once_make_one_account(administrator, run_at_once):
    _invitation, link = invite_person(actor=administrator)

    def accept(username: str) -> str:
        try:
            return accept_invitation(secret=secret_of(link), username=username, password=PASSWORD).username
        except Conflict as refused:
            return refused.code

    answers = run_at_once(lambda: accept("nora"), lambda: accept("nina"))
    assert sum(answer == "invitation_closed" for answer in answers) == 1
    assert User.objects.filter(username__in=["nora", "nina"]).count() == 1


def test_the_service_checks_too(administrator, owner):
    with pytest.raises(ValidationError) as refused:
        invite_person(actor=administrator, email="OLGA@example.org")
    assert list(refused.value.error_dict) == ["email"]


# ── The mail ─────────────────────────────────────────────────────────────────
def test_the_mail_has_the_same_link_and_a_stable_id(administrator):
    _invitation, link = invite_person(actor=administrator, email="nora@example.org")
    delivery = Delivery.objects.get(handler="accounts.mail_invitation")
    assert dispatch(delivery.pk) is Outcome.DONE
    message = mail.outbox[0]
    assert message.to == ["nora@example.org"]
    assert message.subject == "Ada Admin invites you to Kestrel Studio"
    assert link in message.body
    assert message.extra_headers["Message-ID"] == f"<{delivery.uid}@localhost>"


def test_without_an_address_no_mail_is_planned(administrator):
    invite_person(actor=administrator)
    assert not Delivery.objects.filter(handler="accounts.mail_invitation").exists()


def test_no_mail_for_one_that_was_withdrawn_or_after_another_secret_key(administrator, settings):
    invitation, _link = invite_person(actor=administrator, email="nora@example.org")
    other, _link = invite_person(actor=administrator, email="nina@example.org")
    withdraw_invitation(actor=administrator, invitation=invitation)
    settings.SECRET_KEY = "another one"
    for delivery in Delivery.objects.filter(handler="accounts.mail_invitation"):
        assert dispatch(delivery.pk) is Outcome.DONE
    assert mail.outbox == []
    assert link_of(other)


def test_a_mail_server_that_is_away_is_tried_again(administrator, settings):
    invite_person(actor=administrator, email="nora@example.org")
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    assert dispatch(Delivery.objects.get(handler="accounts.mail_invitation").pk) is Outcome.FAILED


@pytest.mark.parametrize("what", ["left", "demoted"])
def test_links_of_somebody_who_may_invite_no_more(administrator, client, what):
    inviter = UserFactory.create(role=Role.ADMINISTRATOR)
    _invitation, link = invite_person(actor=inviter, role=Role.ADMINISTRATOR)
    if what == "left":
        deactivate_person(actor=administrator, person=inviter)
        reactivate_person(actor=administrator, person=inviter)
    else:
        change_role(actor=administrator, person=inviter, role=Role.MEMBER)
        change_role(actor=administrator, person=inviter, role=Role.ADMINISTRATOR)

    response = client.post(path_of(link), ANSWERS)
    assert response.status_code != 302
    assert not User.objects.filter(username="nora").exists()
