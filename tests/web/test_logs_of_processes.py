"""What running processes write: JSON, one line a request, no secret in any of them, and nobody's name."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shlex
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from django.conf import settings
from django.contrib.auth.hashers import PBKDF2PasswordHasher, make_password

from accounts.choices import Role
from accounts.models import Organisation, User
from accounts.services.invitations import invite_person
from accounts.services.tokens import create_token
from tests.deploy.names import loaded
from tests.factories import PASSWORD, UserFactory
from tests.live.tools import database_url, free_port, server, soon
from tests.workflows.rules import make_rule
from timetracker.events.models import Delivery

pytestmark = pytest.mark.django_db(transaction=True)
MARK = "Zq7"
"""In every secret and every name."""


def secret(of: str) -> str:
    """Looks like one: long, and of letters and digits."""
    return MARK + hashlib.sha256(of.encode()).hexdigest()[:40]


@pytest.fixture
def person(transactional_db: None) -> User:
    Organisation.objects.update_or_create(pk=Organisation.PK, defaults={"name": f"{MARK} Studio"})
    password = make_password(PASSWORD, hasher=PBKDF2PasswordHasher())  # what the server checks by, not the quick one
    return UserFactory.create(
        username=f"{MARK}user", display_name=f"{MARK} Keller", email=f"{MARK}mail@kestrel.example",
        role=Role.ADMINISTRATOR, password=password,
    )  # fmt: skip


def env(folder: Path, port: int, **more: str) -> dict[str, str]:
    return {
        "DJANGO_SETTINGS_MODULE": "tests.web.crashing_settings", "DEBUG": "false", "LOG_LEVEL": "INFO",
        "PYTHONPATH": os.pathsep.join(filter(None, [str(settings.BASE_DIR), os.environ.get("PYTHONPATH")])),
        "DATABASE_URL": database_url(), "REDIS_URL": "", "DATA_DIR": str(folder), "PORT": str(port),
        "PUBLIC_URL": f"http://localhost:{port}", "STATIC_ROOT": str(settings.STATIC_ROOT),
        "SECRET_KEY": secret("key"), "METRICS_TOKEN": secret("metrics"), "POSTHOG_API_KEY": f"phc_{secret('posthog')}",
        "EMAIL_URL": f"smtp://mailer:{secret('mail')}@127.0.0.1:9", "OUTBOUND_ALLOWED_NETWORKS": "127.0.0.0/8",
        "TOLD_TO_NOBODY": secret("crash"), **more,
    }  # fmt: skip


# ── What is asked ────────────────────────────────────────────────────────────
def visit(page: httpx.Client) -> None:
    """Secrets of links, queries, headers and bodies, from somebody who is not signed in."""
    one = secret("link")
    for path in (
        f"/{one}/", f"/invite/{one}/", f"/setup/{one}/", f"/accounts/password/reset/key/1-{one}/", f"/feed/{one}/",
        f"/accounts/confirm-email/{one}/", f"/notifications/mute/{one}/", f"/people/{MARK}mail@kestrel.example/",
    ):  # fmt: skip
        page.get(path)
        page.post(path, data={"password": one})
    page.get("/entries/", params={"token": one, "q": one, "key": one, "code": one})
    headers = {
        "Authorization": f"Bearer {one}", "Cookie": f"sessionid={one}; csrftoken={one}", "X-Api-Key": one,
        "X-CSRFToken": one, "X-Request-ID": one, "X-Forwarded-For": one, "Referer": f"http://localhost/?token={one}",
        "User-Agent": f"curl/8 (token={one})", "Origin": f"http://{one}.example",
    }  # fmt: skip
    for path in ("/entries/", "/api/projects/", "/metrics", f"/api/{one}/"):
        page.get(path, headers=headers)
        page.post(path, headers=headers, json={"password": one, "token": one, "nested": {"secret": [one]}})
    page.post("/api/projects/", content=b'{"token": "%s"' % one.encode(), headers={"Content-Type": "application/json"})
    page.get("/crash/", params={"token": one}, headers={"Authorization": f"Token {one}"})
    assert page.get("/metrics", headers={"Authorization": f"Bearer {secret('metrics')}"}).status_code == 200
    assert page.get("/metrics", headers={"Authorization": f"Bearer {one}"}).status_code == 401


def knock(port: int) -> None:
    """What no client library would send: a socket with a secret in its address, and what is no request at all."""
    one = secret("socket")
    upgrade = "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: eA==\r\n"
    for text in (
        f"GET /ws/?token={one} HTTP/1.1\r\nHost: localhost:{port}\r\nCookie: sessionid={one}\r\n{upgrade}\r\n",
        f"GET /{one}/ws/ HTTP/1.1\r\nHost: localhost:{port}\r\n{upgrade}\r\n",
        f"password={one}\r\n\r\n",
        f"GET /?token={one} HTTP/9.9\r\nAuthorization: {one}\r\n\r\n",
        f"GET / HTTP/1.1\r\nHost: {one}@localhost\r\nAuthorization: Token {one}\r\nContent-Length: {one}\r\n\r\n",
    ):
        with socket.create_connection(("127.0.0.1", port), timeout=5) as door:
            door.sendall(text.encode())
            door.settimeout(0.3)
            with contextlib.suppress(OSError):  # some it answers, some it waits for
                door.recv(4096)


def sign_in(page: httpx.Client, path: str, **fields: str) -> httpx.Response:
    page.get("/accounts/login/")
    return page.post(path, data={**fields, "csrfmiddlewaretoken": page.cookies["csrftoken"]})


def come_in(page: httpx.Client, person: User) -> None:
    """With the wrong password, asking for another, and with the right one."""
    for login in (person.email, f"{MARK}nobody"):
        assert sign_in(page, "/accounts/login/", login=login, password=secret("wrong")).status_code == 200
    sign_in(page, "/accounts/2fa/authenticate/", code=secret("otp"), otp=secret("otp"))
    sign_in(page, "/accounts/password/reset/", email=person.email)
    assert sign_in(page, "/accounts/login/", login=person.email, password=PASSWORD).status_code == 302
    assert page.get("/settings/").status_code == 200
    page.get(f"/people/{person.pk}/", params={"token": secret("link")})


def work(page: httpx.Client, person: User, token: str) -> None:
    """With a token, and so that a rule sends a webhook that nobody takes."""
    hook = f"http://127.0.0.1:9/hooks/{secret('hook')}?token={secret('hook')}"
    make_rule(person, "project_created", {"type": "send_webhook", "url": hook})
    headers = {"Authorization": f"Token {token}"}
    assert page.post("/api/projects/", headers=headers, json={"name": f"{MARK} project"}).status_code == 201
    tried = Delivery.objects.filter(handler="workflows.run_outer_step", attempts__gte=1)
    assert soon(tried.exclude(last_error="").exists, within=20)


# ── What is written ──────────────────────────────────────────────────────────
def assert_no_secrets(text: str) -> None:
    assert [line for line in text.splitlines() if MARK.lower() in line.lower()] == []


def as_json(text: str) -> list[dict[str, Any]]:
    """Every line. Celery's worker says farewell past every log."""
    return [json.loads(line) for line in text.partition("\nworker: Warm shutdown")[0].splitlines()]


