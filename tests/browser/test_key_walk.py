"""The walk through the registry in Chromium: every command that has keys, pressed, does what it says."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from urllib.parse import urljoin

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.models import User
from tests.browser.tools import change_a_tag, delete_a_tag, press
from tests.work import make_entry, make_project, make_tag
from timetracker.web.commands import Command, all_commands
from tracking.models import Tag, TimeEntry
from tracking.services.timer import start_timer

pytestmark = pytest.mark.browser
Check = Callable[[Page], None]


@pytest.fixture
def work(boss: User) -> None:
    """Five projects with time, an hour apart."""
    for number in range(5):
        start = timezone.now() - dt.timedelta(days=1, hours=number)
        make_entry(boss, start, minutes=10, project=make_project(name=f"Project {number}"))


@pytest.fixture
def desk(open_page, boss: User) -> Page:
    return open_page(boss, "/tasks/")


def sees(selector: str) -> Check:
    return lambda page: expect(page.locator(selector)).to_be_visible()


def focuses(selector: str) -> Check:
    return lambda page: expect(page.locator(selector)).to_be_focused()


def says(words: str) -> Check:
    return lambda page: expect(page.locator("#toasts")).to_contain_text(words)


def at_home(page: Page) -> None:
    page.goto("/")
    expect(page.locator("#widget-week-goal")).to_be_visible()


def paused(page: Page) -> None:
    expect(page.locator("#timer-pause")).to_have_attribute("aria-label", "Resume")


def redo_ready(page: Page) -> None:
    change_a_tag(page, "Archive", "archived")
    press(page, "Ctrl+Z")
    expect(page.locator("#toasts")).to_contain_text("Undone:")
    expect(page.get_by_role("link", name="#one")).to_be_visible()


def new_tag_named(page: Page) -> None:
    press(page, "c n")
    page.get_by_role("dialog").get_by_label("Name").fill("two")


def another_tag(page: Page) -> None:
    expect(page.get_by_role("dialog").get_by_label("Name")).to_have_value("")
    assert Tag.objects.filter(name="two").exists()


def many_tags(page: Page) -> None:
    Tag.objects.bulk_create(Tag(name=f"tag {number:03}") for number in range(205))
    page.reload()


def first_row(page: Page) -> None:
    press(page, "j")
    expect(page.locator("#main [data-row]").first).to_be_focused()


def second_page(page: Page) -> None:
    many_tags(page)
    page.goto(f"{page.url}?page=2")


RUNNING = {"timer-stop", "timer-pause", "timer-discard", "timer-edit"}
EFFECTS: dict[str, tuple[Callable[[Page], object] | None, Check]] = {
    "shortcuts": (None, sees("#shortcuts")),
    "undo": (delete_a_tag, says("Undone: Tag #one deleted.")),
    "redo": (redo_ready, says("Done again:")),
    "sidebar": (None, lambda page: expect(page.locator("html")).to_have_attribute("data-sidebar", "collapsed")),
    "dark": (None, lambda page: expect(page.locator("html")).to_have_attribute("data-theme", "dark")),
    "palette": (None, focuses("#palette-text")),
    "search": (None, focuses("#palette-text")),
    "quick-actions": (None, sees("#quick-menu")),
    "row-down": (None, focuses("#main [data-row]:first-child")),
    "row-up": (None, focuses("#main [data-row]:first-child")),
    "row-select": (
        first_row,
        lambda page: expect(page.locator("#main [data-row] [data-select-row]").first).to_be_checked(),
    ),
    "row-all": (None, lambda page: expect(page.locator("#main [data-select-all]")).to_be_checked()),
    "row-open": (first_row, lambda page: page.wait_for_url("**/tasks/?show=all&tag=*")),
    "row-edit": (first_row, sees("#dialog")),
    "row-delete": (first_row, says("Tag #one archived.")),
    "row-menu": (first_row, sees("[data-menu]:popover-open")),
    "page-next": (many_tags, lambda page: page.wait_for_url("**page=2*")),
    "page-previous": (second_page, lambda page: page.wait_for_url(lambda url: "page=2" not in url)),
    "find": (None, focuses("#main [type=search]")),
    "close": (lambda page: page.locator("#main [type=search]").focus(), focuses("body")),
    "open-notifications": (None, sees("#notices")),
    "dashboard-edit": (at_home, sees("#dashboard[data-editing]")),
    "timer-start": (None, focuses("#timer-text")),
    "timer-stop": (None, sees("#timer-go")),
    "timer-pause": (None, paused),
    "timer-discard": (None, says("Discarded.")),
    "timer-edit": (None, sees("#dialog")),
    "save": (new_tag_named, lambda page: expect(page.get_by_role("link", name="#two")).to_be_visible()),
    "save-another": (new_tag_named, another_tag),
}


@pytest.mark.parametrize("command", [command for command in all_commands() if command.keys], ids=lambda each: each.id)
def test_every_key_has_its_effect(desk: Page, boss: User, work: None, command: Command):
    make_tag(name="one")
    before, check = EFFECTS.get(command.id, (None, None))
    if command.id in RUNNING:
        start_timer(user=boss, description="Sketch")
    desk.goto("/tags/")
    expect(desk.locator("#bell[aria-haspopup]")).to_be_visible()
    if before:
        before(desk)
    press(desk, command.keys)
    if check:
        check(desk)
    elif command.page:
        # Not a pattern: that of the dashboard's address is that of every page.
        expect(desk).to_have_url(urljoin(desk.url, command.url))
        expect(desk.locator("#bell[aria-haspopup]")).to_be_visible()
    elif command.dialog:
        expect(desk.locator("#dialog[open] .dialog-title")).to_be_visible()
    else:
        assert command.post, f"{command.id}: say in EFFECTS what is to be seen"
        expect(desk.locator("#timer-stop")).to_be_visible()


def test_recent_projects_are_in_their_order(desk: Page, boss: User, work: None):
    press(desk, "t 2")
    expect(desk.locator("#timer-stop")).to_be_visible()
    expect(desk.locator("#toasts")).to_contain_text("Started “Project 1”.")
    recent = TimeEntry.objects.filter(ended_at=None).get()
    latest = TimeEntry.objects.exclude(ended_at=None).order_by("-started_at").values_list("project", flat=True)
    assert recent.project_id == latest[1]


def test_recent_projects_are_named_wherever_their_keys_are(desk: Page, boss: User):
    make_entry(boss, timezone.now() - dt.timedelta(days=1), minutes=10, project=make_project(name="Acme site"))
    boss.quick_actions = ["timer-recent-1", "timer-recent-2"]
    boss.save()
    desk.goto("/")
    expect(desk.locator("[data-keys-of=timer-recent-1]")).to_have_text("t 1")
    press(desk, "?")
    rows = desk.locator("#shortcuts").get_by_role("listitem")
    expect(rows.filter(has_text="Start timer on Acme site")).to_contain_text("t1")
    expect(rows.filter(has_text="Start on recent project 2")).to_contain_text("(no recent project)")
    press(desk, "Escape")
    expect(desk.locator("#shortcuts")).to_be_hidden()
    press(desk, "q")
    expect(desk.locator("#quick-menu [role=menuitem]:visible")).to_contain_text(["Start timer on Acme site", "Arrange"])
    press(desk, "Escape")
    press(desk, "Ctrl+k")
    options = desk.locator("#palette").get_by_role("option")
    expect(options.filter(has_text="Start timer on Acme site")).to_be_visible()
    expect(options.filter(has_text="Start on recent project")).to_have_count(0)
