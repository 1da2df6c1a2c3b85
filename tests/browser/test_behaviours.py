"""Scripts of the frame, each with an answer that the test makes up: no page is needed to see them work."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.tools import SCREENS, after_the_answer_of, assert_no_axe_violations, box_of

pytestmark = pytest.mark.browser
FORM = """
<h2 class="dialog-title">New tag</h2>
<form hx-post="/made-up/save/" hx-target="#dialog-body" hx-swap="innerHTML">
  <label for="tag-name">Name</label><input class="input" id="tag-name" name="name">
  <button class="btn btn-primary btn-sm">Save</button>
</form>"""
INVALID = FORM.replace('name="name"', 'name="name" aria-invalid="true"')


@pytest.fixture
def page(open_page, person) -> Page:
    return open_page(person, "/settings/")


@pytest.fixture
def answer(page: Page) -> Callable[..., list[Any]]:
    """What the server says at an address that does not exist. Returns the requests that came."""

    def make_up(path: str, body: str = "", status: int = 200, **trigger: Any) -> list[Any]:
        came: list[Any] = []

        def fulfil(route: Route) -> None:
            came.append(route.request)
            headers = {"HX-Trigger": json.dumps(trigger)} if trigger else {}
            route.fulfill(status=status, body=body, content_type="text/html; charset=utf-8", headers=headers)

        page.route(f"**{path}", fulfil)
        return came

    return make_up


def ask(page: Page, verb: str, path: str, target: str = "#dialog-body") -> None:
    page.evaluate(
        "([verb, path, target]) => htmx.ajax(verb, path, { target, swap: 'innerHTML' })", [verb, path, target]
    )


def test_toast_of_an_answer_can_be_undone(page, answer):
    answer("/made-up/delete/", status=204, toast={"text": "Deleted.", "level": "success", "undo_url": "/made-up/undo/"})
    undone = answer("/made-up/undo/", status=204, toast={"text": "It is back.", "level": "info"})
    ask(page, "POST", "/made-up/delete/")
    toast = page.locator(".toast", has_text="Deleted.")
    toast.get_by_role("button", name="Undo").click()

    expect(page.locator(".toast")).to_have_text(["It is back."])
    assert undone[0].method == "POST"
    assert undone[0].headers["x-csrftoken"]


def show(page: Page, **toast: Any) -> None:
    page.evaluate("detail => document.body.dispatchEvent(new CustomEvent('toast', { bubbles: true, detail }))", toast)


LONG = (
    "Jonas Weber gave you a task: Write down what every customer of last year asked for, and what came of it, by name"
)
ACTIONS = [{"label": "Start the timer", "url": "/a/", "post": True}, {"label": "Open the task", "url": "/b/"}]


@pytest.mark.parametrize("screen", SCREENS)
def test_a_toast_with_actions_can_be_read(open_page, person, screen: str):
    page = open_page(person, "/settings/", **SCREENS[screen])
    show(page, text=LONG, sub=LONG * 3, url="/entries/", actions=ACTIONS)
    toast = page.locator(".toast")
    title, sub = box_of(toast.get_by_role("link", name=LONG)), box_of(toast.locator(".toast-sub"))
    assert title["width"] > 220
    assert title["height"] < 70  # three lines
    assert sub["height"] < 50  # two
    for name in ("Start the timer", "Open the task"):
        action = box_of(toast.get_by_text(name))
        assert action["y"] >= sub["y"] + sub["height"]
    assert_no_axe_violations(page)


@pytest.mark.parametrize("screen", SCREENS)
def test_a_short_toast_and_its_undo_share_a_line(open_page, person, screen: str):
    page = open_page(person, "/settings/", **SCREENS[screen])
    show(page, text="Deleted.", undo_url="/made-up/undo/")
    words, undo = box_of(page.locator(".toast-text")), box_of(page.get_by_role("button", name="Undo"))
    assert undo["x"] >= words["x"] + words["width"]
    assert undo["y"] < words["y"] + words["height"]


CONTRAST = """mark => {
  const context = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const light = (color) => {
    context.fillStyle = color;
    context.fillRect(0, 0, 1, 1);
    const linear = (value) => (value <= 0.04 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);
    const [red, green, blue] = [...context.getImageData(0, 0, 1, 1).data].map((value) => linear(value / 255));
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const ink = light(getComputedStyle(mark).color);
  const ground = light(getComputedStyle(mark.closest(".toast")).backgroundColor);
  return [getComputedStyle(mark).color, (Math.max(ink, ground) + 0.05) / (Math.min(ink, ground) + 0.05)];
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_mark_of_a_toast_has_the_colour_of_its_level(open_page, person, scheme: str):
    page = open_page(person, "/settings/", color_scheme=scheme)
    colours = set()
    for level in ("success", "info", "warning", "error"):
        show(page, text=level, level=level)
        mark = page.locator(f".toast [data-mark={level}]").and_(page.locator(":visible"))
        colour, contrast = mark.evaluate(CONTRAST)
        colours.add(colour)
        assert contrast >= 3, f"{level}: {contrast}"
    assert len(colours) == 4


def test_what_says_the_same_is_one_toast(page, allow_console):
    for words in ("net::ERR_FAILED", "htmx:"):
        allow_console(words)
    page.route("**/made-up/away/", lambda route: route.abort())
    silence = page.locator(".toast", has_text="The server does not answer")
    for _ in range(3):
        page.evaluate("htmx.ajax('POST', '/made-up/away/', { swap: 'none' }).catch(() => {})")
    show(page, text="Saved.")
    show(page, text="Saved.")
    show(page, text="Deleted.", undo_url="/made-up/undo/1/")
    expect(silence).to_have_count(1)
    expect(page.locator(".toast", has_text="Saved.")).to_have_count(1)
    page.unroute("**/made-up/away/")
    page.route("**/made-up/away/", lambda route: route.fulfill(status=204))
    ask(page, "POST", "/made-up/away/")
    expect(silence).to_have_count(0)
    show(page, text="Deleted.", undo_url="/made-up/undo/2/")  # each can be undone
    expect(page.locator(".toast", has_text="Deleted.")).to_have_count(2)


def test_what_was_asked_before_does_not_take_the_words_away(page, allow_console):
    for words in ("net::ERR_FAILED", "htmx:"):
        allow_console(words)
    slow: list[Route] = []
    page.route("**/made-up/slow/", lambda route: slow.append(route))
    page.route("**/made-up/away/", lambda route: route.abort())
    with page.expect_request("**/made-up/slow/"):
        page.evaluate("void htmx.ajax('GET', '/made-up/slow/', { source: '#main', swap: 'none' })")
    page.evaluate("htmx.ajax('POST', '/made-up/away/', { swap: 'none' }).catch(() => {})")
    silence = page.locator(".toast", has_text="The server does not answer")
    expect(silence).to_be_visible()
    after_the_answer_of("/made-up/slow/", page, lambda: slow[0].fulfill(status=204))
    expect(silence).to_be_visible()


def test_toasts_that_stay_are_not_pushed_out(page):
    show(page, text="Stays", stays=True)
    show(page, text="Failed", level="error")
    for number in range(1, 4):
        show(page, text=f"Saved {number}")
    expect(page.locator(".toast")).to_have_text(["Stays", "Failed", "Saved 3"])
    show(page, text="Failed too", level="error")
    show(page, text="Saved 4")  # seen in any case
    expect(page.locator(".toast")).to_have_text(["Stays", "Failed", "Failed too", "Saved 4"])
    show(page, text="Failed again", level="error")
    expect(page.locator(".toast")).to_have_text(["Failed", "Failed too", "Failed again"])


def test_the_answer_to_a_button_that_is_gone_is_heard(page):
    page.evaluate(
        "document.getElementById('main').innerHTML = '<button hx-post=\"/made-up/late/\" hx-swap=\"none\">Go</button>'"
    )
    page.evaluate("htmx.process(document.getElementById('main'))")

    def late(route: Route) -> None:
        page.evaluate("document.getElementById('main').replaceChildren()")
        route.fulfill(status=204, headers={"HX-Trigger": json.dumps({"toast": {"text": "Deleted."}})})

    page.route("**/made-up/late/", late)
    page.get_by_role("button", name="Go").click()
    expect(page.locator(".toast")).to_have_text(["Deleted."])


def test_dialog_keeps_errors_and_closes_when_saved(page, answer):
    opener = page.get_by_role("button", name="You: Mara Klein")
    opener.focus()
    answer("/made-up/new/", FORM)
    answer("/made-up/save/", INVALID)
    ask(page, "GET", "/made-up/new/")
    dialog = page.get_by_role("dialog", name="New tag")
    expect(dialog.get_by_label("Name")).to_be_focused()
    assert_no_axe_violations(page)

    dialog.get_by_label("Name").fill("urgent")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog.locator("[aria-invalid=true]")).to_be_focused()

    page.unroute("**/made-up/save/")
    answer("/made-up/save/", status=204, closeDialog=True, toast={"text": "Tag saved.", "level": "success"})
    dialog.get_by_label("Name").fill("calm")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_be_hidden()
    expect(page.locator(".toast")).to_contain_text("Tag saved.")
    expect(opener).to_be_focused()


def test_what_was_typed_in_a_dialog_can_be_had_back(page, answer):
    answer("/made-up/new/", FORM)
    ask(page, "GET", "/made-up/new/")
    dialog = page.get_by_role("dialog", name="New tag")
    dialog.get_by_label("Name").fill("half a word")
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    page.get_by_role("button", name="Reopen").click()

    expect(dialog.get_by_label("Name")).to_have_value("half a word")


def test_failure_is_told_once(page, answer, allow_console):
    allow_console("500")
    answer("/made-up/fails/", status=500)
    ask(page, "POST", "/made-up/fails/")

    expect(page.locator(".toast")).to_contain_text("That did not work")


def test_conflict_says_what_the_server_said(page, answer, allow_console):
    allow_console("409")
    answer("/made-up/taken/", status=409, toast={"text": "It has ended already.", "level": "error"})
    ask(page, "POST", "/made-up/taken/")

    expect(page.locator(".toast")).to_have_count(1)
    expect(page.locator(".toast")).to_contain_text("It has ended already.")


def clock_of(start: dt.datetime, server_now: dt.datetime, **more: str) -> str:
    attributes = {"data-clock-start": start.isoformat(), "data-server-now": server_now.isoformat(), **more}
    return "<output id='clock' " + " ".join(f'{name}="{value}"' for name, value in attributes.items()) + "></output>"


def test_clock_goes_by_the_servers_time(page, answer):
    server_now = dt.datetime.now(dt.UTC) + dt.timedelta(hours=2)
    clock = clock_of(server_now - dt.timedelta(seconds=6128), server_now, **{"data-clock-title": "Checkout flow"})
    title = page.title()
    answer("/made-up/clock/", clock)
    ask(page, "GET", "/made-up/clock/", "#main")

    expect(page.locator("#clock")).to_have_text("1:42:09")
    expect(page).to_have_title("1:42 Checkout flow · Timetracker")
    page.locator("#clock").evaluate(
        "element => { element.remove(); document.dispatchEvent(new Event('visibilitychange')) }"
    )
    expect(page).to_have_title(title)


def test_paused_clock_stands_still_and_breaks_do_not_count(page, answer):
    now = dt.datetime.now(dt.UTC)
    paused = {"data-clock-paused": (now - dt.timedelta(minutes=5)).isoformat(), "data-clock-break": "600"}
    answer("/made-up/clock/", clock_of(now - dt.timedelta(hours=1), now, **paused))
    ask(page, "GET", "/made-up/clock/", "#main")

    expect(page.locator("#clock")).to_have_text("0:45:00")


def test_live_refresh_waits_while_somebody_types(page, answer):
    part = """<div hx-get="/made-up/bar/" hx-trigger="live:made-up from:body" hx-swap="outerHTML" data-live-hold>
      <input aria-label="Doing" value="" id="doing"></div>"""
    asked = answer("/made-up/bar/", part)
    answer("/made-up/page/", part)
    ask(page, "GET", "/made-up/page/", "#main")
    page.get_by_label("Doing").press_sequentially("half")
    page.evaluate("document.body.dispatchEvent(new CustomEvent('live:made-up'))")
    expect(page.get_by_label("Doing")).to_have_value("half")
    assert asked == []

    with page.expect_response("**/made-up/bar/"):
        page.locator("#main").focus()