def assert_says_who_asked(lines: list[dict[str, Any]], person: User) -> None:
    requests = [line for line in lines if line["event"] == "request"]
    assert len({line["request_id"] for line in requests}) == len(requests) > 25
    assert {line["person_id"] for line in requests} == {None, person.pk}
    [crash] = [line for line in lines if line["event"] == "Internal Server Error: /crash/"]
    assert "RuntimeError: /crash/?token=***" in crash["exception"]


def test_one_process(tmp_path: Path, person: User) -> None:
    _token, key = create_token(actor=person, person=person, name=f"{MARK} backup")
    _invitation, link = invite_person(actor=person, email=f"{MARK}new@kestrel.example", role=Role.MEMBER)
    port, log = free_port(), tmp_path / "log"
    with server(["manage.py", "serve", "--access-log"], port, log, **env(tmp_path, port)):
        assert soon(lambda: "is ready on" in log.read_text(), within=20)
        with httpx.Client(base_url=f"http://localhost:{port}", timeout=30) as page:
            visit(page)
            knock(port)
            page.get(urlsplit(link).path)
            come_in(page, person)
            work(page, person, key)
    text = log.read_text()
    assert_no_secrets(text)
    told, *others = text.splitlines()
    assert told == f"Timetracker is ready on http://localhost:{port}", "for whoever starts it by hand"
    assert_says_who_asked(as_json("\n".join(others)), person)


