"""The command palette in Chromium: by keyboard, by thumb, with lines that say what to do, and without a server."""

from __future__ import annotations

import datetime as dt
import re
from statistics import median

import pytest
from django.utils import timezone
from playwright.sync_api import Locator, Page, Route, expect

from accounts.models import Use, User
from accounts.services.shortcuts import set_shortcut
from accounts.services.uses import note_use
from tests.browser.tools import SCREENS, assert_fits, assert_no_axe_violations, box_of, wait_until_live
from tests.factories import UserFactory
from tests.work import make_client, make_entry, make_project, make_task
from timetracker.web.commands import get_command
from tracking.models import Project, TimeEntry

pytestmark = pytest.mark.browser


@pytest.fixture
def website(person: User) -> Project:
    return make_project(person, name="Website relaunch", client=make_client(name="Northwind"), billable=False)


def palette(page: Page) -> Locator:
    return page.get_by_role("dialog", name="Command palette")


def line(page: Page) -> Locator:
    return page.locator("#palette-text")


def options(page: Page) -> Locator:
    return palette(page).get_by_role("option")


def active(page: Page) -> Locator:
    return palette(page).locator("[role=option][aria-selected=true]")


def status(page: Page) -> Locator:
    return palette(page).get_by_role("status")


def open_palette(page: Page) -> Locator:
    page.locator("#sidebar").get_by_role("button", name="Search or run").press("Enter")
    expect(line(page)).to_be_focused()
    expect(status(page)).not_to_be_empty()
    return line(page)


def answered(page: Page, number: int) -> None:
    expect(status(page)).to_have_text(f"Results: {number}")


# ── By keyboard ──────────────────────────────────────────────────────────────
def test_the_whole_way_by_keyboard(open_page, person: User, website: Project):
    page = open_page(person, "/entries/")
    text = open_palette(page)
    expect(text).to_have_attribute("aria-expanded", "true")
    text.press_sequentially("proj")
    expect(active(page)).to_contain_text("Projects")
    expect(active(page).locator(".key")).to_have_text("g p")
    expect(text).to_have_attribute("aria-activedescendant", "palette-option-0")
    text.fill("e")
    expect(options(page).filter(has_text="Northwind")).to_be_visible()
    text.press("End")
    expect(options(page).last).to_have_attribute("aria-selected", "true")
    text.press("ArrowDown")
    expect(options(page).first).to_have_attribute("aria-selected", "true")
    text.press("ArrowUp")
    expect(options(page).last).to_have_attribute("aria-selected", "true")
    text.press("Home")
    expect(options(page).first).to_have_attribute("aria-selected", "true")
    for place in (palette(page).get_by_role("button", name="Close"), text, palette(page).get_by_role("button")):
        page.keyboard.press("Tab")
        expect(place).to_be_focused()
    page.keyboard.press("Escape")
    expect(palette(page)).to_be_hidden()
    expect(page.locator("#sidebar").get_by_role("button", name="Search or run")).to_be_focused()
    expect(page.locator("#toasts .toast")).to_have_count(0)

    open_palette(page).press_sequentially("website")
    answered(page, 1)
    expect(active(page)).to_contain_text("Northwind")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/projects/{website.pk}/")


def test_a_link_opens_in_a_new_tab(open_page, person: User, website: Project):
    page = open_page(person, "/entries/")
    open_palette(page).fill("website")
    answered(page, 1)
    with page.context.expect_page() as opened:
        page.keyboard.press("Control+Enter")
    opened.value.wait_for_url(f"**/projects/{website.pk}/")
    expect(palette(page)).to_be_visible()


def test_a_command_opens_its_dialog(open_page, person: User):
    page = open_page(person, "/entries/")
    open_palette(page).press_sequentially("new task")
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog", name="New task")).to_be_visible()
    expect(palette(page)).to_be_hidden()
    expect(page.locator("#dialog :focus")).to_have_count(1)


