"""What people's pages were told lately. A page is drawn before its socket is open: here it asks what it has missed.

A topic is noted before it is sent, and a socket listens before it asks: each push is in the answer, or heard, or both.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Protocol

import structlog
from django.conf import settings
from redis import Redis
from redis.exceptions import RedisError

log = structlog.get_logger(__name__)

KEPT = 600
"""Seconds. Who was drawn longer ago (a page out of the browser's history) fetches everything."""
CLOCKS_APART = 1.0
"""Seconds by which the clocks of two machines may differ."""
ANSWER_WITHIN = 2.0


class Told(Protocol):
    async def note(self, topics: Mapping[str, Iterable[str]], at: float) -> None:
        """By group, what is about to be sent to it."""

    async def since(self, group: str, at: float) -> list[str] | None:
        """None where nobody knows any more."""


class ToldHere:
    """Of one process. A few topics for each person, so nothing has to be forgotten."""

    def __init__(self) -> None:
        self._since = time.time()
        self._lock = threading.Lock()
        self._told: dict[str, dict[str, float]] = {}

    async def note(self, topics: Mapping[str, Iterable[str]], at: float) -> None:
        with self._lock:
            for group, names in topics.items():
                self._told.setdefault(group, {}).update(dict.fromkeys(names, at))

    async def since(self, group: str, at: float) -> list[str] | None:
        if at < self._since:
            return None
        with self._lock:
            return [topic for topic, told in self._told.get(group, {}).items() if told >= at]


class ToldInRedis:
    """Of many processes: for each person a sorted set of topics by their last instant.

    A client that blocks, in a thread: it serves whichever loop asks.
    """

    def __init__(self, url: str) -> None:
        self._redis = Redis.from_url(
            url, decode_responses=True, socket_timeout=ANSWER_WITHIN, socket_connect_timeout=ANSWER_WITHIN
        )

    async def note(self, topics: Mapping[str, Iterable[str]], at: float) -> None:
        await asyncio.to_thread(self._note, topics, at)

    async def since(self, group: str, at: float) -> list[str] | None:
        if at < time.time() - KEPT + CLOCKS_APART:
            return None
        try:
            return await asyncio.to_thread(self._since, group, at - CLOCKS_APART)
        except (RedisError, OSError) as error:
            log.warning("told_unknown", reason=repr(error))
            return None

    def _since(self, group: str, at: float) -> list[str]:
        return [str(topic) for topic in self._redis.zrangebyscore(_key(group), at, "+inf")]

    def _note(self, topics: Mapping[str, Iterable[str]], at: float) -> None:
        pipeline = self._redis.pipeline(transaction=False)
        for group, names in topics.items():
            pipeline.zadd(_key(group), dict.fromkeys(names, at), gt=True)
            pipeline.expire(_key(group), KEPT)
        pipeline.execute()


def _key(group: str) -> str:
    return f"live.told.{group}"


_here = ToldHere()


@lru_cache
def _in_redis(url: str) -> ToldInRedis:
    return ToldInRedis(url)


def told() -> Told:
    return _in_redis(settings.REDIS_URL) if settings.REDIS_URL else _here
