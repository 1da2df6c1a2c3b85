"""The only way out: one guarded HTTP request. Webhooks, push, calendars and discovery all go through `request`.

The address comes from whoever filled in a form, so: http and https only; the name is looked up once and the connection
goes to an address that was checked (the certificate and SNI stay those of the name); every redirect is checked again;
ten seconds and one megabyte are the end, however slowly the other side drips. No proxies or other habits from the
environment, no cookies, no retries.
"""

import socket
import ssl
import threading
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Any

import httpcore
import httpx
from django.conf import settings

from timetracker.web.proxies import Network

SECONDS = 10.0
LOOK_UP_SECONDS = 3.0
MAX_BODY = 1024 * 1024
MAX_REDIRECTS = 3
USER_AGENT = "Timetracker"

_GLOBAL_UNICAST = IPv6Network("2000::/3")
_NAT64 = IPv6Network("64:ff9b::/96")
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_BAD_URL = (httpx.InvalidURL, httpx.UnsupportedProtocol, UnicodeError, ValueError)
_SAFE_ELSEWHERE = frozenset({"accept", "accept-language", "content-type", "user-agent"})


class OutboundError(Exception):
    """`reason` is one word for programs: it goes into logs and delivery attempts."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}" if detail else reason)
        self.reason = reason


class OutboundRefused(OutboundError):
    """We do not go there: bad_url, scheme, credentials, private_address, too_many_redirects, insecure_redirect."""


class OutboundFailed(OutboundError):
    """We went, and it did not work: unknown_host, connection, timeout, too_large, encoding, protocol."""


@dataclass(frozen=True, slots=True)
class Response:
    status: int
    headers: Mapping[str, str]  # names in lower case
    body: bytes


def request(
    method: str,
    url: str,
    *,
    content: bytes | None = None,
    headers: Mapping[str, str] | None = None,
    allow_networks: Iterable[str | Network] = (),
    redirects: int = MAX_REDIRECTS,
    seconds: float | None = None,
) -> Response:
    """Send one request and read the answer, whatever its status. Raises OutboundRefused or OutboundFailed.

    Blocks for up to `seconds`, ten unless fewer are given: never inside a transaction. With no `redirects` one is an
    answer like any other.
    """
    allowed = [ip_network(item) for item in (*settings.OUTBOUND_ALLOWED_NETWORKS, *allow_networks)]
    try:
        with _client(allowed, time.monotonic() + min(seconds or SECONDS, SECONDS)) as client:
            first = client.build_request(method, _checked(httpx.URL(url)), content=content, headers=headers)
            return _follow(client, first, redirects)
    except httpx.TimeoutException as error:
        raise OutboundFailed("timeout") from error
    except _BAD_URL as error:
        raise OutboundRefused("bad_url") from error
    except httpx.NetworkError as error:
        raise OutboundFailed("connection", str(error)) from error
    except httpx.HTTPError as error:
        raise OutboundFailed("protocol", str(error)) from error


def check_url(url: str) -> None:
    """Raises OutboundRefused where one can tell from the address alone that we would not go there."""
    try:
        _checked(httpx.URL(url))
    except _BAD_URL as error:
        raise OutboundRefused("bad_url") from error


def check_address(url: str) -> None:
    """As `check_url`, and looks the name up, for up to LOOK_UP_SECONDS. Raises OutboundRefused or OutboundFailed.

    It may lead elsewhere later: `request` checks again what it connects to.
    """
    check_url(url)
    found = httpx.URL(url)
    try:
        addresses = _look_up(found.raw_host.decode(), found.port or 443, time.monotonic() + LOOK_UP_SECONDS)
    except httpcore.TimeoutException as error:
        raise OutboundFailed("timeout") from error
    if not any(_may_reach(address, settings.OUTBOUND_ALLOWED_NETWORKS) for address in addresses):
        raise OutboundRefused("private_address", found.host)


def _follow(client: httpx.Client, current: httpx.Request, redirects: int) -> Response:
    for _hop in range(redirects + 1):
        answer = client.send(current, stream=True)
        try:
            target = answer.headers.get("location") if answer.status_code in _REDIRECTS else None
            if not target or not redirects:
                return Response(answer.status_code, dict(answer.headers), _body(answer))
        finally:
            answer.close()
        current = _redirected(client, current, answer.status_code, target)
    raise OutboundRefused("too_many_redirects")


def _checked(url: httpx.URL) -> httpx.URL:
    if url.scheme not in {"http", "https"}:
        raise OutboundRefused("scheme")
    if url.userinfo:
        raise OutboundRefused("credentials")
    if not url.host or "%" in url.host or not 1 <= (url.port or 80) <= 65535:
        raise OutboundRefused("bad_url")
    return url.copy_with(fragment=None)


def _redirected(client: httpx.Client, before: httpx.Request, status: int, target: str) -> httpx.Request:
    url = _checked(before.url.join(target))
    if before.url.scheme == "https" and url.scheme == "http":
        raise OutboundRefused("insecure_redirect")
    same_place = (url.scheme, url.host, url.port) == (before.url.scheme, before.url.host, before.url.port)
    headers = {
        name: value
        for name, value in before.headers.items()
        if name in _SAFE_ELSEWHERE or (same_place and name not in {"host", "content-length", "transfer-encoding"})
    }
    if status in {307, 308} or before.method in {"GET", "HEAD"}:
        return client.build_request(before.method, url, content=before.content or None, headers=headers)
    headers.pop("content-type", None)
    return client.build_request("GET", url, headers=headers)


def _body(answer: httpx.Response) -> bytes:
    """Raw bytes up to the limit. We ask for no compression: a small archive can unpack to anything."""
    if answer.headers.get("content-encoding", "identity").lower() != "identity":
        raise OutboundFailed("encoding")
    length = answer.headers.get("content-length", "")
    if length.isdigit() and int(length) > MAX_BODY and answer.request.method != "HEAD":
        raise OutboundFailed("too_large")
    body = bytearray()
    for chunk in answer.iter_raw():
        body += chunk
        if len(body) > MAX_BODY:
            raise OutboundFailed("too_large")
    return bytes(body)


# ── The guarded connection ───────────────────────────────────────────────────
def _client(allowed: Sequence[Network], deadline: float) -> httpx.Client:
    transport = httpx.HTTPTransport(verify=_tls(), trust_env=False)
    # HTTPTransport takes no network backend; its pool is the documented place for one (httpcore, "Network backends").
    transport._pool = httpcore.ConnectionPool(ssl_context=_tls(), network_backend=_GuardedBackend(allowed, deadline))
    return httpx.Client(
        transport=transport,
        trust_env=False,
        follow_redirects=False,
        timeout=SECONDS,
        headers={"User-Agent": USER_AGENT, "Accept-Encoding": "identity"},
    )


@lru_cache(maxsize=1)
def _tls() -> ssl.SSLContext:
    return httpx.create_ssl_context(trust_env=False)


class _GuardedBackend(httpcore.NetworkBackend):
    """Looks the name up, checks what comes back, and connects to exactly that."""

    def __init__(self, allowed: Sequence[Network], deadline: float) -> None:
        self._allowed = allowed
        self._deadline = deadline
        self._sockets = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Any = None,
    ) -> httpcore.NetworkStream:
        addresses = [address for address in _look_up(host, port, self._deadline) if _may_reach(address, self._allowed)]
        if not addresses:
            raise OutboundRefused("private_address", host)
        failure: Exception | None = None
        for address in addresses:
            try:
                stream = self._sockets.connect_tcp(str(address), port, _left(self._deadline))
            except httpcore.ConnectError as error:
                failure = error
            else:
                return _TimedStream(stream, self._deadline)
        raise httpcore.ConnectError(str(failure))


def _may_reach(address: IPv4Address | IPv6Address, allowed: Iterable[Network]) -> bool:
    inner = _embedded(address)
    return is_public(address) or any(inner in network for network in allowed)


class _TimedStream(httpcore.NetworkStream):
    """One deadline for all reads and writes: a timeout for each would let a byte every nine seconds go on for ever."""

    def __init__(self, stream: httpcore.NetworkStream, deadline: float) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, _left(self._deadline))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, _left(self._deadline))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        return _TimedStream(self._stream.start_tls(ssl_context, server_hostname, _left(self._deadline)), self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


def _left(deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise httpcore.ReadTimeout("deadline")
    return left


def _look_up(host: str, port: int, deadline: float) -> list[IPv4Address | IPv6Address]:
    """getaddrinfo has no timeout, so it waits in a thread of its own."""
    found: list[Any] = []

    def resolve() -> None:
        try:
            found.append(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
        except (OSError, UnicodeError):
            found.append([])

    thread = threading.Thread(target=resolve, name="outbound-lookup", daemon=True)
    thread.start()
    thread.join(_left(deadline))
    if not found:
        raise httpcore.ConnectTimeout("lookup")
    if not found[0]:
        raise OutboundFailed("unknown_host", host)
    texts = dict.fromkeys(str(entry[4][0]).partition("%")[0] for entry in found[0])
    return [ip_address(text) for text in texts]


def is_public(address: IPv4Address | IPv6Address) -> bool:
    """An address of the open internet. Whatever IPv6 wraps a private IPv4 address in counts as that address."""
    inner = _embedded(address)
    if isinstance(inner, IPv6Address) and (inner not in _GLOBAL_UNICAST or inner.sixtofour or inner.teredo):
        return False
    unusual = inner.is_private or inner.is_reserved or inner.is_multicast or inner.is_loopback or inner.is_link_local
    return inner.is_global and not unusual and not inner.is_unspecified


def _embedded(address: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped:
            return address.ipv4_mapped
        if address in _NAT64:
            return IPv4Address(int(address) & 0xFFFF_FFFF)
    return address
