import socket
import time
from collections.abc import Iterator
from http.server import ThreadingHTTPServer
from ipaddress import ip_address, ip_network
from typing import Any

import pytest

from tests.web.server import running
from timetracker.web import outbound
from timetracker.web.outbound import OutboundFailed, OutboundRefused, check_url, is_public, request

HERE = ("127.0.0.0/8",)


@pytest.fixture(scope="module")
def server() -> Iterator[ThreadingHTTPServer]:
    with running() as found:
        yield found


@pytest.fixture
def base(server: ThreadingHTTPServer) -> str:
    server.seen.clear()
    return f"http://127.0.0.1:{server.server_port}"


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[str]]:
    """A resolver of our own: name → addresses; every look-up is counted."""
    table: dict[str, list[str]] = {"looked up": []}
    real = socket.getaddrinfo

    def look_up(host: str, port: int, *args: Any, **kwargs: Any) -> list[Any]:
        if host not in table:
            return real(host, port, *args, **kwargs)
        table["looked up"].append(host)
        return [entry for text in table[host] for entry in real(text, port, *args, **kwargs)]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    return table


def test_sends_and_reads(base: str, server: ThreadingHTTPServer) -> None:
    answer = request("POST", f"{base}/echo", content=b"hello", headers={"X-Event": "1"}, allow_networks=HERE)
    assert (answer.status, answer.body, answer.headers["x-answer"]) == (200, b"echo:hello", "yes")
    method, headers, body = server.seen[0]
    assert (method, body, headers["x-event"]) == ("POST", b"hello", "1")
    assert headers["user-agent"] == "Timetracker"


def test_a_status_is_no_failure(base: str) -> None:
    assert request("GET", f"{base}/fail", allow_networks=HERE).status == 503


def test_loopback_is_refused(base: str) -> None:
    with pytest.raises(OutboundRefused) as caught:
        request("GET", f"{base}/echo")
    assert caught.value.reason == "private_address"


def test_the_administrator_may_allow_a_network(base: str, settings: Any) -> None:
    settings.OUTBOUND_ALLOWED_NETWORKS = [ip_network("127.0.0.0/8")]
    assert request("GET", f"{base}/echo").status == 200


@pytest.mark.parametrize(
    "host",
    [
        "localhost", "127.1", "2130706433", "0x7f000001", "0x7f.1", "017700000001", "0", "0.0.0.0",  # noqa: S104 - asked for, not bound
        "[::1]", "[::]",
        "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[64:ff9b::7f00:1]", "169.254.169.254", "10.1.2.3", "172.16.0.1",
        "192.168.1.1", "100.64.0.1", "192.0.2.1", "198.18.0.1", "224.0.0.1", "255.255.255.255", "240.0.0.1",
        "[fe80::1]", "[fc00::1]", "[fd12::1]", "[fec0::1]", "[ff02::1]", "[2002:7f00:1::]", "[2001:db8::1]",
        "[2001:0:1::1]",
    ],
)  # fmt: skip
def test_private_addresses_in_all_their_clothes(host: str) -> None:
    with pytest.raises(OutboundRefused) as caught:
        request("GET", f"http://{host}/")
    assert caught.value.reason == "private_address"


@pytest.mark.parametrize("address", ["8.8.8.8", "1.1.1.1", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"])
def test_public_addresses(address: str) -> None:
    assert is_public(ip_address(address))


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("ftp://example.org/", "scheme"),
        ("file:///etc/passwd", "scheme"),
        ("gopher://example.org/", "scheme"),
        ("//example.org/", "scheme"),
        ("", "scheme"),
        ("http://", "bad_url"),
        ("http:///path", "bad_url"),
        ("http://user:secret@example.org/", "credentials"),
        ("http://user@example.org/", "credentials"),
        ("http://example.org:99999/", "bad_url"),
        ("http://exa mple.org/", "bad_url"),
        ("http://[::1/", "bad_url"),
        ("http://a\n.org/", "bad_url"),
        ("http://" + "a" * 70_000 + "/", "bad_url"),
    ],
)
def test_odd_addresses(url: str, reason: str) -> None:
    for asked in (lambda: request("GET", url), lambda: check_url(url)):
        with pytest.raises(OutboundRefused) as caught:
            asked()
        assert caught.value.reason == reason


def test_a_name_that_answers_with_a_private_address(names: dict[str, list[str]]) -> None:
    names["inside.test"] = ["10.0.0.7"]
    with pytest.raises(OutboundRefused) as caught:
        request("GET", "http://inside.test/")
    assert caught.value.reason == "private_address"


def test_looked_up_once_and_pinned(names: dict[str, list[str]], base: str, server: ThreadingHTTPServer) -> None:
    """A second look-up could answer otherwise (DNS rebinding); the Host header stays the name."""
    names["pinned.test"] = ["10.0.0.7", "127.0.0.1"]  # what is not allowed is not tried
    port = server.server_port
    assert request("GET", f"http://pinned.test:{port}/echo", allow_networks=HERE).status == 200
    assert names["looked up"] == ["pinned.test"]
    assert server.seen[0][1]["host"] == f"pinned.test:{port}"


