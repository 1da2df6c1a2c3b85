"""The button in the corner: by mouse, by keys, by script, arranged, and on a phone."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from accounts.choices import Role
from accounts.models import User
from tests.browser.tools import SCREENS, assert_fits, assert_no_axe_violations, box_of
from tests.work import MONDAY, make_entry, make_project, make_task

pytestmark = pytest.mark.browser
STANDARD = ["Start the timer", "Log time", "New project", "New task", "New client", "Quick report"]
GUIDE = r"""
// Add custom action
window.quickActionsMenu.addAction({
    id: 'custom-action',
    icon: 'fas fa-star',
    label: 'Custom Action',
    color: 'bg-teal-500 hover:bg-teal-600',
    action: () => { document.title = 'it ran'; },
    shortcut: 'c a'
});
"""
REMOVE = r"""
// Remove action
window.quickActionsMenu.removeAction('custom-action');
"""


@pytest.fixture
def mara(person: User) -> User:
    person.role = Role.MANAGER
    person.save()
    return person


def button(page: Page):
    return page.locator("#quick-button")


def menu(page: Page):
    return page.get_by_role("menu", name="Quick actions")


def items(page: Page):
    return page.locator("#quick-list").get_by_role("menuitem")


def overlap(page: Page, one: str, other: str) -> bool:
    first, second = box_of(page.locator(one)), box_of(page.locator(other))
    return all(
        first[start] < second[start] + second[size] and second[start] < first[start] + first[size]
        for start, size in (("x", "width"), ("y", "height"))
    )


# ── Opening and closing ──────────────────────────────────────────────────────
def test_it_opens_and_closes(open_page, mara: User):
    page = open_page(mara, "/entries/")
    expect(button(page)).to_have_attribute("aria-expanded", "false")
    button(page).click()
    expect(menu(page)).to_be_visible()
    expect(button(page)).to_have_attribute("aria-expanded", "true")
    expect(items(page).locator(".truncate")).to_have_text(STANDARD)
    expect(items(page).nth(1).locator(".key")).to_have_text(["t", "l"])
    page.mouse.click(300, 400)  # elsewhere
    expect(menu(page)).to_be_hidden()
    expect(button(page)).to_have_attribute("aria-expanded", "false")
    button(page).click()
    button(page).click()
    expect(menu(page)).to_be_hidden()


def test_by_keys_alone(open_page, mara: User):
    page = open_page(mara, "/entries/")
    button(page).focus()
    page.keyboard.press("Enter")
    expect(items(page).first).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(items(page).nth(1)).to_be_focused()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    expect(menu(page).get_by_role("menuitem").last).to_be_focused()
    page.keyboard.press("Escape")
    expect(menu(page)).to_be_hidden()
    expect(button(page)).to_be_focused()

    page.keyboard.press("q")
    expect(items(page).first).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_be_visible()
    expect(menu(page)).to_be_hidden()


def test_escape_gives_the_focus_back_to_the_row(open_page, mara: User):
    make_task(name="Wireframes")
    page = open_page(mara, "/tasks/")
    page.keyboard.press("j")
    page.keyboard.press("q")
    expect(items(page).first).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("[data-row]")).to_be_focused()


def test_what_it_offers_is_done(open_page, mara: User):
    page = open_page(mara, "/entries/")
    button(page).click()
    items(page).filter(has_text="Quick report").click()
    page.wait_for_url("**/reports/**")
    button(page).click()
    items(page).filter(has_text="New task").click()
    expect(page.get_by_role("dialog").get_by_role("heading", name="New task")).to_be_visible()


def test_members_are_offered_what_they_may(open_page, person: User):
    page = open_page(person, "/entries/")
    button(page).click()
    expect(items(page).locator(".truncate")).to_have_text(["Start the timer", "Log time", "New task", "Quick report"])


def test_scrolling_down_hides_it_and_up_brings_it_back(open_page, mara: User):
    for number in range(40):
        make_task(name=f"Task {number}")
    page = open_page(mara, "/tasks/")
    page.mouse.wheel(0, 400)
    expect(button(page)).to_have_css("opacity", "0")
    page.mouse.wheel(0, -200)
    expect(button(page)).to_have_css("opacity", "1")
    button(page).click()
    page.mouse.wheel(0, 300)
    expect(page.locator("#quick")).to_have_attribute("data-away", "")
    expect(menu(page)).to_be_visible()
    expect(button(page)).to_have_css("opacity", "1")


def test_no_button_without_a_person(page: Page):
    page.goto("/accounts/login/")
    expect(button(page)).to_have_count(0)


def test_it_is_not_printed(open_page, mara: User):
    page = open_page(mara, "/entries/")
    page.emulate_media(media="print")
    expect(button(page)).to_be_hidden()


# ── For scripts ──────────────────────────────────────────────────────────────
def test_the_guides_example(open_page, mara: User):
    page = open_page(mara, "/entries/")
    page.evaluate(GUIDE)
    page.evaluate("window.quickActionsMenu.open()")
    own = menu(page).get_by_role("menuitem", name="Custom Action")
    expect(own).to_be_visible()
    expect(own.locator(".dot-teal svg")).to_be_visible()
    expect(own.locator(".key")).to_have_text(["c", "a"])
    own.click()
    expect(page).to_have_title("it ran")
    expect(menu(page)).to_be_hidden()

    page.evaluate("window.quickActionsMenu.toggle()")
    expect(menu(page)).to_be_visible()
    page.evaluate(REMOVE)
    expect(own).to_have_count(0)
    page.evaluate("window.quickActionsMenu.close()")
    expect(menu(page)).to_be_hidden()


def test_the_same_id_replaces_and_words_are_words(open_page, mara: User):
    page = open_page(mara, "/entries/")
    for label in ("First", "<b>Second</b>"):
        page.evaluate(
            "label => quickActionsMenu.addAction("
            "{ id: 'own', icon: 'folder-plus', label, color: 'pink', action() {} })",
            label,
        )
    button(page).click()
    own = page.locator("#quick-own").get_by_role("menuitem")
    expect(own).to_have_text(["<b>Second</b>"])
    expect(own.locator(".dot-pink svg")).to_be_visible()
    assert page.evaluate(
        "() => { try { quickActionsMenu.addAction({ id: 'x' }); } catch (error) { return error.name; } }"
    )
    expect(own).to_have_count(1)


# ── Arranged ─────────────────────────────────────────────────────────────────
def arrange(page: Page) -> None:
    button(page).click()
    menu(page).get_by_role("menuitem", name="Arrange").click()
    expect(page.get_by_role("dialog", name="Quick actions")).to_be_visible()


def test_the_order_is_kept_everywhere(open_page, mara: User):
    page = open_page(mara, "/entries/")
    arrange(page)
    down = page.get_by_role("button", name="Move down: Start the timer")
    down.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#quick-arrange li").nth(1)).to_contain_text("Start the timer")
    expect(down).to_be_focused()
    page.get_by_role("button", name="Hide: New client").click()
    expect(page.locator("#quick-arrange li")).to_have_count(5)
    page.get_by_role("group", name="Create").get_by_role("button", name="New entry").click()
    wanted = ["Log time", "Start the timer", "New project", "New task", "Quick report", "New entry"]
    expect(page.locator("#quick-arrange li .truncate")).to_have_text(wanted)
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    button(page).click()
    expect(items(page).locator(".truncate")).to_have_text(wanted)  # at once

    page.reload()
    other = open_page(mara, "/tasks/")
    for each in (page, other):
        button(each).click()
        expect(items(each).locator(".truncate")).to_have_text(wanted)


def test_the_order_is_dragged(open_page, mara: User):
    page = open_page(mara, "/entries/")
    arrange(page)
    rows = page.locator("#quick-arrange li")
    rows.filter(has_text="Quick report").drag_to(rows.first, target_position={"x": 60, "y": 4})
    expect(rows.first).to_contain_text("Quick report")
    expect(page.get_by_role("button", name="Back to the standard")).to_be_visible()  # it is saved
    mara.refresh_from_db()
    assert mara.quick_actions[0] == "go-reports"
    page.get_by_role("button", name="Back to the standard").click()
    expect(rows.first).to_contain_text("Start the timer")


def test_what_can_be_added_is_found(open_page, mara: User):
    page = open_page(mara, "/settings/quick-actions/")
    search = page.get_by_role("searchbox", name="Search in what can be added")
    offers = page.locator("#quick-offers").get_by_role("button")
    search.fill("timer")
    expect(offers.filter(has_text="Stop the timer")).to_contain_text("Shows while a timer runs.")
    expect(page.get_by_role("group", name="Go to")).to_be_hidden()
    search.press("Enter")  # adds nothing, moves nothing
    search.fill("zzz")
    expect(page.get_by_text("Nothing matches.")).to_be_visible()
    search.fill("go to")
    expect(offers.filter(has_text="Tags")).to_be_visible()
    search.fill("tags")
    offers.filter(has_text="Tags").press("Enter")
    expect(page.locator("#quick-arrange li").last).to_contain_text("Tags")
    expect(search).to_have_value("tags")
    expect(offers.filter(has_text="Tags")).to_have_count(0)
    mara.refresh_from_db()
    assert mara.quick_actions[-1] == "go-tags"
    assert mara.quick_actions[0] == "timer-start"


@pytest.mark.parametrize("screen", SCREENS)
def test_without_scripts(open_page, mara: User, screen: str):
    page = open_page(mara, "/settings/", java_script_enabled=False, **SCREENS[screen])
    expect(button(page)).to_be_hidden()
    page.get_by_role("link", name="Arrange the quick actions").click()
    page.get_by_role("button", name="Move up: Log time").click()
    expect(page.locator("#quick-arrange li").first).to_contain_text("Log time")


# ── Where it stands ──────────────────────────────────────────────────────────
@pytest.mark.parametrize("screen", SCREENS)
def test_it_stands_clear(open_page, mara: User, screen: str):
    project = make_project(name="Website relaunch")
    for _ in range(3):
        make_entry(mara, MONDAY, description="Checkout flow", project=project)
    page = open_page(mara, "/entries/?week=2026-03-02", **SCREENS[screen])
    if screen == "phone":
        assert not overlap(page, "#quick-button", ".topbar")
        assert not overlap(page, "#quick-button", ".dock")
        page.get_by_role("button", name="Select rows").click()
    page.locator("[data-select-row]").first.click()
    page.evaluate("toastManager.error('Hello')")
    expect(page.locator("[data-bulk-bar]")).to_be_visible()
    expect(page.locator(".toast")).to_be_visible()
    for _ in range(50):
        pairs = [("#quick-button", "[data-bulk-bar]"), ("#quick-button", ".toast"), (".toast", "[data-bulk-bar]")]
        if not any(overlap(page, *pair) for pair in pairs):
            break
        page.wait_for_timeout(20)
    else:
        raise AssertionError(
            {name: box_of(page.locator(name)) for name in ("#quick-button", ".toast", "[data-bulk-bar]")}
        )
    button(page).click()
    box, window = box_of(menu(page)), SCREENS[screen]["viewport"]
    assert box["y"] >= 0
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= window["width"]
    assert not overlap(page, "#quick-menu", "#quick-button")


def test_everybody_can_use_it(open_page, mara: User, look):
    page = open_page(mara, "/entries/", **look)
    page.evaluate(GUIDE)
    button(page).click()
    expect(menu(page)).to_be_visible()
    assert_no_axe_violations(page)
    assert_fits(page)
    menu(page).get_by_role("menuitem", name="Arrange").click()
    expect(page.get_by_role("dialog", name="Quick actions")).to_be_visible()
    assert_no_axe_violations(page)
    assert_fits(page)
