"""The entries in Chromium: the dialog, the menu, the filters."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.utils import timezone
from playwright.sync_api import FloatRect, Page, expect

from accounts.models import User
from tests.browser.tools import (
    SCREENS,
    assert_fits,
    assert_no_axe_violations,
    box_of,
    make_it_noon_for,
    press,
    wait_until_live,
)
from tests.factories import TeamFactory, UserFactory
from tests.work import make_client, make_entry, make_project, make_tag, make_task
from tracking.models import Project, TimeEntry

pytestmark = pytest.mark.browser


@pytest.fixture
def project(organisation) -> Project:
    return make_project(name="Website relaunch", client=make_client(name="Northwind"), color="sky")


@pytest.fixture
def entry(person: User, project: Project) -> TimeEntry:
    start = timezone.now().replace(hour=0, minute=0, second=0, microsecond=0) - dt.timedelta(minutes=30)
    return make_entry(person, start, 15, description="Checkout flow", project=project, tags=[make_tag("ux")])


def week(entry: TimeEntry) -> str:
    return f"/entries/?week={entry.started_at:%Y-%m-%d}"


def row(page: Page, text: str = "Checkout flow"):
    return page.locator(".entry", has_text=text)


def overlap(one: FloatRect, other: FloatRect) -> bool:
    return all(
        one[start] < other[start] + other[size] and other[start] < one[start] + one[size]
        for start, size in (("x", "width"), ("y", "height"))
    )


def test_log_time_by_keyboard(open_page, person: User, project: Project):
    page = open_page(person, "/entries/")
    page.get_by_role("link", name="Log time").first.press("Enter")
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_label("What was done")).to_be_focused()
    assert_no_axe_violations(page)
    page.keyboard.type("Stand-up")
    page.keyboard.press("Tab")
    page.keyboard.type("relaun")
    expect(page.locator(".combobox-list:popover-open [role=option]")).to_have_count(1)
    page.keyboard.press("Enter")
    expect(dialog.get_by_label("Project or task")).to_have_value("Website relaunch")
    page.keyboard.press("Tab")
    page.keyboard.type("meeting ")
    dialog.get_by_label("Duration").fill("1m")
    dialog.get_by_label("Duration").press("Enter")

    expect(row(page, "Stand-up")).to_contain_text("0:01")
    expect(dialog).to_be_hidden()
    logged = TimeEntry.objects.get()
    assert (logged.project, [tag.name for tag in logged.tags.all()]) == (project, ["meeting"])


def test_log_time_for_somebody_else(open_page, person: User):
    jorg = UserFactory.create(username="jorg", display_name="Jörg Müller")
    TeamFactory.create(leads=[person], members=[jorg])
    noon = timezone.now().replace(hour=12, minute=0, second=0, microsecond=0) - dt.timedelta(days=7)
    for minutes in (0, 120):
        make_entry(jorg, noon + dt.timedelta(minutes=minutes), 30)
    page = open_page(person, f"/entries/?person={jorg.pk}&week={noon:%Y-%m-%d}")
    dialog = page.get_by_role("dialog")
    for opener in (page.locator("#log-time"), page.get_by_role("link", name=re.compile("Log it: 1.:30 to"))):
        opener.click()
        expect(dialog.get_by_role("heading")).to_have_text("Log time for Jörg Müller")
        dialog.get_by_label("Start").fill("x")
        dialog.get_by_role("button", name="Save").click()
        expect(dialog.locator("#entry-start_error")).to_be_visible()
        dialog.get_by_label("Start").fill("1-1:10")
        dialog.locator("#entry-end").fill("")
        dialog.get_by_role("button", name="Save").click()
        expect(dialog).to_be_hidden()
    assert (jorg.entries.count(), person.entries.count()) == (4, 0)


def test_a_wrong_time_is_said_at_the_field_and_the_rest_stays(open_page, person: User):
    page = open_page(person, "/entries/")
    page.get_by_role("link", name="Log time").first.click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("What was done").fill("Night shift")
    dialog.get_by_label("Day", exact=True).fill("2026-01-05")
    dialog.get_by_label("Start").fill("22-6")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog.locator("#entry-end_error")).to_contain_text("Ends the next day")
    expect(dialog.get_by_label("What was done")).to_have_value("Night shift")
    assert_no_axe_violations(page)
    dialog.get_by_label("Ends the next day").check()
    dialog.get_by_role("button", name="Save").click()

    expect(dialog).to_be_hidden()
    assert TimeEntry.objects.get().seconds == 8 * 3600


def test_edit_delete_and_undo(open_page, person: User, entry: TimeEntry):
    page = open_page(person, week(entry))
    link = row(page).get_by_role("link", name="Checkout flow")
    link.press("Enter")
    typed = page.locator("[data-row-edit]").get_by_label("What was done")
    expect(typed).to_be_focused()
    assert_no_axe_violations(page)
    page.keyboard.press("Escape")
    expect(row(page)).to_be_focused()
    link.press("Enter")
    typed.fill("Checkout flow, again")
    typed.press("Enter")
    expect(row(page)).to_contain_text("Checkout flow, again")
    expect(row(page)).to_be_focused()
    page.get_by_role("button", name=re.compile("More about")).press("Enter")
    assert_no_axe_violations(page)
    page.get_by_role("button", name="Delete").press("Enter")
    expect(row(page)).to_have_count(0)
    expect(page.locator("#entries-list .empty")).to_be_focused()
    page.get_by_role("button", name="Undo").last.click()

    expect(row(page)).to_be_visible()


def test_end_and_duration_follow_each_other(open_page, person: User, entry: TimeEntry):
    noon = entry.started_at.replace(hour=12, minute=0, second=40)
    entry = make_entry(person, noon, 90, description="Review")  # its seconds are not shown, and not lost
    page = open_page(person, week(entry))
    row(page, "Review").get_by_role("link").click()
    form = page.locator("[data-row-edit]")
    duration, end = form.locator("[name=duration]"), form.locator("[name=end]")
    expect(duration).to_have_value("1:30")
    end.fill("14")
    expect(duration).to_have_value("2:00")
    form.locator("[name=start]").fill("1130")
    expect(duration).to_have_value("2:30")
    duration.fill("45m")
    expect(end).to_have_value("12:15")
    duration.fill("13h")
    expect(end).to_have_value("00:30")
    expect(form.locator("[name=next_day]")).to_be_checked()
    form.locator("[name=start]").fill("12:00")
    duration.fill("1.25")
    expect(end).to_have_value("13:15")
    expect(form.locator("[name=next_day]")).not_to_be_checked()
    form.get_by_role("button", name="Save").click()
    expect(row(page, "Review")).to_contain_text("1:15")
    entry.refresh_from_db()
    assert (entry.started_at, entry.seconds) == (noon, 75 * 60)


def test_a_long_row_keeps_what_one_looks_for(open_page, person: User, project: Project):
    """Whose it is, what on, from when to when, and why it is to be reviewed: whatever the description is like."""
    noon = timezone.now().replace(hour=12, minute=0, second=0, microsecond=0) - dt.timedelta(days=7)
    jorg = UserFactory.create(username="jorg", display_name="Jörg Müller")
    TeamFactory.create(leads=[person], members=[jorg])
    tag, task, words = (
        make_tag("a-longer-tag"),
        make_task(project, name="Landing page"),
        "Management of expectations " * 9,
    )
    for minutes in (0, 10):
        make_entry(
            jorg,
            noon + dt.timedelta(minutes=minutes),
            60,
            description=words,
            task=task,
            tags=[tag],
        )
    week = f"/entries/?q=management&person={jorg.pk}&week={noon:%Y-%m-%d}"
    for screen, everybody in (("desk", True), ("phone", True), ("phone", False)):
        page = open_page(
            person, "/entries/?q=management&weeks=all&person=all" if everybody else week, **SCREENS[screen]
        )
        first = row(page, "expectations").last
        for text in ("Jörg Müller", "Landing page", "12:00 – 13:00", "Overlaps another entry"):
            if text == "Jörg Müller" and not everybody:
                continue
            shown = first.get_by_text(text, exact=True)
            expect(shown).to_be_in_viewport(ratio=1)
            assert shown.evaluate(
                "one => one.scrollWidth <= one.clientWidth || getComputedStyle(one).display === 'inline'"
            )
        assert box_of(first.get_by_role("link"))["width"] > 120
        assert_fits(page)
    page.goto("/entries/review/")
    link = page.get_by_role("link", name=re.compile("Management")).first
    assert box_of(link)["width"] > 180
    expect(page.locator("#review")).to_contain_text("Landing page")
    assert_fits(page)


def test_many_rows_are_moved_and_taken_back(open_page, person: User, project: Project, entry: TimeEntry):
    make_entry(person, entry.started_at + dt.timedelta(minutes=15), 10, description="Checkout flow, tests")
    page = open_page(person, week(entry))
    for box in row(page).get_by_role("checkbox").all():
        box.check()
    page.get_by_role("combobox", name="Change the project").select_option("No project")
    expect(row(page).filter(has_text="No project")).to_have_count(2)
    expect(page.locator("[data-select-row]:checked")).to_have_count(2)  # for the next change
    expect(page.get_by_role("group", name="Selected rows")).to_contain_text("2 selected")
    page.get_by_role("button", name="Undo").click()
    expect(row(page).filter(has_text="Website relaunch")).to_have_count(1)
    page.get_by_role("button", name="Redo").click()
    expect(row(page).filter(has_text="No project")).to_have_count(2)


def test_rows_are_selected_with_a_finger(open_page, person: User, project: Project, entry: TimeEntry, look):
    make_entry(person, entry.started_at + dt.timedelta(minutes=15), 10, description="Checkout flow, tests")
    page = open_page(person, week(entry), **look)
    mode, change = page.get_by_role("button", name="Select rows"), page.get_by_role("button", name="Change", exact=True)
    boxes = row(page).get_by_role("checkbox")
    if page.viewport_size == SCREENS["desk"]["viewport"]:
        expect(mode).to_be_hidden()
        boxes.first.check()
        expect(change).to_be_hidden()
        expect(page.get_by_role("button", name="Merge")).to_be_visible()
        assert_no_axe_violations(page)
        return
    expect(boxes.first).to_be_hidden()
    mode.tap()
    expect(mode).to_have_attribute("aria-pressed", "true")
    for cell in page.locator(".entry-check").all():
        assert min(box_of(cell)["width"], box_of(cell)["height"]) >= 44
        cell.tap()
    expect(page.get_by_role("group", name="Selected rows")).to_contain_text("2 selected")
    change.tap()
    expect(page.get_by_role("button", name="Merge")).to_be_visible()
    bar = page.get_by_role("group", name="Selected rows")
    controls = [box_of(one) for one in bar.locator("button:visible, select:visible, input:visible").all()]
    assert len(controls) >= 8
    assert min(min(box["width"], box["height"]) for box in controls) >= 44
    assert not any(overlap(one, other) for place, one in enumerate(controls) for other in controls[:place])
    assert_fits(page)
    assert_no_axe_violations(page)
    bar.get_by_role("combobox", name="Change the project").select_option("No project")
    expect(row(page).filter(has_text="No project")).to_have_count(2)
    expect(boxes.first).to_be_visible()  # for the next change
    mode.tap()
    expect(bar).to_be_hidden()
    expect(boxes.first).to_be_hidden()
    expect(page.locator("[data-select-row]:checked")).to_have_count(0)


def test_of_several_projects_that_a_line_may_mean_one_is_chosen(open_page, person: User):
    make_project(name="Measures")
    other = make_project(name="Measuring")
    make_it_noon_for(person)
    page = open_page(person, "/entries/")
    press(page, "t l")
    expect(page.get_by_label("In one line")).to_be_focused()
    page.keyboard.type("1h dig @meas")
    page.get_by_role("radio", name="Measuring").check()
    expect(page.get_by_role("radio", name="Measuring")).to_be_focused()
    assert_no_axe_violations(page)
    page.keyboard.press("Enter")
    expect(page.get_by_text("Time logged.")).to_be_visible()
    assert TimeEntry.objects.get().project == other


def test_a_line_is_read_while_it_is_typed_and_saved_with_enter(open_page, person: User, project: Project):
    page = open_page(person, "/tags/")
    page.get_by_role("link", name="Quick entry").press("Enter")
    line = page.get_by_label("In one line")
    expect(line).to_be_focused()
    page.keyboard.type("45m review @relaunch #ux yesterday")
    expect(page.locator("#quick-preview")).to_contain_text("Website relaunch")
    assert_no_axe_violations(page)
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_be_hidden()
    logged = TimeEntry.objects.get()
    assert (logged.seconds, logged.project, logged.description) == (45 * 60, project, "review")


def test_a_second_tab_that_is_late_is_told(open_page, person: User, entry: TimeEntry):
    pages = [open_page(person, week(entry)) for _ in range(2)]
    for page in pages:
        row(page).get_by_role("link", name="Checkout flow").click()
    for page, text in zip(pages, ("first", "second"), strict=True):
        page.locator("[data-row-edit]").get_by_label("What was done").fill(f"from the {text}")
        page.locator("[data-row-edit]").get_by_role("button", name="Save").click()
    late = pages[1].locator("[data-row-edit]")

    expect(late.get_by_role("alert")).to_contain_text("changed elsewhere")
    expect(late).to_contain_text("from the first")
    expect(late.get_by_label("What was done")).to_have_value("from the second")
    assert_no_axe_violations(pages[1])


def test_continue_starts_the_timer(open_page, person: User, entry: TimeEntry):
    page = open_page(person, week(entry))
    page.get_by_role("button", name="Continue Checkout flow").click()
    expect(page.locator("#timer-stop")).to_be_visible()
    expect(page.locator("#timer-text")).to_have_value("Checkout flow")


def test_filters_go_into_the_address_and_live_changes_keep_them(open_page, person: User, entry: TimeEntry):
    make_entry(person, entry.started_at - dt.timedelta(hours=1), 10, description="Stand-up")
    page = open_page(person, week(entry))
    wait_until_live(page)
    page.get_by_label("Search descriptions").press_sequentially("check")
    expect(row(page, "Stand-up")).to_have_count(0)
    expect(page).to_have_url(re.compile(r"q=check"))
    expect(page.get_by_label("Search descriptions")).to_be_focused()
    page.get_by_label("Project", exact=True).fill("relaunch")
    page.locator(".combobox-list:popover-open [role=option]").first.click()
    expect(page).to_have_url(re.compile(r"project=\d+"))
    page.locator("#timer-text").press("Enter")
    expect(page.locator("#timer-stop")).to_be_visible()
    page.wait_for_timeout(500)
    expect(row(page, "Stand-up")).to_have_count(0)
    expect(row(page)).to_be_visible()
    page.reload()
    expect(page.get_by_label("Project", exact=True)).to_have_value("Website relaunch")


def test_on_the_phone_the_filters_unfold(open_page, person: User, entry: TimeEntry):
    page = open_page(person, week(entry), **SCREENS["phone"])
    expect(page.get_by_label("Search descriptions")).to_be_hidden()
    page.get_by_role("button", name="Filter").tap()
    expect(page.get_by_label("Search descriptions")).to_be_visible()
    assert_no_axe_violations(page)
    row(page).get_by_role("link", name="Checkout flow").tap()
    expect(page.locator("[data-row-edit]").get_by_label("What was done")).to_be_visible()
    assert_no_axe_violations(page)
