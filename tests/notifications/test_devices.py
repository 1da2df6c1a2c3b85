"""Devices: added by the browser, removed by the person or with the sign-in, and never an address inside the house."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone

from accounts.models import User
from accounts.services.sessions import end_all_sessions, forget_ended_sessions
from notifications.choices import Channel
from notifications.models import PushDevice
from notifications.services.devices import MOST_DEVICES, remove_device, session_name
from notifications.services.preferences import set_preferences
from tests.conftest import ClientFor
from tests.factories import PASSWORD
from tests.notifications.push_service import HOST, PushService, Subscription
from tests.notifications.telling import add_to, outcomes, tell
from timetracker.events.dispatch import drain

pytestmark = pytest.mark.django_db
PAGE = "/settings/notifications/"
LIST = "/settings/notifications/devices/"
API = "/api/notifications/devices/"


def signed_in(client: Client, subscription: Subscription) -> PushDevice:
    """As a browser adds it."""
    fields = subscription.fields
    keys = {"p256dh": fields["p256dh"], "auth": fields["auth"]}
    answer = client.post(API, {"endpoint": fields["endpoint"], "keys": keys}, content_type="application/json")
    assert answer.status_code == 201, answer.json()
    return PushDevice.objects.get(pk=answer.json()["id"])


# ── Where nothing is sent ────────────────────────────────────────────────────
@pytest.mark.parametrize(
    "endpoint",
    [
        "", "http://push.test/x", "https:/push.test/x", "//push.test/x", "https://push.test", "https://u:p@push.test/x",
        "https://u@push.test/x", "ftp://push.test/x", "https://[::1]/x", "https://push.test/\nx",
        "https://push.test/ x",
        "https://push.test:99999/x", "https://push.test/ü", "https://push.test/" + "x" * 1000, "javascript:alert(1)",
        "https://push.test\\@10.0.0.1/x", "https://pü.test/x",
    ],
)  # fmt: skip
def test_what_is_no_address_of_a_push_service(owner: User, service: PushService, endpoint: str):
    with pytest.raises(ValidationError) as caught:
        add_to(owner, service.subscribe(), endpoint=endpoint)
    assert set(caught.value.message_dict) == {"endpoint"}


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1", "localhost", "127.1", "2130706433", "0x7f.1", "0", "169.254.169.254", "10.0.0.1", "192.168.1.1",
        "100.64.0.1", "inside.test", "six.test",
    ],
)  # fmt: skip
def test_an_address_inside_the_house_is_refused_when_it_is_added(
    owner: User, service: PushService, names: dict[str, str], settings: Any, host: str
):
    settings.OUTBOUND_ALLOWED_NETWORKS = []
    names |= {"inside.test": "10.1.2.3", "six.test": "::1"}
    with pytest.raises(ValidationError) as caught:
        add_to(owner, service.subscribe(), endpoint=f"https://{host}/x")
    assert caught.value.message_dict == {"endpoint": ["Nothing is sent to such an address."]}


def test_a_name_that_nobody_knows_is_refused(owner: User, service: PushService, names: dict[str, str]):
    names["gone.test"] = "no.such.name.invalid"
    with pytest.raises(ValidationError, match="cannot be reached"):
        add_to(owner, service.subscribe(), endpoint="https://gone.test/x")


def test_a_name_that_leads_inside_later_is_refused_when_it_is_sent(
    owner: User, service: PushService, names: dict[str, str], settings: Any
):
    set_preferences(person=owner, grid={"own": [Channel.PUSH]})
    add_to(owner, service.subscribe())
    settings.OUTBOUND_ALLOWED_NETWORKS = []  # from now on it is an address inside
    row = tell(owner)
    drain()
    assert (outcomes(row)["push"], service.calls) == ("failed error", 0)
    detail = row.outcomes.get(channel="push").detail
    assert detail == "private_address"
    assert HOST not in detail


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_is_followed_nowhere(owner: User, service: PushService, status: int):
    set_preferences(person=owner, grid={"own": [Channel.PUSH]})
    other = service.subscribe()
    add_to(owner, service.subscribe((status, {"Location": other.endpoint})))
    row = tell(owner)
    drain()
    assert (outcomes(row)["push"], service.calls, other.received) == ("failed error", 1, [])


@pytest.mark.parametrize(
    "keys",
    [
        {"p256dh": ""}, {"p256dh": "AAAA"}, {"p256dh": "!" * 87}, {"p256dh": "B" + "A" * 86}, {"auth": ""},
        {"auth": "AAAA"}, {"auth": "A" * 23}, {"auth": "ü" * 22},
    ],
)  # fmt: skip
def test_what_are_no_keys(owner: User, service: PushService, keys: dict[str, str]):
    with pytest.raises(ValidationError, match="not the keys"):
        add_to(owner, service.subscribe(), **keys)


# ── Whose it is ──────────────────────────────────────────────────────────────
def test_the_same_again_is_the_same_device(owner: User, service: PushService):
    mine = service.subscribe()
    assert add_to(owner, mine).pk == add_to(owner, mine, name="Firefox, Windows").pk
    assert PushDevice.objects.get().name == "Firefox, Windows"


def test_a_browser_moves_to_whoever_uses_it_now(owner: User, teammate: User, service: PushService):
    shared = service.subscribe()
    add_to(owner, shared)
    add_to(teammate, shared)
    assert PushDevice.objects.get().user == teammate
    set_preferences(person=owner, grid={"own": [Channel.PUSH]})
    assert outcomes(tell(owner))["push"] == "held no_device"


def test_of_too_many_the_one_gives_way_that_was_reached_longest_ago(owner: User, teammate: User, service: PushService):
    now = timezone.now()
    others = add_to(teammate, service.subscribe())
    devices = [add_to(owner, service.subscribe()) for _ in range(MOST_DEVICES)]
    for age, device in enumerate(devices):
        reached = now - dt.timedelta(days=age + 1)
        PushDevice.objects.filter(pk=device.pk).update(created_at=reached, reached_at=reached)
    PushDevice.objects.filter(pk=devices[-1].pk).update(reached_at=now)  # the oldest, but in use
    new = add_to(owner, service.subscribe())
    left = set(PushDevice.objects.values_list("pk", flat=True))
    assert left == {others.pk, new.pk, *(device.pk for device in devices)} - {devices[-2].pk}


def test_one_sign_in_has_one_device(client_for: ClientFor, owner: User, service: PushService):
    browser = client_for(owner)
    signed_in(browser, service.subscribe())
    second = signed_in(browser, service.subscribe())
    assert list(PushDevice.objects.all()) == [second]
    signed_in(client_for(owner), service.subscribe())
    assert PushDevice.objects.count() == 2


# ── With the sign-in it ends ─────────────────────────────────────────────────
def test_signing_out_ends_it_for_that_browser_alone(client_for: ClientFor, owner: User, service: PushService):
    here, there = client_for(owner), client_for(owner)
    signed_in(here, service.subscribe())
    other = signed_in(there, service.subscribe())
    here.post("/accounts/logout/")
    assert list(PushDevice.objects.all()) == [other]


def test_signed_out_from_elsewhere_or_run_out(client_for: ClientFor, owner: User, service: PushService):
    browser = client_for(owner)
    signed_in(browser, service.subscribe())
    UserSession.objects.create(user=owner, session_key=browser.session.session_key, ip="127.0.0.1")
    end_all_sessions(person=owner)
    assert not PushDevice.objects.exists()
    signed_in(client_for(owner), service.subscribe())
    Session.objects.update(expire_date=timezone.now() - dt.timedelta(days=1))
    forget_ended_sessions(now=timezone.now())
    assert not PushDevice.objects.exists()


def test_a_new_password_is_a_new_sign_in(client_for: ClientFor, owner: User, service: PushService):
    """The page finds the mark changed, and adds the device again."""
    owner.set_password(PASSWORD)
    owner.save()
    browser = client_for(owner)
    mine = service.subscribe()
    signed_in(browser, mine)
    before = seat(browser)
    answer = browser.post(
        "/accounts/password/change/",
        {"oldpassword": PASSWORD, "password1": "Kestrel-7-flies", "password2": "Kestrel-7-flies"},
    )
    assert answer.status_code == 302
    assert not PushDevice.objects.exists()
    assert seat(browser) != before
    signed_in(browser, mine)
    assert PushDevice.objects.get().user == owner


def seat(browser: Client) -> str:
    return browser.get(PAGE).content.decode().partition('data-seat="')[2].partition('"')[0]


def test_nobody_can_sign_in_with_what_the_table_holds(client_for: ClientFor, owner: User, service: PushService):
    browser = client_for(owner)
    device = signed_in(browser, service.subscribe())
    key = browser.session.session_key
    assert device.session == session_name(key)
    assert key not in device.session
    assert session_name("") == ""


# ── The page ─────────────────────────────────────────────────────────────────
def test_one_sees_and_removes_ones_own(client_for: ClientFor, owner: User, teammate: User, service: PushService):
    browser = client_for(owner)
    mine = signed_in(browser, service.subscribe())
    theirs = add_to(teammate, service.subscribe(), name="Opera, Android")
    for path in (PAGE, LIST):
        page = browser.get(path).content.decode()
        assert "This device" in page
        assert "not reached yet" in page
        assert "Opera" not in page
        assert mine.endpoint not in page
        assert mine.auth not in page
    assert browser.post(f"{LIST}{theirs.pk}/remove/").status_code == 404
    answer = browser.post(f"{LIST}{mine.pk}/remove/", headers={"HX-Request": "true"})
    assert "devicesChanged" in answer.headers["HX-Trigger"]
    assert list(PushDevice.objects.all()) == [theirs]
    assert browser.post(f"{LIST}{mine.pk}/remove/").status_code == 404


def test_without_scripts_the_button_leads_back(client_for: ClientFor, owner: User, service: PushService):
    device = add_to(owner, service.subscribe())
    answer = client_for(owner).post(f"{LIST}{device.pk}/remove/")
    assert (answer.status_code, answer.headers["Location"]) == (302, PAGE)


def test_removing_what_is_somebody_elses_does_nothing(owner: User, teammate: User, service: PushService):
    theirs = add_to(teammate, service.subscribe())
    remove_device(person=owner, device=theirs)
    assert PushDevice.objects.count() == 1


def test_everybodys_defaults_show_nobodys_devices(client_for: ClientFor, administrator: User, service: PushService):
    add_to(administrator, service.subscribe(), name="Opera, Android")
    assert "Opera" not in client_for(administrator).get(f"{PAGE}defaults/").content.decode()


def test_the_administration_shows_no_addresses(
    client_for: ClientFor, administrator: User, owner: User, service: PushService
):
    device = add_to(owner, service.subscribe())
    browser = client_for(administrator)
    for path in ("", f"{device.pk}/change/"):
        page = browser.get(f"/admin/notifications/pushdevice/{path}").content.decode()
        assert "Firefox, Linux" in page
        for secret in (device.endpoint, device.p256dh, device.auth):
            assert secret not in page
    assert browser.post(f"/admin/notifications/pushdevice/{device.pk}/delete/", {"post": "yes"}).status_code == 403


def test_the_list_takes_the_same_statements_whatever_there_is(
    client_for: ClientFor, owner: User, service: PushService, django_assert_num_queries: Any
):
    browser = client_for(owner)
    add_to(owner, service.subscribe())
    browser.get(LIST)
    with django_assert_num_queries(3):
        browser.get(LIST)
    for _ in range(6):
        add_to(owner, service.subscribe())
    people = User.objects.bulk_create(User(username=f"u{number}") for number in range(500))
    PushDevice.objects.bulk_create(
        PushDevice(user=person, endpoint=f"https://push.test/{person.pk}/{turn}")
        for person in people
        for turn in range(20)
    )
    with django_assert_num_queries(3):
        page = browser.get(LIST).content.decode()
    assert page.count("<li") == 7


# ── The worker ───────────────────────────────────────────────────────────────
def test_the_worker_is_served_at_the_top(client: Client, owner: User):
    answer = client.get("/sw.js")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/javascript; charset=utf-8"
    assert answer.headers["Cache-Control"] == "no-cache"
    assert set(answer.headers["Content-Security-Policy"].split("; ")) == {"default-src 'none'", "connect-src 'self'"}
    assert b"pushsubscriptionchange" in answer.content
    again = client.get("/sw.js", headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_pages_say_who_is_signed_in_and_where_nobody_is(client: Client, client_for: ClientFor, owner: User):
    assert "data-signed-out" in client.get("/accounts/login/").content.decode()
    assert "data-signed-out" not in client_for(owner).get("/accounts/password/change/").content.decode()
    assert len(seat(client_for(owner))) == 16
