"""Push in Chromium: turned on and off in the settings, ended by signing out, and shown by the service worker.

Headless Chromium has no push service behind it: where it subscribes is played; what is pushed comes through the
protocol of its tools, into the real worker.
"""

from __future__ import annotations

from typing import Any

import pytest
from django.conf import settings
from django.urls import reverse
from playwright.sync_api import CDPSession, Page, expect

from accounts.models import User
from notifications.models import Notification, PushDevice
from notifications.web_push import message_of
from tests.browser.tools import assert_fits, assert_no_axe_violations, wait_until_live
from tests.conftest import ClientFor
from tests.factories import UserFactory
from tests.notifications.telling import tell
from tests.work import make_project, make_task
from tracking.models import TimeEntry

pytestmark = pytest.mark.browser
SETTINGS = "/settings/notifications/"
ON = "Notifications are on for this device."
OFF = "Notifications are off for this device."

# A subscription that outlives the page, as a browser's does. Example keys of RFC 8291.
PLAYED = """
const KEY = "played-subscription";
const played = () => {
  const found = JSON.parse(localStorage.getItem(KEY));
  return found && {
    endpoint: found.endpoint,
    options: { applicationServerKey: Uint8Array.from(found.key).buffer },
    toJSON: () => ({ endpoint: found.endpoint, expirationTime: null, keys: {
      p256dh: "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
      auth: "BTBZMqHH6r4Tts7J_aSIgg",
    } }),
    unsubscribe: async () => { localStorage.removeItem(KEY); return true; },
  };
};
const bytes = (text) => [...atob(text.replaceAll("-", "+").replaceAll("_", "/"))].map((sign) => sign.charCodeAt(0));
PushManager.prototype.getSubscription = async () => played();
PushManager.prototype.subscribe = async ({ applicationServerKey }) => {
  if (!played()) {
    const endpoint = `https://8.8.8.8/push/${crypto.randomUUID()}`;
    localStorage.setItem(KEY, JSON.stringify({ endpoint, key: bytes(applicationServerKey) }));
  }
  return played();
};
"""
KEYS = {
    "p256dh": "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
    "auth": "BTBZMqHH6r4Tts7J_aSIgg",
}
SUBSCRIBED = "Boolean(localStorage.getItem('played-subscription'))"


def allowed(open_page: Any, person: User | None, path: str, **look: Any) -> Page:
    """A page whose browser may show notifications, and has a push service."""
    page: Page = open_page(person, **look)
    page.context.grant_permissions(["notifications"])
    page.context.add_init_script(PLAYED)
    page.goto(path)
    return page


def wait_until(page: Page, holds: str) -> None:
    """`page.wait_for_function` does not work under the content policy."""
    for _ in range(200):
        if page.evaluate(holds):
            return
        page.wait_for_timeout(50)
    raise AssertionError(holds)


def turned_on(page: Page) -> None:
    page.get_by_role("button", name="Turn on for this device").press("Enter")
    expect(page.get_by_text(ON)).to_be_visible()
    expect(page.locator("[data-this-device]")).to_be_visible()


# ── On and off ───────────────────────────────────────────────────────────────
def test_it_is_turned_on_and_off_with_keys(open_page: Any, person: User, look: dict[str, Any]):
    page = allowed(open_page, person, SETTINGS, **look)
    expect(page.get_by_text(OFF, exact=True)).to_be_visible()
    expect(page.get_by_text("No device yet")).to_be_visible()
    assert_no_axe_violations(page)
    turned_on(page)
    assert PushDevice.objects.get().user == person
    assert_no_axe_violations(page, context="[data-push]")  # elsewhere a row may be half below the bar at the top
    assert_fits(page)
    page.reload()
    expect(page.get_by_text(ON)).to_be_visible()
    page.get_by_role("button", name="Remove Chrome, Linux").press("Enter")
    expect(page.get_by_text("You are told nothing more there.")).to_be_visible()
    expect(page.get_by_text(OFF, exact=True)).to_be_visible()
    assert not PushDevice.objects.exists()
    assert not page.evaluate(SUBSCRIBED)


