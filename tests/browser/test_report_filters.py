"""Filters of the report page in Chromium: several of a kind, by mouse, by keyboard, on a phone and without scripts."""

from __future__ import annotations

import re

import pytest
from django.utils import timezone
from playwright.sync_api import Locator, Page, Route, expect

from accounts.models import User
from tests.browser.tools import SCREENS, assert_fits, assert_no_axe_violations, box_of
from tests.work import make_client, make_entry, make_project, make_tag
from tracking.models import Project

pytestmark = pytest.mark.browser


@pytest.fixture
def projects(person: User) -> list[Project]:
    """Each with an hour, a day apart; many more without."""
    client = make_client(name="Northwind")
    found = [make_project(name=name, client=client) for name in ("Website", "Shop", "Hiring")]
    start = timezone.now().replace(day=1, hour=1, minute=0, second=0, microsecond=0)
    for number, project in enumerate(found):
        make_entry(person, start.replace(hour=1 + number), 60, project=project, tags=[make_tag()])
    Project.objects.bulk_create(Project(name=f"Zoo {number:03}", currency="EUR") for number in range(100))
    return found


def filter_of(page: Page, kind: str) -> Locator:
    return page.locator(f"details:has(#report-{kind}-chosen)")


def summary(page: Page, kind: str) -> Locator:
    return filter_of(page, kind).locator("summary")


def test_several_by_keyboard(open_page, person: User, projects: list[Project]):
    page = open_page(person, "/reports/?group=client&then=project")
    summary(page, "project").press("Enter")
    find = page.get_by_role("searchbox", name="Find projects")
    expect(find).to_be_focused()
    assert_no_axe_violations(page)
    page.keyboard.type("northw")
    expect(filter_of(page, "project").get_by_role("checkbox")).to_have_count(3)
    expect(page.locator("#announcer")).to_have_text("3 suggestions")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Hiring")).to_be_focused()
    page.keyboard.press("Space")
    expect(summary(page, "project")).to_have_text(re.compile(r"Project:\s*Hiring"))
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Space")
    expect(summary(page, "project")).to_have_text(re.compile(r"Project:\s*2 projects"))
    expect(page.locator("#report tfoot")).to_contain_text("2:00")
    assert sorted(re.findall(r"project=(\d+)", page.url)) == sorted(str(row.pk) for row in (projects[1], projects[2]))
    assert "find_project" not in page.url
    page.keyboard.press("Escape")
    expect(summary(page, "project")).to_be_focused()
    expect(find).to_be_hidden()

    page.get_by_label("Group by").select_option("day")
    expect(page.locator("#report thead")).to_contain_text("Day")
    assert len(re.findall(r"project=\d+", page.url)) == 2
    page.get_by_label("Range", exact=True).select_option("this-year")
    page.wait_for_url(re.compile("preset=this-year"))
    page.get_by_role("button", name="Download").press("Enter")
    assert_no_axe_violations(page)
    for name in ("Entries (CSV)", "Lines (Excel)"):
        expect(page.get_by_role("link", name=name)).to_have_attribute("href", re.compile(r"(project=\d+.*){2}"))
    with page.expect_download() as download:
        page.get_by_role("link", name="Lines (Excel)").press("Enter")
    assert re.fullmatch(r"lines-\d{4}-01-01-\d{4}-12-31\.xlsx", download.value.suggested_filename)
    page.keyboard.press("Escape")
    page.reload()
    expect(summary(page, "project")).to_contain_text("2 projects")
    page.get_by_role("link", name="Clear filters").click()
    expect(summary(page, "project")).to_contain_text("All projects")
    expect(page.locator("#report tfoot")).to_contain_text("3:00")


def test_what_is_chosen_stays_while_one_looks_for_more(open_page, person: User, projects: list[Project]):
    page = open_page(person, f"/reports/?project={projects[0].pk}")
    summary(page, "project").click()
    page.get_by_role("searchbox", name="Find projects").fill("zoo 099")
    boxes = filter_of(page, "project").get_by_role("checkbox")
    expect(boxes).to_have_count(2)
    expect(boxes.first).to_be_checked()
    boxes.last.check()
    expect(summary(page, "project")).to_contain_text("2 projects")
    page.get_by_role("button", name="All projects").click()
    expect(summary(page, "project")).to_contain_text("All projects")
    expect(page.locator("#report tfoot")).to_contain_text("3:00")
    assert "project=" not in page.url


