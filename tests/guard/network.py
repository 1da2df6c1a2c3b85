"""Nothing that is tested reaches the network: connections and look-ups go to this machine, or fail and are noted.

The standard library only: `sitecustomize.py` beside it puts the guard into servers that tests start.
"""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Callable
from ipaddress import ip_address
from typing import Any

RESERVED = (".test", ".invalid", ".example", ".localhost", "example.org", "example.com", "example.net")
"""Names that belong to nobody (RFC 2606, 6761): nobody is asked for them, and there is no such host."""


class OutsideError(AssertionError):
    """Something wanted to leave this machine."""


def is_here(host: Any) -> bool:
    text = host.decode() if isinstance(host, bytes) else str(host or "")
    if text in {"", "localhost"}:
        return True
    try:
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified


def install(tell: Callable[[str], None]) -> Callable[[], None]:
    """Puts the guard in place; `tell` hears every try. Returns what takes it out again."""
    real = {name: getattr(socket.socket, name) for name in ("connect", "connect_ex", "sendto")}
    look_up = socket.getaddrinfo

    def refuse(words: str) -> OutsideError:
        tell(words)
        return OutsideError(f"A test wanted to leave this machine: {words}")

    def guarded(name: str) -> Callable[..., Any]:
        def call(self: socket.socket, *args: Any) -> Any:
            address = args[-1]
            if self.family in {socket.AF_INET, socket.AF_INET6} and not is_here(address[0]):
                raise refuse(f"{name} {address[0]}:{address[1]}")
            return real[name](self, *args)

        return call

    def getaddrinfo(host: Any, *args: Any, **kwargs: Any) -> Any:
        text = host.decode() if isinstance(host, bytes) else str(host or "")
        if text.rstrip(".").endswith(RESERVED):
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        if not is_here(host) and not _is_number(text):
            raise refuse(f"look-up of {text}")
        return look_up(host, *args, **kwargs)

    for name in real:
        setattr(socket.socket, name, guarded(name))
    socket.getaddrinfo = getaddrinfo

    def remove() -> None:
        for name, function in real.items():
            setattr(socket.socket, name, function)
        socket.getaddrinfo = look_up

    return remove


def _is_number(text: str) -> bool:
    """An address, in whatever writing, needs no look-up; whether anybody may connect to it is asked then."""
    with contextlib.suppress(ValueError):
        return bool(ip_address(text.partition("%")[0]))
    with contextlib.suppress(OSError):
        return bool(socket.inet_aton(text))
    return False
