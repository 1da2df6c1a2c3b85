"""`manage.py serve`, as people start it."""

from __future__ import annotations

import signal
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db.migrations.executor import MigrationExecutor

from accounts.models import Organisation
from tests.live.tools import WebSocket, database_url, free_port, server, soon
from timetracker.events.choices import Kind, Status
from timetracker.events.models import Delivery, Event
from timetracker.live.consumers import SIGNED_OUT
from timetracker.live.management.commands import serve
from timetracker.live.signals import server_ready

# The servers write, at the least where they can be set up: every test empties the database.
pytestmark = pytest.mark.django_db(transaction=True)

SIGNED_IN = settings.SESSION_COOKIE_NAME


def serving(log: Path, port: int, *options: str):
    return server(
        ["manage.py", "serve", *options],
        port,
        log,
        DATABASE_URL=database_url(),
        DATA_DIR=str(log.parent),
        SECRET_KEY=settings.SECRET_KEY,
        STATIC_ROOT=str(settings.STATIC_ROOT),
        PORT=str(port),
        REDIS_URL="",  # all in one process
    )


@pytest.fixture(scope="module")
def log(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("serve") / "log"


@pytest.fixture(scope="module")
def port(log, django_db_setup) -> Iterator[int]:
    port = free_port()
    with serving(log, port, "--access-log"):
        # It listens a moment before it looks whether anybody is there, and a test makes people.
        assert soon(lambda: "/setup/" in log.read_text(), within=20)
        yield port


@pytest.fixture
def organisation(transactional_db) -> Organisation:
    """The server keeps its set-up link in this row, so it may be there already."""
    return Organisation.objects.update_or_create(pk=Organisation.PK, defaults={"name": "Kestrel Studio"})[0]


@pytest.fixture
def signed_in(transactional_db, client_for, owner) -> str:
    return f"{SIGNED_IN}={client_for(owner).cookies[SIGNED_IN].value}"


def test_pages_and_sockets_share_a_door(port, signed_in):
    assert httpx.get(f"http://127.0.0.1:{port}/healthz").status_code == 200
    with WebSocket(port, signed_in) as window:
        assert window.status == 101
        window.send('{"type":"ping"}')
        assert window.read() == {"type": "pong"}


def test_signing_out_on_one_page_closes_the_socket_of_another(port, signed_in, owner):
    """All the way: request thread, signal, commit, push thread, channel layer, Daphne."""
    address = f"http://localhost:{port}"
    with WebSocket(port, signed_in) as window, httpx.Client(base_url=address) as page:
        token = page.get("/accounts/logout/", headers={"Cookie": signed_in}).cookies["csrftoken"]
        headers = {"Cookie": f"{signed_in}; csrftoken={token}", "X-CSRFToken": token, "Origin": address}
        assert page.post("/accounts/logout/", headers=headers).status_code == 302
        assert window.read() == SIGNED_OUT


def test_nobody_is_refused_with_a_code_that_the_browser_sees(port):
    with WebSocket(port) as window:
        assert (window.status, window.read()) == (101, SIGNED_OUT)


def test_a_foreign_origin_gets_no_handshake(port, signed_in):
    with WebSocket(port, signed_in, origin="http://evil.example") as window:
        assert window.status == 403


def test_a_frame_too_large_ends_the_connection(port, signed_in):
    with WebSocket(port, signed_in) as window:
        window.socket.sendall(bytes([0x81, 0xFE, *(5000).to_bytes(2), 0, 0, 0, 0]) + b"x" * 5000)
        with pytest.raises(ConnectionError):
            window.read()


def test_its_dispatcher_and_clock_are_at_work(port):
    event = Event.objects.create(type="elsewhere")
    delivery = Delivery.objects.create(event=event, handler="test.elsewhere", kind=Kind.INNER)
    assert soon(lambda: Delivery.objects.get(pk=delivery.pk).attempts == 1, within=20)
    assert Delivery.objects.get(pk=delivery.pk).status == Status.PENDING


def test_it_says_where_it_is_and_how_to_begin(port, log):
    """It started before anybody existed."""
    assert f"Timetracker is ready on http://localhost:{port}\n" in log.read_text()
    assert f"http://localhost:{port}/setup/" in log.read_text()


def test_the_access_log_is_structured(port, log):
    httpx.get(f"http://127.0.0.1:{port}/healthz")
    assert soon(lambda: '"event": "http_complete"' in log.read_text())


def test_sigterm_ends_it_cleanly_and_soon(tmp_path):
    port = free_port()
    with serving(tmp_path / "log", port) as process:
        httpx.get(f"http://127.0.0.1:{port}/healthz")
        began = time.monotonic()
        process.send_signal(signal.SIGTERM)
        assert process.wait(15) == 0
        assert time.monotonic() - began < 8
    said = (tmp_path / "log").read_text()
    assert "Traceback" not in said
    assert "http_complete" not in said


def test_a_port_in_use_is_said_plainly(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with serving(tmp_path / "log", port) as process:
            assert process.wait(40) == 1
    assert f"Cannot listen on 127.0.0.1:{port}" in (tmp_path / "log").read_text()


def test_missing_migrations_are_named(monkeypatch):
    monkeypatch.setattr(MigrationExecutor, "migration_plan", lambda *_: [("events.0099_more", False)])
    with pytest.raises(CommandError, match=r"events\.0099_more.*manage\.py upgrade"):
        call_command("serve")


def test_missing_migrations_can_be_run_first(db, monkeypatch):
    called = []
    monkeypatch.setattr(serve, "call_command", lambda name, **_: called.append(name))
    monkeypatch.setattr(serve.Command, "serve", lambda *_args, **_kwargs: called.append("serve"))
    call_command("serve", migrate=True)
    assert called == ["upgrade", "serve"]


def test_who_listens_is_told_once_it_is_ready(monkeypatch, capsys):
    seen = []

    def hear(url, write, **_kwargs):
        seen.append(url)
        write("a line of mine")

    server_ready.connect(hear)
    monkeypatch.setattr(server_ready, "receivers", server_ready.receivers[-1:])
    server_ready.sender_receivers_cache.clear()
    try:
        serve.Command().say_ready()
    finally:
        server_ready.disconnect(hear)
    assert seen == [settings.PUBLIC_URL]
    assert capsys.readouterr().out == f"Timetracker is ready on {settings.PUBLIC_URL}\na line of mine\n"
