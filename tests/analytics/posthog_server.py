"""A server that speaks PostHog's API: `/batch/` (gzip), `/flags/`, its answers, and some of what goes wrong there."""

from __future__ import annotations

import contextlib
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
    answer: bytes | None = None
    """Instead of what PostHog would say."""
    questions: list[dict[str, Any]] = field(default_factory=list)
    """What it was asked about feature flags."""
    flags: dict[str, bool | str] = field(default_factory=dict)
    """What it says of them: on, off, or a variant."""
    flags_besides: dict[str, Any] = field(default_factory=dict)
    """What stands in that answer besides."""
    answer_headers: dict[str, str] = field(default_factory=dict)
    on_request: Any = None
    """Called before the answer, in the server's thread."""
    silent: threading.Event | None = None
    """It answers only when this is set."""

    @property
    def messages(self) -> list[dict[str, Any]]:
        return [message for body in self.bodies for message in body["batch"]]

    def about_flags(self) -> dict[str, Any]:
        """In the shape of `/flags/?v=2`."""
        found = {name: _record(name, value) for name, value in self.flags.items()}
        return {"flags": found, "errorsWhileComputingFlags": False, "requestId": "1", **self.flags_besides}


def _record(name: str, value: bool | str) -> dict[str, Any]:
    variant = value if isinstance(value, str) else None
    reason = {"code": "condition_match", "condition_index": 0, "description": "Matched condition set 1"}
    metadata = {"id": 1, "version": 1, "payload": None}
    return {"key": name, "enabled": bool(value), "variant": variant, "reason": reason, "metadata": metadata}


class Capture(BaseHTTPRequestHandler):
    posthog: PostHog

    def do_POST(self) -> None:
        sent = self.rfile.read(int(self.headers["Content-Length"]))
        self.posthog.headers.append({name.lower(): value for name, value in self.headers.items()})
        answer = self._asked(sent) if self.path == "/flags/?v=2" else self._told(sent)
        if self.posthog.on_request:
            self.posthog.on_request()
        if self.posthog.silent:
            self.posthog.silent.wait(30)
        self.send_response(self.posthog.status)
        answer = answer if self.posthog.answer is None else self.posthog.answer
        for name, value in {"Content-Length": str(len(answer)), **self.posthog.answer_headers}.items():
            self.send_header(name, value)
        self.end_headers()
        with contextlib.suppress(ConnectionError):  # who asked has hung up
            self.wfile.write(answer)

    def _told(self, sent: bytes) -> bytes:
        assert self.path == "/batch/", self.path
        assert self.headers["Content-Encoding"] == "gzip"
        self.posthog.bodies.append(json.loads(gzip.decompress(sent)))
        return b'{"status": 1}'

    def _asked(self, sent: bytes) -> bytes:
        self.posthog.questions.append(json.loads(sent))
        return json.dumps(self.posthog.about_flags()).encode()

    def log_message(self, *args: object) -> None:
        pass


def serve() -> tuple[PostHog, ThreadingHTTPServer]:
    posthog = PostHog()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Here", (Capture,), {"posthog": posthog}))
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    posthog.url = f"http://127.0.0.1:{server.server_port}"
    return posthog, server
