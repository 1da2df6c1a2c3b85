"""The page of telemetry in Chromium, and a walk over all pages that asks nobody but the server for anything."""

from __future__ import annotations

import datetime as dt
import re
from urllib.parse import urlsplit
from uuid import UUID

import pytest
from django.urls import Resolver404, resolve
from django.utils import timezone
from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import Locator, Page, expect

from accounts.models import Organisation, User
from analytics.models import TelemetryEvent, TelemetryState, TelemetryStatus
from analytics.services.telemetry_sending import messages_of
from tests.browser.conftest import OpenPage
from tests.browser.tools import Origin, assert_fits, assert_no_axe_violations, press, wait_until_live
from tests.work import make_client, make_entry, make_project, make_tag, make_task

pytestmark = pytest.mark.browser
TELEMETRY = "/settings/telemetry/"
ID = UUID("6f1e0c52-8f0a-4c39-9f7e-1f1c52a0b7aa")
NOT_FOLLOWED = ("/admin", "/static/", "/api/", "/accounts/logout", "/notifications/mute/")


@pytest.fixture
def agreed(boss: User) -> None:
    """Switched on, with messages that wait, that were sent, and a last try that failed."""
    Organisation.objects.update(telemetry=True)
    today = timezone.now().date()
    for number, (name, words) in enumerate(
        [("timer_stopped", {"duration": "1-4h"}), ("client_created", {}), ("report_run", {"span": "2-7 days"})]
    ):
        TelemetryEvent.objects.create(day=today, name=name, properties=words, fingerprint=str(words), times=number + 1)
        sent = TelemetryEvent(day=today - dt.timedelta(days=1), name=name, properties=words, times=number + 4)
        sent.status, sent.sent_at = TelemetryStatus.SENT, timezone.now() - dt.timedelta(hours=number + 1)
        sent.message = messages_of([sent], ID)[sent.uuid]
        sent.save()
    TelemetryState.objects.update_or_create(
        pk=TelemetryState.PK,
        defaults={
            "install_id": ID, "id_used": True, "former_ids": ["0b0f9c5e-52a7-4d3e-a8a1-6d2f4f0c9a10"], "sent": 1234,
            "sent_at": timezone.now() - dt.timedelta(hours=1), "failures": 2, "failed": 3, "dropped_old": 12,
            "last_error": "connection", "next_try_at": timezone.now() + dt.timedelta(hours=2), "dropped_full": 7,
            "dropped_undeclared": 1,
        },
    )  # fmt: skip


def preview(page: Page, named: str = "preview") -> Locator:
    """What would be sent, or what is asked for feature flags."""
    return page.locator(f"pre[aria-labelledby=telemetry-{named}]")


def test_off(open_page: OpenPage, boss: User, look):
    page = open_page(boss, TELEMETRY, **look)
    expect(page.locator("#telemetry-title")).to_contain_text("off")
    expect(preview(page)).to_contain_text('"event": "set_up_finished"')
    expect(page.locator(".empty")).to_contain_text("No figures were sent yet")
    assert_fits(page)
    assert_no_axe_violations(page)


def test_on(open_page: OpenPage, boss: User, agreed: None, look):
    page = open_page(boss, TELEMETRY, **look)
    for named in ("preview", "question"):
        expect(preview(page, named)).to_contain_text(str(ID))
    expect(page.locator("#telemetry-now")).to_contain_text("PostHog could not be reached.")
    page.locator(".telemetry-sent summary").first.click()
    expect(page.locator(".telemetry-sent pre").first).to_contain_text('"times": 4')
    assert_fits(page)
    assert_no_axe_violations(page)


def test_what_could_be_sent(open_page: OpenPage, boss: User, look):
    page = open_page(None, "/telemetry/", **look)
    expect(page.locator("dt").get_by_text("estimate_shown")).to_be_visible()
    assert_fits(page)
    assert_no_axe_violations(page)


def test_on_and_off_by_the_switch(open_page: OpenPage, boss: User):
    page = open_page(boss, TELEMETRY)
    page.get_by_role("button", name="Switch on").click()
    expect(page.locator("#toasts")).to_contain_text("Usage figures are sent from now on.")
    assert Organisation.objects.get().telemetry
    page.get_by_role("button", name="Switch off").click()
    expect(page.locator("#toasts")).to_contain_text("Nothing is sent any more, and the queue is empty.")
    assert not Organisation.objects.get().telemetry


