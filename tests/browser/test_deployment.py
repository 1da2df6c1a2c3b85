"""The deployment of deploy/ behind each of its proxies, in Chromium: gunicorn, two servers of sockets, Celery, TLS.

It has a database and a Redis of its own: TEST_DATABASE_URL and TEST_REDIS_URL, as in scripts/test.py.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
import redis
from django.conf import settings
from playwright.sync_api import Browser, Page, expect

from tests.browser.tools import SCREENS, Console, wait_until_live
from tests.deploy import proxies
from tests.deploy.stack import Stack
from tests.factories import PASSWORD
from tests.live.tools import soon

DATABASE_URL = os.environ.get("TEST_DATABASE_URL", "postgres://postgres@127.0.0.1:5432/postgres")
REDIS_URL = os.environ.get("TEST_REDIS_URL", "redis://127.0.0.1:6379/15")
WORKER = os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")
PEOPLE = f"""for name in ("ada", "mara", "tom"):
    User.objects.create_superuser(name, f"{{name}}@example.org", {PASSWORD!r})"""
Open = Callable[[str], Page]


@pytest.fixture(scope="module")
def database() -> Iterator[str]:
    """Of this module and this worker alone."""
    name = f"timetracker_deployment_{WORKER}"
    drop = f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'
    try:
        with psycopg.connect(DATABASE_URL, autocommit=True, connect_timeout=2) as connection:
            connection.execute(drop)
            connection.execute(f'CREATE DATABASE "{name}"')
    except psycopg.OperationalError as error:
        pytest.skip(f"PostgreSQL does not answer ({str(error).splitlines()[0]})")
    yield f"{DATABASE_URL.rpartition('/')[0]}/{name}"
    with psycopg.connect(DATABASE_URL, autocommit=True) as connection:
        connection.execute(drop)


@pytest.fixture(scope="module")
def redis_url() -> str:
    server, _slash, number = REDIS_URL.rpartition("/")
    url = f"{server}/{int(number) - int(WORKER)}"
    try:
        with redis.Redis.from_url(url, socket_connect_timeout=2) as client:
            client.flushdb()
    except redis.RedisError as error:
        pytest.skip(f"Redis does not answer ({error})")
    return url


@pytest.fixture(scope="module")
def stack(database: str, redis_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    folder = tmp_path_factory.mktemp("deployment")
    with Stack(folder, database=database, redis=redis_url) as stack:
        if not Path(stack.env["STATIC_ROOT"], "staticfiles.json").exists():
            stack.env["STATIC_ROOT"] = str(folder / "static")
            stack.manage("collectstatic", "--noinput", "--verbosity", "0")
        stack.manage("migrate", "--noinput", "--verbosity", "0")
        stack.manage("shell", "--command", PEOPLE)
        stack.start_parts()
        yield stack


@pytest.fixture(scope="module", params=sorted(proxies.KINDS))
def proxy(request: pytest.FixtureRequest) -> str:
    if not proxies.program(request.param):
        pytest.skip(f"{request.param} is not installed")
    return str(request.param)


@pytest.fixture(scope="module")
def address(proxy: str, stack: Stack) -> Iterator[str]:
    with stack.behind(proxy) as url:
        yield url


@pytest.fixture
def asked(address: str) -> Iterator[httpx.Client]:
    """A program from outside. The certificate is one that nobody signed."""
    with httpx.Client(base_url=address, verify=False) as client:  # noqa: S501 - this machine's own
        yield client


@pytest.fixture(scope="module")
def token(stack: Stack) -> str:
    return stack.manage("create_token", "mara").split()[-1]


@pytest.fixture
def api(token: str, asked: httpx.Client) -> Callable[..., Any]:
    """As mara, with her token."""

    def call(method: str, path: str, **fields: Any) -> Any:
        headers = {"Authorization": f"Token {token}"}
        answer = asked.request(method, path, headers=headers, json=fields or None)
        assert answer.is_success, answer.text
        return answer.json()

    return call


@pytest.fixture
def open_as(browser: Browser, address: str, console: Console) -> Iterator[Open]:
    contexts = []

    def open_one(name: str) -> Page:
        context = browser.new_context(
            base_url=address, ignore_https_errors=True, reduced_motion="reduce", **SCREENS["desk"]
        )
        contexts.append(context)
        page = context.new_page()
        console.watch(page)
        page.goto("/entries/")
        page.locator("[name=login]").fill(name)
        page.locator("[name=password]").fill(PASSWORD)
        page.locator("[name=password]").press("Enter")
        page.wait_for_url("**/entries/")
        wait_until_live(page)
        return page

    yield open_one
    for context in contexts:
        context.close()


def test_a_day_at_work(open_as: Open):
    desk, elsewhere = open_as("ada"), open_as("ada")
    desk.locator("#timer-text").fill("Stand-up")
    desk.locator("#timer-text").press("Enter")
    expect(elsewhere.locator("#timer-stop")).to_be_visible()
    expect(elsewhere.locator(".entry.running")).to_contain_text("Stand-up")
    elsewhere.locator("#timer-stop").click()
    expect(desk.locator("#timer-stop")).to_have_count(0)

    elsewhere.goto("/reports/")
    elsewhere.locator("#report-download").click()
    with elsewhere.expect_download() as download:
        elsewhere.get_by_role("link", name="Entries (CSV)").click()
    assert "Stand-up" in download.value.path().read_text()
    elsewhere.goto("/admin/")
    expect(elsewhere.locator("#site-name")).to_contain_text("administration")


def test_a_worker_tells_a_page(open_as: Open, api: Callable[..., Any], proxy: str):
    page = open_as("tom")
    expect(page.get_by_role("link", name="Notifications", exact=True)).to_be_visible()
    tom = next(person for person in api("GET", "/api/people/")["results"] if person["username"] == "tom")
    project = api("POST", "/api/projects/", name=f"Website behind {proxy}", is_public=True)
    api("POST", "/api/tasks/", project=project["id"], name="Landing page", assignee=tom["id"])
    bell = page.get_by_role("link", name="Notifications: 1 unread")
    expect(bell).to_be_visible(timeout=30_000)
    bell.click()
    panel = page.get_by_role("dialog", name="Notifications")
    expect(panel).to_contain_text("Landing page")
    panel.get_by_role("button", name="Mark all as read").click()
    expect(page.get_by_role("link", name="Notifications", exact=True)).to_be_attached()


def test_static_files_are_kept_for_good_and_come_compressed(asked: httpx.Client):
    page = asked.get("/accounts/login/")
    assert page.headers["Content-Encoding"] == "gzip"
    assert "max-age=31536000" in page.headers["Strict-Transport-Security"]
    path = page.text.partition('<link rel="stylesheet" href="')[2].partition('"')[0]
    style = asked.get(path, headers={"Accept-Encoding": "br"})
    assert style.status_code == 200
    assert style.headers["Content-Encoding"] == "br"
    assert "immutable" in style.headers["Cache-Control"]


def test_figures_are_not_for_the_outside(asked: httpx.Client, stack: Stack):
    assert [asked.get(path).status_code for path in ("/metrics", "/metrics/", "/%6Detrics")] == [404] * 3
    for part, port in stack.figures.items():
        assert httpx.get(f"http://127.0.0.1:{port}/metrics").status_code == 200, part


def test_nobody_says_themselves_where_they_come_from(asked: httpx.Client, stack: Stack, database: str):
    page = asked.get("/accounts/login/")
    made_up = {"X-Forwarded-For": "203.0.113.9", "X-Real-IP": "203.0.113.9", "Forwarded": "for=203.0.113.9"}
    form = {"login": "mara", "password": PASSWORD, "csrfmiddlewaretoken": page.cookies["csrftoken"]}
    answer = asked.post("/accounts/login/", data=form, headers={**made_up, "Referer": str(page.url)})
    assert answer.status_code == 302
    assert answer.cookies[settings.SESSION_COOKIE_NAME]
    with psycopg.connect(database) as connection:
        found = connection.execute("SELECT host(ip) FROM usersessions_usersession").fetchall()
    assert {address for (address,) in found} <= {"127.0.0.1", "::1"}


def test_uploads_are_as_large_as_the_product_takes_and_no_larger(asked: httpx.Client):
    most = max(settings.LARGEST_UPLOADS.values())
    page = asked.get("/accounts/login/")
    headers = {"Referer": str(page.url), "X-CSRFToken": page.cookies["csrftoken"]}
    with_frame = b"x" * (most - 1024)
    assert asked.post("/import/", files={"file": with_frame}, headers=headers).status_code == 302  # sign in first
    assert asked.post("/import/", files={"file": b"x" * (most + 1)}, headers=headers).status_code == 413


def test_plain_http_leads_to_https(address: str, stack: Stack, proxy: str):
    if proxy == "caddy":  # it takes its port for one that 443 is led to
        address = "https://localhost"
    answer = httpx.get(f"http://localhost:{stack.ports.http}/entries/?day=1")
    assert answer.is_redirect
    assert answer.headers["Location"] == f"{address}/entries/?day=1"


def test_all_parts_are_well(stack: Stack, asked: httpx.Client):
    assert asked.get("/readyz").json()["status"] == "ok"
    assert soon(lambda: "run_due_jobs" in stack.log("beat"), within=90)
    logs = {part: stack.log(part) for part in stack.figures}
    assert not [part for part, text in logs.items() if "Traceback" in text]
