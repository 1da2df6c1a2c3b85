"""The deployment of deploy/ behind each of its proxies, in Chromium: gunicorn, two servers of sockets, Celery, TLS.

It has a database and a Redis of its own: TEST_DATABASE_URL and TEST_REDIS_URL, as in scripts/test.py.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
import redis
from django.conf import settings
from playwright.sync_api import Browser, Page, expect

from tests.browser.tools import Console, signed_in_at
from tests.deploy import proxies
from tests.deploy.stack import Stack
from tests.factories import PASSWORD
from tests.live.tools import soon

DATABASE_URL = os.environ.get("TEST_DATABASE_URL", "postgres://postgres@127.0.0.1:5432/postgres")
REDIS_URL = os.environ.get("TEST_REDIS_URL", "redis://127.0.0.1:6379/15")
WORKER = os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")
BEGIN = f"""
from django.core.management import call_command
from accounts.services.tokens import create_token
call_command("migrate", interactive=False, verbosity=0)
for name in ("ada", "tom", "mara"):
    person = User.objects.create_superuser(name, f"{{name}}@example.org", {PASSWORD!r})
print(create_token(actor=person, person=person, name="tests")[1])
"""
"""Tables and people, in one process. Prints a token of mara's."""
Open = Callable[[str], Page]
Started = tuple[Stack, str]


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
def started(database: str, redis_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Started]:
    folder = tmp_path_factory.mktemp("deployment")
    with Stack(folder, database=database, redis=redis_url) as stack:
        if not Path(stack.env["STATIC_ROOT"], "staticfiles.json").exists():
            stack.env["STATIC_ROOT"] = str(folder / "static")
            stack.manage("collectstatic", "--noinput", "--verbosity", "0")
        token = stack.manage("shell", "--command", BEGIN).split()[-1]
        stack.start_parts()
        yield stack, token


@dataclass(frozen=True)
class Behind:
    """A proxy, and what stands before and behind it."""

    proxy: str
    stack: Stack
    database: str
    asked: httpx.Client
    """A program from outside. The certificate is one that nobody signed."""
    token: str
    open_as: Open

    def api(self, method: str, path: str, **fields: Any) -> Any:
        """As mara, with her token."""
        headers = {"Authorization": f"Token {self.token}"}
        answer = self.asked.request(method, path, headers=headers, json=fields or None)
        assert answer.is_success, answer.text
        return answer.json()


@pytest.fixture
def open_as(browser: Browser, started: Started, console: Console) -> Iterator[Open]:
    pages = []

    def open_one(name: str) -> Page:
        pages.append(signed_in_at(started[0].url, name, browser, console))
        return pages[-1]

    yield open_one
    for page in pages:
        page.context.close()


def a_day_at_work(here: Behind) -> None:
    desk, elsewhere = here.open_as("ada"), here.open_as("ada")
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


def a_worker_tells_a_page(here: Behind) -> None:
    page = here.open_as("tom")
    expect(page.get_by_role("link", name="Notifications", exact=True)).to_be_visible()
    tom = next(person for person in here.api("GET", "/api/people/")["results"] if person["username"] == "tom")
    project = here.api("POST", "/api/projects/", name=f"Website behind {here.proxy}", is_public=True)
    here.api("POST", "/api/tasks/", project=project["id"], name="Landing page", assignee=tom["id"])
    bell = page.get_by_role("link", name="Notifications: 1 unread")
    expect(bell).to_be_visible(timeout=30_000)
    bell.click()
    panel = page.get_by_role("dialog", name="Notifications")
    expect(panel).to_contain_text("Landing page")
    panel.get_by_role("button", name="Mark all as read").click()
    expect(page.get_by_role("link", name="Notifications", exact=True)).to_be_attached()


def static_files_are_kept_for_good_and_come_compressed(here: Behind) -> None:
    page = here.asked.get("/accounts/login/")
    assert page.headers["Content-Encoding"] == "gzip"
    assert "max-age=31536000" in page.headers["Strict-Transport-Security"]
    path = page.text.partition('<link rel="stylesheet" href="')[2].partition('"')[0]
    style = here.asked.get(path, headers={"Accept-Encoding": "br"})
    assert style.status_code == 200
    assert style.headers["Content-Encoding"] == "br"
    assert "immutable" in style.headers["Cache-Control"]


def figures_are_not_for_the_outside(here: Behind) -> None:
    assert [here.asked.get(path).status_code for path in ("/metrics", "/metrics/", "/%6Detrics")] == [404] * 3
    for part, port in here.stack.figures.items():
        assert httpx.get(f"http://127.0.0.1:{port}/metrics").status_code == 200, part


def nobody_says_themselves_where_they_come_from(here: Behind) -> None:
    page = here.asked.get("/accounts/login/")
    made_up = {"X-Forwarded-For": "203.0.113.9", "X-Real-IP": "203.0.113.9", "Forwarded": "for=203.0.113.9"}
    form = {"login": "mara", "password": PASSWORD, "csrfmiddlewaretoken": page.cookies["csrftoken"]}
    answer = here.asked.post("/accounts/login/", data=form, headers={**made_up, "Referer": str(page.url)})
    assert answer.status_code == 302
    assert answer.cookies[settings.SESSION_COOKIE_NAME]
    with psycopg.connect(here.database) as connection:
        found = connection.execute("SELECT host(ip) FROM usersessions_usersession").fetchall()
    assert {address for (address,) in found} <= {"127.0.0.1", "::1"}


def uploads_are_as_large_as_the_product_takes_and_no_larger(here: Behind) -> None:
    most = max(settings.LARGEST_UPLOADS.values())
    page = here.asked.get("/accounts/login/")
    headers = {"Referer": str(page.url), "X-CSRFToken": page.cookies["csrftoken"]}
    with_frame = b"x" * (most - 1024)
    assert here.asked.post("/import/", files={"file": with_frame}, headers=headers).status_code == 302  # sign in first
    assert here.asked.post("/import/", files={"file": b"x" * (most + 1)}, headers=headers).status_code == 413


def plain_http_leads_to_https(here: Behind) -> None:
    # Caddy takes its port for one that 443 is led to.
    address = "https://localhost" if here.proxy == "caddy" else here.stack.url
    answer = httpx.get(f"http://localhost:{here.stack.ports.http}/entries/?day=1")
    assert answer.is_redirect
    assert answer.headers["Location"] == f"{address}/entries/?day=1"


def all_parts_are_well(here: Behind) -> None:
    assert here.asked.get("/readyz").json()["status"] == "ok"
    assert soon(lambda: "run_due_jobs" in here.stack.log("beat"), within=90)
    logs = {part: here.stack.log(part) for part in here.stack.figures}
    assert not [part for part, text in logs.items() if "Traceback" in text]


CHECKS = (
    a_day_at_work,
    a_worker_tells_a_page,
    static_files_are_kept_for_good_and_come_compressed,
    figures_are_not_for_the_outside,
    nobody_says_themselves_where_they_come_from,
    uploads_are_as_large_as_the_product_takes_and_no_larger,
    plain_http_leads_to_https,
    all_parts_are_well,
)


def test_the_deployment(started: Started, database: str, open_as: Open):
    """One test, or each of several workers would start all of it for its share."""
    stack, token = started
    for proxy in sorted(proxies.KINDS):
        if not proxies.program(proxy):
            pytest.skip(f"{proxy} is not installed")
        with stack.behind(proxy) as url:
            for check in CHECKS:
                with httpx.Client(base_url=url, verify=False) as asked:  # noqa: S501 - our own
                    check(Behind(proxy, stack, database, asked, token, open_as))
