"""The dashboard in Chromium: filled, changed by mouse and by keys, live in another tab, and by scripts."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Locator, Page, expect

from accounts.models import User
from tests.browser.tools import assert_fits, assert_no_axe_violations, box_of, make_it_noon_for, press, wait_until_live
from tests.work import make_entry, make_project
from tracking.models import Project

pytestmark = pytest.mark.browser
BOARD = ["quick-stats", "active-timer", "week-goal", "time-chart"]


@pytest.fixture
def project(person: User) -> Project:
    return make_project(manager=person, name="Website relaunch", color="violet")


@pytest.fixture
def worked(person: User, project: Project) -> None:
    """Two hours, yesterday and today, and a board of four widgets."""
    make_it_noon_for(person)
    for days in (0, 1):
        make_entry(person, timezone.now() - dt.timedelta(days=days, hours=1), minutes=60, project=project)
    person.dashboard = [{"name": name} for name in BOARD]
    person.save()


def widget(page: Page, name: str) -> Locator:
    return page.locator(f"#widget-{name}")


def shown(page: Page) -> Locator:
    return page.locator("#dashboard-grid [data-widget]")


def expect_order(page: Page, *names: str) -> None:
    expect(shown(page)).to_have_count(len(names))
    for place, name in enumerate(names):
        expect(shown(page).nth(place)).to_have_attribute("data-widget", name)


def layout_of(person: User) -> list[str]:
    person.refresh_from_db()
    return [entry["name"] for entry in person.dashboard]


def edit(page: Page) -> None:
    page.get_by_role("link", name="Customize dashboard").click()
    expect(page.get_by_role("link", name="Done")).to_be_visible()
    expect(page.locator(".widget-tools").first).to_be_visible()


# ── Filled ───────────────────────────────────────────────────────────────────
@pytest.mark.usefixtures("worked")
def test_what_arrives_moves_nothing(open_page, person: User):
    page = open_page(person)
    held: list[Any] = []
    page.route("**/dashboard/widgets/?*", lambda route: held.append(route))
    page.goto("/")
    frames = page.locator("#dashboard-grid > .widget")
    expect(frames).to_have_count(4)
    before = [box_of(frames.nth(number)) for number in range(4)]
    held[0].continue_()
    expect(widget(page, "week-goal")).to_contain_text("of 40:00")
    assert [box_of(shown(page).nth(number)) for number in range(4)] == before


@pytest.mark.usefixtures("worked")
def test_the_chart_leads_to_the_report_of_a_day(open_page, person: User):
    page = open_page(person, "/")
    canvas = widget(page, "time-chart").locator("canvas")
    expect(widget(page, "time-chart").get_by_role("table")).to_contain_text("Website relaunch")
    expect(widget(page, "time-chart").locator(".chart-legend")).to_contain_text("Website relaunch 2:00")
    box = box_of(canvas)
    # The last of seven columns is today.
    page.mouse.click(box["x"] + box["width"] * 13 / 14, box["y"] + box["height"] - 10)
    today = f"{timezone.now().astimezone(person.zone):%Y-%m-%d}"
    page.wait_for_url(f"**/reports/?first={today}&last={today}&person={person.pk}")
    expect(page.locator("#main")).to_contain_text("1:00")


def test_a_board_that_cannot_be_filled_says_so(open_page, person: User, allow_console):
    allow_console("500")
    page = open_page(person)
    page.route("**/dashboard/widgets/?*", lambda route: route.fulfill(status=500, body=""))
    page.goto("/")
    again = page.get_by_role("button", name="Try again")
    expect(again).to_be_visible()
    page.unroute("**/dashboard/widgets/?*")
    again.click()
    expect(widget(page, "week-goal")).to_contain_text("of 40:00")
    expect(again).to_be_hidden()


def test_it_hears_what_happens_elsewhere(open_page, person: User, project: Project):
    page = open_page(person, "/")
    wait_until_live(page)
    expect(widget(page, "active-timer")).to_contain_text("Nothing is running.")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "topic=" in request.url else None)
    other = open_page(person, "/entries/")
    other.locator("#timer-text").fill("Sketch")
    other.keyboard.press("Enter")
    expect(widget(page, "active-timer")).to_contain_text("Sketch")
    widget(page, "active-timer").get_by_role("button", name="Stop").click()
    expect(widget(page, "active-timer")).to_contain_text("Nothing is running.")
    expect(other.locator("#timer-go")).to_be_visible()
    topics = {url.partition("topic=")[2] for url in asked}
    assert {"entries"} <= topics <= {"entries", "timer"}


def test_the_first_steps_go_when_the_first_is_taken(open_page, person: User):
    page = open_page(person, "/")
    wait_until_live(page)
    first = page.get_by_role("heading", name="Track your first hour")
    expect(first).to_be_visible()
    widget(page, "active-timer").get_by_role("button", name="Start the timer").click()
    page.keyboard.type("Sketch")
    page.keyboard.press("Enter")
    expect(widget(page, "active-timer")).to_contain_text("Sketch")
    expect(first).to_have_count(0)


# ── Changed ──────────────────────────────────────────────────────────────────
@pytest.mark.usefixtures("worked")
def test_move_by_buttons_keeps_the_focus(open_page, person: User):
    page = open_page(person, "/?edit")
    later = page.locator("#widget-later-quick-stats")
    for order in (
        ["active-timer", "quick-stats", "week-goal", "time-chart"],
        ["active-timer", "week-goal", "quick-stats", "time-chart"],
    ):
        later.focus()
        page.keyboard.press("Enter")
        expect_order(page, *order)
        expect(later).to_be_focused()
    expect(page.locator("#announcer")).to_contain_text("“Today and this week” has moved.")
    assert layout_of(person) == ["active-timer", "week-goal", "quick-stats", "time-chart"]
    press(page, "Ctrl+z")
    expect_order(page, "active-timer", "quick-stats", "week-goal", "time-chart")


@pytest.mark.usefixtures("worked")
def test_drag_by_the_head(open_page, person: User):
    page = open_page(person, "/")
    edit(page)
    handle, target = box_of(widget(page, "active-timer").locator("[data-grip]")), box_of(widget(page, "week-goal"))
    with page.expect_response("**/dashboard/arrange/"):
        page.mouse.move(handle["x"] + 60, handle["y"] + 12)
        page.mouse.down()
        for step in range(1, 4):
            page.mouse.move(target["x"] + target["width"] - 20, target["y"] + 40 + step, steps=5)
        page.mouse.up()
    expect_order(page, "quick-stats", "week-goal", "active-timer", "time-chart")
    page.get_by_role("link", name="Done").click()
    expect_order(page, "quick-stats", "week-goal", "active-timer", "time-chart")
    expect(page.locator(".widget-tools")).to_have_count(0)
    assert layout_of(person) == ["quick-stats", "week-goal", "active-timer", "time-chart"]


@pytest.mark.usefixtures("worked")
def test_resize_remove_add_and_reset(open_page, person: User):
    page = open_page(person, "/?edit")
    page.locator("#widget-size-time-chart").select_option("medium")
    expect(widget(page, "time-chart")).to_have_class("widget panel widget-medium")
    page.get_by_role("button", name="Remove: Week goal").click()
    expect_order(page, "quick-stats", "active-timer", "time-chart")
    page.locator("#toasts").get_by_role("button", name="Undo").click()
    expect_order(page, *BOARD)
    page.get_by_role("button", name="Remove: Week goal").click()
    expect_order(page, "quick-stats", "active-timer", "time-chart")

    page.get_by_role("link", name="Add a widget").click()
    expect(page.locator("#dialog")).to_contain_text("How much of the week's goal is done")
    page.get_by_role("button", name="Add: Week goal").click()
    expect_order(page, "quick-stats", "active-timer", "time-chart", "week-goal")
    expect(page.get_by_role("button", name="Add: Week goal")).to_have_count(0)
    expect(page.locator("#dialog :focus")).to_have_count(1)
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Reset").click()
    expect(page.locator("#toasts")).to_contain_text("The board is the standard one.")
    expect(widget(page, "activity-feed")).to_be_visible()
    person.refresh_from_db()
    assert person.dashboard is None


@pytest.mark.usefixtures("worked")
def test_settings_of_a_widget(open_page, person: User):
    page = open_page(person, "/?edit")
    page.get_by_role("button", name="Settings: Hours by day").click()
    page.get_by_label("Range", exact=True).select_option("last-30-days")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#dialog")).to_be_hidden()
    expect(widget(page, "time-chart").get_by_role("heading")).to_have_text("Last 30 days")


@pytest.mark.usefixtures("worked")
def test_another_tab_follows(open_page, person: User):
    page, other = open_page(person, "/"), open_page(person, "/?edit")
    expect_order(page, *BOARD)
    wait_until_live(page)
    other.get_by_role("button", name="Remove: Timer").click()
    expect_order(page, "quick-stats", "week-goal", "time-chart")
    expect(page.locator(".widget-tools")).to_have_count(0)


# ── For scripts ──────────────────────────────────────────────────────────────
@pytest.mark.usefixtures("worked")
def test_the_widget_manager(open_page, person: User):
    page = open_page(person, "/")
    expect_order(page, *BOARD)
    names = "widgetManager.layout.map(({ name }) => name)"
    assert page.evaluate(names) == BOARD
    assert page.evaluate("widgetManager.layout[3].size") == "large"
    added = page.evaluate("async () => (await widgetManager.addWidget('activity-feed')).map(({ name }) => name)")
    assert added == [*BOARD, "activity-feed"]
    expect_order(page, *BOARD, "activity-feed")
    page.evaluate("widgetManager.removeWidget('week-goal')")
    expect_order(page, "quick-stats", "active-timer", "time-chart", "activity-feed")
    page.evaluate("document.getElementById('dashboard-grid').append(document.getElementById('widget-quick-stats'))")
    page.evaluate("widgetManager.saveLayout()")
    assert layout_of(person) == ["active-timer", "time-chart", "activity-feed", "quick-stats"]
    page.evaluate("widgetManager.toggleEditMode()")
    expect(page.locator(".widget-tools").first).to_be_visible()
    page.evaluate("widgetManager.toggleEditMode()")
    expect(page.locator(".widget-tools")).to_have_count(0)
    page.evaluate("widgetManager.resetLayout()")
    expect(widget(page, "week-goal")).to_be_visible()


@pytest.mark.usefixtures("worked")
def test_without_a_board_it_changes_the_one_of_home(open_page, person: User):
    page = open_page(person, "/entries/")
    assert page.evaluate("widgetManager.layout") is None
    assert page.evaluate("widgetManager.toggleEditMode()") is False
    page.evaluate("widgetManager.removeWidget('week-goal')")
    assert layout_of(person) == ["quick-stats", "active-timer", "time-chart"]
    assert page.evaluate("widgetManager.layout.length") == 3
    at_once = "Promise.all(['review', 'team-now', 'top-tags'].map(widgetManager.addWidget))"
    assert page.evaluate(f"async () => (await {at_once}).map((layout) => layout.length)") == [4, 5, 6]


@pytest.mark.usefixtures("worked")
def test_an_unknown_widget_is_refused_in_words(open_page, person: User, allow_console):
    allow_console("409")
    page = open_page(person, "/entries/")
    assert page.evaluate("widgetManager.addWidget('no-such')") is None
    expect(page.locator("#toasts")).to_contain_text("There is no such widget.")


@pytest.mark.usefixtures("worked")
def test_the_guides_snippet_makes_a_board(open_page, person: User):
    """Section 4 of the customer's guide, as it stands there."""
    page = open_page(person)
    snippet = '<div data-dashboard class="container"></div>'
    put = f"() => document.getElementById('main').insertAdjacentHTML('afterbegin', `{snippet}`)"
    page.add_init_script(f"document.addEventListener('DOMContentLoaded', {put})")
    page.goto("/entries/")
    expect_order(page, *BOARD)
    page.get_by_role("link", name="Customize dashboard").click()
    page.get_by_role("button", name="Remove: Timer").click()
    expect_order(page, "quick-stats", "week-goal", "time-chart")


# ── For everybody ────────────────────────────────────────────────────────────
@pytest.mark.usefixtures("worked")
def test_axe_and_width(open_page, person: User, look: dict[str, Any]):
    person.dashboard = None
    person.save()
    page = open_page(person, "/", **look)
    expect(widget(page, "quick-actions")).to_be_visible()
    assert_fits(page)
    assert_no_axe_violations(page)
    edit(page)
    assert_fits(page)
    assert_no_axe_violations(page)
    page.get_by_role("link", name="Add a widget").click()
    expect(page.locator("#dialog")).to_contain_text("Add a widget")
    assert_no_axe_violations(page)
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Settings: Hours by day").click()
    expect(page.get_by_label("Range", exact=True)).to_be_focused()
    assert_no_axe_violations(page)
