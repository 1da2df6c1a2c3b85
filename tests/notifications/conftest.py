"""A push service on this machine, under a name of its own, with a certificate that is believed."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest

from notifications import vapid
from tests.notifications.push_service import HOST, PushService, serving
from tests.web.certificates import certificate_for
from timetracker.web import outbound


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Name to address, for names that only these tests know."""
    table = {HOST: "127.0.0.1"}
    real = socket.getaddrinfo

    def look_up(host: str, *args: Any, **kwargs: Any) -> Any:
        return real(table.get(host, host), *args, **kwargs)

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    return table


@pytest.fixture
def own_key(settings: Any, tmp_path: Path) -> str:
    """A key of this test's own, made as on the first use of an instance. Gives the public half."""
    settings.VAPID_PRIVATE_KEY, settings.DATA_DIR = "", tmp_path
    return vapid.public_key()


@pytest.fixture
def service(
    names: dict[str, str], own_key: str, tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> Iterator[PushService]:
    settings.OUTBOUND_ALLOWED_NETWORKS = [ip_network("127.0.0.0/8")]
    certificate = certificate_for(HOST, tmp_path)
    trusting = ssl.create_default_context(cafile=str(certificate))
    monkeypatch.setattr(outbound, "_tls", lambda: trusting)
    with serving(certificate, own_key) as found:
        yield found
    assert found.complaints == []
