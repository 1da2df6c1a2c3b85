"""A stream is made as it is read. What is not read is neither made nor kept."""

from __future__ import annotations

import hashlib
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import parse_headers
from typing import BinaryIO

import httpx
import pytest

from tests.live.bridge_server import PART, PARTS, part
from tests.live.tools import free_port, server, soon

HELD = 20_000_000
"""Bytes that both ends' system and the server hold at the most for one reader: a fifth of the flood."""
WHOLE = hashlib.sha256(b"".join(map(part, range(PARTS)))).hexdigest()


@pytest.fixture(scope="module")
def port(tmp_path_factory) -> Iterator[int]:
    port = free_port()
    with server(["-m", "tests.live.bridge_server", str(port)], port, tmp_path_factory.mktemp("slow") / "log"):
        yield port


@pytest.fixture
def visitor(port) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=15) as client:
        yield client


@contextmanager
def reader(port: int, asks: int = 1) -> Iterator[BinaryIO]:
    """Has asked for floods, and reads nothing by itself."""
    with socket.socket() as peer:
        peer.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65_536)
        peer.settimeout(30)
        peer.connect(("127.0.0.1", port))
        peer.sendall(b"GET /flood HTTP/1.1\r\nHost: x\r\n\r\n" * asks)
        with peer.makefile("rb") as file:
            yield file


def read(answers: BinaryIO) -> str:
    """The next answer, as a hash."""
    assert answers.readline().startswith(b"HTTP/1.1 200 ")
    assert parse_headers(answers)["Transfer-Encoding"] == "chunked"
    body = hashlib.sha256()
    while size := int(answers.readline(), 16):
        body.update(answers.read(size))
        answers.readline()
    answers.readline()
    return body.hexdigest()


def made_at_rest(visitor: httpx.Client) -> int:
    """How many parts had been made when no more were, over a good many answers."""
    counts = [-1]
    while len(counts) < 20 or len(set(counts[-20:])) > 1:
        counts.append(visitor.get("/state").json()["made"])
    return counts[-1]


def test_what_nobody_reads_is_not_made(visitor, port):
    before = visitor.get("/state").json()
    with reader(port) as slow:
        slow.read(1)
        assert 0 < (made_at_rest(visitor) - before["made"]) * PART < HELD
        assert visitor.get("/state").json()["peak"] - before["peak"] < HELD


def test_who_reads_on_gets_every_byte(visitor, port):
    before = visitor.get("/state").json()
    with reader(port) as slow:
        made_at_rest(visitor)
        assert read(slow) == WHOLE
    assert visitor.get("/state").json()["peak"] - before["peak"] < HELD


def test_two_slow_readers_and_pages_beside_them(visitor, port):
    before = made_at_rest(visitor)
    with reader(port) as one, reader(port) as other:
        assert (made_at_rest(visitor) - before) * PART < 2 * HELD
        assert visitor.get("/").text == "ok"
        assert (read(one), read(other)) == (WHOLE, WHOLE)


def test_a_reader_that_vanishes_frees_its_stream(visitor, port):
    before = visitor.get("/state").json()
    with reader(port):
        soon(lambda: visitor.get("/state").json()["made"] > before["made"])
        made_at_rest(visitor)
    assert soon(lambda: len(visitor.get("/state").json()["closed"]) > len(before["closed"]))
    assert (visitor.get("/state").json()["made"] - before["made"]) * PART < HELD


def test_a_connection_goes_on_after_a_stream(visitor, port):
    """The second waits for the first, and is as slow."""
    before = visitor.get("/state").json()["made"]
    with reader(port, asks=2) as slow:
        assert (made_at_rest(visitor) - before) * PART < HELD
        assert read(slow) == WHOLE
        assert (made_at_rest(visitor) - before) * PART < PARTS * PART + HELD
        assert read(slow) == WHOLE


def test_who_reads_nothing_for_long_is_given_up(tmp_path):
    port = free_port()
    with (
        server(["-m", "tests.live.bridge_server", str(port), "0.3"], port, tmp_path / "log"),
        httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=15) as visitor,
        reader(port) as slow,
    ):
        assert soon(lambda: visitor.get("/state").json()["closed"] == ["/flood"])
        assert visitor.get("/state").json()["made"] < PARTS
        with pytest.raises((ValueError, ConnectionError)):
            read(slow)


def test_a_slow_reader_does_not_hold_up_the_end(tmp_path):
    port = free_port()
    with (
        server(["-m", "tests.live.bridge_server", str(port)], port, tmp_path / "log") as process,
        httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=15) as visitor,
        reader(port),
    ):
        assert soon(lambda: visitor.get("/state").json()["made"] > 0)
        assert made_at_rest(visitor) < PARTS
        process.send_signal(signal.SIGTERM)
        assert process.wait(8) == 0
