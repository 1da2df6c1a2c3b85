"""Open sockets and how soon they hear, through the real ASGI application."""

from __future__ import annotations

from typing import Any

import pytest

from accounts.models import User
from tests.live.test_socket import close_code, opened, scenario, socket_of, topics
from tests.live.tools import soon
from tests.metrics.conftest import Moved
from timetracker.live.consumers import SIGNED_OUT
from timetracker.live.push import push

pytestmark = pytest.mark.django_db(transaction=True)


def test_open_ones_and_how_soon_they_hear(client_for: Any, owner: User, moved: Moved):
    client = client_for(owner)
    names = ["timetracker_sockets_open", "timetracker_sockets_opened_total", "timetracker_push_seconds_count"]
    assert [moved(name) for name in names] == [0, 0, 0]
    assert moved("timetracker_pushes_total", outcome="sent") == 0

    @scenario
    async def run() -> None:
        sockets = [await opened(client), await opened(client)]
        assert [moved(name) for name in names] == [2, 2, 0]
        push([owner.pk], "timer")
        for socket in sockets:
            assert await topics(socket) == ["timer"]
        await sockets[0].disconnect()
        assert moved("timetracker_sockets_open") == 1
        await sockets[1].disconnect()

    run()
    assert [moved(name) for name in names] == [0, 2, 2]
    assert soon(lambda: moved("timetracker_pushes_total", outcome="sent") == 1)


def test_one_that_is_refused_was_never_open(moved: Moved):
    assert [moved("timetracker_sockets_open"), moved("timetracker_sockets_opened_total")] == [0, 0]

    @scenario
    async def run() -> None:
        socket = socket_of()
        await socket.connect(timeout=5)
        assert await close_code(socket) == SIGNED_OUT
        await socket.disconnect()

    run()
    assert [moved("timetracker_sockets_open"), moved("timetracker_sockets_opened_total")] == [0, 0]


def test_a_push_that_did_not_arrive(settings: Any, moved: Moved):
    assert moved("timetracker_pushes_total", outcome="failed") == 0
    gone = {"hosts": ["redis://127.0.0.1:1/0"]}
    settings.CHANNEL_LAYERS = {
        "default": {"BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer", "CONFIG": gone}
    }  # fmt: skip
    push([1], "timer")
    assert soon(lambda: moved("timetracker_pushes_total", outcome="failed") == 1)