def test_what_was_used_last_comes_first(open_page, person: User, website: Project):
    note_use(user=person, what=f"project:{website.pk}")
    page = open_page(person, "/entries/")
    open_palette(page).press_sequentially("tag")
    page.keyboard.press("Enter")
    page.wait_for_url("**/tags/")
    expect(page.get_by_role("heading", name="Tags", exact=True)).to_be_visible()
    open_palette(page)
    group = palette(page).get_by_role("group", name="Used last")
    expect(group.get_by_role("option")).to_have_text([re.compile("Tags"), re.compile("Website relaunch")])
    expect(active(page)).to_contain_text("Tags")
    expect(options(page).get_by_text("Tags", exact=True)).to_have_count(1)
    assert Use.objects.filter(user=person, what="command:go-tags", count=1).exists()


def test_use_orders_what_fits_as_well(open_page, person: User):
    page = open_page(person, "/entries/")
    open_palette(page).fill("re")
    expect(active(page)).to_contain_text("Reports")
    expect(options(page).filter(has_text="To review")).to_be_visible()
    order = options(page).locator(".palette-label").all_inner_texts()
    assert order.index("Reports") < order.index("To review")  # the whole label before a word of it
    assert order.index("To review") < order.index("New reminder")
    note_use(user=person, what="command:new-reminder")
    page.reload()
    open_palette(page).fill("re")
    expect(options(page).filter(has_text="New reminder")).to_be_visible()
    order = options(page).locator(".palette-label").all_inner_texts()
    assert order.index("Reports") < order.index("New reminder") < order.index("To review")


def test_the_active_option_stays_when_the_answer_comes(open_page, person: User):
    for number in range(3):
        make_project(name=f"Tag cloud {number}")
    page = open_page(person, "/entries/")
    text = open_palette(page)
    held: list[Route] = []
    page.route("**/palette/?q=ta*", lambda route: held.append(route))
    with page.expect_request("**/palette/?q=ta*"):
        text.press_sequentially("ta")
    expect(active(page)).to_contain_text("Tasks")
    text.press("ArrowDown")
    expect(active(page)).to_contain_text("Tags")
    held[-1].continue_()
    expect(options(page).filter(has_text="Tag cloud 2")).to_be_visible()
    expect(active(page)).to_contain_text("Tags")
    assert "Tasks" in options(page).first.inner_text()


def test_the_newest_answer_wins(open_page, person: User):
    make_project(name="Alpha")
    make_project(name="Alps")
    page = open_page(person, "/entries/")
    text = open_palette(page)
    held: list[Route] = []
    page.route("**/palette/?q=alp&*", lambda route: held.append(route))
    with page.expect_request("**/palette/?q=alp&*"):
        text.fill("alp")
    text.fill("alph")
    answered(page, 1)
    held[0].fulfill(body="<p>An older answer</p>")
    expect(options(page)).to_have_count(1)
    expect(options(page)).to_contain_text("Alpha")


def test_a_key_is_answered_at_once(open_page, person: User):
    """Commands wait for nobody: the list changes in the same task as the key."""
    page = open_page(person, "/entries/")
    open_palette(page)
    took = page.evaluate(
        """async () => {
          const input = document.getElementById("palette-text"), took = [];
          for (const text of ["r", "re", "rep", "repo", "g", "go", "new", "new t", "s", "se"]) {
            const begun = performance.now();
            input.value = text;
            input.dispatchEvent(new Event("input", { bubbles: true }));
            document.getElementById("palette-list").getBoundingClientRect();
            took.push(performance.now() - begun);
            await new Promise((done) => setTimeout(done, 30));
          }
          return took;
        }"""
    )
    assert median(took) < 100, took


# ── Lines that say what to do ────────────────────────────────────────────────
def test_start_with_words(open_page, person: User, website: Project):
    page = open_page(person, "/entries/")
    open_palette(page).press_sequentially("start website fix the header #ux")
    expect(options(page).first).to_contain_text("Start the timer on Website relaunch: fix the header")
    page.keyboard.press("Enter")
    expect(page.locator("#timer-text")).to_have_value("fix the header")
    expect(palette(page)).to_be_hidden()
    running = TimeEntry.objects.running().get()
    assert (running.project, [tag.name for tag in running.tags.all()]) == (website, ["ux"])


def test_enter_may_be_quicker_than_the_server(open_page, person: User, website: Project):
    page = open_page(person, "/entries/")
    open_palette(page).fill("starte website Kopfzeile")
    page.keyboard.press("Enter")
    expect(page.locator("#timer-text")).to_have_value("Kopfzeile")
    assert TimeEntry.objects.running().get().project == website


