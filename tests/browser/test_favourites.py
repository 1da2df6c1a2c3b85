"""Favourites in Chromium: pinned from the menu, started, put in order by keyboard."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from accounts.models import User
from tests.browser.tools import SCREENS, assert_no_axe_violations
from tests.work import make_entry, make_project
from tracking.models import Favourite, Project, TimeEntry
from tracking.services.favourites import pin_entry

pytestmark = pytest.mark.browser


def entry(person: User, description: str, minutes: int = 30, **fields) -> TimeEntry:
    now = timezone.now().replace(microsecond=0)
    return make_entry(person, now - dt.timedelta(minutes=minutes), 5, description=description, **fields)


def test_pinned_from_the_menu_started_and_unpinned(open_page, person: User):
    entry(person, "Stand-up", project=make_project(name="Website"))
    page = open_page(person, "/entries/")
    row, menu = page.get_by_role("region", name="Favourites"), page.get_by_role("button", name="More about Stand-up")
    expect(row).to_have_count(0)
    menu.press("Enter")
    page.get_by_role("button", name="Pin as favourite").press("Enter")
    row.get_by_role("button", name="Start the timer: Stand-up").press("Enter")
    expect(page.locator("#timer-text")).to_have_value("Stand-up")
    assert TimeEntry.objects.running().get().project.name == "Website"
    expect(row.get_by_role("button")).to_be_focused()
    assert_no_axe_violations(page)
    menu.last.click()
    page.get_by_role("button", name="Unpin").click()
    expect(row).to_have_count(0)


@pytest.mark.parametrize("screen", SCREENS)
def test_put_in_order_by_keyboard(open_page, person: User, screen: str):
    for number, name in enumerate(("First", "Second", "Third")):
        pin_entry(user=person, entry=entry(person, name, 60 - number * 10))
    pin_entry(user=person, entry=entry(person, "Closed", project=make_project(name="Website")))
    Project.objects.update(status="completed")
    page = open_page(person, "/", **SCREENS[screen])
    row, dialog = page.get_by_role("region", name="Favourites"), page.get_by_role("dialog", name="Favourites")
    expect(row.get_by_role("button")).to_have_count(3)
    expect(row).to_contain_text("The project is closed")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    row.get_by_role("link", name="Arrange the favourites").press("Enter")
    down, names = dialog.get_by_role("button", name="Move down: First"), dialog.locator("li p.truncate")
    for order in (["Second", "First", "Third", "Closed"], ["Second", "Third", "First", "Closed"]):
        down.press("Enter")
        expect(names).to_have_text(order)
        expect(down).to_be_focused()
    assert_no_axe_violations(page)
    dialog.get_by_role("button", name="Unpin: Second").press("Enter")
    expect(names).to_have_text(["Third", "First", "Closed"])
    expect(row.locator("button .truncate")).to_have_text(["Third", "First"])
    page.get_by_role("button", name="Undo").last.press("Enter")
    expect(names).to_have_text(["Second", "Third", "First", "Closed"])
    dialog.get_by_role("button", name="Unpin: Second").press("Enter")
    expect(names).to_have_text(["Third", "First", "Closed"])
    page.keyboard.press("Escape")
    expect(row.get_by_role("link")).to_be_focused()
    assert [pin.description for pin in Favourite.objects.of(person)] == ["Third", "First", "Closed"]
