"""The cache across machines. What it holds can be had again: while Redis is away, it holds nothing."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, TypeVar

import structlog
from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

log = structlog.get_logger(__name__)
T = TypeVar("T")
REST = 5.0
"""Seconds for which a Redis that did not answer is left alone: it delays one request a moment, and no other."""


class ForgivingRedisCache(RedisCache):
    """Answers as an empty cache would where Redis does not. Limits on tries then do not hold; everything else does."""

    away_until = 0.0

    def _tried(self, missed: T, call: Callable[..., T], *args: Any) -> T:
        if time.monotonic() < self.away_until:
            return missed
        try:
            return call(*args)
        except (RedisError, OSError) as error:
            # For all instances: Django makes one for each thread.
            type(self).away_until = time.monotonic() + REST
            log.warning("cache_away", reason=str(error))
            return missed

    def get(self, key: Any, default: Any = None, version: Any = None) -> Any:
        return self._tried(default, super().get, key, default, version)

    def get_many(self, keys: Any, version: Any = None) -> dict[Any, Any]:
        return self._tried({}, super().get_many, keys, version)

    def has_key(self, key: Any, version: Any = None) -> bool:
        return self._tried(False, super().has_key, key, version)

    def add(self, key: Any, value: Any, *options: Any, **more: Any) -> bool:
        return self._tried(True, lambda: super(ForgivingRedisCache, self).add(key, value, *options, **more))

    def set(self, key: Any, value: Any, *options: Any, **more: Any) -> None:
        self._tried(None, lambda: super(ForgivingRedisCache, self).set(key, value, *options, **more))

    def touch(self, key: Any, *options: Any, **more: Any) -> bool:
        return self._tried(False, lambda: super(ForgivingRedisCache, self).touch(key, *options, **more))

    def delete(self, key: Any, version: Any = None) -> bool:
        return self._tried(False, super().delete, key, version)

    def delete_many(self, keys: Any, version: Any = None) -> None:
        self._tried(None, super().delete_many, keys, version)
