"""The channel layer beside a real Redis, which loses a connection."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from django.conf import settings
from redis import Redis

from timetracker.live.redis_layer import MISSED, ReturningLayer

pytestmark = pytest.mark.skipif(not settings.REDIS_URL, reason="without Redis")
SOON = 20.0


def lose(layer: ReturningLayer) -> None:
    """As when Redis restarts, for this layer alone."""
    [shard] = layer._get_layer()._shards
    host, port = shard._pubsub.connection._writer.get_extra_info("sockname")[:2]
    Redis.from_url(settings.REDIS_URL).execute_command("CLIENT", "KILL", "ADDR", f"{host}:{port}")


async def heard(layer: ReturningLayer, channel: str) -> dict[str, Any]:
    return dict(await asyncio.wait_for(layer.receive(channel), SOON))


def test_who_listened_is_told_that_something_was_missed_and_hears_what_comes_then(caplog: pytest.LogCaptureFixture):
    async def scenario() -> None:
        layer = ReturningLayer(hosts=[settings.REDIS_URL], prefix="returning")
        mia, tom = await layer.new_channel(), await layer.new_channel()
        for name, channel in (("mia", mia), ("tom", tom)):
            await layer.group_add(name, channel)
        await layer.group_send("mia", {"type": "before"})
        assert await heard(layer, mia) == {"type": "before"}, "the first connection is no return"
        lose(layer)
        assert [await heard(layer, mia), await heard(layer, tom)] == [MISSED, MISSED]
        await layer.group_send("tom", {"type": "after"})
        assert await heard(layer, tom) == {"type": "after"}
        await layer.flush()

    asyncio.run(scenario())


def test_who_only_sends_tells_nobody(caplog: pytest.LogCaptureFixture):
    async def scenario() -> None:
        sender = ReturningLayer(hosts=[settings.REDIS_URL], prefix="returning")
        await sender.group_send("mia", {"type": "x"})
        assert sender._get_layer()._shards[0]._pubsub.connection is None
        await sender.flush()

    asyncio.run(scenario())
