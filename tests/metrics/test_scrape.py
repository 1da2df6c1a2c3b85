"""Who may read /metrics, and what they get."""

from __future__ import annotations

import logging
from ipaddress import ip_network
from typing import Any

import pytest
from django.test import Client

from tests.metrics.figures import families, figure
from timetracker.metrics.definitions import COUNTED
from timetracker.metrics.state import STATE

pytestmark = pytest.mark.django_db
OUTSIDE = "203.0.113.9"
PROBLEM = "application/problem+json"


@pytest.fixture
def token(settings: Any) -> str:
    settings.METRICS_TOKEN = "a-token-of-this-instance"
    return settings.METRICS_TOKEN


def test_this_machine_needs_no_token_where_none_is_set(client: Client):
    answer = client.get("/metrics")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("text/plain; version=0.0.4")
    assert "no-store" in answer.headers["Cache-Control"]
    assert {one.name for one in STATE} <= families(answer.content.decode())


def test_in_the_form_that_was_asked_for(client: Client):
    answer = client.get("/metrics", headers={"Accept": "application/openmetrics-text; version=1.0.0"})
    assert answer.headers["Content-Type"].startswith("application/openmetrics-text; version=1.0.0")
    assert answer.content.endswith(b"# EOF\n")


def test_every_figure_of_ours_is_there(client: Client):
    text = client.get("/metrics").content.decode()
    ours = {sample.name for one in COUNTED for sample in one.collect()}
    assert {name for name in families(text) if name.startswith("timetracker_")} == {
        *(f"{one.name}_total" if one.type == "counter" else one.name for each in COUNTED for one in each.collect()),
        *(one.name for one in STATE),
    }
    assert len(ours) == len(COUNTED)


@pytest.mark.parametrize("address", [OUTSIDE, "10.0.0.7", "2001:db8::1", ""])
def test_nobody_else_does(client: Client, address: str):
    answer = client.get("/metrics", REMOTE_ADDR=address)
    assert (answer.status_code, answer.headers["Content-Type"]) == (403, PROBLEM)
    assert b"timetracker_" not in answer.content


@pytest.mark.parametrize("address", ["::1", "127.0.0.53", "::ffff:127.0.0.1"])
def test_this_machine_has_several_names(client: Client, address: str):
    assert client.get("/metrics", REMOTE_ADDR=address).status_code == 200


@pytest.mark.parametrize(
    ("nearest", "forwarded", "status"),
    [
        ("10.0.0.2", OUTSIDE, 403),
        ("10.0.0.2", f"127.0.0.1, {OUTSIDE}", 403),  # made up by who is outside
        ("10.0.0.2", "127.0.0.1", 200),  # our proxy says so
        ("10.0.0.2", "", 403),
        ("127.0.0.1", OUTSIDE, 403),  # a proxy beside us that nobody named
        (OUTSIDE, "127.0.0.1", 403),
    ],
)
def test_behind_a_proxy_the_client_counts(client: Client, settings: Any, nearest: str, forwarded: str, status: int):
    settings.TRUSTED_PROXIES = [ip_network("10.0.0.0/8")]
    headers = {"X-Forwarded-For": forwarded} if forwarded else {}
    assert client.get("/metrics", headers=headers, REMOTE_ADDR=nearest).status_code == status


def test_with_the_token_from_anywhere(client: Client, token: str):
    answer = client.get("/metrics", headers={"Authorization": f"Bearer {token}"}, REMOTE_ADDR=OUTSIDE)
    assert answer.status_code == 200
    assert figure(answer.content.decode(), "timetracker_state_ok") == 1


@pytest.mark.parametrize(
    "said",
    ["", "Bearer", "Bearer ", "Bearer a-token-of-this-instanc", "Bearer a-token-of-this-instance2", "Bearer ü",
     "Basic a-token-of-this-instance", "a-token-of-this-instance", "Token a-token-of-this-instance"],
)  # fmt: skip
@pytest.mark.parametrize("address", [OUTSIDE, "127.0.0.1"])
def test_a_wrong_token_is_refused_wherever_it_comes_from(client: Client, token: str, said: str, address: str):
    answer = client.get("/metrics", headers={"Authorization": said}, REMOTE_ADDR=address)
    assert (answer.status_code, answer.headers["Content-Type"]) == (401, PROBLEM)
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="metrics"'
    assert token not in answer.content.decode()


def test_an_administrator_is_nobody_here(client_for: Any, administrator: Any, token: str):
    assert client_for(administrator).get("/metrics").status_code == 401


def test_under_any_name_and_without_https(client: Client, settings: Any, token: str):
    """Prometheus asks the container by its name in the network, which is no address of ours."""
    settings.ALLOWED_HOSTS, settings.SECURE_SSL_REDIRECT = ["time.example.org"], True
    headers = {"Authorization": f"Bearer {token}", "Host": "web:8000"}
    assert Client(headers=headers).get("/metrics").status_code == 200
    assert Client(headers=headers).get("/entries/").status_code == 400


def test_neither_a_line_nor_a_person(client: Client, caplog: pytest.LogCaptureFixture, token: str):
    caplog.set_level(logging.INFO)
    client.cookies["sessionid"] = "somebody"
    client.get("/metrics", headers={"Authorization": f"Bearer {token}"})
    assert not [record for record in caplog.records if record.name == "timetracker.request"]
    assert token not in caplog.text


def test_before_anybody_is_set_up(client: Client, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("accounts.middleware.FirstRunMiddleware.set_up", False)
    assert client.get("/metrics").status_code == 200


def test_only_to_be_read(client: Client):
    assert client.post("/metrics").status_code == 405
