"""What a person chooses of the looks shows at once, stays, and can be read."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.models import User
from accounts.services.profile import update_profile
from tests.browser.tools import SCREENS, assert_fits, assert_no_axe_violations, box_of
from tests.work import make_client, make_entry, make_project, make_task
from timetracker.web.accent import VERSION
from tracking.services.timer import start_timer

pytestmark = pytest.mark.browser
PAGE = "/settings/appearance/"
CHOICES = [
    ("theme", "dark", "data-theme", "dark"),
    ("look", "contrast", "data-look", "contrast"),
    ("text_size", "largest", "data-text", "largest"),
    ("density", "compact", "data-density", "compact"),
    ("sidebar_collapsed", "True", "data-sidebar", "collapsed"),
]
PRIMARY = "getComputedStyle(document.documentElement).getPropertyValue('--color-primary')"


@pytest.fixture
def page(open_page, person) -> Page:
    return open_page(person, PAGE)


def choose(page: Page, name: str, value: str) -> None:
    with page.expect_response(lambda response: response.request.method == "POST") as answer:
        page.locator(f"[data-appearance] [name={name}][value='{value}']").check()
    assert answer.value.status == 204


def log_time(person: User, **fields: Any) -> None:
    """Just now, so that the page of this week has it."""
    make_entry(user=person, start=timezone.now() - dt.timedelta(minutes=5), minutes=4, **fields)


def accent_is(page: Page, colour: str) -> None:
    links = page.locator("link[data-accent]")
    expect(links).to_have_count(1 if colour else 0)
    if colour:
        expect(links).to_have_attribute("href", f"/appearance/{colour}.css?v={VERSION}")


@pytest.mark.parametrize(("name", "value", "attribute", "shown"), CHOICES)
def test_a_choice_shows_at_once_and_stays(open_page, page, person, name, value, attribute, shown):
    html = page.locator("html")
    choose(page, name, value)
    expect(html).to_have_attribute(attribute, shown)
    page.reload()
    expect(html).to_have_attribute(attribute, shown)
    expect(page.locator(f"[data-appearance] [name={name}][value='{value}']")).to_be_checked()

    elsewhere = open_page(person, "/entries/")
    expect(elsewhere.locator("html")).to_have_attribute(attribute, shown)


def test_another_browser_shows_it_after_a_reload(open_page, page, person):
    elsewhere = open_page(person, "/settings/")
    expect(elsewhere.locator("html")).to_have_attribute("data-look", "calm")
    choose(page, "look", "paper")
    elsewhere.reload()

    expect(elsewhere.locator("html")).to_have_attribute("data-look", "paper")


def test_an_accent_is_exchanged_without_a_reload(page, person):
    """The sheet is there some time after its link, so the colour is asked for until it has come."""
    html = page.locator("html")
    before = page.evaluate(PRIMARY)
    choose(page, "accent", "#be123c")
    accent_is(page, "be123c")
    expect(html).not_to_have_css("--color-primary", before)
    picked = page.evaluate(PRIMARY)
    choose(page, "accent", "#15803d")
    accent_is(page, "15803d")
    expect(html).not_to_have_css("--color-primary", picked)
    assert page.evaluate(PRIMARY) != before
    page.reload()
    accent_is(page, "15803d")
    choose(page, "accent", "")
    accent_is(page, "")
    expect(html).to_have_css("--color-primary", before)


def test_an_own_colour_is_chosen_by_picking_it(page, person):
    with page.expect_response(lambda response: response.request.method == "POST"):
        page.get_by_label("Choose a colour").fill("#8899aa")
    expect(page.get_by_role("radio", name="Own colour")).to_be_checked()
    accent_is(page, "8899aa")
    person.refresh_from_db()
    assert person.accent == "#8899aa"


def test_the_form_works_without_scripts(open_page, person):
    page = open_page(person, PAGE, java_script_enabled=False)
    page.get_by_role("radio", name="Paper").check()
    page.get_by_role("radio", name="Raspberry").check()
    page.get_by_role("button", name="Save").click()

    expect(page.locator("html")).to_have_attribute("data-look", "paper")
    expect(page.get_by_role("radio", name="Raspberry")).to_be_checked()
    accent_is(page, "be123c")


def test_the_button_is_not_needed_with_scripts(page):
    expect(page.get_by_role("button", name="Save")).to_be_hidden()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("kind", ["calm", "paper", "contrast"])
def test_every_look_is_accessible(open_page, person, kind, scheme):
    project = make_project(members=(person,))
    log_time(person, project=project)
    start_timer(user=person, description="Call")
    update_profile(person=person, look=kind, accent="#facc15")
    page = open_page(person, PAGE, color_scheme=scheme)
    assert_no_axe_violations(page)
    for path in ("/", "/entries/"):
        page.goto(path)
        assert_no_axe_violations(page)


def test_a_theme_that_was_chosen_goes_before_the_systems(open_page, person):
    update_profile(person=person, theme="light", look="paper", accent="#2f6fde")
    light = open_page(person, PAGE, color_scheme="light")
    dark = open_page(person, PAGE, color_scheme="dark")
    colours = "[getComputedStyle(document.body).backgroundColor, " + PRIMARY + "]"
    assert light.evaluate(colours) == dark.evaluate(colours)


@pytest.mark.parametrize("look", ["calm", "contrast"])
def test_paper_stays_white(open_page, person, look):
    update_profile(person=person, theme="dark", look=look)
    page = open_page(person, PAGE)
    page.emulate_media(media="print")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert page.evaluate("getComputedStyle(document.body).color") == "rgb(0, 0, 0)"


@pytest.mark.parametrize("screen", SCREENS)
@pytest.mark.parametrize("density", ["comfortable", "compact"])
def test_very_large_text_fits(open_page, person, screen, density):
    project = make_project(members=(person,))
    make_task(project=project, assignee=person)
    log_time(person, project=project, description="Design of the checkout flow with an address form")
    start_timer(user=person, description="Design of the checkout flow", project=project)
    update_profile(person=person, text_size="largest", density=density)
    page = open_page(person, **SCREENS[screen])
    for path in ("/", "/entries/", "/reports/", "/tasks/", "/tasks/board/", "/projects/", "/notifications/", PAGE):
        page.goto(path)
        assert_fits(page)


@pytest.mark.parametrize("size", ["small", "normal"])
def test_what_a_finger_touches_stays_large_enough(open_page, person, size):
    update_profile(person=person, text_size=size, density="compact")
    page = open_page(person, PAGE, **SCREENS["phone"])
    page.get_by_role("button", name="More", exact=True).click()
    for link in page.locator("dialog[open] .nav-item").all():
        assert box_of(link)["height"] >= 44


def test_compact_rows_are_lower(open_page, person):
    log_time(person)
    page = open_page(person, "/entries/")
    before = box_of(page.locator(".entry").first)["height"]
    update_profile(person=person, density="compact")
    page.reload()
    assert box_of(page.locator(".entry").first)["height"] < before


def test_what_cannot_be_saved_is_said(page, allow_console):
    allow_console("net::ERR_FAILED")
    allow_console("htmx:")
    page.route("**/settings/*/", lambda route: route.abort() if route.request.method == "POST" else route.continue_())
    page.get_by_role("radio", name="High contrast").check()

    expect(page.locator("html")).to_have_attribute("data-look", "contrast")
    expect(page.locator(".toast")).to_contain_text("The server does not answer.")
    page.locator("[data-sidebar-toggle]").click()
    expect(page.locator("html")).to_have_attribute("data-sidebar", "collapsed")


def test_a_blocked_storage_is_no_matter(open_page, person):
    page = open_page(person)
    page.add_init_script(
        "Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('', 'SecurityError') } })"
    )
    page.goto(PAGE)
    choose(page, "look", "paper")
    expect(page.locator("html")).to_have_attribute("data-look", "paper")


def test_the_sidebar_and_the_menu_say_the_same_as_the_page(page, person):
    with page.expect_response("**/settings/sidebar/"):
        page.get_by_role("button", name="Sidebar").click()
    expect(page.get_by_role("radio", name="Narrow")).to_be_checked()
    page.get_by_role("button", name="You: Mara Klein").click()
    with page.expect_response("**/settings/theme/"):
        page.locator("#person-menu").get_by_role("button", name="Dark").click()
    expect(page.locator("[data-appearance] [name=theme][value=dark]")).to_be_checked()
    person.refresh_from_db()
    assert (person.sidebar_collapsed, person.theme) == (True, "dark")


def test_the_last_of_quick_clicks_on_the_sidebar_counts(page, person):
    toggle = page.get_by_role("button", name="Sidebar")
    for _ in range(5):
        toggle.click()
    page.wait_for_load_state("networkidle")
    page.reload()

    expect(page.locator("html")).to_have_attribute("data-sidebar", "collapsed")


@pytest.mark.parametrize("path", ["/tasks/", "/projects/"])
@pytest.mark.parametrize("language", ["en", "de"])
def test_a_table_stays_a_table_in_the_largest_text(open_page, boss: User, path: str, language: str):
    update_profile(person=boss, text_size="largest", language=language)
    project = make_project(
        boss, name="Website relaunch for the whole year", client=make_client(name="Northwind Trading")
    )
    for status in ("in_progress", "review"):
        make_task(project, name="A task with a rather long name", status=status, priority="urgent", assignee=boss)
    page = open_page(boss, path)
    expect(page.locator("[data-row] .state").first).to_be_visible()
    expect(page.locator("[data-row] .phone-only").first).to_be_hidden()
    assert page.locator(".rows-scroll").evaluate("box => box.scrollWidth - box.clientWidth") == 0
    assert_fits(page)
