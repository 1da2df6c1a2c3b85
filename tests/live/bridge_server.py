"""Daphne with the bridge and a small WSGI application: `python -m tests.live.bridge_server PORT [PATIENCE]`.

What has to wait waits for a request to /open, so the tests need no clock.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

WAIT = 20
LONGEST_BODY = 20_000_000
LONGEST_UPLOAD = 21_000_000
PARTS, PART = 1000, 100_000
"""Of a flood: more than any connection holds by itself, and parts that are larger than a block."""
gate = threading.Event()
meeting = threading.Barrier(4)
closed: list[str] = []
made: list[int] = []
threads: set[str] = set()


class Stream:
    """What Django's StreamingHttpResponse looks like from outside."""

    streaming = True

    def __init__(self, name: str, parts: Callable[[], Iterator[bytes]]) -> None:
        self.name, self.parts = name, parts

    def __iter__(self) -> Iterator[bytes]:
        return self.parts()

    def close(self) -> None:
        closed.append(self.name)


def wait_in_the_middle() -> Iterator[bytes]:
    yield b"first "
    gate.wait(WAIT)
    yield b"second"


def endless() -> Iterator[bytes]:
    while True:
        yield b"x" * 1000
        if gate.wait(0.01):
            return


def peak_memory() -> int:
    """In bytes. What `getrusage` says may be the peak of the process that started this one."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM"))


def part(number: int) -> bytes:
    return f"{number:010}".encode() * (PART // 10)


def flood() -> Iterator[bytes]:
    for number in range(PARTS):
        made.append(number)
        yield part(number)


def broken() -> Iterator[bytes]:
    yield b"half of i"
    raise ZeroDivisionError


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    threads.add(threading.current_thread().name)
    path = environ["PATH_INFO"]
    answer: Iterable[bytes] = [b"ok"]
    headers = [("Content-Type", "text/plain"), ("X-Umlaut", "\xe4")]
    match path:
        case "/open":
            gate.set()
        case "/shut":
            gate.clear()
        case "/stream":
            answer = Stream(path, wait_in_the_middle)
        case "/endless":
            answer = Stream(path, endless)
        case "/flood":
            answer = Stream(path, flood)
        case "/broken-stream":
            answer = Stream(path, broken)
        case "/broken":
            raise ZeroDivisionError
        case "/meet":
            answer = [str(meeting.wait(WAIT)).encode()]
        case "/echo" | "/files":
            body = environ["wsgi.input"].read()
            answer = [json.dumps([len(body), hashlib.sha256(body).hexdigest()]).encode()]
        case "/environ":
            kept = {name: value for name, value in environ.items() if isinstance(value, str)}
            answer = [json.dumps(kept).encode()]
        case "/file":
            file = TemporaryFile()  # noqa: SIM115 - the wrapper closes it
            file.write(b"0123456789" * 100_000)
            file.seek(0)
            answer = environ["wsgi.file_wrapper"](file, 10)
            headers.append(("Content-Length", "1000000"))
        case "/state":
            state = {"closed": closed, "threads": len(threads), "made": len(made), "peak": peak_memory()}
            answer = [json.dumps(state).encode()]
    start_response("200 OK", headers)
    return answer


def main(port: int, patience: float) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "timetracker.settings")
    import django

    django.setup()

    from django.conf import settings

    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = LONGEST_BODY
    settings.LARGEST_UPLOADS = {"/files": LONGEST_UPLOAD}

    from daphne.endpoints import build_endpoint_description_strings

    from timetracker.live.server import BridgedServer
    from timetracker.live.wsgi_bridge import WsgiBridge

    BridgedServer(
        application=WsgiBridge(application, patience),
        endpoints=build_endpoint_description_strings(host="127.0.0.1", port=port),
    ).run()


if __name__ == "__main__":
    main(int(sys.argv[1]), float(sys.argv[2]) if sys.argv[2:] else 60.0)
