"""Nobody at the computer: the browser says so where it may, and the person is asked what to do with the time."""

from __future__ import annotations

import datetime as dt
import re

from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.models import User
from notifications.services.preferences import save_settings
from tests.browser.tools import assert_fits, assert_no_axe_violations, wait_until_live
from tracking.models import TimeEntry
from tracking.services.timer import start_timer


def be_away(page: Page, *, away: bool) -> None:
    """What the browser believes of whoever sits there."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("Emulation.setIdleOverride", {"isUserActive": not away, "isScreenUnlocked": True})


def let_it_tell(page: Page) -> None:
    """As by a click on the button, and the browser's question answered."""
    context = page.context.new_cdp_session(page).send("Target.getTargetInfo")["targetInfo"]["browserContextId"]
    assert page.context.browser is not None
    asked = {"origin": "/".join(page.url.split("/")[:3]), "permissions": ["idleDetection"], "browserContextId": context}
    page.context.browser.new_browser_cdp_session().send("Browser.grantPermissions", asked)
    page.reload()


def test_the_page_of_settings_says_how_things_stand(open_page, person: User, look):
    page = open_page(person, "/settings/notifications/", **look)
    section = page.locator("[data-idle-permission]")
    expect(section.get_by_role("button", name="Notice when I am away")).to_be_visible()
    let_it_tell(page)
    expect(section.get_by_text("This browser tells when nobody is at the computer.")).to_be_visible()
    assert_fits(page)
    assert_no_axe_violations(page)


def test_whoever_was_away_is_asked_and_can_discard_the_time(open_page, person: User):
    save_settings(person=person, idle_minutes=5)
    begun = timezone.now() - dt.timedelta(hours=2)
    entry = start_timer(user=person, description="Draft", started_at=begun)
    page = open_page(person, "/settings/notifications/")
    let_it_tell(page)
    wait_until_live(page)
    with page.expect_response("**/notifications/away/") as answer:
        be_away(page, away=True)
    # A minute is too early: the server says when to ask again.
    assert 0 < answer.value.json()["again_in"] <= 240
    asked = page.evaluate(
        """async () => {
          const token = document.querySelector('[name=csrfmiddlewaretoken]').value;
          const body = new URLSearchParams({ ago: 3600 });
          const headers = { 'X-CSRFToken': token };
          const answer = await fetch('/notifications/away/', { method: 'POST', body, headers });
          return (await answer.json()).again_in;
        }"""
    )
    assert asked is None
    toast = page.locator(".toast", has_text="and the timer runs")
    expect(toast.get_by_role("button")).to_have_text(["Keep it", "Discard idle time", re.compile("^Stop at "), ""])
    toast.get_by_role("button", name="Discard idle time").click()
    expect(page.locator(".toast", has_text="The idle time is gone.")).to_be_visible()
    entry.refresh_from_db()
    assert entry.seconds is not None
    assert abs(entry.seconds - 3600) < 120
    assert TimeEntry.objects.running().filter(user=person, description="Draft").count() == 1
    with page.expect_response(lambda response: "/undo/" in response.url):
        page.get_by_role("button", name="Undo").click()
    entry.refresh_from_db()
    assert entry.running
