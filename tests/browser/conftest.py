"""Tests in Chromium against the real server: `pytest -m browser`, alone: Playwright leaves an event loop running.

- One `manage.py serve` for the session, as a process of its own, on the test database's file. Every test gets an empty
  database (`transactional_db`): make rows with the factories and services as elsewhere, then look at the page.
- What a service does in the *test's* process reaches no socket: the server's channel layer lives in the server.
  Whatever is to be live happens in a second browser (`open_page` twice) or through the API.
- With DATABASE_URL and REDIS_URL the server is all of `tests/deploy/stack.py` behind a proxy, on the test's database:
  `make test-many`. Nothing is skipped there, and a test should not notice.
- `open_page(person)` gives a page that is signed in, `open_page()` one that is not; `**SCREENS["phone"]` and the `look`
  fixture (both themes, both widths) go through to the browser's context. `sign_in` goes through the real form.
- A page fails its test at the end if it asked anybody but the server for something. So does the server if it wanted to
  leave this machine.
- A page fails its test at the end if the console said a warning or an error, a script raised, or the content policy
  blocked something. `allow_console("status of 403")` lets one expected message through.
- `tests.browser.tools` has `assert_no_axe_violations(page)` and `wait_until_live(page)`.
- Content policy: `page.wait_for_function` does not work under it. Use `expect(locator)`.
"""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.hashers import PBKDF2PasswordHasher, make_password
from django.db import connection
from playwright.sync_api import Browser, BrowserContext, Page, expect

from accounts.choices import Role
from accounts.models import Organisation, User
from tests.browser.tools import SCREENS, Console, Origin, fill_in_sign_in
from tests.conftest import ClientFor
from tests.deploy import proxies
from tests.deploy.stack import Stack
from tests.factories import PASSWORD, UserFactory
from tests.live.tools import database_url, free_port

expect.set_options(timeout=10_000)  # a busy machine takes its time; what is there at once waits for nothing
HERE = Path(__file__).parent
ROOT = HERE.parents[1]
OpenPage = Callable[..., Page]


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whatever lies here is a browser test, also where somebody forgot to say so."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session", autouse=True)
def _orm_beside_playwright() -> None:
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"


HERE_ONLY = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1"
"""Chromium finds no way to anybody else, whatever a page asks for."""


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    executable = os.environ.get("CHROMIUM") or "/usr/bin/chromium"
    return {**browser_type_launch_args, "executable_path": executable, "args": ["--no-sandbox", HERE_ONLY]}


