"""The door: by user name or address, for those who may, without saying who exists."""

from __future__ import annotations

import re

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import MD5PasswordHasher
from django.contrib.sessions.models import Session
from django.core import mail
from django.test import Client
from django.urls import reverse

from accounts.models import User
from tests.factories import PASSWORD, UserFactory

pytestmark = pytest.mark.django_db
LOGIN = "/accounts/login/"
RESET = "/accounts/password/reset/"
REFUSED = "Too many tries. Wait five minutes."


def sign_in(client: Client, login: str, password: str = PASSWORD, **more: str):
    return client.post(LOGIN, {"login": login, "password": password, **more})


def without_changing_parts(html: str) -> str:
    """The page as the same request would give it again."""
    html = re.sub(r'(name="csrfmiddlewaretoken" value|name="csrf-token" content)="\w+"', "", html)
    return re.sub(r'value="[^"]*"', "", html)


@pytest.mark.parametrize("login", ["olga", "OLGA", "olga@example.org", "Olga@Example.org"])
def test_by_user_name_or_address(client, owner, login):
    assert sign_in(client, login).headers["Location"] == "/"
    assert client.session["_auth_user_id"] == str(owner.pk)


def test_leads_where_one_wanted_to_go_but_not_elsewhere(client, owner):
    assert client.get("/people/").headers["Location"] == f"{LOGIN}?next=/people/"
    assert sign_in(client, "olga", next="/people/").headers["Location"] == "/people/"
    client.logout()
    assert sign_in(client, "olga", next="https://evil.example/").headers["Location"] == "/"


def test_unknown_and_known_get_the_same_answer(client, owner):
    answers = []
    for login in ["olga", "olga@example.org", "nobody", "nobody@example.org"]:
        response = sign_in(client, login, "wrong password")
        answers.append((response.status_code, without_changing_parts(response.content.decode())))
    assert len(set(answers)) == 1
    assert "User name or password is wrong." in answers[0][1]


def test_unknown_people_cost_as_much_hashing(client, owner, monkeypatch):
    """Otherwise the clock would tell."""
    hashed = []
    monkeypatch.setattr(User, "set_password", lambda self, raw: hashed.append("made"))
    monkeypatch.setattr(User, "check_password", lambda self, raw: hashed.append("checked") or False)
    for login in ["olga", "nobody"]:
        sign_in(client, login, "wrong password")
    assert len(hashed) == 2


def test_too_many_tries_are_refused_for_everybody_alike(owner):
    for login, address in [("olga", "192.0.2.1"), ("nobody", "192.0.2.2")]:
        client = Client(REMOTE_ADDR=address)
        for _ in range(5):
            assert "is wrong" in sign_in(client, login, "wrong password").content.decode()
        refused = sign_in(client, login)
        assert REFUSED in refused.content.decode()
        assert "_auth_user_id" not in client.session


def test_former_people_stay_outside(client, former):
    response = sign_in(client, former.username)
    assert response.headers["Location"] == reverse("account_inactive")
    assert "_auth_user_id" not in client.session
    assert "is wrong" in sign_in(client, former.username, "wrong password").content.decode()
    assert client.get("/accounts/inactive/").status_code == 200


def test_an_old_address_that_allauth_kept_is_forgotten(client, owner, client_for):
    EmailAddress.objects.create(user=owner, email=owner.email, primary=True, verified=True)
    profile = client_for(owner)
    form = profile.get("/settings/").context["form"]
    data = {name: form[name].value() for name in form.fields} | {"email": "new@example.org"}
    assert profile.post("/settings/", {**data, "current_password": PASSWORD}).status_code == 302
    assert "is wrong" in sign_in(client, "olga@example.org").content.decode()
    assert sign_in(client, "new@example.org").status_code == 302


def test_nobody_signs_up(client, organisation):
    assert "By invitation" in client.get("/accounts/signup/").content.decode()
    client.post(
        "/accounts/signup/", {"username": "eve", "email": "e@example.org", "password1": PASSWORD, "password2": PASSWORD}
    )
    assert not User.objects.filter(username="eve").exists()


def test_sign_out_asks_and_ends_the_session(client_for, owner):
    client = client_for(owner)
    assert client.get("/accounts/logout/").status_code == 200
    assert "_auth_user_id" in client.session
    assert client.post("/accounts/logout/").headers["Location"] == LOGIN
    assert "_auth_user_id" not in client.session


