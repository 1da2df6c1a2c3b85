"""The timer in Chromium: by keyboard alone, by thumb, and in two browsers at once."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from accounts.choices import Role
from accounts.models import User
from tests.browser.tools import SCREENS, assert_fits, assert_no_axe_violations, box_of, wait_until_live
from tests.factories import UserFactory
from tests.work import make_client, make_entry, make_project, make_tag, make_task
from tracking.models import Project, TimeEntry
from tracking.services.timer import start_timer

pytestmark = pytest.mark.browser
RUNNING = re.compile(r"^\d+:\d\d .* · Timetracker$")


@pytest.fixture
def project(organisation) -> Project:
    return make_project(name="Website relaunch", client=make_client(name="Northwind"), color="sky")


@pytest.fixture
def desk(open_page, person: User) -> Page:
    page = open_page(person, "/entries/")
    wait_until_live(page)
    return page


@pytest.fixture
def phone(open_page, person: User) -> Page:
    page = open_page(person, "/entries/", **SCREENS["phone"])
    wait_until_live(page)
    return page


def words(page: Page) -> Locator:
    return page.locator("#timer-text")


def stop(page: Page) -> Locator:
    return page.locator("#timer-stop")


def clock(page: Page) -> Locator:
    return page.locator(".timer-clock")


def options(page: Page) -> Locator:
    return page.locator(".combobox-list:popover-open [role=option]")


# ── By keyboard ──────────────────────────────────────────────────────────────
def test_start_and_stop_by_keyboard_alone(desk: Page, person: User, project: Project):
    make_tag("frontend")
    words(desk).focus()
    desk.keyboard.type("Checkout flow @relaun")
    expect(options(desk)).to_have_text([re.compile("Website relaunch")])
    expect(words(desk)).to_have_attribute("aria-expanded", "true")
    desk.keyboard.press("Enter")
    desk.keyboard.type("#front")
    expect(options(desk).first).to_contain_text("#frontend")
    assert_no_axe_violations(desk)
    desk.keyboard.press("Enter")
    expect(words(desk)).to_have_value(re.compile("^Checkout flow ?$"))
    desk.keyboard.press("Enter")

    expect(stop(desk)).to_be_visible()
    expect(clock(desk)).to_have_text(re.compile(r"^0:00:0\d$"))
    expect(desk).to_have_title(RUNNING)
    expect(desk.locator(".entry.running")).to_contain_text("Website relaunch")
    entry = TimeEntry.objects.get(user=person)
    assert (entry.description, entry.project) == ("Checkout flow", project)
    assert [tag.name for tag in entry.tags.all()] == ["frontend"]
    expect(desk.locator("#main")).to_be_focused()  # the next keys are shortcuts

    stop(desk).press("Enter")
    expect(desk.locator("#timer-go")).to_be_visible()
    expect(words(desk)).to_be_focused()
    expect(desk).to_have_title("Entries · Timetracker")
    entry.refresh_from_db()
    assert not entry.running


def test_the_focus_outlives_two_answers_in_a_row(desk: Page):
    words(desk).focus()
    desk.evaluate("""() => new Promise((done) => {
      document.activeElement.id = "gone-after-the-first";
      const fetched = (settle) => htmx.ajax("GET", "/timer/bar/", {
        source: document.body, target: "#timer-bar", swap: `outerHTML settle:${settle}ms`,
      });
      document.addEventListener("htmx:afterSwap", () => fetched(0).then(done), { once: true });
      fetched(400);
    })""")
    expect(words(desk)).to_be_focused()


def test_a_start_right_after_a_refresh_is_heard_and_stays_on_the_page(desk: Page):
    desk.evaluate("""() => new Promise((done) => {
      window.isSamePage = true;
      document.addEventListener("htmx:afterSwap", () => setTimeout(() => {
        document.querySelector("[data-timer-start]").requestSubmit();
        done();
      }), { once: true });
      htmx.ajax("GET", "/timer/bar/", { source: document.body, target: "#timer-bar", swap: "outerHTML" });
    })""")
    expect(stop(desk)).to_be_visible()
    assert desk.evaluate("window.isSamePage")


def test_an_earlier_description_brings_its_project(desk: Page, person: User, project: Project):
    make_entry(person, description="Checkout flow", project=project, tags=[make_tag("ux")])
    words(desk).focus()
    desk.keyboard.type("check")
    expect(options(desk)).to_have_count(1)
    desk.keyboard.press("ArrowDown")
    desk.keyboard.press("Enter")
    expect(desk.locator("#timer-bar > form .chip")).to_have_text([re.compile("Website relaunch"), re.compile("ux")])
    desk.keyboard.press("Enter")

    expect(desk.locator(".entry.running")).to_contain_text("Checkout flow")
    assert TimeEntry.objects.running().get().project == project


def test_a_task_and_a_new_project_and_tag_in_place(open_page, person: User, project: Project):
    person.role = Role.MANAGER
    person.save()
    make_task(project, name="Address form")
    page = open_page(person, "/")
    words(page).focus()
    page.keyboard.type("@addr")
    expect(options(page).first).to_contain_text("Address form")
    page.keyboard.press("Enter")
    expect(page.locator("#timer-bar > form .chip")).to_have_text(re.compile("Website relaunch · Address form"))
    page.keyboard.type("@Brand new")
    expect(options(page)).to_have_text([re.compile("Create the project “Brand new”")])
    page.keyboard.press("Enter")
    expect(page.locator("#timer-bar > form .chip")).to_have_text(re.compile("Brand new"))
    page.keyboard.type("#urgent")
    page.keyboard.press("ArrowDown")
    expect(options(page)).to_have_text([re.compile("Create the tag #urgent")])
    page.keyboard.press("Enter")
    expect(page.locator("#timer-bar > form .chip")).to_have_count(2)
    page.keyboard.press("Enter")

    expect(stop(page)).to_be_visible()
    entry = TimeEntry.objects.get(user=person)
    assert entry.project.name == "Brand new"
    assert [tag.name for tag in entry.tags.all()] == ["urgent"]


def test_what_an_arrow_key_has_asked_for_is_not_asked_again(desk: Page, person: User):
    asked: list[str] = []
    desk.on("request", lambda request: asked.append(request.url) if "/timer/suggest/" in request.url else None)
    words(desk).focus()
    desk.keyboard.type("#urgent")
    desk.keyboard.press("ArrowDown")
    expect(options(desk)).to_have_text([re.compile("Create the tag #urgent")])
    desk.keyboard.type("!")  # asked for later than what was typed before the arrow key would be
    expect(options(desk)).to_have_text([re.compile("Create the tag #urgent!")])
    assert len(asked) == 2


def test_what_runs_is_edited_in_place(desk: Page, person: User, project: Project):
    words(desk).fill("Sketch")
    words(desk).press("Enter")
    expect(stop(desk)).to_be_visible()
    words(desk).fill("Sketch of the address form")
    words(desk).press("Enter")
    expect(desk.locator(".entry.running")).to_contain_text("Sketch of the address form")
    desk.keyboard.type(" @relaunch")
    expect(options(desk)).to_have_text([re.compile("Website relaunch")])
    desk.keyboard.press("Enter")
    desk.keyboard.type("2")  # goes on typing while the answer comes
    expect(desk.locator(".entry.running")).to_contain_text("Website relaunch")
    expect(words(desk)).to_have_value(re.compile(r"address form ?2$"))
    desk.locator("#timer-bar > form [data-chip-remove]").click()
    expect(desk.locator(".entry.running")).to_contain_text("No project")


def test_what_is_selected_stays_selected_when_the_bar_is_exchanged(desk: Page, person: User):
    start_timer(user=person, description="Sketch")
    desk.reload()
    wait_until_live(desk)
    words(desk).select_text()
    with desk.expect_event("requestfinished", lambda request: "/timer/" in request.url):
        desk.evaluate("document.body.dispatchEvent(new CustomEvent('live:timer'))")
    desk.wait_for_timeout(200)
    desk.keyboard.type("Poster")
    expect(words(desk)).to_have_value("Poster")


def test_what_is_changed_while_an_answer_comes_is_sent_too(desk: Page, person: User, project: Project):
    start_timer(user=person, description="Sketch", project=project)
    desk.reload()
    waiting: list[Route] = []
    desk.route("**/timer/edit/", lambda route: waiting.append(route) if not waiting else route.continue_())
    words(desk).fill("Sketch of the address form")
    words(desk).press("Enter")
    desk.locator("#timer-bar > form [data-chip-remove]").click()
    desk.wait_for_timeout(200)
    waiting[0].continue_()
    expect(desk.locator(".entry.running")).to_contain_text("No project")
    expect(words(desk)).to_have_value("Sketch of the address form")
    assert TimeEntry.objects.get().project is None


def test_the_start_is_changed_while_it_runs(desk: Page, person: User):
    words(desk).press("Enter")
    expect(clock(desk)).to_have_text(re.compile("^0:00"))
    desk.locator("#timer-since").press("Enter")
    expect(desk.locator("#timer-start-field")).to_be_focused()
    assert_no_axe_violations(desk)
    desk.get_by_role("button", name="5 minutes earlier").press("Enter")
    expect(clock(desk)).to_have_text(re.compile("^0:05"))
    expect(desk.get_by_role("button", name="5 minutes earlier")).to_be_focused()
    desk.keyboard.press("Enter")
    expect(clock(desk)).to_have_text(re.compile("^0:10"))
    later = desk.get_by_role("button", name="5 minutes later")
    if not later.is_visible():  # on a slow machine a late live refresh may have closed what was open
        desk.locator("#timer-since").press("Enter")
    later.press("Enter")
    expect(clock(desk)).to_have_text(re.compile("^0:05"))


def test_a_wrong_start_says_why_and_stays(desk: Page, allow_console):
    allow_console("status of 422")
    words(desk).press("Enter")
    desk.locator("#timer-since").click()
    field = desk.locator("#timer-start-field")
    field.fill("quarter past")
    field.press("Enter")

    expect(desk.locator("#timer-start-error")).to_contain_text("Write a time")
    expect(field).to_have_value("quarter past")
    expect(field).to_be_focused()
    assert_no_axe_violations(desk)


def test_a_refused_start_keeps_what_was_typed(desk: Page, allow_console):
    allow_console("status of 422")
    words(desk).fill("x" * 2001)
    words(desk).press("Enter")

    expect(desk.get_by_role("alert")).to_contain_text("At most 2000 characters")
    expect(words(desk)).to_have_value("x" * 2001)
    expect(words(desk)).to_be_focused()
    assert_no_axe_violations(desk)


def test_pause_stands_still_and_resume_goes_on(desk: Page, person: User):
    words(desk).press("Enter")
    desk.get_by_role("button", name="Pause").press("Enter")
    expect(desk.locator("#timer-bar").get_by_text("Paused", exact=True).last).to_be_visible()
    expect(desk.get_by_role("button", name="Resume")).to_be_focused()
    stands = clock(desk).text_content()
    desk.wait_for_timeout(1300)
    expect(clock(desk)).to_have_text(stands or "")
    desk.keyboard.press("Enter")
    expect(desk.get_by_role("button", name="Pause")).to_be_focused()
    expect(clock(desk)).not_to_have_text(stands or "")


def test_discard_and_undo(desk: Page, person: User):
    words(desk).fill("a slip")
    words(desk).press("Enter")
    desk.get_by_role("button", name="More about this timer").press("Enter")
    assert_no_axe_violations(desk)
    desk.get_by_role("button", name="Discard").press("Enter")
    expect(desk.locator("#timer-go")).to_be_visible()
    expect(desk.locator(".entry", has_text="a slip")).to_have_count(0)
    desk.get_by_role("button", name="Undo").click()

    expect(desk.locator(".entry", has_text="a slip")).to_be_visible()


def test_a_double_click_on_stop_starts_nothing(desk: Page, person: User):
    words(desk).press("Enter")
    expect(stop(desk)).to_be_visible()
    desk.wait_for_timeout(600)
    box = box_of(stop(desk))
    desk.mouse.dblclick(box["x"] + 10, box["y"] + 10, delay=20)
    expect(desk.locator("#timer-go")).to_be_visible()
    desk.wait_for_timeout(300)
    assert not TimeEntry.objects.running().exists()


# ── Two browsers ─────────────────────────────────────────────────────────────
def test_every_change_shows_in_the_other_browser(open_page, person: User, project: Project):
    """How soon is measured by `make bench-live`."""
    here, there = (open_page(person, "/entries/") for _ in range(2))
    for page in (here, there):
        wait_until_live(page)
    words(here).fill("Address form")
    words(here).press("Enter")
    expect(stop(there)).to_be_visible()
    expect(words(there)).to_have_value("Address form")
    expect(there.locator(".entry.running")).to_contain_text("Address form")
    here.get_by_role("button", name="Pause").click()
    there.get_by_role("button", name="Resume").click()
    expect(here.get_by_role("button", name="Pause")).to_be_visible()
    stop(there).click()
    expect(here.locator("#timer-go")).to_be_visible()
    expect(here.locator(".entry.running")).to_have_count(0)


def test_a_start_shows_on_the_phone_too(desk: Page, phone: Page):
    words(desk).fill("From the desk")
    words(desk).press("Enter")
    expect(phone.locator("#timer-open")).to_contain_text("From the desk")


def test_what_somebody_is_typing_is_not_taken_away(open_page, person: User):
    here, there = (open_page(person, "/entries/") for _ in range(2))
    for page in (here, there):
        wait_until_live(page)
    words(there).click()
    there.keyboard.type("half a sente")
    words(here).press("Enter")
    expect(stop(here)).to_be_visible()
    there.wait_for_timeout(500)
    there.keyboard.type("nce")
    expect(words(there)).to_have_value("half a sentence")


def test_nobody_else_sees_it(open_page, person: User):
    stranger = open_page(UserFactory.create(), "/entries/")
    wait_until_live(stranger)
    here = open_page(person, "/entries/")
    words(here).press("Enter")
    expect(stop(here)).to_be_visible()
    stranger.wait_for_timeout(700)
    expect(stop(stranger)).to_have_count(0)


# ── By thumb ─────────────────────────────────────────────────────────────────
def test_the_phone_opens_a_sheet(phone: Page, project: Project):
    phone.locator("#timer-open").tap()
    sheet = phone.get_by_role("dialog", name="Start the timer")
    expect(sheet.locator("#timer-text-sheet")).to_be_focused()
    assert_no_axe_violations(phone)
    phone.keyboard.type("On the way @relaunch")
    options(phone).first.tap()
    sheet.get_by_role("button", name="Start").tap()

    expect(phone.locator("#timer-open")).to_contain_text("On the way")
    expect(phone.locator("#timer-open")).to_contain_text("Website relaunch")
    assert_fits(phone)
    assert box_of(stop(phone))["y"] > SCREENS["phone"]["viewport"]["height"] * 2 / 3
    stop(phone).tap()
    expect(phone.locator("#timer-go")).to_be_visible()


def test_the_phones_sheet_of_what_runs(phone: Page, person: User, allow_console):
    allow_console("status of 422")
    phone.locator("#timer-go").tap()
    expect(stop(phone)).to_be_visible()
    phone.locator("#timer-open").tap()
    sheet = phone.get_by_role("dialog", name="The timer")
    assert_no_axe_violations(phone)
    sheet.get_by_role("button", name="5 minutes earlier").tap()
    expect(clock(phone)).to_have_text(re.compile("^0:05"))
    sheet.get_by_label("Start", exact=True).fill("nine-ish")
    sheet.get_by_role("button", name="Set").tap()
    expect(sheet.locator(".field-error")).to_contain_text("Write a time")
    expect(sheet.get_by_label("Start", exact=True)).to_have_value("nine-ish")
    sheet.locator("#timer-text-sheet").fill("Now with words")
    sheet.get_by_role("button", name="Save").tap()
    expect(sheet).to_be_hidden()
    expect(phone.locator("#timer-open")).to_contain_text("Now with words")
    phone.locator("#timer-open").tap()
    sheet.get_by_role("button", name="Discard").tap()
    expect(phone.locator("#timer-go")).to_be_visible()
    expect(phone.locator(".toast")).to_contain_text("Discarded")  # though the dialog it came from is gone


# ── Looks ────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("path", ["/", "/entries/", "/activity/", "/track?description=Docs"])
def test_pages_are_accessible_with_data_and_without(open_page, person: User, project: Project, path: str, look):
    page = open_page(person, path, **look)
    assert_no_axe_violations(page)
    assert_fits(page)
    make_task(project, name="Address form " * 12, assignee=person)
    make_entry(person, description="A description that is long " * 8, project=project, tags=[make_tag("ux")])
    start_timer(user=person, description="Long words of what is going on " * 4, project=project)
    page.reload()
    assert_no_axe_violations(page)
    assert_fits(page)