# ── The server ───────────────────────────────────────────────────────────────
@pytest.fixture(scope="session")
def server(
    _orm_beside_playwright: None, django_db_setup: None, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """Its address: a running `manage.py serve`, or on PostgreSQL every process of a deployment."""
    folder = tmp_path_factory.mktemp("server")
    with _one_process(folder) if connection.vendor == "sqlite" else _many_processes(folder) as url:
        yield url
    tries = (folder / "network").read_text() if (folder / "network").exists() else ""
    assert not tries, f"The server wanted to leave this machine:\n{tries}"


@contextlib.contextmanager
def _one_process(folder: Path) -> Iterator[str]:
    port = free_port()
    env = _server_env(folder, port)
    _collect_static(env)
    log = folder / "server.log"
    with log.open("w") as output:
        process = subprocess.Popen(
            [sys.executable, "manage.py", "serve"], cwd=ROOT, env=env, stdout=output, stderr=subprocess.STDOUT
        )
        try:
            _wait_for(process, port, log)
            yield f"http://localhost:{port}"
        finally:
            process.terminate()
            process.wait(timeout=20)


@contextlib.contextmanager
def _many_processes(folder: Path) -> Iterator[str]:
    proxy = next((kind for kind in sorted(proxies.KINDS, reverse=True) if proxies.program(kind)), None)
    if not settings.REDIS_URL or proxy is None:
        pytest.skip("Several processes need Redis and a proxy.")
    database = {"database": database_url(), "redis": settings.REDIS_URL}
    with Stack(folder, **database, settings="tests.deploy.quick_clock") as stack:
        shared = _server_env(folder, stack.ports.https)
        ours = {name: value for name, value in shared.items() if name not in {"DATABASE_URL", "DATA_DIR", "PORT"}}
        stack.env |= {**ours, "PYTHONPATH": f"{ROOT}:{ours['PYTHONPATH']}"}
        _collect_static(stack.env)
        stack.start_parts()
        with stack.behind(proxy) as url:
            yield url


def _collect_static(env: dict[str, str]) -> None:
    if not os.environ.get("STATIC_ROOT"):
        # Ours alone: compressing what the packages bring takes a minute. `make test` has all of it.
        others = [f"--ignore={name}" for name in ("admin", "rest_framework")]
        _manage(env, "collectstatic", "--noinput", "--verbosity", "0", *others)


def _server_env(folder: Path, port: int) -> dict[str, str]:
    return {
        **os.environ,
        "DATA_DIR": str(folder),
        "DATABASE_URL": database_url(),
        "SECRET_KEY": settings.SECRET_KEY,  # the sessions that tests make have to be good there
        "STATIC_ROOT": os.environ.get("STATIC_ROOT") or str(folder / "static"),
        "PORT": str(port),
        "EMAIL_URL": "dummymail://",
        "LOG_LEVEL": "WARNING",
        "POSTHOG_API_KEY": "phc_of_nobody",  # it could be switched on
        "POSTHOG_HOST": "http://127.0.0.1:9",
        "PYTHONPATH": str(ROOT / "tests" / "guard"),
        "NETWORK_GUARD_LOG": str(folder / "network"),
    }


def _manage(env: dict[str, str], *arguments: str) -> None:
    subprocess.run([sys.executable, "manage.py", *arguments], cwd=ROOT, env=env, check=True)


def _wait_for(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    for _ in range(600):  # a busy machine takes its time
        if process.poll() is not None:
            break
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    pytest.fail(f"The server did not start:\n{log.read_text()}")


# ── People ───────────────────────────────────────────────────────────────────
@cache
def _password() -> str:
    """What the server checks by, not the quick one of other tests: made once, as it takes a third of a second."""
    return make_password(PASSWORD, hasher=PBKDF2PasswordHasher())


@pytest.fixture
def organisation(transactional_db: None) -> Organisation:
    """As in tests/conftest.py, but committed, so that the server sees it and everybody who is made after it."""
    # Where nobody exists yet, the server keeps its set-up link in this row.
    return Organisation.objects.update_or_create(pk=Organisation.PK, defaults={"name": "Kestrel Studio"})[0]


@pytest.fixture
def person(organisation: Organisation) -> User:
    """Somebody who works here, and can sign in with PASSWORD."""
    return UserFactory.create(
        username="mara", display_name="Mara Klein", email="mara@example.org", password=_password()
    )


@pytest.fixture
def boss(person: User) -> User:
    person.role = Role.ADMINISTRATOR
    person.save()
    return person


# ── Pages ────────────────────────────────────────────────────────────────────
@pytest.fixture
def console() -> Iterator[Console]:
    messages = Console()
    yield messages
    messages.check()


@pytest.fixture
def origin(server: str) -> Iterator[Origin]:
    """Every page of every test asks the server under test for things, and nobody else."""
    guard = Origin(server)
    yield guard
    guard.check()


@pytest.fixture
def allow_console(console: Console) -> Callable[[str], None]:
    return console.allowed.append


@pytest.fixture
def open_page(
    browser: Browser,
    server: str,
    transactional_db: None,
    client_for: ClientFor,
    console: Console,
    origin: Origin,
) -> Iterator[OpenPage]:
    """A page in a browser of its own; signed in where a person is given. Addresses are relative: `page.goto("/")`."""
    contexts: list[BrowserContext] = []

    def open_one(user: User | None = None, path: str | None = None, **options: Any) -> Page:
        # The certificate of a proxy of ours is one that nobody signed.
        defaults = {"reduced_motion": "reduce", "ignore_https_errors": True, **SCREENS["desk"]}
        context = browser.new_context(base_url=server, **{**defaults, **options})
        origin.watch(context)
        contexts.append(context)
        if user is not None:
            cookie = client_for(user).cookies[settings.SESSION_COOKIE_NAME]
            context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": server}])
        page = context.new_page()
        console.watch(page)
        if path is not None:
            page.goto(path)
        return page

    yield open_one
    for context in contexts:
        context.close()


@pytest.fixture
def page(open_page: OpenPage) -> Page:
    return open_page()


@pytest.fixture
def sign_in(organisation: Organisation) -> Callable[[Page, User], None]:
    """Through the form, as a person does it."""

    def through_the_form(page: Page, user: User) -> None:
        page.goto("/accounts/login/")
        fill_in_sign_in(page, user.username)
        page.wait_for_url(lambda url: "/accounts/login" not in url)

    return through_the_form


@pytest.fixture(params=["desk-light", "desk-dark", "phone-light", "phone-dark"])
def look(request: pytest.FixtureRequest) -> dict[str, Any]:
    """`open_page(person, "/entries/", **look)`: the test runs in both themes and both widths."""
    screen, scheme = request.param.split("-")
    return {**SCREENS[screen], "color_scheme": scheme}