# ── Forgotten password ───────────────────────────────────────────────────────
def test_reset_says_and_does_the_same_for_everybody(client, owner, former):
    answers = set()
    for email in [owner.email, "nobody@example.org", former.email]:
        response = client.post(RESET, {"email": email})
        answers.add((response.status_code, response.headers["Location"]))
    assert answers == {(302, "/accounts/password/reset/done/")}
    assert [message.to for message in mail.outbox] == [[owner.email], ["nobody@example.org"], [former.email]]
    assert ["/reset/key/" in message.body for message in mail.outbox] == [True, False, False]
    assert len({message.subject for message in mail.outbox}) == 1
    assert mail.outbox[0].subject == "[Kestrel Studio] Choose a new password"


def test_a_mail_server_that_is_away_tells_nothing(client, owner, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    for email in [owner.email, "nobody@example.org"]:
        assert client.post(RESET, {"email": email}).status_code == 302


def test_reset_changes_the_password_once(client, owner, settings):
    client.post(RESET, {"email": owner.email}, headers={"Host": "localhost"})
    link = re.search(r"https?://\S+", mail.outbox[0].body).group()
    assert link.startswith(settings.PUBLIC_URL)
    page = client.get(link.removeprefix(settings.PUBLIC_URL), follow=True)
    action = page.redirect_chain[-1][0]
    wrong = client.post(action, {"password1": "short", "password2": "short"})
    assert wrong.context["form"].errors["password1"]
    client.post(action, {"password1": "another brown kettle", "password2": "another brown kettle"})
    owner.refresh_from_db()
    assert owner.check_password("another brown kettle")
    again = Client().get(link.removeprefix(settings.PUBLIC_URL), follow=True)
    assert "does not work" in again.content.decode()


def test_after_a_reset_nobody_is_signed_in(client, owner, settings):
    settings.PUBLIC_URL = "http://testserver"
    elsewhere = Client()
    sign_in(elsewhere, "olga")
    assert Session.objects.filter(pk=elsewhere.session.session_key).exists()
    client.post(RESET, {"email": "olga@example.org"})
    [link] = re.findall(r"http://testserver(\S+)", mail.outbox[0].body)
    form = client.get(link, follow=True)
    client.post(form.request["PATH_INFO"], {"password1": "a quiet brown kettle", "password2": "a quiet brown kettle"})
    owner.refresh_from_db()
    assert owner.check_password("a quiet brown kettle")
    assert not Session.objects.filter(pk=elsewhere.session.session_key).exists()  # and with its row, its sockets


def test_the_time_tells_nobody_who_exists(client, owner, monkeypatch):
    """By the number of hashes, which are what takes time."""
    hashed: list[str] = []
    encode = MD5PasswordHasher.encode

    def counted(self, password, *args):
        hashed.append(password)
        return encode(self, password, *args)

    monkeypatch.setattr(MD5PasswordHasher, "encode", counted)
    counts = []
    for login in ("olga", "olga@example.org", "nosuch", "nosuch@example.org"):
        hashed.clear()
        sign_in(client, login, "wrong password x")
        counts.append(len(hashed))
    assert counts == [1, 1, 1, 1]


def test_an_office_signs_in_from_one_address(organisation):
    """All within a minute, and nobody is told to wait."""
    office = UserFactory.create_batch(100)
    answers = [sign_in(Client(), person.username) for person in office]
    assert {answer.headers.get("Location") for answer in answers} == {"/"}


def test_whoever_tries_one_password_on_everybody_is_stopped(organisation):
    office = [person.username for person in UserFactory.create_batch(31)]
    answers = [sign_in(Client(), name, "Spring-2026!").content.decode() for name in office]
    assert [REFUSED in answer for answer in answers] == [False] * 30 + [True]
    assert REFUSED in sign_in(Client(), office[0]).content.decode()


def test_reset_is_rate_limited(client, owner):
    answers = [client.post(RESET, {"email": owner.email}) for _ in range(6)]
    assert [answer.status_code for answer in answers] == [302] * 5 + [429]
    assert "Wait a few minutes" in answers[-1].content.decode()


def test_admin_uses_the_same_door(client, administrator, owner, client_for):
    assert client.get("/admin/login/").headers["Location"].startswith(LOGIN)
    assert client_for(owner).get("/admin/").status_code in {302, 403}
    assert client_for(administrator).get("/admin/").status_code == 200


@pytest.mark.parametrize("path", [LOGIN, RESET, f"{RESET}done/", "/accounts/inactive/", "/accounts/signup/"])
def test_pages_carry_the_organisation_and_speak_german(client, organisation, path):
    response = client.get(path, headers={"Accept-Language": "de"})
    assert response.headers["Content-Language"] == "de"
    assert "Kestrel Studio" in response.content.decode()


def test_a_person_without_an_address_is_found_by_nobodys(client, organisation):
    UserFactory.create(username="silent", email="")
    assert client.post(RESET, {"email": ""}).status_code in {200, 422}
    assert mail.outbox == []
