"""Rows of tabs on a phone: the tab that is shown stands in view."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from tests.browser.conftest import OpenPage
from tests.browser.tools import SCREENS

pytestmark = pytest.mark.browser
PHONE = SCREENS["phone"]


def place(page: Page) -> tuple[float, float]:
    """Of the current tab, within the row: from its left end, and to its right end."""
    return page.locator(".tabs").first.evaluate(
        """row => {
          const at = row.querySelector("[aria-current]").getBoundingClientRect(), around = row.getBoundingClientRect();
          return [at.left - around.left, around.right - at.right];
        }"""
    )


@pytest.mark.parametrize("language", ["en", "de"])
def test_the_last_tab_of_the_settings_is_in_view(open_page: OpenPage, boss: User, language: str):
    User.objects.filter(pk=boss.pk).update(language=language)
    page = open_page(boss, "/settings/flags/", **PHONE)
    tab = page.locator(".tabs > [aria-current]")
    expect(tab).to_have_text({"en": "Feature flags", "de": "Funktionsschalter"}[language])
    expect(tab).to_be_in_viewport(ratio=0.99)
    assert min(place(page)) > -1, "widths are no whole numbers"
    assert page.evaluate("[scrollX, scrollY]") == [0, 0], "the page itself has not moved"


def test_one_in_between_stands_in_the_middle_and_the_first_where_it_is(open_page: OpenPage, boss: User):
    page = open_page(boss, "/settings/security/", **PHONE)
    left, right = place(page)
    assert abs(left - right) < 2
    page.goto("/settings/")
    assert page.locator(".tabs").first.evaluate("row => row.scrollLeft") == 0


def test_where_somebody_scrolls_it_stays(open_page: OpenPage, boss: User):
    page = open_page(boss, "/settings/flags/", **PHONE)
    row = page.locator(".tabs").first
    row.evaluate("row => { row.scrollLeft = 0 }")
    page.get_by_role("switch", name="Achievements").click()
    expect(page.locator("#flags")).to_contain_text("chosen by the administration")
    assert row.evaluate("row => row.scrollLeft") == 0
