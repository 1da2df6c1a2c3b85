"""Pages through the bridge, on a real Daphne in a process of its own."""

from __future__ import annotations

import hashlib
import os
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from tests.live.bridge_server import LONGEST_BODY, LONGEST_UPLOAD
from tests.live.tools import free_port, server, soon


@pytest.fixture(scope="module")
def port(tmp_path_factory) -> Iterator[int]:
    port = free_port()
    log = tmp_path_factory.mktemp("bridge") / "log"
    with server(["-m", "tests.live.bridge_server", str(port)], port, log):
        yield port


@pytest.fixture
def visitor(port) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=15) as client:
        client.get("/shut")
        yield client
        client.get("/open")


def test_the_first_part_comes_before_the_second_is_made(visitor):
    with visitor.stream("GET", "/stream") as answer:
        parts = answer.iter_raw()
        assert next(parts) == b"first "
        visitor.get("/open")
        assert b"".join(parts) == b"second"


def test_pages_run_at_the_same_time(visitor):
    """Four meet; with fewer threads the first would wait for the last in vain."""
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: visitor.get("/meet").text, range(4)))
    assert sorted(answers) == ["0", "1", "2", "3"]


def test_streams_do_not_hold_up_pages(visitor):
    with ThreadPoolExecutor(6) as pool:
        streams = [pool.submit(visitor.get, "/endless") for _ in range(6)]
        for _ in range(10):
            assert visitor.get("/").text == "ok"
        visitor.get("/open")
        assert {stream.result().status_code for stream in streams} == {200}


def test_a_stream_ends_when_its_reader_leaves(visitor):
    before = visitor.get("/state").json()["closed"].count("/endless")
    with visitor.stream("GET", "/endless") as answer:
        next(answer.iter_raw())
    assert soon(lambda: visitor.get("/state").json()["closed"].count("/endless") > before)


def test_what_is_cut_short_does_not_look_complete(visitor):
    with pytest.raises(httpx.TransportError):
        visitor.get("/broken-stream")
    assert "/broken-stream" in visitor.get("/state").json()["closed"]
    assert visitor.get("/").text == "ok"


def test_a_page_that_raises_is_a_500(visitor):
    assert visitor.get("/broken").status_code == 500
    assert visitor.get("/").text == "ok"


@pytest.mark.parametrize("size", [0, 1, 8192, 65_536, 20_000_000])
def test_a_body_of_any_size_arrives_whole(visitor, size):
    body = os.urandom(size)
    assert visitor.post("/echo", content=body).json() == [size, hashlib.sha256(body).hexdigest()]


def test_a_body_in_chunks_arrives_whole(visitor):
    chunks = [os.urandom(size) for size in (1, 8192, 300_000)]
    body = b"".join(chunks)
    assert visitor.post("/echo", content=iter(chunks)).json() == [len(body), hashlib.sha256(body).hexdigest()]


@pytest.mark.parametrize(
    "head", [b"Content-Length: 600000000\r\n\r\n", b"Transfer-Encoding: chunked\r\n\r\n1400000\r\n"]
)
def test_too_large_a_body_is_refused_before_it_is_read(visitor, port, head):
    with socket.create_connection(("127.0.0.1", port), timeout=15) as sender:
        sender.sendall(b"POST /echo HTTP/1.1\r\nHost: x\r\n" + head)
        if b"chunked" in head:
            sender.sendall(bytes(LONGEST_BODY + 70_000))
        assert sender.recv(4096).startswith(b"HTTP/1.1 413 ")
    assert visitor.get("/").text == "ok"


def test_a_page_that_takes_files_takes_as_much_as_its_form(visitor, port):
    assert visitor.post("/files?x=1", content=bytes(LONGEST_UPLOAD)).json()[0] == LONGEST_UPLOAD
    with socket.create_connection(("127.0.0.1", port), timeout=15) as sender:
        sender.sendall(f"POST /files HTTP/1.1\r\nHost: x\r\nContent-Length: {LONGEST_UPLOAD + 70_000}\r\n\r\n".encode())
        assert sender.recv(4096).startswith(b"HTTP/1.1 413 ")


def test_a_client_that_leaves_in_the_middle_of_its_body_harms_nobody(visitor, port):
    for _ in range(8):
        with socket.create_connection(("127.0.0.1", port)) as leaver:
            leaver.sendall(b"POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nhalf")
    assert visitor.get("/").text == "ok"


def test_files_and_heads(visitor):
    assert visitor.get("/file").content == b"0123456789" * 100_000
    head = visitor.head("/file")
    assert (head.status_code, head.content) == (200, b"")


def test_a_head_sends_nothing_behind_its_headers(port):
    with socket.create_connection(("127.0.0.1", port), timeout=15) as peer:
        peer.sendall(b"HEAD /file HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
        answer = b"".join(iter(lambda: peer.recv(65536), b""))
    head, _blank, rest = answer.partition(b"\r\n\r\n")
    assert (head.startswith(b"HTTP/1.1 200"), rest) == (True, b"")


def test_the_request_is_told_truly(visitor, port):
    answer = visitor.get("/environ?a=%C3%A4&b=2", headers={"X-Thing": "yes", "X_Thing": "forged"})
    environ = answer.json()
    assert environ["QUERY_STRING"] == "a=%C3%A4&b=2"
    assert environ["HTTP_X_THING"] == "yes"
    assert environ["REMOTE_ADDR"] == "127.0.0.1"
    assert environ["HTTP_HOST"] == f"127.0.0.1:{port}"
    assert answer.headers["X-Umlaut"] == "\xe4"


def test_too_many_headers_of_one_name_are_a_bad_request(visitor):
    assert visitor.get("/", headers=[("X-Many", str(number)) for number in range(101)]).status_code == 400


def test_threads_are_few_and_kept(visitor):
    for _ in range(30):
        visitor.get("/")
    assert visitor.get("/state").json()["threads"] <= 4
