"""The search over all weeks in Chromium: from a week into all of them, and by person."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from accounts.choices import Role
from accounts.models import User
from tests.browser.tools import assert_fits, assert_no_axe_violations
from tests.factories import UserFactory
from tests.work import make_entry, make_project

pytestmark = pytest.mark.browser


@pytest.fixture
def administrator(person: User) -> User:
    """With an entry of somebody else, a hundred days old, and one of their own."""
    boss = UserFactory.create(username="ada", display_name="Ada Boss", role=Role.ADMINISTRATOR)
    start = timezone.now() - dt.timedelta(days=100)
    project = make_project(name="Website relaunch")
    make_entry(person, start, 30, description="Checkout flow of the shop", project=project)
    make_entry(boss, start - dt.timedelta(days=100), 30, description="Checkout of books")
    return boss


def test_from_a_week_into_all_of_them(open_page, administrator: User, person: User, look):
    page = open_page(administrator, "/entries/?q=checkout", **look)
    expect(page.get_by_role("heading", name="No entry fits")).to_be_visible()
    page.get_by_role("link", name="In all weeks").click()
    rows = page.locator(".entry")
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text("Checkout of books")
    page.get_by_label("Person").select_option("Everybody")
    expect(rows).to_have_count(2)
    expect(rows.first.get_by_text("Mara Klein").filter(visible=True)).to_have_count(1)
    assert "weeks=all" in page.url
    assert "person=all" in page.url
    assert_fits(page)
    assert_no_axe_violations(page)
    page.get_by_label("Person").select_option(str(person))
    expect(rows).to_have_count(1)
    page.locator(".day-head").get_by_role("link", name="Week").click()
    expect(page.locator("#week-name")).to_be_visible()
    expect(rows).to_contain_text("Checkout flow of the shop")
