"""The socket, through the real ASGI application."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from importlib import import_module
from types import ModuleType
from typing import Any

import pytest
from asgiref.sync import async_to_sync, sync_to_async
from autobahn.exception import Disconnected
from channels.layers import get_channel_layer
from channels.testing import WebsocketCommunicator
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import transaction

from accounts.services.people import deactivate_person
from tests.factories import UserFactory
from timetracker.live.consumers import SIGNED_OUT, LiveConsumer
from timetracker.live.push import disconnect_session, disconnect_user, push, push_after_commit, user_group
from timetracker.live.redis_layer import MISSED

pytestmark = pytest.mark.django_db(transaction=True)

HOST = "localhost:8000"


@pytest.fixture(scope="module", autouse=True)
def _served(django_db_setup: None, django_db_blocker: Any) -> None:
    """The application asks for the migrations when it is imported."""
    with django_db_blocker.unblock():
        asgi()


def asgi() -> ModuleType:
    return import_module("timetracker.asgi")


def socket_of(
    client: Any = None, *, origin: str | None = f"http://{HOST}", host: str = HOST, since: str | None = None
) -> WebsocketCommunicator:
    headers = [(b"host", host.encode())]
    if origin is not None:
        headers.append((b"origin", origin.encode()))
    if client is not None:
        cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
        headers.append((b"cookie", f"{settings.SESSION_COOKIE_NAME}={cookie}".encode()))
    return WebsocketCommunicator(
        asgi().application, "/ws/" if since is None else f"/ws/?since={since}", headers=headers
    )


async def opened(client: Any, since: str | None = None) -> WebsocketCommunicator:
    socket = socket_of(client, since=since)
    assert (await socket.connect(timeout=5))[0]
    return socket


def scenario(function: Callable[..., Awaitable[None]]) -> Callable[..., None]:
    """Runs on a loop of its own, database work in the test's own thread."""
    return async_to_sync(function)


async def close_code(socket: WebsocketCommunicator) -> int:
    message = await socket.receive_output(timeout=5)
    assert message["type"] == "websocket.close", message
    return int(message["code"])


async def topics(socket: WebsocketCommunicator) -> list[str]:
    message = json.loads(await socket.receive_from(timeout=5))
    assert list(message) == ["topics"]
    return list(message["topics"])


def test_a_signed_in_person_hears_their_topics_and_no_more(client_for, owner):
    client = client_for(owner)

    @scenario
    async def run() -> None:
        socket = await opened(client)
        push([owner.pk], "timer", "entries")
        assert await topics(socket) == ["timer", "entries"]
        await socket.disconnect()

    run()


def test_another_persons_topic_never_arrives(client_for, owner, outsider):
    mine, theirs = client_for(owner), client_for(outsider)

    @scenario
    async def run() -> None:
        my_socket, their_socket = await opened(mine), await opened(theirs)
        push([outsider.pk], "timer")
        assert await topics(their_socket) == ["timer"]
        push([owner.pk], "last")
        assert await topics(my_socket) == ["last"]  # the first thing that came
        assert await their_socket.receive_nothing()
        for socket in (my_socket, their_socket):
            await socket.disconnect()

    run()


def test_all_windows_of_a_person_hear_it(client_for, owner):
    clients = [client_for(owner), client_for(owner)]

    @scenario
    async def run() -> None:
        sockets = [await opened(client) for client in clients]
        push([owner.pk], "timer")
        assert [await topics(socket) for socket in sockets] == [["timer"], ["timer"]]
        for socket in sockets:
            await socket.disconnect()

    run()


@pytest.mark.parametrize("who", ["nobody", "former", "forged"])
def test_who_is_not_signed_in_is_refused(client_for, owner, who):
    client = None if who == "nobody" else client_for(owner)
    if who == "former":
        owner.is_active = False
        owner.save()
    if who == "forged":
        client.cookies[settings.SESSION_COOKIE_NAME] = "0" * 32

    @scenario
    async def run() -> None:
        socket = socket_of(client)
        await socket.connect(timeout=5)
        assert await close_code(socket) == SIGNED_OUT
        push([owner.pk], "timer")
        assert await socket.receive_nothing()
        await socket.disconnect()

    run()


@pytest.mark.parametrize(
    ("origin", "host"),
    [
        ("https://evil.example", HOST),
        ("http://localhost:9999", HOST),
        ("http://localhost", HOST),
        ("null", HOST),
        ("", HOST),
        (None, HOST),
        ("http://evil.example", "evil.example"),
        ("http://localhost:8000.evil.example", HOST),
    ],
)
def test_a_page_from_elsewhere_is_refused(client_for, owner, settings, origin, host):
    settings.ALLOWED_HOSTS = ["localhost"]
    settings.CSRF_TRUSTED_ORIGINS = [f"http://{HOST}"]
    client = client_for(owner)

    @scenario
    async def run() -> None:
        socket = socket_of(client, origin=origin, host=host)
        assert not (await socket.connect(timeout=5))[0]

    run()


