"""The channel layer of an instance that runs in many processes.

Redis restarts, or the way to it breaks: the sockets stay open, and what is pushed meanwhile reaches none of them. The
library subscribes again by itself; here the sockets of this process are told then that something was missed.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from typing import Any

import structlog
from channels_redis.pubsub import RedisPubSubChannelLayer, RedisPubSubLoopLayer, RedisSingleShardConnection
from redis.asyncio.client import PubSub

log = structlog.get_logger(__name__)

MISSED = {"type": "live.missed"}
EACH = 0.01
"""Seconds for each socket, at random within which all are told: a hundred pages a second fetch what they show."""


class ReturningLayer(RedisPubSubChannelLayer):
    def _get_layer(self) -> RedisPubSubLoopLayer:
        layer = super()._get_layer()
        if not isinstance(layer._shards[0], _Shard):
            layer._shards = [_Shard(shard.host, layer) for shard in layer._shards]
        return layer


class _Shard(RedisSingleShardConnection):
    _redis: Any
    _pubsub: Any

    def _ensure_redis(self) -> None:
        begins = self._redis is None
        super()._ensure_redis()
        if begins:
            self._pubsub = _PubSub(self._redis.connection_pool, returned=self._tell)

    def _tell(self) -> None:
        layer, loop = self.channel_layer, asyncio.get_running_loop()
        message = layer.channel_layer.serialize(MISSED)
        queues = list(layer.channels.values())
        log.info("sockets_missed", sockets=len(queues))
        for queue in queues:
            loop.call_later(random.uniform(0, EACH * len(queues)), queue.put_nowait, message)  # noqa: S311 - no secret


class _PubSub(PubSub):
    def __init__(self, *args: Any, returned: Callable[[], None], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._returned = returned

    async def on_connect(self, connection: Any) -> None:
        """Called when the connection was lost and is there again, not for the first one."""
        await super().on_connect(connection)
        self._returned()