def test_the_record_is_deleted_only_after_a_tick(open_page: OpenPage, boss: User, agreed: None):
    page = open_page(boss, TELEMETRY)
    expect(page.get_by_label("Text to send")).to_have_value(re.compile(str(ID)))
    page.get_by_role("button", name="Delete the record here").click()
    assert TelemetryEvent.objects.filter(status=TelemetryStatus.SENT).exists()
    page.get_by_label("I have sent the text").check()
    page.get_by_role("button", name="Delete the record here").click()
    expect(page.locator("#toasts")).to_contain_text("The record is deleted here.")
    assert not TelemetryEvent.objects.filter(status=TelemetryStatus.SENT).exists()


# ── Keys ─────────────────────────────────────────────────────────────────────
def leave(page: Page) -> None:
    """What browsers say to a page that is left. Playwright hears no request of one that is already gone."""
    page.evaluate("window.dispatchEvent(new Event('pagehide'))")


def switch_on(page: Page) -> None:
    page.goto(TELEMETRY)
    page.get_by_role("button", name="Switch on").click()
    expect(page.get_by_role("button", name="Switch off")).to_be_visible()
    wait_until_live(page)


def switch_off(page: Page) -> None:
    page.goto(TELEMETRY)
    page.get_by_role("button", name="Switch off").click()
    expect(page.get_by_role("button", name="Switch on")).to_be_visible()
    wait_until_live(page)


def test_keys_are_told_of_when_a_page_is_left(open_page: OpenPage, boss: User):
    page = open_page(boss)
    switch_on(page)
    press(page, "Ctrl+B")
    press(page, "Ctrl+B")
    press(page, "Ctrl+D")
    with page.expect_response("**/telemetry/shortcuts/") as answer:
        leave(page)
    assert answer.value.status == 204
    assert answer.value.request.post_data == "sidebar=2&dark=1"
    switch_off(page)


def test_once_it_is_off_keys_are_counted_nowhere(open_page: OpenPage, boss: User):
    page = open_page(boss)
    switch_on(page)
    switch_off(page)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    press(page, "Ctrl+B")
    leave(page)
    with page.expect_response("**/tasks/"):
        page.evaluate("fetch('/tasks/')")
    assert [url for url in asked if url.endswith("/tasks/")]
    assert not [url for url in asked if "/telemetry/shortcuts/" in url]


# ── Zero requests elsewhere ──────────────────────────────────────────────────
def test_the_guard_stops_what_goes_elsewhere_and_tells_of_it(open_page: OpenPage, origin: Origin, allow_console):
    allow_console("ERR_NAME_NOT_RESOLVED")
    page = open_page()
    with pytest.raises(PlaywrightError, match="ERR_NAME_NOT_RESOLVED"):
        page.goto("https://eu.i.posthog.com/batch/")
    assert origin.elsewhere == ["https://eu.i.posthog.com/batch/"]
    origin.elsewhere.clear()


def test_no_page_asks_anybody_else(open_page: OpenPage, boss: User, origin: Origin):
    """From the start over every link: one page for each address pattern, all with something on them."""
    project = make_project(boss, client=make_client(), name="Shop")
    task = make_task(project, assignee=boss)
    make_tag("one")
    make_entry(boss, timezone.now() - dt.timedelta(hours=2), minutes=30, project=project, task=task)
    page = open_page(boss)
    seen, waiting = set[str](), ["/", "/telemetry/", "/notifications/", "/api/docs/", "/settings/"]
    while waiting:
        path = waiting.pop(0)
        route = route_of(path)
        if route is None or route in seen:
            continue
        seen.add(route)
        if not shows(page, path):
            continue
        waiting += [link for link in links_of(page) if not link.startswith(NOT_FOLLOWED)]
    assert len(seen) >= 40, sorted(seen)
    assert origin.elsewhere == []


def route_of(path: str) -> str | None:
    try:
        return str(resolve(urlsplit(path).path).route)
    except Resolver404:
        return None


def shows(page: Page, path: str) -> bool:
    """False for what is a file, and not a page."""
    try:
        page.goto(path, wait_until="networkidle")
    except PlaywrightError as error:
        if "Download is starting" not in error.message:
            raise
        return False
    return True


LINKS = "nodes => nodes.filter(one => !one.download && one.origin === location.origin).map(one => one.pathname)"


def links_of(page: Page) -> list[str]:
    found: list[str] = page.locator("a[href]").evaluate_all(LINKS)
    return found
