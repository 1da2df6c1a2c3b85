"""Keys in Chromium: where they are keys and where not, one's own. test_key_walk.py presses each of them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from tests.browser.tools import SCREENS, assert_fits, assert_no_axe_violations, delete_a_tag, press
from tests.work import make_client, make_tag

pytestmark = pytest.mark.browser
DISPATCH = "event => document.body.dispatchEvent(new KeyboardEvent('keydown', { ...event, bubbles: true }))"


@pytest.fixture
def desk(open_page, boss: User) -> Page:
    return open_page(boss, "/tasks/")


# ── Where keys are not keys ──────────────────────────────────────────────────
def test_no_plain_key_fires_in_a_field(desk: Page):
    field = desk.locator("#main [type=search]").first
    field.focus()
    desk.keyboard.type("g p c t program? b/")
    expect(field).to_have_value("g p c t program? b/")
    assert desk.url.split("?")[0].endswith("/tasks/")
    expect(desk.locator("dialog[open]")).to_have_count(0)


@pytest.mark.parametrize(
    "event",
    [
        {"key": "?", "isComposing": True},
        {"key": "?", "keyCode": 229},
        {"key": "?", "modifierAltGraph": True},
        {"key": "?", "altKey": True},
        {"key": "?", "metaKey": True},
    ],
)
def test_what_writes_is_no_shortcut(desk: Page, event: dict[str, object]):
    desk.evaluate(DISPATCH, event)
    expect(desk.locator("#shortcuts")).to_be_hidden()
    press(desk, "?")
    expect(desk.locator("#shortcuts")).to_be_visible()


@pytest.mark.parametrize(
    "events",
    [
        [{"key": "п", "code": "KeyG"}, {"key": "з", "code": "KeyP"}],  # a Russian keyboard: no Latin letters
        [{"key": "G", "code": "KeyG"}, {"key": "P", "code": "KeyP"}],  # caps lock
        [{"key": "g", "code": "KeyH"}, {"key": "p", "code": "KeyR"}],  # Dvorak and others: what is produced counts
    ],
)
def test_any_layout_works(desk: Page, events: list[dict[str, str]]):
    for event in events:
        desk.evaluate(DISPATCH, event)
    desk.wait_for_url("**/projects/")


def test_a_sequence_waits_a_second_and_no_longer(desk: Page):
    desk.clock.install()
    desk.goto("/tasks/")
    desk.clock.pause_at(desk.evaluate("Date.now() + 1000"))
    press(desk, "g")
    desk.clock.run_for(1100)
    press(desk, "?")
    expect(desk.locator("#shortcuts")).to_be_visible()


def test_a_dialog_is_in_the_way_of_plain_keys(desk: Page):
    press(desk, "?")
    desk.locator("#shortcuts").get_by_role("link", name="Change").focus()
    press(desk, "g p")
    expect(desk.locator("#shortcuts")).to_be_visible()
    press(desk, "Escape")
    expect(desk.locator("#shortcuts")).to_be_hidden()
    press(desk, "g p")
    desk.wait_for_url("**/projects/")


# ── The list of them ─────────────────────────────────────────────────────────
def test_the_list_is_searched_and_says_what_works_here(desk: Page):
    press(desk, "?")
    panel = desk.get_by_role("dialog", name="Shortcuts")
    expect(panel.get_by_role("searchbox")).to_be_focused()
    stop = panel.get_by_role("listitem").filter(has_text="Stop the timer")
    expect(stop).to_contain_text("(not on this page)")
    expect(panel.get_by_role("listitem").filter(has_text="Projects").first).not_to_contain_text("not on this page")
    desk.keyboard.type("new cl")
    expect(panel.get_by_role("listitem")).to_have_text([re.compile("New client")])
    expect(desk.locator("#announcer")).to_have_text("1 shortcuts")
    desk.keyboard.type("zz")
    expect(panel.get_by_text("No shortcut matches.")).to_be_visible()


def test_how_it_looks(open_page, boss: User, look):
    page = open_page(boss, "/settings/shortcuts/", **look)
    assert_fits(page)
    assert_no_axe_violations(page)
    press(page, "?")
    assert_no_axe_violations(page)


# ── One's own ────────────────────────────────────────────────────────────────
def test_keys_are_changed_by_pressing_them(open_page, boss: User):
    page = open_page(boss, "/settings/shortcuts/")
    field = page.get_by_label("Tasks", exact=True)
    field.focus()
    press(page, "g p")
    expect(page.get_by_text("“Tasks” does not get g p: that is “Projects”.")).to_be_visible()
    page.get_by_label("Tasks", exact=True).focus()
    press(page, "Ctrl+Shift+y")
    expect(page.get_by_role("button", name="Back to g t")).to_be_visible()
    expect(page.get_by_label("Tasks", exact=True)).to_have_value("Ctrl+Shift+Y")
    page.get_by_role("heading", name="Settings").click()
    press(page, "Ctrl+Shift+y")
    page.wait_for_url("**/tasks/")
    page.go_back()
    page.get_by_label("Board", exact=True).focus()
    press(page, "Backspace")
    expect(page.get_by_role("button", name="Back to g b")).to_be_visible()
    page.get_by_label("Tags", exact=True).focus()
    press(page, "q")
    press(page, "Escape")
    expect(page.get_by_label("Tags", exact=True)).to_have_value("g l")
    boss.refresh_from_db()
    assert boss.shortcuts == {"go-tasks": "Ctrl+Shift+Y", "go-board": ""}


def test_what_cannot_be_had_is_refused_at_once(open_page, boss: User):
    page = open_page(boss, "/settings/shortcuts/")
    field, row = page.get_by_label("Tasks", exact=True), page.locator("#shortcut-go-tasks")
    field.focus()
    for keys, reason in (
        ("F5", "“Tasks” does not get F5: that is the browser's."),
        ("Enter", "“Tasks” does not get Enter: fields, buttons and lists need it."),
        ("g 1 2 3 4", "Three keys one after the other are the most."),
    ):
        press(page, keys)
        expect(row.get_by_role("alert")).to_have_text(reason)
        expect(field).to_have_value("g t")
    row_open = page.get_by_label("Open the row", exact=True)
    row_open.focus()
    press(page, "Enter")
    expect(page.locator("#shortcut-row-open").get_by_role("alert")).to_have_count(0)
    page.get_by_label("Board", exact=True).focus()
    press(page, "x")
    expect(page.locator("#shortcut-go-board").get_by_role("alert")).to_contain_text("that is “Select the row”")
    boss.refresh_from_db()
    assert boss.shortcuts == {}


def test_after_a_refusal_the_field_goes_on(open_page, boss: User):
    page = open_page(boss, "/settings/shortcuts/")
    field, row = page.get_by_label("Tags", exact=True), page.locator("#shortcut-go-tags")
    field.focus()
    press(page, "g e")
    expect(row.get_by_role("alert")).to_contain_text("“Entries”")
    press(page, "Escape")
    expect(field).to_have_value("g l")
    expect(row.get_by_role("alert")).to_have_count(0)
    field.focus()
    press(page, "Shift+U")
    expect(row.get_by_role("button", name="Back to g l")).to_be_visible()
    expect(field).to_have_value("u")
    boss.refresh_from_db()
    assert boss.shortcuts == {"go-tags": "u"}


def test_in_german_keys_have_their_names(open_page, boss: User):
    boss.language = "de"
    boss.save()
    page = open_page(boss, "/settings/shortcuts/")
    field = page.locator("#keys-go-tasks")
    field.focus()
    press(page, "Ctrl+Shift+Delete")
    expect(page.locator("#shortcut-go-tasks button[name=reset]")).to_be_visible()
    expect(field).to_have_value("Strg+Umschalt+Entf")
    field.blur()
    press(page, "?")
    shown = page.locator("#shortcuts .key")
    for keys in ("Strg+Umschalt+Entf", "Entf", "Eingabe", "Esc", "Strg+K"):
        expect(shown.get_by_text(keys, exact=True)).to_have_count(1)


def test_a_reset_is_undone_and_the_focus_stays(open_page, boss: User):
    boss.shortcuts = {"go-tasks": "g 1", "go-board": "g 2"}
    boss.save()
    page = open_page(boss, "/settings/shortcuts/")
    tasks = page.get_by_label("Tasks", exact=True)
    page.get_by_role("button", name="Back to g t").press("Enter")
    expect(page.locator("#shortcut-go-tasks")).to_be_focused()
    expect(page.locator("#keys-go-tasks")).to_have_value("g t")
    press(page, "Ctrl+z")
    expect(page.locator("#toasts")).to_contain_text("Undone: “Tasks” has its standard keys.")
    expect(tasks).to_have_value("g 1")
    page.get_by_role("button", name="Reset all").press("Enter")
    expect(page.get_by_role("button", name=re.compile("^Back to"))).to_have_count(0)
    expect(page.get_by_role("button", name="Reset all")).to_be_focused()
    page.locator(".toast", has_text="All shortcuts are the standard ones.").get_by_role("button", name="Undo").click()
    expect(tasks).to_have_value("g 1")
    expect(page.get_by_label("Board", exact=True)).to_have_value("g 2")
    page.get_by_role("heading", name="Settings").click()
    press(page, "g 1")
    page.wait_for_url("**/tasks/")


def test_without_scripts_they_are_typed(open_page, boss: User):
    page = open_page(boss, "/settings/shortcuts/", java_script_enabled=False)
    page.get_by_label("Tasks", exact=True).fill("g 1")
    page.get_by_label("Tasks", exact=True).press("Enter")
    expect(page.get_by_label("Tasks", exact=True)).to_have_value("g 1")
    boss.refresh_from_db()
    assert boss.shortcuts == {"go-tasks": "g 1"}


# ── By script ────────────────────────────────────────────────────────────────
def test_the_guides_snippet_runs_as_it_stands(desk: Page):
    with desk.expect_console_message(lambda message: message.text == "Custom action"):
        desk.evaluate(
            """() => { window.shortcutManager.register('Ctrl+Q', () => { console.log('Custom action'); },
               { description: 'Custom action', category: 'Custom' }); }"""
        )
        press(desk, "Ctrl+q")
    assert desk.evaluate("shortcutManager.list().find(({ keys }) => keys === 'Ctrl+Q')") == {
        "keys": "Ctrl+Q", "description": "Custom action", "category": "Custom", "context": "global", "active": True,
    }  # fmt: skip
    press(desk, "?")
    expect(desk.get_by_role("listitem").filter(has_text="Custom action")).to_be_visible()
    press(desk, "Escape")
    assert desk.evaluate("shortcutManager.unregister('ctrl+q')")
    assert not desk.evaluate("shortcutManager.unregister('ctrl+q')")


def test_what_a_script_registers_is_in_the_palette(desk: Page):
    desk.evaluate(
        """() => { window.shortcutManager.register('Ctrl+Q', () => window.toastManager.info('Water the plants: done'),
           { description: 'Water the plants', category: 'Office' }); }"""
    )
    press(desk, "Ctrl+k")
    palette = desk.get_by_role("dialog", name="Command palette")
    expect(palette.get_by_role("group", name="Office").get_by_role("option")).to_have_text(
        re.compile("Water the plants")
    )
    desk.locator("#palette-text").fill("water")
    expect(palette.get_by_role("option").first).to_contain_text("Water the plants")
    press(desk, "Enter")
    expect(palette).to_be_hidden()
    expect(desk.locator("#toasts")).to_contain_text("Water the plants: done")
    desk.evaluate("shortcutManager.unregister('Ctrl+Q')")
    press(desk, "Ctrl+k")
    desk.locator("#palette-text").fill("water")
    expect(palette.get_by_text("Nothing found").first).to_be_visible()


def test_a_clash_is_reported_with_both_names(desk: Page):
    assert not desk.evaluate("shortcutManager.register('g', () => {}, { description: 'Mine' })")
    expect(desk.locator("#toasts")).to_contain_text("“Mine” does not get g: that is “Appearance”.")
    for nonsense in ("''", "'Hyper+K'", "'g', 7", "'Ctrl+Y', () => {}, { context: 'nowhere' }"):
        assert desk.evaluate(
            f"(() => {{ try {{ shortcutManager.register({nonsense}) }} catch (error) {{ return error.name }} }})()"
        ) in {"TypeError"}


def test_reset_by_script(desk: Page, boss: User):
    boss.shortcuts = {"go-tasks": "g 1"}
    boss.save()
    desk.reload()
    assert "g 1" in json.dumps(desk.evaluate("shortcutManager.list()"))
    desk.evaluate("shortcutManager.reset()")
    assert "g 1" not in json.dumps(desk.evaluate("shortcutManager.list()"))
    boss.refresh_from_db()
    assert boss.shortcuts == {}


def test_a_command_that_reaches_no_server_is_told(desk: Page, allow_console: Callable[[str], None]):
    for expected in ("ERR_FAILED", "htmx:sendError", "htmx:afterRequest"):
        allow_console(expected)
    desk.route("**/tasks/new/", lambda route: route.abort())
    press(desk, "c t")
    expect(desk.get_by_text("The server does not answer.")).to_be_visible()
    desk.unroute("**/tasks/new/")
    press(desk, "c t")
    expect(desk.get_by_role("dialog")).to_be_visible()


def test_with_storage_blocked_the_page_works(open_page, boss: User):
    page = open_page(boss)
    page.add_init_script(
        "for (const name of ['localStorage', 'sessionStorage']) "
        "Object.defineProperty(window, name, { get() { throw new DOMException('blocked', 'SecurityError') } })"
    )
    page.route_web_socket("**/ws/*", lambda _socket: None)
    make_tag(name="one")
    delete_a_tag(page)
    press(page, "Ctrl+z")
    expect(page.get_by_role("link", name="#one")).to_be_visible()


def test_save_and_another_where_the_save_leads_away(desk: Page):
    make_client(name="Northwind")
    press(desk, "c p")
    for name in ("First", "Second"):
        dialog = desk.get_by_role("dialog")
        expect(dialog.get_by_label("Name")).to_have_value("")
        dialog.get_by_label("Name").fill(name)
        press(desk, "Ctrl+Enter")
    expect(desk.get_by_role("dialog").get_by_label("Name")).to_have_value("")
    press(desk, "Ctrl+Enter")
    expect(desk.get_by_role("dialog").locator("[aria-invalid=true]")).to_be_visible()


def test_on_a_phone_no_keys_are_taught(open_page, boss: User):
    page = open_page(boss, "/", **SCREENS["phone"])
    expect(page.locator(".nav-key:visible")).to_have_count(0)
