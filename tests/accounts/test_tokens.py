"""API tokens: made, used, noted, limited, ended."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone

from accounts.models import ApiToken, User
from accounts.services.people import deactivate_person
from accounts.services.tokens import create_token, find_token, revoke_token
from timetracker.events.models import Event

pytestmark = pytest.mark.django_db
TOKENS = "/settings/tokens/"


@pytest.fixture
def secret(owner) -> str:
    return create_token(actor=owner, person=owner, name="script")[1]


def get(client, secret: str, path: str = "/api/me/", **options):
    return client.get(path, headers={"Authorization": f"Token {secret}"}, **options)


# ── Using one ────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("path", ["/api/me/", "/api/me"])
def test_whose_token_it_is(client, owner, secret, path):
    answer = get(client, secret, path)
    assert answer.status_code == 200
    assert answer.json()["id"] == owner.pk
    assert answer.json()["username"] == "olga"
    assert answer.json()["time_zone"] == "UTC"


@pytest.mark.parametrize("header", ["Token wrong", "Token", "Token a b", "Token \xfc", ""])
def test_anything_else_is_401(client, secret, header):
    answer = client.get("/api/me/", headers={"Authorization": header} if header else {})
    assert answer.status_code == 401
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.headers["WWW-Authenticate"] == "Token"


def test_a_read_costs_one_statement_for_the_token_and_no_write(client, secret, django_assert_num_queries):
    get(client, secret)
    with django_assert_num_queries(1):
        get(client, secret)


def test_use_is_noted_once_a_minute(client, secret):
    now = dt.datetime(2026, 3, 2, 9, 0, tzinfo=dt.UTC)
    with time_machine.travel(now, tick=False) as clock:
        get(client, secret)
        assert ApiToken.objects.get().last_used_at == now
        clock.shift(59)
        get(client, secret)
        assert ApiToken.objects.get().last_used_at == now
        clock.shift(2)
        get(client, secret)
        assert ApiToken.objects.get().last_used_at == now + dt.timedelta(seconds=61)


def test_expired(client, owner):
    _token, secret = create_token(actor=owner, person=owner, name="short", days=1)
    assert get(client, secret).status_code == 200
    with time_machine.travel(timezone.now() + dt.timedelta(days=1, seconds=1)):
        assert get(client, secret).status_code == 401
    assert ApiToken.objects.count() == 1  # it stays in the list, as expired


def test_revoked(client, owner, secret):
    token = ApiToken.objects.get()
    revoke_token(actor=owner, token=token)
    revoke_token(actor=owner, token=token)
    assert get(client, secret).status_code == 401
    assert Event.objects.filter(type="token_revoked").count() == 1


def test_former_people_have_none(client, owner, administrator, secret):
    User.objects.filter(pk=owner.pk).update(is_active=False)
    assert get(client, secret).status_code == 401
    User.objects.filter(pk=owner.pk).update(is_active=True)
    deactivate_person(actor=administrator, person=owner)
    assert find_token(secret) is None


def test_only_the_hash_is_kept(owner, secret):
    assert secret not in str(ApiToken.objects.values().get())
    assert secret not in str(list(Event.objects.values()))


def test_reading_tokens_do_not_write(client, owner):
    _token, secret = create_token(actor=owner, person=owner, name="reader", scope="read")
    assert get(client, secret).status_code == 200
    answer = client.post("/api/tags/", {"name": "x"}, "application/json", headers={"Authorization": f"Token {secret}"})
    assert answer.status_code == 403
    assert answer.json()["type"].endswith("read_only_token")


def test_words_are_in_the_persons_language(client, owner, secret):
    User.objects.filter(pk=owner.pk).update(language="de")
    assert get(client, secret).headers["Content-Language"] == "de"


# ── People over the API ──────────────────────────────────────────────────────
def test_people(client, owner, teammate, administrator, former, secret):
    people = get(client, secret, "/api/people/").json()["results"]
    assert [person["username"] for person in people] == ["ada", "olga", "tom"] or len(people) == 3
    assert set(people[0]) == {"id", "username", "name", "role", "active"}
    assert get(client, secret, f"/api/people/{teammate.pk}/").json()["name"] == "Tom Teammate"
    assert get(client, secret, f"/api/people/{former.pk}/").status_code == 404
    found = get(client, secret, "/api/people/?q=tea").json()["results"]
    assert [person["id"] for person in found] == [teammate.pk]


def test_administrators_see_former_people(client, administrator, former):
    _token, secret = create_token(actor=administrator, person=administrator, name="all")
    found = get(client, secret, "/api/people/?active=false").json()["results"]
    assert [person["id"] for person in found] == [former.pk]


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_people_are_not_changed_here(client, secret, method):
    for path in ["/api/people/", "/api/me/"]:
        answer = getattr(client, method)(path, headers={"Authorization": f"Token {secret}"})
        assert answer.status_code == 405


# ── The page ─────────────────────────────────────────────────────────────────
def test_page_shows_a_new_token_once(owner, client_for):
    client = client_for(owner)
    assert "No token yet" in client.get(TOKENS).content.decode()
    response = client.post(TOKENS, {"name": "Backup", "scope": "read", "days": "90"}, headers={"HX-Request": "true"})
    secret = response.context["secret"]
    assert secret in response.content.decode()
    assert "<html" not in response.content.decode()
    token = ApiToken.objects.get()
    assert (token.name, token.scope, token.user) == ("Backup", "read", owner)
    assert 89 <= (token.expiry - timezone.now()).days <= 90
    later = client.get(TOKENS).content.decode()
    assert secret not in later
    assert "Backup" in later
    client.post(TOKENS, {"name": "For ever", "scope": "write", "days": "0"})
    assert ApiToken.objects.get(name="For ever").expiry is None


@pytest.mark.parametrize(
    ("field", "value"), [("name", ""), ("name", "x" * 101), ("scope", "all"), ("days", "3"), ("days", "x")]
)
def test_page_wrong_input(owner, client_for, field, value):
    response = client_for(owner).post(TOKENS, {"name": "Backup", "scope": "read", "days": "0", field: value})
    assert response.status_code == 422
    assert list(response.context["form"].errors) == [field]
    assert not ApiToken.objects.exists()


def test_page_revokes_only_ones_own(owner, administrator, client_for, secret):
    path = reverse("accounts:token-revoke", args=[ApiToken.objects.get().pk])
    assert client_for(administrator).post(path).status_code == 404
    response = client_for(owner).post(path, headers={"HX-Request": "true"})
    assert response.status_code == 204
    assert not ApiToken.objects.exists()


# ── The command ──────────────────────────────────────────────────────────────
@pytest.mark.parametrize("name", ["olga", "OLGA", "olga@example.org"])
def test_command_prints_the_token_alone_on_its_last_line(client, owner, capsys, name):
    call_command("create_token", name, "--name", "cron", "--scope", "read", "--days", "7")
    secret = capsys.readouterr().out.splitlines()[-1]
    assert get(client, secret).status_code == 200
    token = ApiToken.objects.get()
    assert (token.name, token.scope, token.expiry is not None) == ("cron", "read", True)


def test_command_without_options(client, owner, capsys):
    call_command("create_token", "olga")
    assert get(client, capsys.readouterr().out.strip()).status_code == 200
    assert (ApiToken.objects.get().scope, ApiToken.objects.get().expiry) == ("write", None)


@pytest.mark.parametrize("name", ["nobody", "fritz"])
def test_command_says_who_is_missing(former, name):
    with pytest.raises(CommandError, match=name):
        call_command("create_token", name)