@pytest.mark.parametrize(
    ("origin", "host"),
    [
        ("http://127.0.0.1:8000", "127.0.0.1:8000"),  # the same machine by another of its names
        ("https://time.example.org", "inner:8001"),  # behind a proxy, known by its public address
    ],
)
def test_our_own_pages_are_let_in_under_every_name_we_have(client_for, owner, settings, origin, host):
    settings.ALLOWED_HOSTS = ["localhost", "127.0.0.1"]
    settings.CSRF_TRUSTED_ORIGINS = ["https://time.example.org"]
    client = client_for(owner)

    @scenario
    async def run() -> None:
        socket = socket_of(client, origin=origin, host=host)
        assert (await socket.connect(timeout=5))[0]
        push([owner.pk], "timer")
        assert await topics(socket) == ["timer"]
        await socket.disconnect()

    run()


def test_signing_out_closes_the_sockets_of_that_session_only(client_for, owner):
    leaving, staying = client_for(owner), client_for(owner)

    @scenario
    async def run() -> None:
        closing, other = await opened(leaving), await opened(staying)
        await sync_to_async(leaving.logout)()
        assert await close_code(closing) == SIGNED_OUT
        push([owner.pk], "timer")
        assert await topics(other) == ["timer"]
        for socket in (closing, other):
            await socket.disconnect()

    run()


def test_a_session_that_is_ended_from_elsewhere_closes_too(client_for, owner):
    client = client_for(owner)

    @scenario
    async def run() -> None:
        socket = await opened(client)
        await sync_to_async(Session.objects.all().delete)()
        assert await close_code(socket) == SIGNED_OUT
        await socket.disconnect()

    run()


def test_deactivating_a_person_closes_everything_they_have_open(client_for, administrator, owner):
    clients = [client_for(owner), client_for(owner)]
    witness = client_for(administrator)

    @scenario
    async def run() -> None:
        sockets, other = [await opened(client) for client in clients], await opened(witness)
        await sync_to_async(deactivate_person)(actor=administrator, person=owner)
        assert [await close_code(socket) for socket in sockets] == [SIGNED_OUT, SIGNED_OUT]
        push([administrator.pk], "last")
        while "last" not in await topics(other):
            pass
        for socket in (*sockets, other):
            await socket.disconnect()

    run()


@pytest.mark.parametrize("how", ["user", "session"])
def test_disconnect(client_for, owner, how):
    client = client_for(owner)

    @scenario
    async def run() -> None:
        socket = await opened(client)
        if how == "user":
            disconnect_user(owner.pk)
        else:
            disconnect_session(client.session.session_key)
        assert await close_code(socket) == SIGNED_OUT
        await socket.disconnect()

    run()


def test_a_heartbeat_is_answered_and_anything_else_ignored(client_for, owner):
    client = client_for(owner)

    @scenario
    async def run() -> None:
        socket = await opened(client)
        for text in ("ping", "{", "[]", '{"type": "live.close"}', '{"topics": ["timer"]}', '"' + "x" * 5000 + '"'):
            await socket.send_to(text_data=text)
        await socket.send_to(bytes_data=b"\x00\xff")
        assert await socket.receive_nothing()
        await socket.send_to(text_data='{"type":"ping"}')
        assert json.loads(await socket.receive_from(timeout=5)) == {"type": "pong"}
        await socket.disconnect()

    run()


def test_who_may_have_missed_something_is_told_to_fetch_everything(client_for, owner):
    client = client_for(owner)

    @scenario
    async def run() -> None:
        socket = await opened(client)
        await get_channel_layer().group_send(user_group(owner.pk), MISSED)
        assert await socket.receive_json_from(timeout=5) == {"all": True}
        await socket.disconnect()

    run()


def test_nothing_is_pushed_before_the_commit_nor_after_a_rollback(client_for, owner):
    client = client_for(owner)

    def roll_back() -> None:
        with transaction.atomic():
            push_after_commit([owner.pk], "never")
            transaction.set_rollback(True)

    def commit() -> None:
        with transaction.atomic():
            push_after_commit(iter([owner.pk]), "entries")

    @scenario
    async def run() -> None:
        socket = await opened(client)
        await sync_to_async(roll_back)()
        await sync_to_async(commit)()
        assert await topics(socket) == ["entries"]
        await socket.disconnect()

    run()


def test_a_socket_asks_the_database_only_who_it_is(client_for, owner, django_assert_num_queries):
    client = client_for(owner)

    @scenario
    async def run() -> None:
        socket = await opened(client)
        push([owner.pk], "timer")
        assert await topics(socket) == ["timer"]
        await socket.disconnect()

    with django_assert_num_queries(2):  # session, person
        run()


def test_other_paths_are_refused():
    @scenario
    async def run() -> None:
        headers = [(b"host", HOST.encode()), (b"origin", f"http://{HOST}".encode())]
        socket = WebsocketCommunicator(asgi().application, "/ws/other/", headers=headers)
        assert not (await socket.connect(timeout=5))[0]

    run()


def test_many_people_are_told_together(client_for, db):
    people = UserFactory.create_batch(5)
    clients = [client_for(person) for person in people]

    @scenario
    async def run() -> None:
        sockets = [await opened(client) for client in clients]
        push([person.pk for person in people], "work")
        assert [await topics(socket) for socket in sockets] == [["work"]] * 5
        for socket in sockets:
            await socket.disconnect()

    run()


def test_whoever_leaves_at_that_moment_is_no_error():
    consumer = LiveConsumer()

    async def gone(_message: object) -> None:
        raise Disconnected("Attempt to send on a closed protocol")

    consumer.base_send = gone
    async_to_sync(consumer.live_changed)({"topics": ["timer"]})
