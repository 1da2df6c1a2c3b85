"""The frame of every page, on the settings page because it needs no data."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.tools import SCREENS, assert_fits, assert_no_axe_violations, wait_until_live

pytestmark = pytest.mark.browser
PAGE = "/settings/"


@pytest.fixture
def desk(open_page, person) -> Page:
    return open_page(person, PAGE)


@pytest.fixture
def phone(open_page, person) -> Page:
    return open_page(person, PAGE, **SCREENS["phone"])


def test_frame_is_accessible_in_both_themes_and_widths(open_page, person, look):
    page = open_page(person, PAGE, **look)

    assert_no_axe_violations(page)
    assert_fits(page)


def test_signing_in_leads_into_the_frame(page, person, sign_in):
    sign_in(page, person)

    expect(page.locator("#sidebar")).to_contain_text("Kestrel Studio")


def test_first_tab_skips_to_the_content(desk):
    desk.keyboard.press("Tab")
    skip = desk.get_by_role("link", name="Skip to the content")
    expect(skip).to_be_focused()
    skip.press("Enter")

    expect(desk.locator("#main")).to_be_focused()


def test_sidebar_stays_collapsed_after_a_reload(desk):
    toggle = desk.get_by_role("button", name="Sidebar")
    with desk.expect_response("**/settings/sidebar/"):
        toggle.click()
    expect(toggle).to_have_attribute("aria-expanded", "false")
    desk.reload()

    expect(toggle).to_have_attribute("aria-expanded", "false")
    assert_no_axe_violations(desk)


def test_theme_is_kept_by_the_server(desk, person):
    desk.get_by_role("button", name="You: Mara Klein").click()
    with desk.expect_response("**/settings/theme/"):
        desk.get_by_role("button", name="Dark").click()
    expect(desk.locator("html")).to_have_attribute("data-theme", "dark")
    assert_no_axe_violations(desk)
    desk.reload()

    expect(desk.locator("html")).to_have_attribute("data-theme", "dark")
    person.refresh_from_db()
    assert person.theme == "dark"


def test_person_menu_works_by_keyboard(desk):
    opener = desk.get_by_role("button", name="You: Mara Klein")
    opener.press("Enter")
    menu = desk.locator("#person-menu")
    expect(menu.get_by_role("link", name="Settings")).to_be_focused()
    desk.keyboard.press("ArrowUp")
    expect(menu.get_by_role("button", name="Sign out")).to_be_focused()
    desk.keyboard.press("Escape")

    expect(menu).to_be_hidden()
    expect(opener).to_be_focused()


def test_more_opens_as_a_sheet_on_the_phone(phone):
    more = phone.get_by_role("button", name="More", exact=True)
    more.click()
    sheet = phone.get_by_role("dialog", name="Mara Klein")
    expect(sheet.get_by_role("link", name="Settings")).to_be_visible()
    assert_no_axe_violations(phone)
    phone.keyboard.press("Escape")

    expect(sheet).to_be_hidden()
    expect(more).to_be_focused()


def test_toasts_are_at_most_three_and_close(desk):
    desk.evaluate("for (const n of [1, 2, 3, 4]) toastManager.info(`Note ${n}`)")
    toasts = desk.locator(".toast")
    expect(toasts).to_have_count(3)
    expect(toasts.first).to_contain_text("Note 2")
    assert_no_axe_violations(desk)
    toasts.first.get_by_role("button", name="Close").click()

    expect(toasts).to_have_count(2)


def test_toast_text_is_text(desk):
    desk.evaluate("toastManager.error('<img src=x onerror=alert(1)>')")

    expect(desk.locator(".toast")).to_contain_text("<img src=x")


def test_lost_connection_is_said_and_taken_back(desk, allow_console):
    allow_console("WebSocket connection")
    wait_until_live(desk)
    desk.context.set_offline(True)
    desk.evaluate("window.dispatchEvent(new Event('offline'))")
    # Playwright's offline does not cut an open socket; a page that comes back from the cache opens a new one.
    desk.evaluate("window.dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))")
    expect(desk.locator("#live-banner")).to_be_visible(timeout=8000)
    desk.context.set_offline(False)

    expect(desk.locator("#live-banner")).to_be_hidden(timeout=8000)
    wait_until_live(desk)
