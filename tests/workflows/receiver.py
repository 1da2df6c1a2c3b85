"""A web server that takes webhooks, and answers as it is told."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import ThreadingHTTPServer
from typing import Any

from tests.web.server import Misbehaving, running


class _Hooks(Misbehaving):
    server: Any

    def do_POST(self) -> None:  # noqa: N802 - the name http.server looks for
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.seen.append(({name.lower(): value for name, value in self.headers.items()}, body))
        self.do_GET()

    def answer_hook(self) -> None:
        status = self.server.statuses.pop(0) if self.server.statuses else 200
        self._answer(status, b"the-answer", location="http://10.0.0.1/elsewhere")

    def answer_hang(self) -> None:
        self.server.over.wait(10)


@dataclass
class Receiver:
    server: ThreadingHTTPServer
    seen: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    """Headers by lower-case names, and bodies."""
    statuses: list[int] = field(default_factory=list)
    """The next answers of /hook; then 200."""

    def __post_init__(self) -> None:
        self.server.seen, self.server.statuses = self.seen, self.statuses  # type: ignore[attr-defined]  # for its handler

    def url(self, path: str = "hook", query: str = "?pass=Zugang") -> str:
        return f"http://127.0.0.1:{self.server.server_port}/{path}{query}"

    @property
    def sent(self) -> int:
        """Bytes of the gigabyte that got away."""
        sent: int = self.server.sent  # type: ignore[attr-defined]  # counted by its handler
        return sent


@contextlib.contextmanager
def receiving() -> Iterator[Receiver]:
    with running(_Hooks) as server:
        server.over = threading.Event()  # type: ignore[attr-defined]  # for its handler
        yield Receiver(server)
        server.over.set()  # type: ignore[attr-defined]  # for its handler
