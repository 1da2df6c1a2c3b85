"""One's own achievements in Chromium."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.models import User
from notifications.models import Achievement
from notifications.services.preferences import save_settings
from tests.browser.conftest import OpenPage
from tests.browser.tools import SCREENS, assert_fits, assert_no_axe_violations, press, wait_until_live
from tracking.services.timer import start_timer

pytestmark = pytest.mark.browser
LOOKS = [(screen, theme) for screen in SCREENS for theme in ("light", "dark")]


@pytest.fixture
def some(person: User) -> None:
    for number, (kind, mark) in enumerate(
        [("first_entry", ""), ("hours_100", "2026-03"), ("streak_7", "2026-03-10"), ("week_goal", "2026-03-02"),
         ("estimates", "10")]
    ):  # fmt: skip
        day = timezone.now() - dt.timedelta(days=40 - number)
        Achievement.objects.create(person=person, kind=kind, mark=mark, earned_at=day)


@pytest.mark.parametrize(("screen", "theme"), LOOKS)
def test_what_was_earned(open_page: OpenPage, person: User, some: None, screen: str, theme: str):
    page: Page = open_page(person, "/achievements/", color_scheme=theme, **SCREENS[screen])
    expect(page.get_by_text("100 hours in March 2026")).to_be_visible()
    expect(page.get_by_text("10 of 10", exact=False)).to_have_count(0)
    expect(page.get_by_role("progressbar", name="100 hours in a month")).to_be_visible()
    assert_no_axe_violations(page)
    assert_fits(page)


@pytest.mark.parametrize(("screen", "theme"), LOOKS)
def test_nothing_yet_and_switched_off(open_page: OpenPage, person: User, screen: str, theme: str):
    page: Page = open_page(person, "/achievements/", color_scheme=theme, **SCREENS[screen])
    expect(page.get_by_text("Nothing earned yet")).to_be_visible()
    assert_no_axe_violations(page)
    assert_fits(page)
    page.get_by_role("button", name="Switch achievements off").click()
    expect(page.get_by_role("heading", name="Achievements are off")).to_be_visible()
    assert_no_axe_violations(page)
    assert_fits(page)
    page.get_by_role("button", name="Switch on").click()
    expect(page.get_by_role("heading", name="What comes next")).to_be_visible()


def test_it_comes_by_itself_when_the_timer_stops(open_page: OpenPage, person: User):
    start_timer(user=person, started_at=timezone.now() - dt.timedelta(minutes=40))
    page: Page = open_page(person, "/achievements/")
    wait_until_live(page)
    expect(page.get_by_text("Nothing earned yet")).to_be_visible()
    other: Page = open_page(person, "/tags/")
    other.locator("#timer-bar").get_by_role("button", name="Stop").click()
    expect(other.locator("#timer-go")).to_be_visible()
    expect(page.locator("#achievements").get_by_text("First entry")).to_be_visible()
    expect(page.locator("#toasts")).to_contain_text("Achieved: First entry")


def test_the_palette_and_the_menu_of_ones_name_lead_there(open_page: OpenPage, person: User):
    page: Page = open_page(person, "/tags/")
    press(page, "Ctrl+K")
    page.keyboard.type("achievements")
    expect(page.get_by_role("option", name="Your achievements")).to_be_visible()
    page.get_by_role("option", name="Your achievements").click()
    expect(page.get_by_role("heading", name="Your achievements")).to_be_visible()
    page.locator("[popovertarget=person-menu]").click()
    expect(page.locator("#person-menu").get_by_role("link", name="Your achievements")).to_be_visible()


def test_the_settings_lead_there_and_switch_them(open_page: OpenPage, person: User):
    save_settings(person=person, achievements=False)
    page: Page = open_page(person, "/settings/notifications/")
    box = page.get_by_role("checkbox", name="Count and show achievements")
    expect(box).not_to_be_checked()
    box.check()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("checkbox", name="Count and show achievements")).to_be_checked()
    page.get_by_role("main").get_by_role("link", name="Your achievements").click()
    expect(page.get_by_role("heading", name="What comes next")).to_be_visible()
