"""Nobody makes the server keep much: no request more than a page would ever read, no answer more than is being read.

Imports Daphne: for `server.py` alone.
"""

from __future__ import annotations

from typing import Any

from daphne.http_protocol import HTTPFactory, WebRequest
from django.conf import settings

ROOM = 64 * 1024
"""For what stands around a form's fields."""
TOO_LARGE = (
    b"HTTP/1.1 413 Content Too Large\r\nConnection: close\r\nContent-Type: text/plain\r\nContent-Length: 18\r\n\r\n"
    b"Too much was sent."
)


def longest_body(path: bytes) -> int:
    """In bytes. A page that takes files, by its path, takes as much as its form does."""
    of_files = settings.LARGEST_UPLOADS.get(path.partition(b"?")[0].decode("latin-1"), 0)
    return max(of_files, int(settings.DATA_UPLOAD_MAX_MEMORY_SIZE or 0)) + ROOM


class BoundedRequest(WebRequest):
    """Refuses by the announced length, before anything is read; a body in chunks as soon as it is too long.

    Of an answer that paces itself, the connection holds about as much as its client reads next.
    """

    refused = False
    received = 0
    longest = 0

    def gotLength(self, length: int | None) -> None:  # noqa: N802 - Twisted's name
        super().gotLength(length)
        # Known to the channel by now; the request itself learns its path when all of it is there.
        self.longest = longest_body(self.channel._path)
        if length is not None and length > self.longest:
            self._refuse()

    def handleContentChunk(self, data: bytes) -> None:  # noqa: N802 - Twisted's name
        if self.refused:
            return
        self.received += len(data)
        if self.received > self.longest:
            self._refuse()
        else:
            super().handleContentChunk(data)

    def process(self) -> Any:
        return None if self.refused else super().process()

    def pace(self, producer: Any) -> None:
        """`producer` is told when more is kept for the client than it reads, and when that has gone out."""
        if self.channel is not None:  # else the client has left already, and there is nothing to tell
            self.registerProducer(producer, True)

    def finish(self) -> None:
        if self.producer is not None:
            self.unregisterProducer()  # the next answer of this connection has its own
        super().finish()

    def _refuse(self) -> None:
        self.refused = True
        self.channel.transport.write(TOO_LARGE)
        self.channel.loseConnection()


class BoundedFactory(HTTPFactory):
    def buildProtocol(self, addr: Any) -> Any:  # noqa: N802 - Twisted's name
        protocol = super().buildProtocol(addr)
        protocol.requestFactory = BoundedRequest
        return protocol