def test_the_next_address_is_tried(names: dict[str, list[str]], base: str, server: ThreadingHTTPServer) -> None:
    names["two.test"] = ["127.0.0.2", "127.0.0.1"]  # nobody listens at the first
    assert request("GET", f"http://two.test:{server.server_port}/echo", allow_networks=HERE).status == 200


def test_an_unknown_name(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*args: Any, **kwargs: Any) -> None:
        raise socket.gaierror(-2, "unknown")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    with pytest.raises(OutboundFailed) as caught:
        request("GET", "http://nowhere.test/")
    assert caught.value.reason == "unknown_host"


@pytest.mark.parametrize(
    ("path", "reason"), [("private", "private_address"), ("file", "scheme"), ("loop", "too_many_redirects")]
)
def test_redirects_are_checked_again(base: str, path: str, reason: str) -> None:
    with pytest.raises(OutboundRefused) as caught:
        request("GET", f"{base}/{path}", allow_networks=HERE)
    assert caught.value.reason == reason


def test_redirects_keep_or_change_the_method(base: str, server: ThreadingHTTPServer) -> None:
    for path, expected in [("hop", ("POST", b"hello")), ("see", ("GET", b""))]:
        request("POST", f"{base}/{path}", content=b"hello", headers={"X-Sig": "s"}, allow_networks=HERE)
        method, headers, body = server.seen.pop()
        assert (method, body) == expected
        assert headers["x-sig"] == "s"


def test_a_redirect_may_be_an_answer(base: str, server: ThreadingHTTPServer) -> None:
    assert request("POST", f"{base}/hop", content=b"hello", allow_networks=HERE, redirects=0).status == 307
    assert server.seen == []


def test_secrets_do_not_follow_to_another_place(
    names: dict[str, list[str]], base: str, server: ThreadingHTTPServer
) -> None:
    names["elsewhere.test"] = ["127.0.0.1"]
    headers = {"Authorization": "Bearer abc", "X-Signature": "s", "Content-Type": "application/json"}
    request("POST", f"{base}/elsewhere", content=b"{}", headers=headers, allow_networks=HERE)
    seen = server.seen[0][1]
    assert seen["content-type"] == "application/json"
    assert not {"authorization", "x-signature"} & set(seen)


def test_https_does_not_fall_back_to_http() -> None:
    client = outbound._client([], time.monotonic() + 1)
    before = client.build_request("GET", "https://example.org/")
    with pytest.raises(OutboundRefused) as caught:
        outbound._redirected(client, before, 302, "http://example.org/")
    assert caught.value.reason == "insecure_redirect"


@pytest.mark.parametrize("path", ["announced", "gigabyte"])
def test_a_gigabyte_stops_at_a_megabyte(base: str, server: ThreadingHTTPServer, path: str) -> None:
    with pytest.raises(OutboundFailed) as caught:
        request("GET", f"{base}/{path}", allow_networks=HERE)
    assert caught.value.reason == "too_large"
    assert server.sent < 64 * 1024 * 1024


@pytest.mark.parametrize("path", ["drip", "headerdrip"])
def test_a_slow_drip_stops_at_the_deadline(base: str, monkeypatch: pytest.MonkeyPatch, path: str) -> None:
    monkeypatch.setattr(outbound, "SECONDS", 0.4)
    started = time.monotonic()
    with pytest.raises(OutboundFailed) as caught:
        request("GET", f"{base}/{path}", allow_networks=HERE)
    assert caught.value.reason == "timeout"
    assert time.monotonic() - started < 1.5


def test_a_slow_look_up_stops_at_the_deadline(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbound, "SECONDS", 0.2)
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **kwargs: time.sleep(0.6))
    with pytest.raises(OutboundFailed) as caught:
        request("GET", "http://slow.test/")
    assert caught.value.reason == "timeout"


@pytest.mark.parametrize(("path", "reason"), [("bomb", "encoding"), ("garbage", "protocol")])
def test_answers_we_do_not_read(base: str, path: str, reason: str) -> None:
    with pytest.raises(OutboundFailed) as caught:
        request("GET", f"{base}/{path}", allow_networks=HERE)
    assert caught.value.reason == reason


def test_nobody_listens() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        with pytest.raises(OutboundFailed) as caught:
            request("GET", f"http://127.0.0.1:{taken.getsockname()[1]}/", allow_networks=HERE)
    assert caught.value.reason == "connection"


def test_proxies_of_the_environment_are_ignored(base: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert request("GET", f"{base}/echo", allow_networks=HERE).status == 200


@pytest.mark.parametrize("headers", [{"X-Bad": "a\r\nX-Other: b"}, {"X Bad": "a"}, {"X-Bad": "ü€"}])
def test_bad_headers_are_refused_before_they_leave(base: str, headers: dict[str, str]) -> None:
    with pytest.raises((OutboundFailed, OutboundRefused)):
        request("GET", f"{base}/echo", headers=headers, allow_networks=HERE)