def test_several_by_their_words(open_page, person: User, projects: list[Project]):
    page = open_page(person, "/reports/")
    summary(page, "project").click()
    expect(page.get_by_role("searchbox", name="Find projects")).to_be_focused()
    for name in ("Website", "Shop"):
        box = box_of(filter_of(page, "project").get_by_text(name, exact=True))
        page.mouse.move(box["x"] + 5, box["y"] + 5)
        page.mouse.down()
        expect(filter_of(page, "project").get_by_role("searchbox")).to_be_visible()
        page.mouse.up()
        expect(page.get_by_label(name)).to_be_checked()
    expect(summary(page, "project")).to_have_text(re.compile(r"Project:\s*2 projects"))
    page.keyboard.press("Escape")
    expect(summary(page, "project")).to_be_focused()


def wait_for(held: list[Route], number: int, page: Page) -> None:
    """So many requests are on their way. Playwright hears of them only while it is asked something."""
    while len(held) < number:
        page.wait_for_timeout(10)


def test_a_refresh_does_not_take_the_place_that_a_filter_waits_for(open_page, person: User, projects: list[Project]):
    page = open_page(person, "/reports/")
    held: list[Route] = []
    page.route("**/reports/*", lambda route: held.append(route) if len(held) < 2 else route.continue_())
    page.evaluate("document.body.dispatchEvent(new CustomEvent('live:entries'))")
    page.get_by_label("Group by").select_option("day")
    wait_for(held, 2, page)
    refresh, filtered = held
    with page.expect_request_finished():
        refresh.continue_()
    filtered.continue_()
    expect(page.locator("#report thead")).to_contain_text("Day")


def test_a_refresh_waits_for_the_answer_to_a_filter(open_page, person: User, projects: list[Project]):
    page = open_page(person, "/reports/")
    held: list[Route] = []
    page.route("**/reports/?*", lambda route: held.append(route) if not held else route.continue_())
    page.get_by_label("Group by").select_option("day")
    wait_for(held, 1, page)
    page.evaluate("document.body.dispatchEvent(new CustomEvent('live:entries'))")
    with page.expect_request("**/reports/?*") as again:
        held[0].continue_()
    assert again.value.url == page.url
    assert "group=day" in page.url
    expect(page.locator("#report thead")).to_contain_text("Day")


def test_one_closes_where_another_opens(open_page, person: User, projects: list[Project]):
    page = open_page(person, "/reports/")
    summary(page, "project").click()
    summary(page, "tag").click()
    expect(page.locator("details[data-choices][open]")).to_have_count(1)
    expect(page.get_by_role("searchbox", name="Find tags")).to_be_focused()
    page.get_by_role("heading", name="Reports").click()
    expect(page.locator("details[data-choices][open]")).to_have_count(0)
    summary(page, "client").press("Enter")
    expect(page.get_by_role("searchbox", name="Find clients")).to_be_focused()
    page.get_by_label("Billable", exact=True).focus()
    expect(page.locator("details[data-choices][open]")).to_have_count(0)


def test_how_it_looks(open_page, person: User, projects: list[Project], look):
    page = open_page(
        person, f"/reports/?project={projects[0].pk}&tag={projects[0].entries.get().tags.get().pk}", **look
    )
    if look.get("is_mobile"):
        page.get_by_role("button", name="Filters 2").click()
    for kind in ("client", "project", "task", "tag"):
        summary(page, kind).click()
        expect(filter_of(page, kind).get_by_role("searchbox")).to_be_visible()
        expect(page.locator("details[data-choices][open]")).to_have_count(1)
        assert_fits(page)
        assert_no_axe_violations(page)


def test_on_a_phone_the_filters_are_folded(open_page, person: User, projects: list[Project]):
    page = open_page(person, "/reports/", **SCREENS["phone"])
    expect(page.locator("#report .week-total")).to_be_in_viewport()
    expect(page.get_by_label("Range", exact=True)).to_be_visible()
    expect(page.get_by_label("Group by")).to_be_hidden()
    button = page.get_by_role("button", name="Filters")
    button.click()
    expect(button).to_have_attribute("aria-expanded", "true")
    page.get_by_label("Billable", exact=True).select_option("Not billable")
    expect(button).to_have_text(re.compile(r"Filters\s+1"))
    assert_fits(page)


def test_without_scripts(open_page, person: User, projects: list[Project]):
    page = open_page(person, "/reports/", java_script_enabled=False, **SCREENS["phone"])
    summary(page, "project").click()
    page.get_by_role("searchbox", name="Find projects").fill("northwind")
    page.get_by_role("button", name="Show").click()
    boxes = filter_of(page, "project").get_by_role("checkbox")
    expect(boxes).to_have_count(3)
    boxes.nth(0).check()
    boxes.nth(1).check()
    page.get_by_role("button", name="Show").click()
    expect(summary(page, "project")).to_contain_text("2 projects")
    expect(page.locator("#report tfoot")).to_contain_text("2:00")
