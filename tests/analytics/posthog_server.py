"""A server that speaks PostHog's capture API: `/batch/`, gzip, its answers, and some of what goes wrong there."""

from __future__ import annotations

import gzip
import json
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class PostHog:
    """What it received, and what it answers next."""

    url: str = ""
    bodies: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    status: int = 200
    answer: bytes = b'{"status": 1}'
    answer_headers: dict[str, str] = field(default_factory=dict)
    on_request: Any = None
    """Called before the answer, in the server's thread."""
    silent: threading.Event | None = None
    """It answers only when this is set."""

    @property
    def messages(self) -> list[dict[str, Any]]:
        return [message for body in self.bodies for message in body["batch"]]


class Capture(BaseHTTPRequestHandler):
    posthog: PostHog

    def do_POST(self) -> None:
        sent = self.rfile.read(int(self.headers["Content-Length"]))
        assert self.path == "/batch/", self.path
        assert self.headers["Content-Encoding"] == "gzip"
        self.posthog.headers.append({name.lower(): value for name, value in self.headers.items()})
        self.posthog.bodies.append(json.loads(gzip.decompress(sent)))
        if self.posthog.on_request:
            self.posthog.on_request()
        if self.posthog.silent:
            self.posthog.silent.wait(30)
        self.send_response(self.posthog.status)
        for name, value in {**self.posthog.answer_headers, "Content-Length": str(len(self.posthog.answer))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(self.posthog.answer)

    def log_message(self, *args: object) -> None:
        pass


def serve() -> tuple[PostHog, ThreadingHTTPServer]:
    posthog = PostHog()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Here", (Capture,), {"posthog": posthog}))
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    posthog.url = f"http://127.0.0.1:{server.server_port}"
    return posthog, server
