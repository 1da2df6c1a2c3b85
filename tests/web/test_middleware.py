import logging
from ipaddress import ip_network
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from django.utils import timezone, translation

pytestmark = [pytest.mark.usefixtures("rooms_alone"), pytest.mark.django_db]


def test_a_person_has_their_own_zone_and_language(client_of_alice: Client) -> None:
    response = client_of_alice.get("/person/", headers={"Accept-Language": "en"})
    assert (response.json()["zone"], response.json()["language"]) == ("Asia/Kathmandu", "de")
    assert response.headers["Content-Language"] == "de"
    assert response.headers["Cache-Control"] == "private, no-cache"
    assert timezone.get_current_timezone_name() == "UTC"
    assert translation.get_language() == "en"


def test_nobody_has_the_browsers_language(client: Client) -> None:
    response = client.get("/person/", headers={"Accept-Language": "de-AT,de;q=0.9"})
    assert (response.json()["zone"], response.json()["language"]) == ("UTC", "de")
    assert "Accept-Language" in response.headers["Vary"]


def test_a_broken_zone_or_language_locks_nobody_out(client_of_alice: Client) -> None:
    get_user_model().objects.update(time_zone="Mars/Phobos", language="tlh")
    assert client_of_alice.get("/person/").json() | {"zone": "UTC", "language": "en"} == (
        client_of_alice.get("/person/").json()
    )


def test_headers(client: Client) -> None:
    headers = client.get("/person/").headers
    assert "camera=()" in headers["Permissions-Policy"]
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert headers["Cross-Origin-Embedder-Policy"] == "require-corp"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert "'unsafe" not in headers["Content-Security-Policy"]


FORWARDED = {
    "X-Forwarded-For": "6.6.6.6, 203.0.113.9, 10.0.0.2",
    "X-Forwarded-Proto": "https",
    "X-Forwarded-Host": "evil.test",
    "X-Request-ID": "abcdefgh-1",
}


def test_nobody_is_trusted_by_default(client: Client) -> None:
    response = client.get("/person/", headers=FORWARDED)
    assert response.json() | {"address": "127.0.0.1", "secure": False, "host": "testserver"} == response.json()
    assert response.headers["X-Request-ID"] != "abcdefgh-1"


@pytest.mark.parametrize("nearest", ["127.0.0.1", "::ffff:127.0.0.1"])
def test_a_trusted_proxy_tells_who_asks(client: Client, settings: Any, nearest: str) -> None:
    settings.TRUSTED_PROXIES = [ip_network("127.0.0.0/8"), ip_network("10.0.0.0/8")]
    response = client.get("/person/", headers={**FORWARDED, "Host": "testserver"}, REMOTE_ADDR=nearest)
    assert response.json() | {"address": "203.0.113.9", "secure": True, "host": "testserver"} == response.json()
    assert response.headers["X-Request-ID"] == "abcdefgh-1"


@pytest.mark.parametrize(
    ("forwarded", "address"),
    [("", "127.0.0.1"), ("unknown", "127.0.0.1"), ("6.6.6.6, nonsense", "127.0.0.1"), ("10.0.0.1", "10.0.0.1")],
)
def test_odd_forwarded_addresses(client: Client, settings: Any, forwarded: str, address: str) -> None:
    settings.TRUSTED_PROXIES = [ip_network("127.0.0.0/8"), ip_network("10.0.0.0/8")]
    assert client.get("/person/", headers={"X-Forwarded-For": forwarded}).json()["address"] == address


def request_lines(caplog: pytest.LogCaptureFixture) -> list[dict[str, Any]]:
    return [record.msg for record in caplog.records if record.name == "timetracker.request"]


def test_one_line_a_request(client_of_alice: Client, alice: Any, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    response = client_of_alice.get("/person/?token=abc")
    (line,) = request_lines(caplog)
    expected = {"method": "GET", "path": "/person/", "status": 200, "statements": 2, "person_id": alice.pk}
    assert line | expected == line
    assert line["request_id"] == response.headers["X-Request-ID"]
    assert line["milliseconds"] > 0
    assert not [word for word in (alice.username, alice.email, alice.display_name) if word and word in str(line)]


def test_one_time_links_stay_out_of_the_log(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    client.get("/invite/s3cret-t0ken/")
    client.get("/people/bob@example.org/")
    client.get("/unknown/AbCdEfGhIjKlMnOpQrStUvWx/")
    assert [line["path"] for line in request_lines(caplog)] == ["/invite/***/", "/people/***/", "/unknown/***/"]


def test_health_checks_are_not_logged(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    client.get("/healthz")
    assert not request_lines(caplog)


@pytest.mark.parametrize(
    ("name", "status", "text"),
    [
        ("conflict", 409, "A timer runs already."),
        ("not-allowed", 403, "Only its manager may archive it."),
        ("denied", 403, "You may not do this."),
        ("gone", 404, "There is nothing here"),
        ("suspicious", 400, "cannot be understood"),
        ("fault", 500, "on our side"),
    ],
)
def test_pages_for_what_went_wrong(name: str, status: int, text: str) -> None:
    client = Client(raise_request_exception=False)
    response = client.get(f"/fail/{name}/")
    assert response.status_code == status
    assert text in response.content.decode()
    assert "secret" not in response.content.decode()
    assert "style=" not in response.content.decode()
    partial = client.get(f"/fail/{name}/", headers={"HX-Request": "true"})
    assert (partial.status_code, partial.headers["HX-Reswap"], partial.content) == (status, "none", b"")
    assert text in partial.headers["HX-Trigger"]


def test_an_old_form_is_told_so() -> None:
    response = Client(enforce_csrf_checks=True).post("/person/")
    assert response.status_code == 403
    assert "too old" in response.content.decode()


@pytest.mark.parametrize("path", ["/person/", "/api/nothing/"])
def test_a_body_without_a_length_is_not_taken_for_none(client: Client, path: str) -> None:
    response = client.generic("POST", path, HTTP_TRANSFER_ENCODING="chunked")
    assert response.status_code == 411


def test_error_pages_cost_nothing(client: Client, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        client.get("/nowhere/")


def test_unknown_api_paths_are_problems_too(client: Client) -> None:
    response = client.get("/api/nothing/")
    assert (response.status_code, response.headers["Content-Type"]) == (404, "application/problem+json")
    assert response.json()["instance"] == "/api/nothing/"
