"""A page that stays open while parts of a deployment are killed is live again by itself, with what it has missed.

PostgreSQL and Redis are of this test's own.
"""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, expect

from tests.browser.test_deployment import BEGIN
from tests.browser.tools import Console, signed_in_at
from tests.deploy import proxies
from tests.deploy.many import Many, many_processes, why_not
from tests.live.tools import soon

WITHIN = 60_000
"""Milliseconds: a page waits up to half a minute between two tries."""
EXPECTED = ("WebSocket", "status of 50", "ERR_")


@pytest.fixture
def many() -> Iterator[tuple[Many, str]]:
    if why := why_not():
        pytest.skip(why)
    # Not below pytest's folder, where PostgreSQL's own user may not go.
    with (
        tempfile.TemporaryDirectory(prefix="timetracker-") as folder,
        many_processes(Path(folder), behind_a_proxy=True) as many,
    ):
        yield many, many.manage("shell", "--command", BEGIN).split()[-1]


def sockets(many: Many, meanwhile: Callable[[], object]) -> None:
    many.kill("live-1")
    many.kill("live-2")
    meanwhile()
    for wait in (many.start("live-1"), many.start("live-2")):
        wait()


def postgresql(many: Many, meanwhile: Callable[[], object]) -> None:
    many.postgres("stop", "--mode=immediate")
    many.start_postgres()
    assert soon(meanwhile, within=30)


def redis(many: Many, meanwhile: Callable[[], object]) -> None:
    """Whoever asks it is answered without it. What is pushed then reaches no socket, though none is closed."""
    many.kill("redis")
    assert meanwhile()
    many.start_redis()


def test_an_open_page(many: tuple[Many, str], browser: Browser, console: Console):
    parts, token = many
    console.allowed += EXPECTED
    kind = next((kind for kind in sorted(proxies.KINDS, reverse=True) if proxies.program(kind)), None)
    if kind is None:
        pytest.skip("There is no proxy.")
    with (
        parts.behind(kind) as url,
        httpx.Client(base_url=url, verify=False, headers={"Authorization": f"Token {token}"}) as asked,  # noqa: S501 - our own
    ):
        page = signed_in_at(url, "mara", browser, console)
        page.evaluate("window.sameAsBefore = true")

        def start(text: str) -> Callable[[], bool]:
            def call(**sent: Any) -> bool:
                with contextlib.suppress(httpx.HTTPError):
                    return asked.post("/api/timer/start/", json={"description": text}).status_code == 201
                return False

            return call

        for kill in (sockets, postgresql, redis):
            text = f"While {kill.__name__} was away"
            kill(parts, start(text))
            expect(page.locator(".entry.running")).to_contain_text(text, timeout=WITHIN)
            expect(page.locator("body")).to_have_attribute("data-live-state", "open", timeout=WITHIN)
        assert page.evaluate("window.sameAsBefore")
        page.context.close()
