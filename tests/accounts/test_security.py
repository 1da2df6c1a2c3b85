"""Password, second factor and sessions, as a person meets them."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlencode

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value, yield_hotp_counters_from_time
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.browsers import browser_name
from accounts.services.sessions import forget_ended_sessions
from tests.factories import PASSWORD
from timetracker.events.models import Event

pytestmark = pytest.mark.django_db
SECURITY = "/settings/security/"
SECRET = "JBSWY3DPEHPK3PXP"


def sign_in(user, **options) -> Client:
    client = Client(**options)
    response = client.post("/accounts/login/", {"login": user.username, "password": PASSWORD})
    assert response.status_code == 302
    return client


def confirm(client: Client, path: str) -> None:
    """What allauth asks before it changes how one signs in."""
    response = client.get(path)
    assert response.headers["Location"] == f"/accounts/reauthenticate/?{urlencode({'next': path})}"
    assert client.get(response.headers["Location"]).status_code == 200
    wrong = client.post(response.headers["Location"], {"password": "wrong password", "next": path})
    assert wrong.context["form"].errors["password"] == ["This is not your password."]
    assert client.post("/accounts/reauthenticate/", {"password": PASSWORD, "next": path}).headers["Location"] == path


def code_now(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, next(yield_hotp_counters_from_time())))


# ── Sessions ─────────────────────────────────────────────────────────────────
def test_sessions_are_listed_and_ended(owner, teammate):
    here = sign_in(owner, HTTP_USER_AGENT="Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0")
    there = sign_in(owner, HTTP_USER_AGENT="Mozilla/5.0 (iPhone; like Mac OS X) Version/17 Mobile Safari/604.1")
    others = sign_in(teammate)
    page = here.get(SECURITY)
    assert [(session.browser, session.is_current) for session in page.context["sessions"]] == [
        ("Firefox, Linux", True),
        ("Safari, iPhone", False),
    ]
    response = here.post(reverse("accounts:sessions-end"), headers={"HX-Request": "true"})
    assert response.status_code == 204
    assert there.get(SECURITY).headers["Location"].startswith("/accounts/login/")
    assert here.get(SECURITY).status_code == 200
    assert others.get(SECURITY).status_code == 200
    assert Event.objects.get(type="sessions_ended").payload["count"] == 1


def test_one_session_can_be_ended_but_not_another_persons(owner, teammate):
    here, there, theirs = sign_in(owner), sign_in(owner), sign_in(teammate)
    mine = UserSession.objects.get(session_key=there.session.session_key)
    other = UserSession.objects.get(session_key=theirs.session.session_key)
    assert here.post(reverse("accounts:session-end", args=[other.pk])).status_code == 404
    assert here.post(reverse("accounts:session-end", args=[mine.pk])).headers["Location"] == SECURITY
    assert there.get(SECURITY).status_code == 302
    assert theirs.get(SECURITY).status_code == 200


def test_signing_out_takes_the_session_off_the_list(owner):
    here, there = sign_in(owner), sign_in(owner)
    there.post("/accounts/logout/")
    assert len(here.get(SECURITY).context["sessions"]) == 1
    assert Session.objects.count() == 1


def test_sessions_that_ran_out_are_forgotten(owner):
    kept, over = sign_in(owner), sign_in(owner)
    Session.objects.filter(session_key=over.session.session_key).update(expire_date=timezone.now() - timedelta(1))
    forget_ended_sessions(now=timezone.now())
    assert [row.session_key for row in UserSession.objects.all()] == [kept.session.session_key]
    assert Session.objects.count() == 1


def test_browser_names():
    assert browser_name("Mozilla/5.0 (Windows NT 10.0) Chrome/130 Safari/537 Edg/130") == "Edge, Windows"
    assert browser_name("curl/8.5") == "curl/8.5"


# ── Password ─────────────────────────────────────────────────────────────────
def test_change_the_password(owner):
    here, there = sign_in(owner), sign_in(owner)
    path = "/accounts/password/change/"
    assert here.get(path).status_code == 200
    new = {"password1": "another brown kettle", "password2": "another brown kettle"}
    wrong = here.post(path, {"oldpassword": "wrong password", **new})
    assert wrong.context["form"].errors["oldpassword"] == ["This is not your password."]
    assert here.post(path, {"oldpassword": PASSWORD, **new}).headers["Location"] == SECURITY
    owner.refresh_from_db()
    assert owner.check_password("another brown kettle")
    assert here.get(SECURITY).status_code == 200
    assert there.get(SECURITY).status_code == 302


def test_who_has_no_password_sets_one(owner, client_for):
    owner.set_unusable_password()
    owner.save(update_fields=["password"])
    client = client_for(owner)
    assert client.get("/accounts/password/change/").headers["Location"] == "/accounts/password/set/"
    assert client.get("/accounts/password/set/").status_code == 200


# ── Second factor ────────────────────────────────────────────────────────────
def test_totp_on_in_and_off(owner):
    client = sign_in(owner)
    path = "/accounts/2fa/totp/activate/"
    confirm(client, path)
    page = client.get(path)
    secret = page.context["form"].secret
    assert secret in page.content.decode()
    assert client.post(path, {"code": "000000"}).context["form"].errors["code"]
    response = client.post(path, {"code": code_now(secret)})
    assert response.headers["Location"] == "/accounts/2fa/recovery-codes/"
    codes = client.get(response.headers["Location"]).context["unused_codes"]
    assert len(codes) == 10
    shown = client.get(SECURITY)
    assert shown.context["factors"].has_totp
    assert shown.context["factors"].codes_left == 10

    newcomer = sign_in(owner)
    assert newcomer.get(SECURITY).headers["Location"].startswith("/accounts/login/")
    assert newcomer.get("/accounts/2fa/authenticate/").status_code == 200
    assert newcomer.post("/accounts/2fa/authenticate/", {"code": "000000"}).context["form"].errors["code"]
    assert newcomer.post("/accounts/2fa/authenticate/", {"code": codes[0]}).headers["Location"] == "/"
    assert newcomer.get(SECURITY).context["factors"].codes_left == 9

    off = "/accounts/2fa/totp/deactivate/"
    assert client.get(off).status_code == 200
    assert client.post(off).status_code == 302
    assert not Authenticator.objects.filter(type=Authenticator.Type.TOTP).exists()


def test_codes_are_made_anew_and_downloaded(owner):
    TOTP.activate(owner, SECRET)
    RecoveryCodes.activate(owner)
    client = sign_in(owner)
    client.post("/accounts/2fa/authenticate/", {"code": code_now(SECRET)})
    path = "/accounts/2fa/recovery-codes/generate/"
    assert client.get(path).headers["Location"].startswith("/accounts/reauthenticate/")
    client.post("/accounts/reauthenticate/", {"password": PASSWORD, "next": path})
    assert client.get(path).status_code == 200
    assert client.post(path).headers["Location"] == "/accounts/2fa/recovery-codes/"
    download = client.get("/accounts/2fa/recovery-codes/download/")
    assert len(download.content.split()) == 10


def test_passkey_pages(owner):
    client = sign_in(owner)
    confirm(client, "/accounts/2fa/passkeys/add/")
    page = client.get("/accounts/2fa/passkeys/add/").content.decode()
    assert "creation_options" in page
    key = Authenticator.objects.create(
        user=owner, type=Authenticator.Type.WEBAUTHN, data={"name": "Blue key", "credential": {}}
    )
    assert client.get(f"/accounts/2fa/passkeys/{key.pk}/edit/").status_code == 200
    assert client.post(f"/accounts/2fa/passkeys/{key.pk}/edit/", {"name": "Red key"}).status_code == 302
    assert "Red key" in client.get(SECURITY).content.decode()
    assert client.get(f"/accounts/2fa/passkeys/{key.pk}/remove/").status_code == 200
    client.post(f"/accounts/2fa/passkeys/{key.pk}/remove/")
    assert "Red key" not in client.get(SECURITY).content.decode()


def test_another_persons_passkey_is_not_there(owner, teammate):
    key = Authenticator.objects.create(user=teammate, type=Authenticator.Type.WEBAUTHN, data={"name": "Theirs"})
    client = sign_in(owner)
    confirm(client, "/accounts/2fa/passkeys/add/")
    for action in ("edit", "remove"):
        assert client.get(f"/accounts/2fa/passkeys/{key.pk}/{action}/").status_code == 404


@pytest.mark.parametrize("path", ["/accounts/2fa/", "/accounts/2fa/passkeys/"])
def test_allauths_lists_are_our_security_page(owner, client_for, path):
    assert client_for(owner).get(path).headers["Location"] == SECURITY
