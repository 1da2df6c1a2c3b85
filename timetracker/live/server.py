"""Pages, sockets, deliveries and the clock in one process.

Imported by `serve` alone: importing Daphne chooses Twisted's reactor.
"""

from __future__ import annotations

import gc
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

import daphne.server
import structlog
from channels.routing import ProtocolTypeRouter
from daphne.endpoints import build_endpoint_description_strings
from daphne.server import Server
from django.core.servers.basehttp import get_internal_wsgi_application
from twisted.internet import reactor

from timetracker.events.threads import start_threads, stop_threads
from timetracker.live.bounded import BoundedFactory
from timetracker.live.routing import websocket_application
from timetracker.live.signals import server_began, server_ended
from timetracker.live.wsgi_bridge import ABORT, PACE, WsgiBridge

daphne.server.HTTPFactory = BoundedFactory  # it takes none of ours
SHUTDOWN_SECONDS = 10.0
LONGEST_SOCKET_MESSAGE = 4096

access_log = structlog.get_logger("timetracker.access")


class BridgedServer(Server):
    def create_application(self, protocol: Any, scope: dict[str, Any]) -> Any:
        if scope["type"] == "http":
            # The channel forgets its request once the client is gone; the transport stays, and may be broken off twice.
            scope["extensions"] = {ABORT: protocol.transport.abortConnection, PACE: protocol.pace}
        return super().create_application(protocol, scope)


class EmbeddedServer:
    def __init__(self, *, host: str, port: int, log_access: bool, signal_handlers: bool) -> None:
        self.bridge = WsgiBridge(get_internal_wsgi_application())
        self.server = BridgedServer(
            application=ProtocolTypeRouter({"http": self.bridge, "websocket": websocket_application}),
            endpoints=build_endpoint_description_strings(host=host, port=port),
            signal_handlers=signal_handlers,
            action_logger=_write_access_line if log_access else None,
            server_name=None,
            websocket_max_message_size=LONGEST_SOCKET_MESSAGE,
            websocket_max_frame_size=LONGEST_SOCKET_MESSAGE,
            ready_callable=self._begin,
        )
        self.threads: list[Any] = []

    def run(self, on_ready: Callable[[], None]) -> None:
        """Until SIGTERM or SIGINT. OSError where the address cannot be had."""
        self.on_ready = on_ready
        self.server.run()
        if not self.server.listening_addresses:
            raise OSError("the address is in use or not ours")

    def _begin(self) -> None:
        if self.server.listening_addresses:
            self.on_ready()
            # Only once the reactor runs are signals heard, and with them the wish to end cleanly.
            reactor.callWhenRunning(self._start_threads)

    def _start_threads(self) -> None:
        self.threads = start_threads()
        server_began.send_robust(sender=EmbeddedServer)
        # Threads take turns five times as often as Python would have them: an answer need not wait for a handler.
        sys.setswitchinterval(0.001)
        # What the program itself is made of stays: collecting garbage need not look through it again and again.
        gc.collect()
        gc.freeze()

    def finish(self) -> bool:
        """Wait for handlers and pages that are in the middle of something. False if one was not done in time."""
        deadline = time.monotonic() + SHUTDOWN_SECONDS
        closing = threading.Thread(target=self.bridge.close, daemon=True)
        closing.start()
        done = stop_threads(self.threads, within=SHUTDOWN_SECONDS)
        closing.join(max(0.0, deadline - time.monotonic()))
        server_ended.send_robust(sender=EmbeddedServer)
        return done and not closing.is_alive()


def _write_access_line(protocol: str, action: str, details: dict[str, Any]) -> None:
    """Without what is asked for behind the path: words that somebody looks for, and tokens."""
    path = str(details.get("path", "")).partition("?")[0]
    access_log.info(f"{protocol}_{action}", **{**details, "path": path})
