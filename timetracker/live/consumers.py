from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

from autobahn.exception import Disconnected
from channels.generic.websocket import AsyncWebsocketConsumer

from timetracker.live.push import session_group, user_group

SIGNED_OUT = 4401
"""Close code: coming back is of no use without signing in."""
PING = {"type": "ping"}
PONG = {"type": "pong"}
LONGEST_MESSAGE = 100


class LiveConsumer(AsyncWebsocketConsumer):
    """Says `{"topics": [...]}` to one signed-in person. Asks the database nothing beyond who that is."""

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
        await self.accept()  # last: from here on the page relies on hearing everything

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        """A heartbeat is answered, anything else is ignored."""
        if text_data and len(text_data) <= LONGEST_MESSAGE and _is_ping(text_data):
            await self.send(json.dumps(PONG))

    async def live_changed(self, message: dict[str, Any]) -> None:
        # It may have gone at this very moment: its own message about that is on the way.
        with suppress(Disconnected):
            await self.send(json.dumps({"topics": message["topics"]}))

    async def live_close(self, message: dict[str, Any]) -> None:
        await self.close(SIGNED_OUT)


def _is_ping(text: str) -> bool:
    try:
        return json.loads(text) == PING
    except ValueError:
        return False