def test_a_line_is_done_as_it_stands_now(open_page, person: User, website: Project):
    """While one types on, the line before is still shown; Enter waits for the newest."""
    page = open_page(person, "/entries/")
    text = open_palette(page)
    text.press_sequentially("start website one")
    expect(options(page).first).to_contain_text("Website relaunch: one")
    held: list[Route] = []
    page.route("**/palette/?q=*two*", lambda route: held.append(route))
    with page.expect_request("**/palette/?q=*two*"):
        text.press_sequentially(" two")
    expect(options(page).first).to_be_visible()
    options(page).first.click()
    page.keyboard.press("Enter")
    held[-1].continue_()
    expect(page.locator("#timer-text")).to_have_value("one two")
    assert TimeEntry.objects.get().description == "one two"


def test_log_with_words_and_undo(open_page, person: User, website: Project):
    page = open_page(person, "/entries/")
    open_palette(page).press_sequentially("log 2h website yesterday")
    expect(options(page).first).to_contain_text("Log 2:00")
    expect(options(page).first).to_contain_text("Website relaunch")
    page.keyboard.press("Enter")
    toast = page.locator("#toasts .toast").filter(has_text="Time logged.")
    expect(toast).to_be_visible()
    assert TimeEntry.objects.alive().get().seconds == 7200
    toast.get_by_role("button", name="Undo").click()
    expect(toast).to_have_count(0)
    expect(page.locator("#toasts")).to_contain_text("Undone:")
    expect(page.locator(".entry")).to_have_count(0)
    assert not TimeEntry.objects.alive().exists()


def test_a_line_that_lacks_its_length_says_so(open_page, person: User):
    page = open_page(person, "/entries/")
    open_palette(page).fill("buche Entwurf gestern")
    expect(palette(page).get_by_text("How long? Write 2h, 1:30 or 9-1030.").first).to_be_visible()
    expect(options(page)).to_have_count(0)


# ── Search ───────────────────────────────────────────────────────────────────
def test_search_offers_no_commands(open_page, person: User, website: Project):
    now = timezone.now().replace(microsecond=0)
    make_entry(person, now - dt.timedelta(minutes=30), 10, description="Report for the board", project=website)
    page = open_page(person, "/entries/")
    open_palette(page).press_sequentially("search")
    expect(active(page)).to_contain_text("Search")
    page.keyboard.press("Enter")
    expect(line(page)).to_have_attribute("placeholder", "Search entries, tasks, projects, clients, people")
    expect(page.locator("[data-palette=begin]")).to_contain_text("a word of a description")
    expect(line(page)).to_be_focused()
    line(page).press_sequentially("report")
    answered(page, 1)
    expect(options(page)).to_contain_text("Report for the board")
    assert_no_axe_violations(page)
    line(page).fill("start zzqqxx")
    expect(palette(page).get_by_text("The beginning of a name")).to_be_visible()
    expect(palette(page).get_by_text("start @website fix #ux")).to_be_hidden()
    line(page).fill("report")
    answered(page, 1)
    page.keyboard.press("Enter")
    page.wait_for_url("**/entries/*/")


# ── When things go wrong ─────────────────────────────────────────────────────
def test_without_the_server_commands_still_work(open_page, person: User, allow_console):
    allow_console("net::ERR")
    page = open_page(person, "/entries/")
    page.route("**/palette/**", lambda route: route.abort())
    page.locator("#sidebar").get_by_role("button", name="Search or run").click()
    said = palette(page).locator(".palette-hints").get_by_text("The server does not answer. Commands still work.")
    expect(said).to_be_visible()
    line(page).press_sequentially("projects")
    expect(said).to_be_visible()
    page.keyboard.press("Enter")
    page.wait_for_url("**/projects/")


def test_ten_kilobytes_are_cut_and_nothing_is_found(open_page, person: User):
    page = open_page(person, "/entries/")
    open_palette(page).fill("x" * 10_000)
    expect(palette(page).locator(".palette-hints")).to_have_text("Only the first 200 characters are searched.")
    expect(palette(page).get_by_text("start @website fix #ux")).to_be_visible()
    expect(status(page)).to_contain_text("Nothing found")
    expect(line(page)).to_have_attribute("aria-expanded", "false")
    line(page).fill("tasks")
    expect(active(page)).to_contain_text("Tasks")
    expect(palette(page).get_by_text("start @website fix #ux")).to_be_hidden()