def test_what_the_browser_allows_is_told_in_words(open_page: Any, person: User):
    page = open_page(person)
    page.context.add_init_script("Object.defineProperty(Notification, 'permission', { get: () => window.said });")
    for said, words in (
        ("denied", "This browser was told never to show notifications"),
        ("default", "The browser will ask whether it may show them."),
    ):
        page.context.add_init_script(f"window.said = '{said}';")
        page.goto(SETTINGS)
        section = page.locator("[data-push]")
        expect(section.get_by_text(words)).to_be_visible()
        expect(section.locator("[data-when]:visible")).to_have_count(1)
        button = section.get_by_role("button", name="Turn on for this device")
        expect(button).to_be_visible() if said == "default" else expect(button).to_be_hidden()


def test_a_browser_without_push_says_so(open_page: Any, person: User):
    page = open_page(person)
    page.context.add_init_script("delete window.PushManager;")
    page.goto(SETTINGS)
    expect(page.get_by_text("This browser cannot be reached with no page open.")).to_be_visible()
    expect(page.get_by_role("button", name="Turn on for this device")).to_be_hidden()


def test_a_push_service_that_is_away_is_said(open_page: Any, person: User):
    page = allowed(open_page, person, SETTINGS)
    page.evaluate(
        "() => { PushManager.prototype.subscribe = async () => { throw new DOMException('', 'AbortError'); }; }"
    )
    page.get_by_role("button", name="Turn on for this device").click()
    expect(page.get_by_text("The browser could not sign up with its push service.")).to_be_visible()
    expect(page.get_by_role("button", name="Turn on for this device")).to_be_enabled()
    assert not PushDevice.objects.exists()


def test_removed_elsewhere_it_stays_removed(open_page: Any, person: User):
    page = allowed(open_page, person, SETTINGS)
    wait_until_live(page)
    turned_on(page)
    other = open_page(person, SETTINGS)
    other.get_by_role("button", name="Remove Chrome, Linux").click()
    expect(other.get_by_text("You are told nothing more there.")).to_be_visible()
    expect(page.get_by_text("No device yet")).to_be_visible()
    page.reload()
    expect(page.get_by_text(OFF, exact=True)).to_be_visible()
    page.goto("/")
    assert not PushDevice.objects.exists()


# ── A shared computer ────────────────────────────────────────────────────────
def test_signing_out_ends_it_and_signing_in_brings_it_back(open_page: Any, person: User, sign_in: Any):
    page = allowed(open_page, None, "/accounts/login/")
    sign_in(page, person)
    page.goto(SETTINGS)
    turned_on(page)
    page.goto("/accounts/logout/")
    page.locator("main button").click()
    page.wait_for_url("**/accounts/login/**")
    assert not PushDevice.objects.exists()
    wait_until(page, f"!{SUBSCRIBED}")
    sign_in(page, person)
    page.goto(SETTINGS)
    expect(page.get_by_text(ON)).to_be_visible()
    assert PushDevice.objects.get().user == person


# ── The worker ───────────────────────────────────────────────────────────────
class Worker:
    """The service worker of a page's browser, as its tools see it."""

    def __init__(self, page: Page, server: str) -> None:
        self.page, self.server = page, server
        self.tools: CDPSession = page.context.new_cdp_session(page)
        self.registrations: list[dict[str, Any]] = []
        self.tools.on("ServiceWorker.workerRegistrationUpdated", self._hear)
        self.tools.send("ServiceWorker.enable")
        page.evaluate(
            "async () => { await navigator.serviceWorker.register('/sw.js'); await navigator.serviceWorker.ready; }"
        )

    def _hear(self, event: dict[str, Any]) -> None:
        self.registrations += event["registrations"]

    def push(self, message: str) -> None:
        for _ in range(100):
            if self.registrations:
                break
            self.page.wait_for_timeout(50)
        found = {"origin": self.server, "registrationId": self.registrations[-1]["registrationId"], "data": message}
        self.tools.send("ServiceWorker.deliverPushMessage", found)

    def shown(self, count: int) -> list[dict[str, Any]]:
        look = """async () => (await (await navigator.serviceWorker.ready).getNotifications()).map(
          ({ title, body, tag, data, icon, actions }) =>
            ({ title, body, tag, data, icon, actions: actions.map((action) => action.title) }))"""
        found: list[dict[str, Any]] = []
        for _ in range(100):
            found = self.page.evaluate(look)
            if len(found) == count:
                break
            self.page.wait_for_timeout(50)
        return found


