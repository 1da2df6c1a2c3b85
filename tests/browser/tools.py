"""What browser tests look at a page with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, FloatRect, Locator, Page, expect

from accounts.models import User
from tests.factories import PASSWORD
from tests.live.tools import soon
from timetracker.events.choices import Status
from timetracker.events.dispatch import drain
from timetracker.events.models import Delivery

SCREENS: dict[str, dict[str, Any]] = {
    "desk": {"viewport": {"width": 1440, "height": 900}},
    "phone": {"viewport": {"width": 375, "height": 780}, "has_touch": True, "is_mobile": True},
}
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@dataclass
class Console:
    """What the browsers of one test said that a person would rather not read."""

    said: list[str] = field(default_factory=list)
    allowed: list[str] = field(default_factory=list)

    def watch(self, page: Page) -> None:
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self.said.append(f"{page.url}: {error}"))

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type in {"warning", "error"}:
            self.said.append(f"{message.location.get('url', '')}: {message.text}")

    def check(self) -> None:
        unexpected = [line for line in self.said if not any(text in line for text in self.allowed)]
        assert not unexpected, "\n".join(unexpected)


@dataclass
class Origin:
    """What pages asked of anybody but the server under test. Chromium itself resolves no other name (`conftest.py`).

    Listened to and not routed: a route takes every request through Python and switches the browser's cache off.
    """

    server: str
    elsewhere: list[str] = field(default_factory=list)

    def watch(self, context: BrowserContext) -> None:
        context.on("request", lambda request: self._hear(request.url))
        context.on("page", lambda page: page.on("websocket", lambda socket: self._hear(socket.url)))

    def _is_ours(self, url: str) -> bool:
        asked, ours = urlsplit(url), urlsplit(self.server)
        return asked.scheme in {"data", "blob", "about"} or asked.netloc == ours.netloc

    def _hear(self, url: str) -> None:
        if not self._is_ours(url):
            self.elsewhere.append(url)

    def check(self) -> None:
        assert not self.elsewhere, f"Pages asked others than the server: {', '.join(self.elsewhere)}"


def assert_no_axe_violations(page: Page, **context: Any) -> None:
    """Of the page as it stands, from its top: open the dialog or the menu first, and ask again."""
    page.evaluate("window.scrollTo(0, 0)")  # elsewhere a bar may cover half of something
    results = Axe().run(page, options={"runOnly": RULES}, **context).response
    found = [
        f"{violation['id']} ({violation['impact']}): {node['target']} {node['failureSummary']}"
        for violation in results["violations"]
        for node in violation["nodes"]
    ]
    assert not found, "\n".join(found)


def assert_fits(page: Page) -> None:
    """Nothing sticks out to the right: the page itself never scrolls sideways, once what was opened has its place."""
    width = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    for _ in range(50):
        if not (over := page.evaluate(width)):
            return
        page.wait_for_timeout(20)
    raise AssertionError(f"{page.url} is {over} px wider than the window")


def box_of(locator: Locator) -> FloatRect:
    """Where it stands. A refresh may exchange it while one looks: then what came in its place."""
    expect(locator).to_be_visible()
    boxes = (locator.bounding_box() for _ in range(10))
    return next(box for box in boxes if box is not None)


def wait_until_live(page: Page) -> None:
    """The socket is open: from now on a change elsewhere shows up here."""
    expect(page.locator("body")).to_have_attribute("data-live-state", "open")


def fill_in_sign_in(page: Page, username: str) -> None:
    page.locator("[name=login]").fill(username)
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("[name=password]").press("Enter")


def signed_in_at(url: str, username: str, browser: Browser, console: Console) -> Page:
    """A browser of its own at the desk of somebody, for servers whose certificate nobody signed."""
    context = browser.new_context(base_url=url, ignore_https_errors=True, reduced_motion="reduce", **SCREENS["desk"])
    page = context.new_page()
    console.watch(page)
    page.goto("/entries/")
    fill_in_sign_in(page, username)
    page.wait_for_url("**/entries/")
    wait_until_live(page)
    return page


def do_what_waits() -> None:
    """All deliveries, also those that the server's own workers have taken."""
    drain()
    waiting = Q(lease_token__isnull=False) | Q(next_try_at__lte=Now())
    assert soon(lambda: not Delivery.objects.filter(waiting, status=Status.PENDING).exists(), within=30)


HEARD = """(path) => {
  window.heard = new Promise((done) => document.addEventListener("htmx:afterOnLoad", function hear({ detail }) {
    if (detail.pathInfo.requestPath !== path) return;
    document.removeEventListener("htmx:afterOnLoad", hear);
    done();
  }));
}"""


def after_the_answer_of(path: str, page: Page, lets_it_come: Callable[[], None]) -> None:
    """Goes on when the page has dealt with what came, also where nothing shows for it."""
    page.evaluate(HEARD, path)
    lets_it_come()
    page.evaluate("window.heard")


def make_it_noon_for(person: User) -> None:
    """Their last hours lie on the day that it is for them, at whatever hour the test runs."""
    ahead = 12 - timezone.now().hour
    person.time_zone = f"Etc/GMT{-ahead:+d}" if ahead else "UTC"  # the sign of these names is that of going west
    person.save()


def press(page: Page, keys: str) -> None:
    """As they are written in the registry."""
    for key in keys.split(" "):
        page.keyboard.press(key.replace("Ctrl", "Control"))


def change_a_tag(page: Page, button: str, said: str) -> None:
    """A change with an Undo."""
    page.goto("/tags/")
    page.get_by_role("button", name="More for one").click()
    page.get_by_role("button", name=button).click()
    expect(page.locator("#toasts")).to_contain_text(said)


def delete_a_tag(page: Page) -> None:
    change_a_tag(page, "Delete", "Tag #one deleted.")
