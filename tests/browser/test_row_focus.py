"""The row that keys are about has the focus after an edit, a deletion, a refresh, a dialog, and when one comes back."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from playwright.sync_api import Locator, Page, expect

from accounts.models import User
from tests.browser.tools import SCREENS, box_of, press, wait_until_live
from tests.work import MONDAY, make_entry, make_project, make_task
from tracking.models import Task

pytestmark = pytest.mark.browser
ENTRIES = "/entries/?week=2026-03-02"
MANY = 40


def here(page: Page) -> Locator:
    return page.locator("[data-row]:focus")


def scrolled(page: Page) -> int:
    return page.evaluate("Math.round(scrollY)")


@pytest.fixture
def entries(boss: User) -> None:
    """Number 39 stands first."""
    project = make_project(name="Website relaunch")
    for number in range(MANY):
        start = MONDAY + dt.timedelta(minutes=10 * number)
        make_entry(boss, start, 10, description=f"Number {number:02}", project=project)


@pytest.fixture
def tasks(organisation: object) -> None:
    for number in range(MANY):
        make_task(name=f"Task {number:02}")


def stand_on(page: Page, words: str) -> None:
    for _ in range(MANY):
        if here(page).filter(has_text=words).count():
            return
        press(page, "j")
    raise AssertionError(words)


def test_escape_gives_the_row_its_focus_back_and_nothing_jumps(open_page, boss: User, entries: None):
    page = open_page(boss, ENTRIES)
    stand_on(page, "Number 10")
    before = scrolled(page)
    assert before > 0
    press(page, "e")
    expect(page.locator("#row-description")).to_be_focused()
    assert page.evaluate("getSelection().toString()") == "Number 10"
    press(page, "Escape")
    expect(here(page)).to_contain_text("Number 10")
    assert abs(scrolled(page) - before) < 200
    before = scrolled(page)
    press(page, "Delete")
    expect(here(page)).to_contain_text("Number 09")
    assert abs(scrolled(page) - before) < 100


def test_from_a_link_in_the_row_the_next_row_follows(open_page, boss: User, entries: None):
    page = open_page(boss, ENTRIES)
    page.get_by_role("link", name="Number 10").focus()
    before = scrolled(page)
    press(page, "Delete")
    expect(here(page)).to_contain_text("Number 09")
    assert abs(scrolled(page) - before) < 100


def test_after_the_last_row_the_empty_list_has_the_focus(open_page, boss: User):
    make_task(name="Only this")
    page = open_page(boss, "/tasks/")
    press(page, "j Delete")
    expect(page.locator("#tasks .empty")).to_be_focused()
    with page.expect_response(lambda answer: "/tasks/" in answer.url):
        page.evaluate("htmx.trigger(document.body, 'workChanged')")
    expect(page.locator("#tasks")).not_to_have_class(re.compile("htmx-"))
    expect(page.locator("#tasks .empty")).to_be_focused()


def test_a_refresh_behind_a_dialog_keeps_the_row(open_page, boss: User, tasks: None):
    page, other = open_page(boss, "/tasks/"), open_page(boss, "/tasks/?q=Task+39")
    wait_until_live(page)
    stand_on(page, "Task 20")
    press(page, "e")
    name = page.get_by_role("dialog").get_by_label("Name", exact=True)
    expect(name).to_be_focused()
    assert page.evaluate("getSelection().toString()") == "Task 20"
    press(other, "j Delete")
    expect(page.locator("[data-row]", has_text="Task 39")).to_have_count(0)
    press(page, "Escape")
    expect(here(page)).to_contain_text("Task 20")
    assert Task.objects.filter(archived_at=None).count() == MANY - 1


def test_back_and_forward_find_the_row_again(open_page, boss: User, tasks: None):
    page = open_page(boss, "/tasks/")
    stand_on(page, "Task 15")
    before = scrolled(page)
    assert before > 0
    press(page, "Enter")
    page.wait_for_url("**/tasks/*/")
    page.go_back()
    expect(here(page)).to_contain_text("Task 15")
    assert abs(scrolled(page) - before) < 50
    press(page, "j")
    expect(here(page)).to_contain_text("Task 14")
    page.go_forward()
    page.go_back()
    expect(here(page)).to_contain_text("Task 14")
    page.goto("/tasks/")  # an ordinary visit begins at the top
    expect(page.locator("[data-row]").first).to_be_visible()
    expect(here(page)).to_have_count(0)


@pytest.mark.parametrize("screen", SCREENS)
def test_what_has_the_focus_stands_clear_of_the_button_in_the_corner(open_page, boss: User, entries: None, screen: str):
    page = open_page(boss, ENTRIES, **SCREENS[screen])
    corner = box_of(page.locator("#quick-button"))["y"]
    menus = page.locator("[data-row-menu]")
    under = menus.nth(20)
    under.evaluate("(menu, corner) => scrollBy(0, menu.getBoundingClientRect().top - corner)", corner)
    under.focus()
    box = box_of(under)
    assert box["y"] + box["height"] <= corner
    page.evaluate("scrollTo(0, document.body.scrollHeight)")
    box = box_of(menus.last)
    assert box["y"] + box["height"] <= corner  # the end of the list
