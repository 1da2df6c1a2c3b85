"""The channel layer of an instance that runs in one process."""

import asyncio
import time
from collections.abc import Coroutine, Mapping
from typing import Any

from channels.layers import InMemoryChannelLayer

TURN = 20
CENTURY = 100 * 365 * 86400
"""Seconds that a socket stays in its groups: until it leaves them. The stock layer's day is shorter than a tab's."""
SWEEP = 1.0
"""Seconds between two looks for what has expired."""


class LoopSafeInMemoryChannelLayer(InMemoryChannelLayer):
    """May be sent to from any thread.

    The stock layer puts the message into a queue of the loop that the sockets live on, but does not wake that loop:
    from another thread it is seen when the loop next turns, up to a second later. Here that loop does the sending.
    """

    def __init__(self, *args: Any, group_expiry: int = CENTURY, **kwargs: Any) -> None:
        super().__init__(*args, group_expiry=group_expiry, **kwargs)
        self._home: asyncio.AbstractEventLoop | None = None
        self._swept = float("-inf")

    async def group_add(self, group: str, channel: str) -> None:
        self._home = asyncio.get_running_loop()
        await super().group_add(group, channel)

    async def send(self, channel: str, message: dict[str, Any]) -> None:
        await self._at_home(super().send(channel, message))

    async def group_send(self, group: str, message: dict[str, Any]) -> None:
        await self._at_home(super().group_send(group, message))

    async def group_send_many(self, messages: Mapping[str, dict[str, Any]]) -> None:
        """A message for each of many groups, with one way to the other loop and not one for each."""
        await self._at_home(self._send_many(messages))

    async def _send_many(self, messages: Mapping[str, dict[str, Any]]) -> None:
        for place, (group, message) in enumerate(messages.items()):
            await super().group_send(group, message)
            if place % TURN == TURN - 1:
                await asyncio.sleep(0)  # who is told gets its turn, and so does every page

    async def _at_home(self, work: Coroutine[Any, Any, None]) -> None:
        home = self._home
        if home is None or home is asyncio.get_running_loop() or not home.is_running():
            await work
        else:
            await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(work, home))

    def _clean_expired(self) -> None:
        """Goes through all channels and groups, as the stock layer does for every message: for a message to all of
        n sockets that is n times n."""
        now = time.monotonic()
        if now - self._swept >= SWEEP:
            self._swept = now
            super()._clean_expired()