# ── As deployed ──────────────────────────────────────────────────────────────
def deployed(service: str) -> list[str]:
    """How docker-compose.yml starts it."""
    return ["-m", *shlex.split(loaded("docker-compose.yml")["services"][service]["command"])]


@contextmanager
def running(arguments: list[str], log: Path, **variables: str) -> Iterator[None]:
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, *arguments], cwd=settings.BASE_DIR, env={**os.environ, **variables},
            stdout=output, stderr=subprocess.STDOUT,
        )  # fmt: skip
        try:
            yield
        finally:
            process.terminate()
            try:
                process.wait(15)
            finally:
                process.kill()


@pytest.mark.skipif(not settings.REDIS_URL, reason="without Redis")
def test_many_processes(tmp_path: Path, person: User) -> None:
    _token, key = create_token(actor=person, person=person, name=f"{MARK} backup")
    pages, sockets = free_port(), free_port()
    variables = env(tmp_path, pages, REDIS_URL=settings.REDIS_URL, PYTHONWARNINGS="ignore")
    logs = {name: tmp_path / name for name in ("gunicorn", "daphne", "worker", "beat")}
    gunicorn = ["-m", "gunicorn", "timetracker.wsgi", "--config=deploy/gunicorn.conf.py", f"--bind=127.0.0.1:{pages}"]
    daphne = [str(sockets) if each == "8001" else each for each in deployed("live")]
    daphne[daphne.index("--bind") + 1] = "127.0.0.1"
    with contextlib.ExitStack() as stack:
        for name, more in (("worker", ["--pool=solo"]), ("beat", [])):
            command = [*deployed(name), *more]
            command = [
                str(tmp_path / "schedule") if "schedule" in each and each[0] == "/" else each for each in command
            ]
            stack.enter_context(running(command, logs[name], **variables))
        stack.enter_context(server(gunicorn, pages, logs["gunicorn"], **variables))
        stack.enter_context(server(daphne, sockets, logs["daphne"], **variables))
        with httpx.Client(base_url=f"http://localhost:{pages}", timeout=30) as page:
            visit(page)
            sign_in(page, "/accounts/login/", login=person.email, password=PASSWORD)
            page.get("/settings/")
            work(page, person, key)
        knock(sockets)
        assert soon(lambda: logs["beat"].stat().st_size > 0, within=20)
    lines = {name: as_json(log.read_text()) for name, log in logs.items()}
    for log in logs.values():
        assert_no_secrets(log.read_text())
    assert_says_who_asked(lines["gunicorn"], person)
    assert "delivery_failed" in {line["event"] for line in lines["worker"]}


# ── What cannot begin ────────────────────────────────────────────────────────
def test_commands_that_reach_nobody(tmp_path: Path) -> None:
    hidden = secret("password")
    nowhere = {
        "DJANGO_SETTINGS_MODULE": "tests.web.crashing_settings",
        "DATABASE_URL": f"postgres://timetracker:{hidden}@127.0.0.1:9/{hidden[:8]}",
        "REDIS_URL": f"redis://:{hidden}@127.0.0.1:9/0", "DATA_DIR": str(tmp_path), "SECRET_KEY": hidden,
        "DEBUG": "false", "METRICS_TOKEN": hidden, "EMAIL_URL": f"smtp://mailer:{hidden}@127.0.0.1:9",
    }  # fmt: skip
    started = [
        subprocess.Popen(
            [sys.executable, "manage.py", *command], cwd=settings.BASE_DIR, env={**os.environ, **nowhere},
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )
        for command in (["doctor"], ["migrate"])
    ]  # fmt: skip
    for process in started:
        text, _nothing = process.communicate(timeout=100)
        assert process.returncode != 0
        assert text
        assert hidden not in text
