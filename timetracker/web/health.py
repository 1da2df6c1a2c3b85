"""Is the process up (/healthz), and can it do its work (/readyz)? Both are open to all and say nothing else."""

import asyncio
from collections.abc import Callable

import structlog
from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.core.cache import cache
from django.db import Error as DatabaseError
from django.db import connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from redis.exceptions import RedisError

from timetracker.web.upgrades import pending_migrations

log = structlog.get_logger(__name__)
_FAULTS = (DatabaseError, RedisError, OSError, TimeoutError)
_CACHE_KEY = "web.ready"
ANSWER_WITHIN = 1.0


class NotReady(Exception):
    """A part answers, but not as it should."""


@require_safe
@never_cache
def healthz(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"status": "ok"})


@require_safe
@never_cache
def readyz(request: HttpRequest) -> JsonResponse:
    """200 when every part answers, else 503 with the parts that do not."""
    checks = states()
    ready = all(state == "ok" for state in checks.values())
    return JsonResponse({"status": "ok" if ready else "unavailable", "checks": checks}, status=200 if ready else 503)


def states() -> dict[str, str]:
    """Each part: ok or failed."""
    return {name: _state(name, check) for name, check in CHECKS.items()}


def _state(name: str, check: Callable[[], None]) -> str:
    try:
        check()
    except (*_FAULTS, NotReady) as error:
        log.warning("not_ready", part=name, reason=str(error))
        return "failed"
    return "ok"


def check_database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


class _Migrations:
    """Reading all migrations takes a while; once none is pending, none comes up while this process lives."""

    applied = False

    def __call__(self) -> None:
        if not self.applied:
            if pending_migrations():
                raise NotReady("migrations are pending")
            self.applied = True


check_migrations = _Migrations()


def check_cache() -> None:
    cache.set(_CACHE_KEY, "1", timeout=10)
    if cache.get(_CACHE_KEY) != "1":
        raise NotReady("the cache forgets")


def check_channel_layer() -> None:
    async_to_sync(_send)()


async def _send() -> None:
    layer = get_channel_layer()
    if layer is None:
        raise NotReady("no channel layer is set")
    async with asyncio.timeout(ANSWER_WITHIN):
        await layer.group_send("web.ready", {"type": "ready"})


CHECKS: dict[str, Callable[[], None]] = {
    "database": check_database,
    "migrations": check_migrations,
    "cache": check_cache,
    "channel_layer": check_channel_layer,
}
