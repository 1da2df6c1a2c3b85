import datetime as dt
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.db import connection, transaction
from django.utils import timezone
from rest_framework.test import APIClient

from tests.web.urls import GO_ON
from timetracker.web import idempotency
from timetracker.web.models import IdempotencyKey
from timetracker.web.schedules import forget_idempotency_keys

pytestmark = [pytest.mark.usefixtures("rooms_alone"), pytest.mark.django_db]
REPLAYED = "Idempotency-Replayed"


def post(api: APIClient, key: str | None, path: str = "", **body: Any) -> Any:
    headers = {} if key is None else {"Idempotency-Key": key}
    return api.post(f"/api/groups/{path}", body, format="json", headers=headers)


def test_the_first_answer_again(api: APIClient) -> None:
    first, second = post(api, "k1", name="Team"), post(api, "k1", name="Team")
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.content == second.content
    assert first.headers["Content-Type"] == second.headers["Content-Type"]
    assert REPLAYED not in first.headers
    assert second.headers[REPLAYED] == "true"
    assert Group.objects.count() == 1


def test_a_refusal_is_an_answer_too(api: APIClient) -> None:
    first = post(api, "k1", name="")
    second = post(api, "k1", name="")
    assert (first.status_code, second.status_code) == (400, 400)
    assert second.headers["Content-Type"] == "application/problem+json"
    assert second.headers[REPLAYED] == "true"


def test_no_content_again(api: APIClient) -> None:
    group = Group.objects.create(name="Team")
    for replayed in (None, "true"):
        response = api.delete(f"/api/groups/{group.pk}/", headers={"Idempotency-Key": "k1"})
        assert (response.status_code, response.content) == (204, b"")
        assert response.headers.get(REPLAYED) == replayed


def test_without_a_key_nothing_is_kept(api: APIClient, django_assert_num_queries: Any) -> None:
    assert (post(api, None, name="a").status_code, post(api, None, name="b").status_code) == (201, 201)
    api.get("/api/groups/", headers={"Idempotency-Key": "k1"})
    assert not IdempotencyKey.objects.exists()


@pytest.mark.parametrize("change", ["body", "path", "method", "query"])
def test_the_same_key_for_another_request(api: APIClient, change: str) -> None:
    post(api, "k1", name="Team")
    headers = {"Idempotency-Key": "k1"}
    response = {
        "body": lambda: post(api, "k1", name="Other"),
        "path": lambda: post(api, "k1", "half/", name="Team"),
        "query": lambda: post(api, "k1", "?x=1", name="Team"),
        "method": lambda: api.put("/api/groups/", {"name": "Team"}, format="json", headers=headers),
    }[change]()
    assert response.status_code == 422
    assert response.json()["type"] == "urn:timetracker:problem:idempotency_key_reused"
    assert Group.objects.count() == 1


def test_keys_belong_to_a_person(api: APIClient) -> None:
    other = APIClient()
    other.force_login(get_user_model().objects.create_user("bob", "bob@example.org"))
    assert post(api, "k1", name="Team").status_code == 201
    assert post(other, "k1", name="Another").status_code == 201


@pytest.mark.parametrize("key", ["", "x" * 256, "ü", "a\tb"])
def test_odd_keys(api: APIClient, key: str) -> None:
    assert post(api, key, name="Team").status_code == 400
    assert not Group.objects.exists()


def test_a_fault_leaves_neither_key_nor_half_a_write(alice: Any) -> None:
    client = APIClient(raise_request_exception=False)
    client.force_login(alice)
    assert post(client, "k1", "half/").status_code == 500
    assert not IdempotencyKey.objects.exists()
    assert not Group.objects.exists()
    assert post(client, "k1", name="Team").status_code == 201


@pytest.fixture
def running(api: APIClient) -> IdempotencyKey:
    """A key whose first request has not ended."""
    post(api, "k1", name="Team")
    Group.objects.all().delete()
    IdempotencyKey.objects.update(status=None, body=b"")
    return IdempotencyKey.objects.get()