def test_names_are_text(open_page, person: User):
    name = "<img src=x onerror=alert(1)>"
    make_task(make_project(name=name), name=f"Task {name}")
    page = open_page(person, "/entries/")
    open_palette(page).fill("task <img")
    answered(page, 1)
    expect(options(page)).to_contain_text(f"Task {name}")


# ── Looks ────────────────────────────────────────────────────────────────────
def test_in_both_themes_and_widths(open_page, person: User, website: Project, look):
    note_use(user=person, what=f"project:{website.pk}")
    make_task(website, name="Rewrite the texts")
    UserFactory.create(username="rea", display_name="Rea Renner")
    page = open_page(person, "/entries/", **look)
    if look.get("has_touch"):
        page.get_by_role("button", name="More", exact=True).tap()
        page.locator("#more-sheet").get_by_role("button", name="Search or run").tap()
    else:
        page.locator("#sidebar").get_by_role("button", name="Search or run").click()
    expect(palette(page).get_by_role("group", name="Used last")).to_be_visible()
    assert_no_axe_violations(page)
    line(page).fill("re")
    expect(options(page).filter(has_text="Rea Renner")).to_be_visible()
    assert_no_axe_violations(page)
    assert_fits(page)
    if look.get("has_touch"):
        assert box_of(palette(page))["width"] == 375
        assert box_of(palette(page))["y"] == 0
        assert all(box_of(option)["height"] >= 44 for option in options(page).all())
        options(page).filter(has_text="Rewrite the texts").tap()
        page.wait_for_url("**/tasks/*/")
    else:
        line(page).fill("zzqqxx")
        expect(palette(page).get_by_text("Nothing found").first).to_be_visible()
        assert_no_axe_violations(page)


def test_narrow_with_a_collapsed_sidebar(open_page, person: User):
    page = open_page(person, "/entries/")
    page.locator("[data-sidebar-toggle]").click()
    button = page.locator("#sidebar").get_by_role("button", name="Search or run")
    assert box_of(button)["width"] < 60
    button.click()
    expect(palette(page)).to_be_visible()


def test_above_another_dialog(open_page, person: User):
    page = open_page(person, "/tasks/", **SCREENS["desk"])
    page.get_by_role("link", name="New task").first.click()
    dialog = page.get_by_role("dialog", name="New task")
    name = dialog.get_by_label("Name")
    name.fill("Half written")
    page.evaluate("document.querySelector('#sidebar [data-palette-open]').click()")  # as the keys will do it
    expect(line(page)).to_be_focused()
    page.keyboard.press("Escape")
    expect(palette(page)).to_be_hidden()
    expect(name).to_be_focused()
    expect(name).to_have_value("Half written")


def test_keys_open_close_and_search(open_page, person: User):
    page = open_page(person, "/entries/")
    wait_until_live(page)
    page.keyboard.press("Control+k")
    expect(line(page)).to_be_focused()
    page.keyboard.press("Control+k")
    expect(palette(page)).to_be_hidden()
    page.locator("#timer-text").focus()
    page.keyboard.press("Control+/")
    expect(line(page)).to_have_attribute("placeholder", "Search entries, tasks, projects, clients, people")
    page.keyboard.press("Control+k")
    expect(line(page)).to_have_attribute("placeholder", "Search or run…")
    expect(page.locator("[data-palette=begin]")).to_be_hidden()
    expect(options(page).first).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#timer-text")).to_be_focused()


def test_own_keys_are_shown(open_page, person: User):
    for name, keys in (("palette", "Ctrl+J"), ("go-projects", "g q")):
        command = get_command(name)
        assert command is not None
        set_shortcut(person=person, command=command, keys=keys)
    page = open_page(person, "/entries/")
    expect(page.locator("#sidebar [data-keys-of=palette]")).to_have_text("Ctrl+J")
    open_palette(page).fill("projects")
    expect(active(page).locator(".key")).to_have_text("g q")
