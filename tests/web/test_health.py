from typing import Any

import pytest
from django.core.cache import cache
from django.db import DatabaseError
from django.test import Client
from redis.exceptions import ConnectionError as RedisConnectionError

from timetracker.web import health

pytestmark = pytest.mark.usefixtures("rooms_alone")


def raising(error: Exception) -> Any:
    def fail(*args: Any, **kwargs: Any) -> None:
        raise error

    return fail


def test_alive_needs_no_database(client: Client) -> None:
    client.cookies["sessionid"] = "somebody"
    response = client.get("/healthz")  # without the database mark a query would raise
    assert (response.status_code, response.json()) == (200, {"status": "ok"})
    assert "no-store" in response.headers["Cache-Control"]


@pytest.mark.django_db
def test_ready(client: Client) -> None:
    response = client.get("/readyz")
    assert response.status_code == 200
    assert response.json() == {
        "status": "ok",
        "checks": {"database": "ok", "migrations": "ok", "cache": "ok", "channel_layer": "ok"},
    }


@pytest.mark.django_db
def test_pending_migrations_are_looked_for_once(client: Client, django_assert_num_queries: Any) -> None:
    client.get("/readyz")
    with django_assert_num_queries(1):
        client.get("/readyz")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("part", "error"),
    [
        ("database", DatabaseError("could not connect to postgres://user:secret@db")),
        ("cache", RedisConnectionError("down")),
        ("channel_layer", OSError("down")),
    ],
)
def test_which_part_fails(client: Client, monkeypatch: pytest.MonkeyPatch, part: str, error: Exception) -> None:
    monkeypatch.setitem(health.CHECKS, part, raising(error))
    response = client.get("/readyz")
    assert response.status_code == 503
    assert response.json()["status"] == "unavailable"
    assert [name for name, state in response.json()["checks"].items() if state == "failed"] == [part]
    assert "secret" not in response.content.decode()


@pytest.mark.django_db
def test_pending_migrations(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health.check_migrations, "applied", False)
    monkeypatch.setattr("timetracker.web.upgrades.MigrationExecutor.migration_plan", lambda *_: [("one", False)])
    assert client.get("/readyz").json()["checks"]["migrations"] == "failed"


@pytest.mark.django_db
def test_a_forgetful_cache(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(type(cache._connections["default"]), "get", lambda *args, **kwargs: None)
    assert client.get("/readyz").json()["checks"]["cache"] == "failed"


def test_only_to_be_read(client: Client) -> None:
    assert client.post("/healthz").status_code == 405
