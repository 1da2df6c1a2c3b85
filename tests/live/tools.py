"""A websocket client of a few lines, and servers in processes of their own."""

from __future__ import annotations

import base64
import contextlib
import json
import os
import random
import socket
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.db import connection

PORTS = 1000


def soon(condition: Callable[[], bool], within: float = 10.0) -> bool:
    deadline = time.monotonic() + within
    pause = threading.Event()
    while not condition():
        if time.monotonic() > deadline:
            return False
        pause.wait(0.02)
    return True


def free_port() -> int:
    """From a range of this worker's own: asked at the same moment, the system gives two workers the same one.

    Their tests would then speak to one server, which has the other's database. Below the ports of outgoing connections.
    """
    first = 20_000 + PORTS * int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    for port in random.sample(range(first, first + PORTS), 100):
        with contextlib.suppress(OSError), socket.socket() as probe:
            probe.bind(("127.0.0.1", port))
            return port
    raise OSError("no port is free")


def answers(port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
    return False


def database_url() -> str:
    """Of the test's database, for a process that is to work on it as well."""
    found = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{found['NAME']}"
    host = f"{found['USER']}:{quote(found['PASSWORD'])}@{quote(found['HOST'], safe='')}:{found['PORT']}"
    return f"postgres://{host.removeprefix(':@').removesuffix(':')}/{found['NAME']}"


@contextlib.contextmanager
def server(arguments: list[str], port: int, log: Path, **env: str) -> Iterator[subprocess.Popen[bytes]]:
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, *arguments],
            cwd=settings.BASE_DIR,
            env={**os.environ, "BACKUP_AT": "off", **env},
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        try:
            assert soon(lambda: answers(port) or process.poll() is not None, within=40)
            assert process.poll() is None, log.read_text()
            yield process
        finally:
            process.terminate()
            try:
                process.wait(15)
            finally:
                process.kill()


class WebSocket(contextlib.AbstractContextManager["WebSocket"]):
    """Opens /ws/ with a browser's headers. `read` returns a message, or the close code as an int."""

    def __init__(self, port: int, cookie: str = "", origin: str | None = None, query: str = "") -> None:
        host = f"localhost:{port}"
        key = base64.b64encode(os.urandom(16)).decode()
        lines = [
            f"GET /ws/{query} HTTP/1.1",
            f"Host: {host}",
            "Upgrade: websocket",
            "Connection: Upgrade",
            f"Sec-WebSocket-Key: {key}",
            "Sec-WebSocket-Version: 13",
            f"Origin: {origin or f'http://{host}'}",
            f"Cookie: {cookie}",
        ]
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=10)
        self.socket.sendall("\r\n".join([*lines, "", ""]).encode())
        self.file = self.socket.makefile("rb")
        self.status = int(self.file.readline().split()[1])
        while self.file.readline().strip():
            pass

    def send(self, text: str) -> None:
        data, mask = text.encode(), os.urandom(4)
        assert len(data) < 126
        masked = bytes(byte ^ mask[index % 4] for index, byte in enumerate(data))
        self.socket.sendall(bytes([0x81, 0x80 | len(data)]) + mask + masked)

    def read(self) -> Any:
        head = self.file.read(2)
        if not head:
            raise ConnectionError("dropped")
        first, second = head
        length = second & 0x7F
        if length == 126:
            length = struct.unpack("!H", self.file.read(2))[0]
        data = self.file.read(length)
        if first & 0x0F == 8:
            return struct.unpack("!H", data[:2])[0]
        return json.loads(data)

    def __exit__(self, *_exception: object) -> None:
        self.file.close()
        self.socket.close()