def test_a_twin_meanwhile(api: APIClient, running: IdempotencyKey) -> None:
    response = post(api, "k1", name="Team")
    assert response.status_code == 409
    assert response.json()["type"] == "urn:timetracker:problem:idempotency_key_in_use"
    assert not Group.objects.exists()


def test_a_process_that_died_is_taken_over(api: APIClient, running: IdempotencyKey) -> None:
    IdempotencyKey.objects.update(claimed_at=timezone.now() - idempotency.LEASE - dt.timedelta(seconds=1))
    assert post(api, "k1", name="Team").status_code == 201
    assert post(api, "k1", name="Team").headers[REPLAYED] == "true"
    assert Group.objects.count() == 1


def test_who_was_overtaken_writes_nothing(api: APIClient, monkeypatch: pytest.MonkeyPatch) -> None:
    finish = idempotency._finish

    def overtaken(mine: IdempotencyKey, response: Any) -> None:
        IdempotencyKey.objects.update(claimed_at=timezone.now() + dt.timedelta(seconds=1))
        finish(mine, response)

    monkeypatch.setattr(idempotency, "_finish", overtaken)
    assert post(api, "k1", name="Team").status_code == 409
    assert not Group.objects.exists()


def test_after_a_day_a_key_is_new(api: APIClient) -> None:
    post(api, "k1", name="Team")
    post(api, "k2", name="Other")
    old = timezone.now() - idempotency.KEEP - dt.timedelta(seconds=1)
    IdempotencyKey.objects.update(created_at=old)
    assert post(api, "k1", name="Third").status_code == 201
    forget_idempotency_keys(timezone.now())
    assert list(IdempotencyKey.objects.values_list("key", flat=True)) == ["k1"]


def test_what_follows_a_commit_happens_once(api: APIClient, django_capture_on_commit_callbacks: Any) -> None:
    with django_capture_on_commit_callbacks() as first:
        post(api, "k1", name="Team")
        assert not transaction.get_connection().needs_rollback
    with django_capture_on_commit_callbacks() as second:
        post(api, "k1", name="Team")
    assert (len(first), len(second)) == (0, 0)


def signed_in(alice: Any) -> APIClient:
    client = APIClient()
    client.force_login(alice)
    return client


def in_a_thread(client: APIClient, ready: threading.Barrier, path: str, **body: Any) -> Any:
    """Nobody holds a connection while waiting: a pool may have fewer than there are clients."""
    ready.wait()
    try:
        return post(client, "k1", path, **body)
    finally:
        connection.close()


@pytest.mark.django_db(transaction=True)
def test_twenty_twins_make_one_row(alice: Any) -> None:
    ready = threading.Barrier(20, timeout=30)
    clients = [signed_in(alice) for _ in range(20)]
    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda client: in_a_thread(client, ready, "", name="Team"), clients))
    assert {answer.status_code for answer in answers} <= {201, 409}
    assert len([answer for answer in answers if answer.status_code == 201 and REPLAYED not in answer.headers]) == 1
    assert len({answer.content for answer in answers if answer.status_code == 201}) == 1
    assert Group.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_twin_while_the_first_request_works(alice: Any) -> None:
    """PostgreSQL says 409 at once. SQLite has one writer: the claim waits for it, and then finds the answer."""
    waits = connection.vendor == "sqlite"
    client, twin = signed_in(alice), signed_in(alice)
    GO_ON.clear()
    with ThreadPoolExecutor(1) as pool:
        slow = pool.submit(in_a_thread, client, threading.Barrier(1), "slow/")
        for _ in range(500):
            if IdempotencyKey.objects.exists():
                break
            time.sleep(0.01)
        if waits:
            threading.Timer(0.3, GO_ON.set).start()
        meanwhile = post(twin, "k1", "slow/")
        GO_ON.set()
        first = slow.result()
    again = post(twin, "k1", "slow/")
    assert (first.status_code, meanwhile.status_code) == (201, 201 if waits else 409)
    assert (again.status_code, again.headers[REPLAYED]) == (201, "true")
    assert Group.objects.count() == 1
