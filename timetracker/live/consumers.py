from __future__ import annotations

import json
import re
import time
from contextlib import suppress
from typing import Any
from urllib.parse import parse_qs

from autobahn.exception import Disconnected
from channels.generic.websocket import AsyncWebsocketConsumer

from timetracker.live.push import session_group, user_group
from timetracker.live.signals import push_heard, socket_closed, socket_opened
from timetracker.live.told import told

SIGNED_OUT = 4401
"""Close code: coming back is of no use without signing in."""
PING = {"type": "ping"}
PONG = {"type": "pong"}
LONGEST_MESSAGE = 100
INSTANT = re.compile(r"[0-9]{1,15}")


class LiveConsumer(AsyncWebsocketConsumer):
    """Says `{"topics": [...]}` to one signed-in person. Asks the database nothing beyond who that is.

    With `?since=` (milliseconds since 1970, when the page was drawn) it begins with the topics that were pushed from
    then on, or with `{"all": true}` where it does not know them.
    """

    listens = False

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:  # however it ended: Daphne gives up what takes too long to close
            if self.listens:
                socket_closed.send_robust(sender=LiveConsumer)

    async def connect(self) -> None:
        user = self.scope["user"]
        if not user.is_authenticated:
            # Accepted, and closed at once: a refused handshake has no close code that the browser could see.
            await self.accept()
            await self.close(SIGNED_OUT)
            return
        self.groups = [user_group(user.pk), session_group(self.scope["session"].session_key)]
        for group in self.groups:
            await self.channel_layer.group_add(group, self.channel_name)
        await self.accept()  # after the groups: from here on the page relies on hearing everything
        self.listens = True
        socket_opened.send_robust(sender=LiveConsumer)
        since = _since(self.scope["query_string"])
        if since is not None:
            await self._catch_up(user_group(user.pk), since)

    async def _catch_up(self, group: str, since: float) -> None:
        topics = await told().since(group, since)
        if topics is None:
            await self._say({"all": True})
        elif topics:
            await self._say({"topics": topics})

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        """A heartbeat is answered, anything else is ignored."""
        if text_data and len(text_data) <= LONGEST_MESSAGE and _is_ping(text_data):
            await self.send(json.dumps(PONG))

    async def live_changed(self, message: dict[str, Any]) -> None:
        await self._say({"topics": message["topics"]})
        if "at" in message:
            push_heard.send_robust(sender=LiveConsumer, seconds=max(0.0, time.time() - message["at"]))

    async def live_missed(self, message: dict[str, Any]) -> None:
        """The channel layer was away, and nobody knows what it would have brought."""
        await self._say({"all": True})

    async def live_close(self, message: dict[str, Any]) -> None:
        await self.close(SIGNED_OUT)

    async def _say(self, message: dict[str, Any]) -> None:
        # The page may have gone at this very moment: its own message about that is on the way.
        with suppress(Disconnected):
            await self.send(json.dumps(message))


def _since(query: bytes) -> float | None:
    """In seconds. What is no instant counts as long ago."""
    given = parse_qs(query.decode("latin1"), keep_blank_values=True).get("since")
    if given is None:
        return None
    return int(given[0]) / 1000 if INSTANT.fullmatch(given[0]) else 0.0


def _is_ping(text: str) -> bool:
    try:
        return json.loads(text) == PING
    except ValueError:
        return False
