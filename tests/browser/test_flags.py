"""The page of feature flags, used as an administrator does: by mouse, by keys and back again."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect
from waffle.models import Switch

from accounts.choices import Role
from tests.browser.tools import assert_fits, assert_no_axe_violations
from tests.factories import UserFactory

pytestmark = pytest.mark.browser
PAGE = "/settings/flags/"


@pytest.fixture
def boss(organisation: object):
    return UserFactory.create(username="boss", display_name="Bea Boss", role=Role.ADMINISTRATOR)


def test_switch_undo_and_back_to_the_default(open_page, boss, look):
    page = open_page(boss, PAGE, **look)
    switch = page.get_by_role("switch", name="Achievements")
    expect(switch).to_be_checked()
    assert_no_axe_violations(page)
    assert_fits(page)
    switch.click()
    expect(page.locator("#toasts")).to_contain_text("“Achievements” is off for everybody.")
    expect(switch).not_to_be_checked()
    expect(page.locator("#flags")).to_contain_text("chosen by the administration")
    assert_no_axe_violations(page)
    assert_fits(page)
    page.get_by_role("button", name="Undo").click()
    expect(switch).to_be_checked()
    expect(page.locator("#flags")).not_to_contain_text("chosen by the administration")
    switch.focus()
    page.keyboard.press("Space")
    expect(switch).not_to_be_checked()
    expect(switch).to_be_focused()
    assert Switch.objects.get(name="achievements").active is False
    page.get_by_role("button", name="No longer decide here: Achievements").click()
    expect(switch).to_be_checked()
    assert not Switch.objects.exists()
