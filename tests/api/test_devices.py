"""Devices as the browser and scripts add, see and remove them."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from notifications import vapid
from notifications.models import PushDevice
from tests.api.problems import assert_problem
from tests.conftest import ClientFor

pytestmark = pytest.mark.django_db
PATH = "notifications/devices/"
KEYS = {
    "p256dh": "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
    "auth": "BTBZMqHH6r4Tts7J_aSIgg",
}
SENT = {"endpoint": "https://8.8.8.8/push/1", "keys": KEYS}
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


@pytest.fixture(autouse=True)
def _own_key(settings: Any, tmp_path: Any) -> None:
    settings.VAPID_PRIVATE_KEY, settings.DATA_DIR = "", tmp_path


def post(browser: Client, **fields: Any) -> Any:
    return browser.post(f"/api/{PATH}", {**SENT, **fields}, "application/json", headers={"User-Agent": FIREFOX})


def test_a_browser_adds_itself_and_is_told_apart(client_for: ClientFor, owner: User):
    here, there = client_for(owner), client_for(owner)
    answer = post(here)
    assert answer.status_code == 201
    assert answer.json() == {
        "id": PushDevice.objects.get().pk,
        "name": "Firefox, Linux",
        "current": True,
        "created_at": answer.json()["created_at"],
        "reached_at": None,
    }
    assert [device["current"] for device in here.get(f"/api/{PATH}").json()] == [True]
    assert [device["current"] for device in there.get(f"/api/{PATH}").json()] == [False]


def test_a_script_sees_and_removes_its_own_alone(api, owner: User, teammate: User, outsider: User):
    caller = api(owner)
    pk = caller.post(PATH, SENT).json()["id"]
    assert PushDevice.objects.get().session == ""
    assert [device["current"] for device in caller.get(PATH).json()] == [False]
    for other in (teammate, outsider):
        assert api(other).get(PATH).json() == []
        assert_problem(api(other).delete(f"{PATH}{pk}/"), 404)
    assert caller.delete(f"{PATH}{pk}/").status_code == 204
    assert caller.get(PATH).json() == []
    assert_problem(caller.delete(f"{PATH}{pk}/"), 404)


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"endpoint": "https://127.0.0.1/x"}, "endpoint"),
        ({"endpoint": "http://8.8.8.8/x"}, "endpoint"),
        ({"endpoint": None}, "endpoint"),
        ({"endpoint": "https://8.8.8.8/" + "x" * 1000}, "endpoint"),
        ({"keys": {"p256dh": "AAAA", "auth": KEYS["auth"]}}, "keys"),
        ({"keys": {"p256dh": KEYS["p256dh"]}}, "keys.auth"),
        ({"keys": "none"}, "keys"),
    ],
)
def test_what_is_wrong_is_named(api, owner: User, fields: dict[str, Any], field: str):
    assert_problem(api(owner).post(PATH, {**SENT, **fields}), 400, field)
    assert not PushDevice.objects.exists()


def test_a_renewal_takes_the_place_of_what_there_was(client_for: ClientFor, owner: User):
    """The worker may be asked while somebody else is signed in, who never turned it on."""
    browser = client_for(owner)
    renewed = {"endpoint": "https://8.8.8.8/push/2", "renew": True}
    assert assert_problem(post(browser, **renewed), 409)["type"].endswith(":no_device")
    post(browser)
    assert post(browser, **renewed).status_code == 201
    assert PushDevice.objects.get().endpoint == "https://8.8.8.8/push/2"


def test_what_a_browser_subscribes_with(owner: User):
    """With the token that a worker, which reads no cookies, needs for its POST."""
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(owner)
    found = strict.get(f"/api/{PATH}key/").json()
    assert found["key"] == vapid.public_key()
    assert post(strict).status_code == 403
    answer = strict.post(f"/api/{PATH}", SENT, "application/json", headers={"X-CSRFToken": found["csrf_token"]})
    assert answer.status_code == 201


def test_the_list_takes_the_same_statements_whatever_there_is(
    client_for: ClientFor, owner: User, django_assert_num_queries: Any
):
    browser = client_for(owner)
    post(browser)
    with django_assert_num_queries(3):
        browser.get(f"/api/{PATH}")
    for number in range(2, 8):
        PushDevice.objects.create(user=owner, endpoint=f"https://8.8.8.8/push/{number}")
    with django_assert_num_queries(3):
        assert len(browser.get(f"/api/{PATH}").json()) == 7


def test_the_same_key_twice_is_one_device(api, owner: User):
    caller = api(owner)
    first, second = (caller.post(PATH, SENT, Idempotency_Key="once") for _ in range(2))
    assert first.json() == second.json()
