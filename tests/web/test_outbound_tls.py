"""https to a pinned address: the certificate and SNI are those of the name."""

import socket
import ssl
from collections.abc import Iterator
from http.server import ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from tests.web.certificates import certificate_for
from tests.web.server import running
from timetracker.web import outbound
from timetracker.web.outbound import OutboundFailed, request


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    return certificate_for("good.test", tmp_path)


@pytest.fixture
def server(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ThreadingHTTPServer]:
    trusting = ssl.create_default_context(cafile=str(certificate))
    monkeypatch.setattr(outbound, "_tls", lambda: trusting)
    found_here = [(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP, "")]
    monkeypatch.setattr(
        socket, "getaddrinfo", lambda host, port, *_, **__: [(*kind, ("127.0.0.1", port)) for kind in found_here]
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with running() as found:
        found.names = []
        context.sni_callback = lambda sock, name, ctx: found.names.append(name)
        found.socket = context.wrap_socket(found.socket, server_side=True)
        yield found


def test_the_certificate_is_that_of_the_name(server: Any) -> None:
    answer = request("GET", f"https://good.test:{server.server_port}/echo", allow_networks=["127.0.0.0/8"])
    assert answer.status == 200
    assert server.names == ["good.test"]


def test_another_name_is_not_believed(server: Any) -> None:
    with pytest.raises(OutboundFailed) as caught:
        request("GET", f"https://bad.test:{server.server_port}/echo", allow_networks=["127.0.0.0/8"])
    assert caught.value.reason == "connection"
