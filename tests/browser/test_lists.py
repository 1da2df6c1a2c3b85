"""Every list by keyboard: rows of entries, tasks, projects, tags, notifications and rules."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from accounts.choices import Role
from accounts.models import User
from notifications.models import Notification
from tests.browser.tools import assert_no_axe_violations, box_of, wait_until_live
from tests.factories import TeamFactory
from tests.notices import make_notice, make_reminder
from tests.work import MONDAY, make_client, make_entry, make_project, make_tag, make_task
from tests.workflows.rules import make_rule
from tracking.models import Project, Tag, Task, TimeEntry
from workflows.models import Rule

pytestmark = pytest.mark.browser
ENTRIES = "/entries/?week=2026-03-02"


@pytest.fixture
def mara(person: User) -> User:
    person.role = Role.ADMINISTRATOR
    person.save()
    return person


@pytest.fixture
def entries(mara: User) -> list[TimeEntry]:
    """The newest stands first: Third, Second, First."""
    project = make_project(name="Website relaunch")
    words = ["First", "Second", "Third"]
    starts = [MONDAY + dt.timedelta(hours=number) for number in range(3)]
    return [
        make_entry(mara, start, description=word, project=project) for word, start in zip(words, starts, strict=True)
    ]


def here(page: Page) -> Locator:
    """The row that keys are about."""
    return page.locator("[data-row]:focus")


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def make_some(make: Callable[[str], object]) -> None:
    for word in ("One", "Two", "Three"):
        make(word)


LISTS: dict[str, tuple[str, Callable[[User], None]]] = {
    "tasks": ("/tasks/", lambda _mara: make_some(lambda word: make_task(name=f"Task {word}"))),
    "projects": ("/projects/", lambda mara: make_some(lambda word: make_project(mara, name=f"Project {word}"))),
    "clients": ("/clients/", lambda _mara: make_some(lambda word: make_client(name=f"Client {word}"))),
    "tags": ("/tags/", lambda _mara: make_some(lambda word: make_tag(f"tag-{word}"))),
    "notifications": ("/notifications/", lambda mara: make_some(lambda word: make_notice(mara, f"Notice {word}"))),
    "reminders": ("/notifications/reminders/", lambda mara: make_some(lambda word: make_reminder(mara, word))),
    "rules": ("/workflows/", lambda mara: make_some(lambda word: make_rule(mara, name=f"Rule {word}"))),
    "teams": ("/teams/", lambda _mara: make_some(lambda word: TeamFactory.create(name=f"Team {word}"))),
}


# ── From row to row ──────────────────────────────────────────────────────────
def test_keys_go_from_row_to_row_of_entries(open_page, mara: User, entries: list[TimeEntry]):
    page = open_page(mara, ENTRIES)
    press(page, "j")
    expect(here(page)).to_contain_text("Third")
    expect(here(page)).to_have_css("outline-style", "solid")
    expect(here(page)).to_have_accessible_name("Third, Website relaunch, 11:00 – 12:00, 1:00")
    press(page, "j", "ArrowDown")
    expect(here(page)).to_contain_text("First")
    press(page, "j")  # there is no further one
    expect(here(page)).to_contain_text("First")
    press(page, "k", "ArrowUp")
    expect(here(page)).to_contain_text("Third")
    expect(page.locator("[data-row][tabindex]")).to_have_count(1)
    assert_no_axe_violations(page)


@pytest.mark.parametrize("name", LISTS)
def test_every_list_has_rows(open_page, mara: User, name: str):
    path, make = LISTS[name]
    make(mara)
    page = open_page(mara, path)
    press(page, "j", "j")
    rows = page.locator("[data-row]")
    expect(rows).to_have_count(3)
    expect(rows.nth(1)).to_be_focused()
    expect(here(page)).to_have_accessible_name(re.compile("(One|Two|Three)"))
    press(page, "k")
    expect(rows.first).to_be_focused()
    assert_no_axe_violations(page)


def test_a_row_further_down_comes_into_view(open_page, mara: User):
    for number in range(40):
        make_task(name=f"Task {number}")
    page = open_page(mara, "/tasks/")
    page.mouse.wheel(0, 10_000)
    expect(page.locator("[data-row]").last).to_be_in_viewport()
    press(page, "j")
    expect(page.locator("[data-row]").first).not_to_be_focused()  # the first that is seen
    for _ in range(40):
        press(page, "k")
    expect(page.locator("[data-row]").first).to_be_focused()
    bar = box_of(page.locator(".topbar"))
    assert box_of(here(page))["y"] >= bar["y"] + bar["height"]


def test_a_page_without_a_list_leaves_the_keys_alone(open_page, mara: User):
    page = open_page(mara, "/settings/")
    press(page, "j", "x", "Delete", "m", "Enter")
    expect(page.locator("[data-row]")).to_have_count(0)
    press(page, "Control+a")
    assert "Settings" in page.evaluate("getSelection().toString()")


# ── Choosing ─────────────────────────────────────────────────────────────────
def test_rows_are_chosen_and_the_count_is_said(open_page, mara: User, entries: list[TimeEntry]):
    page = open_page(mara, ENTRIES)
    press(page, "j", "x")
    expect(page.locator("#announcer")).to_have_text("1 selected")
    expect(here(page).locator("[data-select-row]")).to_be_checked()
    press(page, "j", "x", "x")
    expect(page.locator("#announcer")).to_have_text("1 selected")
    press(page, "Control+a")
    expect(page.locator("#announcer")).to_have_text("3 selected")
    expect(page.locator("[data-select-row]:checked")).to_have_count(3)
    assert page.evaluate("getSelection().isCollapsed")
    press(page, "Escape")
    expect(page.locator("[data-select-row]:checked")).to_have_count(0)
    expect(here(page)).to_contain_text("Second")


def test_select_all_in_a_field_is_the_browsers(open_page, mara: User, entries: list[TimeEntry]):
    page = open_page(mara, ENTRIES)
    page.get_by_label("Search descriptions").fill("r")
    press(page, "Control+a", "j", "x")
    expect(page.get_by_label("Search descriptions")).to_have_value("jx")
    expect(page.locator("[data-select-row]:checked")).to_have_count(0)


def test_what_is_chosen_is_deleted_together(open_page, mara: User, entries: list[TimeEntry]):
    page = open_page(mara, ENTRIES)
    press(page, "j", "x", "j", "x")
    expect(page.locator("[data-bulk-delete]")).to_be_visible()
    press(page, "Delete")
    expect(page.locator("[data-row]")).to_have_count(1)
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("[data-row]")).to_have_count(3)


@pytest.mark.parametrize("name", ["tasks", "projects", "clients", "tags", "notifications"])
def test_rows_of_every_list_are_chosen(open_page, mara: User, name: str):
    path, make = LISTS[name]
    make(mara)
    page = open_page(mara, path)
    press(page, "j", "x")
    expect(page.locator("#announcer")).to_have_text("1 selected")
    press(page, "Control+a")
    expect(page.locator("#announcer")).to_have_text("3 selected")
    press(page, "Delete")
    expect(page.locator("[data-row]")).to_have_count(0)
    expect(page.get_by_role("button", name="Undo")).to_be_visible()


# ── What a row can do ────────────────────────────────────────────────────────
def test_an_entry_is_opened_edited_and_deleted(open_page, mara: User, entries: list[TimeEntry]):
    page = open_page(mara, ENTRIES)
    press(page, "j", "j", "Enter")
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_label("What was done")).to_have_value("Second")
    press(page, "Escape")
    expect(dialog).to_be_hidden()
    expect(here(page)).to_contain_text("Second")

    press(page, "e")
    field = page.locator("#row-description")
    expect(field).to_be_focused()
    field.fill("Changed")
    press(page, "Enter")
    expect(page.locator("#entries-list")).to_contain_text("Changed")
    expect(page.locator("[data-row]", has_text="Changed")).to_be_focused()

    press(page, "m")
    expect(page.get_by_role("link", name="Split")).to_be_visible()
    press(page, "j")  # is the menu's
    expect(page.get_by_role("link", name="Split")).to_be_visible()
    press(page, "Escape", "k", "j", "Delete")
    expect(page.locator("[data-row]")).to_have_count(2)
    expect(here(page)).to_contain_text("First")  # which took its place
    press(page, "Delete")
    expect(here(page)).to_contain_text("Third")
    page.locator(".toast", has_text="Undo").get_by_role("button", name="Undo").last.click()
    expect(page.locator("[data-row]")).to_have_count(2)


def test_a_key_held_down_deletes_once(open_page, mara: User, entries: list[TimeEntry]):
    page = open_page(mara, ENTRIES)
    press(page, "j")
    page.keyboard.down("Delete")
    expect(page.locator("[data-row]")).to_have_count(2)
    expect(here(page)).to_contain_text("Second")
    page.keyboard.down("Delete")  # the same stroke, repeated
    page.keyboard.up("Delete")
    expect(page.locator("[data-row]")).to_have_count(2)
    assert TimeEntry.objects.filter(deleted_at=None).count() == 2


@pytest.mark.parametrize(
    ("name", "model", "heading"), [("tasks", Task, "Task Three"), ("projects", Project, "Project One")]
)
def test_work_is_opened_edited_and_put_away(open_page, mara: User, name: str, model: type, heading: str):
    path, make = LISTS[name]
    make(mara)
    page = open_page(mara, path)
    press(page, "j", "e")
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_label("Name", exact=True)).to_have_value(heading)
    dialog.get_by_label("Name", exact=True).fill("Renamed")
    press(page, "Enter")
    expect(dialog).to_be_hidden()
    expect(page.locator("[data-row]", has_text="Renamed")).to_be_focused()
    press(page, "m")
    expect(page.locator("[data-menu]:popover-open").get_by_role("link", name="Edit")).to_be_focused()
    press(page, "Escape")
    expect(page.locator("[data-row]", has_text="Renamed")).to_be_focused()
    press(page, "Delete")
    expect(page.locator(".toast", has_text="archived").get_by_role("button", name="Undo")).to_be_visible()
    expect(page.locator("[data-row]")).to_have_count(2)
    expect(here(page)).to_have_count(1)
    press(page, "Enter")
    page.wait_for_url(f"**{path}*/")
    assert model.objects.filter(name="Renamed").count() == 1


def test_a_tag_is_opened_edited_and_put_away(open_page, mara: User):
    LISTS["tags"][1](mara)
    page = open_page(mara, "/tags/")
    press(page, "j", "e")
    expect(page.get_by_role("dialog").get_by_label("Name")).to_be_focused()
    press(page, "Escape", "m")
    expect(page.get_by_role("button", name="Archive").last).to_be_visible()
    press(page, "Escape", "Delete")
    expect(page.locator("[data-row]")).to_have_count(2)
    press(page, "Enter")
    page.wait_for_url("**/tasks/?show=all&tag=*")
    assert Tag.objects.filter(archived_at=None).count() == 2


def test_a_notification_by_keys(open_page, mara: User):
    LISTS["notifications"][1](mara)
    page = open_page(mara, "/notifications/")
    press(page, "j", "j", "m")
    expect(page.get_by_role("button", name="Snooze").or_(page.get_by_text("Snooze", exact=True))).to_be_visible()
    press(page, "Escape", "Delete")
    expect(page.locator("[data-row]")).to_have_count(2)
    expect(here(page)).to_contain_text("Notice One")
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("[data-row]")).to_have_count(3)
    press(page, "j", "Enter")
    expect(page).not_to_have_url("**/notifications/")
    assert Notification.objects.filter(read_at=None).count() == 2


def test_the_panel_is_a_list_too(open_page, mara: User):
    LISTS["notifications"][1](mara)
    page = open_page(mara, ENTRIES)
    page.locator("#bell[aria-haspopup]").click()  # what stands there before is a link to the page
    rows = page.locator("dialog[open] [data-row]")
    expect(rows).to_have_count(3)
    press(page, "j")
    expect(rows.first).to_be_focused()
    press(page, "Delete")
    expect(rows).to_have_count(2)
    expect(rows.first).to_be_focused()


def test_a_rule_by_keys(open_page, mara: User):
    LISTS["rules"][1](mara)
    page = open_page(mara, "/workflows/")
    press(page, "j", "m")
    expect(page.get_by_role("link", name="Export")).to_be_visible()
    press(page, "Escape", "Delete")
    expect(page.locator("[data-row]")).to_have_count(2)
    expect(here(page)).to_have_count(1)
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("[data-row]")).to_have_count(3)
    page.locator("[data-row] .row-link").first.focus()
    press(page, "j", "e")
    page.wait_for_url("**/workflows/*/edit/")
    assert Rule.objects.count() == 3


# ── Exchanged lists ──────────────────────────────────────────────────────────
def test_the_focus_stays_when_the_list_is_fetched_anew(open_page, mara: User, entries: list[TimeEntry]):
    page, other = open_page(mara, ENTRIES), open_page(mara, ENTRIES)
    wait_until_live(page)
    press(page, "j", "j")
    other.locator(".entry", has_text="Third").get_by_role("button", name="More").click()
    other.get_by_role("button", name="Delete").last.click()
    expect(page.locator("[data-row]")).to_have_count(2)
    expect(here(page)).to_contain_text("Second")


def test_pages_are_turned(open_page, mara: User):
    for number in range(60):
        make_task(name=f"Task {number}")
    page = open_page(mara, "/tasks/")
    press(page, "j", "n")
    expect(page.locator(".pager")).to_contain_text("Page 2")
    expect(page.locator("[data-row]").first).to_be_focused()
    press(page, "p")
    expect(page.locator(".pager")).to_contain_text("Page 1")
    expect(page.locator("[data-row]").first).to_be_focused()


def test_weeks_are_turned(open_page, mara: User, entries: list[TimeEntry]):
    page = open_page(mara, "/entries/?week=2026-03-09")
    press(page, "p")
    page.wait_for_url("**week=2026-03-02*")
    expect(page.locator("[data-row]")).to_have_count(3)
