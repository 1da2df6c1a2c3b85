"""One's own patterns in Chromium."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.models import User
from tests.browser.conftest import OpenPage
from tests.browser.tools import SCREENS, assert_fits, assert_no_axe_violations
from tests.work import make_entry, make_project, make_tag

FIRST = 60_000
"""Milliseconds. The first who asks a server waits until it has its library."""


@pytest.fixture
def work(person: User) -> None:
    project, tag = make_project(person), make_tag("meeting", meeting=True)
    today = timezone.now().replace(hour=9, minute=0, second=0, microsecond=0)
    for week in range(1, 11):
        for day in range(5):
            start = today - dt.timedelta(days=7 * week - day)
            make_entry(person, start, 60, project=project, tags=[tag])
            if day == 1:
                make_entry(person, start + dt.timedelta(hours=2), 240, project=project)


@pytest.mark.parametrize("screen", SCREENS)
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_it_says_what_stands_out(open_page: OpenPage, person: User, work: None, screen: str, theme: str):
    page: Page = open_page(person, "/insights/", color_scheme=theme, **SCREENS[screen])
    expect(page.locator("#patterns-said")).to_be_visible(timeout=FIRST)
    expect(page.locator("#patterns")).to_contain_text("is your longest day")
    assert_no_axe_violations(page)
    assert_fits(page)


def test_with_nothing_it_says_what_to_do(open_page: OpenPage, person: User):
    page: Page = open_page(person, "/insights/", **SCREENS["phone"])
    expect(page.get_by_text("Nothing to go by yet")).to_be_visible(timeout=FIRST)
    assert_no_axe_violations(page)
    assert_fits(page)


def test_scripts_get_them_with_one_call(open_page: OpenPage, person: User, work: None):
    page: Page = open_page(person, "/tags/")
    page.set_default_timeout(FIRST)
    found = page.evaluate("window.aiAnalytics.getProductivityPatterns()")
    assert [one["name"] for one in found["patterns"] if one["said"]] == ["longest_day"]
    expect(page.locator("#insights-panel")).to_be_visible()
