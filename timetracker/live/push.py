"""Telling open pages that something changed: never what, only which topic. They fetch it with their own rights."""

from __future__ import annotations

import asyncio
import hashlib
import os
import threading
import time
from collections.abc import Iterable
from concurrent.futures import Future
from typing import Any

import structlog
from channels.layers import get_channel_layer
from django.db import transaction
from redis.exceptions import RedisError

from timetracker.live.signals import push_sent
from timetracker.live.told import told

log = structlog.get_logger(__name__)

SEND_WITHIN = 5.0


def push(user_ids: Iterable[int], *topics: str) -> None:
    """Now. Does not wait and does not fail: a page that misses it refetches when its socket is open or back."""
    message = {"type": "live.changed", "topics": list(topics), "at": time.time()}
    _sender.send({user_group(user_id): message for user_id in user_ids})


def push_after_commit(user_ids: Iterable[int], *topics: str) -> None:
    """For services: what is not committed has not changed."""
    ids = list(user_ids)
    transaction.on_commit(lambda: push(ids, *topics), robust=True)


def disconnect_user(user_id: int) -> None:
    """Close every socket of a person who may no longer be here."""
    _sender.send({user_group(user_id): {"type": "live.close"}})


def disconnect_session(session_key: str) -> None:
    _sender.send({session_group(session_key): {"type": "live.close"}})


def user_group(user_id: int) -> str:
    return f"user.{user_id}"


def session_group(session_key: str) -> str:
    # A hash: whoever can look into Redis must not find keys to sign in with.
    return f"session.{hashlib.sha256(session_key.encode()).hexdigest()[:40]}"


class _Sender:
    """An event loop of its own in a thread of its own, begun with the first message.

    Requests do not wait for Redis, and the connection to it is kept instead of being opened for each message.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None

    def send(self, messages: dict[str, dict[str, Any]]) -> Future[None]:
        return asyncio.run_coroutine_threadsafe(self._deliver(messages, time.time()), self._running_loop())

    def _running_loop(self) -> asyncio.AbstractEventLoop:
        with self._lock:
            if self._loop is None:
                self._loop = asyncio.new_event_loop()
                threading.Thread(target=self._loop.run_forever, name="live-push", daemon=True).start()
            return self._loop

    async def _deliver(self, messages: dict[str, dict[str, Any]], at: float) -> None:
        layer, failed = get_channel_layer(), False
        topics = {group: message["topics"] for group, message in messages.items() if "topics" in message}
        try:
            async with asyncio.timeout(SEND_WITHIN):
                if topics:
                    await told().note(topics, at)  # first: see there
                await _send(layer, messages)
        except (RedisError, OSError, TimeoutError) as error:
            failed = True
            log.warning("push_failed", groups=len(messages), reason=repr(error))
        push_sent.send_robust(sender=_Sender, failed=failed)


async def _send(layer: Any, messages: dict[str, dict[str, Any]]) -> None:
    if hasattr(layer, "group_send_many"):
        await layer.group_send_many(messages)
        return
    # One after the other: together, a thousand people would be a thousand connections to Redis.
    for group, message in messages.items():
        await layer.group_send(group, message)


_sender = _Sender()


def _begin_anew() -> None:
    """A forked worker inherits the loop but not the thread that turns it."""
    global _sender
    _sender = _Sender()


os.register_at_fork(after_in_child=_begin_anew)
