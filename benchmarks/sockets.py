"""A WebSocket client that does nothing but listen: a thousand of a library's would measure that library."""

from __future__ import annotations

import asyncio
import base64
import json
import os
import time
from collections.abc import Callable
from typing import Self

TWO_BYTES = 126
TEXT, PING, PONG = 1, 9, 10
FINAL = MASKED = 0x80


class Listener:
    """One open socket. `next(topic)` is the moment, in seconds since 1970, at which it hears of that topic again."""

    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, on_topics: Callable[[list[str]], None]
    ) -> None:
        self.reader, self.writer, self.on_topics = reader, writer, on_topics
        self.waiting: dict[str, list[asyncio.Future[float]]] = {}
        self.task = asyncio.create_task(self._listen())

    @classmethod
    async def open(
        cls, port: int, page_port: int, session: str, on_topics: Callable[[list[str]], None] = lambda _topics: None
    ) -> Self:
        """To the server at `port`, from a page of the one at `page_port`: sockets are for our own pages only."""
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        lines = [
            "GET /ws/ HTTP/1.1",
            f"Host: localhost:{page_port}",
            f"Origin: http://localhost:{page_port}",
            f"Cookie: sessionid={session}",
            "Upgrade: websocket",
            "Connection: Upgrade",
            "Sec-WebSocket-Version: 13",
            f"Sec-WebSocket-Key: {base64.b64encode(os.urandom(16)).decode()}",
        ]
        writer.write(("\r\n".join(lines) + "\r\n\r\n").encode())
        answer = await reader.readuntil(b"\r\n\r\n")
        if not answer.startswith(b"HTTP/1.1 101"):
            raise SystemExit(f"The socket was refused: {answer[:200]!r}")
        return cls(reader, writer, on_topics)

    def next(self, topic: str) -> asyncio.Future[float]:
        future: asyncio.Future[float] = asyncio.get_running_loop().create_future()
        self.waiting.setdefault(topic, []).append(future)
        return future

    def close(self) -> None:
        self.task.cancel()
        self.writer.close()

    async def _listen(self) -> None:
        while True:
            opcode, content = await self._frame()
            if opcode == PING:
                # From a client frames are masked: here with nothing.
                self.writer.write(bytes([FINAL | PONG, MASKED | len(content)]) + bytes(4) + content)
            if opcode != TEXT:
                continue
            message = json.loads(content)
            moment = time.time()
            self.on_topics(message.get("topics", []))
            for topic in message.get("topics", ()):
                for future in self.waiting.pop(topic, ()):
                    future.set_result(moment)

    async def _frame(self) -> tuple[int, bytes]:
        """The server's frames are short, whole and not masked."""
        head = await self.reader.readexactly(2)
        length = head[1] & 0x7F
        if length == TWO_BYTES:
            length = int.from_bytes(await self.reader.readexactly(2))
        return head[0] & 0x0F, await self.reader.readexactly(length)