def message(row: Notification, *, on_a_page: bool = False) -> str:
    return message_of(row, on_a_page=on_a_page, vibrate=False).decode()


def test_what_is_pushed_is_shown(open_page: Any, person: User, server: str):
    page = allowed(open_page, person, SETTINGS)
    worker = Worker(page, server)
    actions = [{"label": "Look", "url": "/entries/"}, {"label": "Start", "url": "/timer/start/", "method": "post"}]
    row = tell(person, "Tea is ready – Größe 5", message="With milk?", actions=actions)
    worker.push(message(row))
    [shown] = worker.shown(1)
    assert (shown["title"], shown["body"], shown["tag"]) == ("Tea is ready – Größe 5", "With milk?", row.tag)
    assert shown["data"]["url"] == f"/notifications/{row.pk}/open/"
    assert shown["actions"] == ["Look", "Start"]
    assert page.request.get(shown["icon"]).headers["content-type"] == "image/png"
    row.title = "Tea is cold"
    worker.push(message(row))
    page.wait_for_timeout(300)
    assert [item["title"] for item in worker.shown(1)] == ["Tea is cold"]


def test_a_page_in_view_has_told_already(open_page: Any, person: User, server: str):
    page = allowed(open_page, person, SETTINGS)
    worker = Worker(page, server)
    first, second = tell(person, "As a toast"), tell(person, "Not as a toast")
    worker.push(message(first, on_a_page=True))
    worker.push(message(second))
    assert [item["title"] for item in worker.shown(1)] == ["Not as a toast"]


CLICK = """async (action) => {
  const [notification] = await self.registration.getNotifications();
  self.dispatchEvent(new NotificationEvent("notificationclick", { notification, action }));
}"""


def test_an_action_that_changes_something_needs_no_page(open_page: Any, person: User, server: str):
    page = allowed(open_page, person, SETTINGS)
    worker = Worker(page, server)
    task = make_task(make_project(person))
    url = reverse("tracking:task-timer", args=[task.pk])
    start = [{"label": "Start timer", "url": url, "method": "post"}]
    row = tell(person, actions=start)
    worker.push(message(row))
    worker.shown(1)
    [inside] = page.context.service_workers
    with page.context.expect_event("response", lambda found: found.url.endswith(url)) as response:
        inside.evaluate(CLICK, "0")
    assert (response.value.request.method, response.value.status) == ("POST", 302)
    worker.shown(0)
    assert TimeEntry.objects.get().task == task
    row.refresh_from_db()
    assert row.read_at


def test_a_new_address_takes_the_place_of_the_old(open_page: Any, person: User, server: str):
    page = allowed(open_page, person, SETTINGS)
    turned_on(page)
    before = PushDevice.objects.get().endpoint
    [inside] = page.context.service_workers
    inside.evaluate(
        """async (keys) => {
          const given = { toJSON: () => ({ endpoint: "https://8.8.8.8/push/renewed", keys }) };
          const change = new ExtendableEvent("pushsubscriptionchange");
          Object.defineProperty(change, "newSubscription", { value: given });
          self.dispatchEvent(change);
        }""",
        KEYS,
    )
    expect(page.locator("[data-this-device]")).to_be_visible()
    for _ in range(200):
        if PushDevice.objects.get().endpoint != before:
            break
        page.wait_for_timeout(50)
    assert PushDevice.objects.get().endpoint == "https://8.8.8.8/push/renewed"


def test_somebody_else_on_the_same_computer_hears_nothing(
    open_page: Any, person: User, sign_in: Any, client_for: ClientFor
):
    page = allowed(open_page, None, "/accounts/login/")
    sign_in(page, person)
    page.goto(SETTINGS)
    turned_on(page)
    other = UserFactory.create(username="tom", password=person.password)
    page.context.clear_cookies()  # the browser forgot the sign-in, and nobody saw a page in between
    cookie = client_for(other).cookies[settings.SESSION_COOKIE_NAME]
    page.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": page.url}])
    page.goto("/entries/")
    wait_until(page, f"!{SUBSCRIBED}")
    page.goto(SETTINGS)
    expect(page.get_by_text(OFF, exact=True)).to_be_visible()
    assert not PushDevice.objects.filter(user=other).exists()
