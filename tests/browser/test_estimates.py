"""Estimates in Chromium: the panel keeps its place, the line follows what is typed, the list gets its ranges."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Locator, Page, Route, expect

from accounts.models import User
from analytics.models import Prediction
from analytics.services.record import forget_record
from tests.analytics.finished import make_finished
from tests.browser.conftest import OpenPage
from tests.browser.tools import SCREENS, assert_fits, assert_no_axe_violations, box_of, wait_until_live
from tests.work import make_project, make_task
from tracking.models import Project, Task

RANGE = re.compile(r"\d+:\d\d – \d+:\d\d")
FIRST = 60_000
"""Milliseconds. The first who asks a server waits until it has its library."""


class Held:
    """Answers that wait until they are let go."""

    def __init__(self, page: Page, url: str) -> None:
        self.page, self.routes, self.free = page, list[Route](), False
        page.route(url, self._hear)

    def _hear(self, route: Route) -> None:
        if self.free:
            route.continue_()
        else:
            self.routes.append(route)

    def release(self) -> None:
        while not self.routes:
            self.page.wait_for_timeout(20)
        self.free = True
        for route in self.routes:
            route.continue_()


@pytest.fixture
def project(person: User) -> Project:
    project = make_project(manager=person, name="Relaunch")
    make_finished(40, project, assignee=person)
    forget_record()  # the last page of the test before may have asked for it just now
    return project


def planned(project: Project, person: User, hours: int | None = 4, **fields: Any) -> Task:
    estimated = {"estimated_hours": hours and Decimal(hours), "estimated_at": hours and timezone.now()}
    return make_task(project, assignee=person, **{"name": "Draw"} | estimated | fields)


def panel(page: Page) -> Locator:
    return page.locator("#task-estimate")


def distance(upper: Locator, lower: Locator) -> float:
    """Wherever the page has been scrolled to."""
    return box_of(lower)["y"] - box_of(upper)["y"]


def test_the_panel_and_what_it_counts(open_page: OpenPage, person: User, project: Project, look: dict[str, Any]):
    task = planned(project, person)
    page = open_page(person, f"/tasks/{task.pk}/", **look)
    expect(panel(page)).to_contain_text(RANGE, timeout=FIRST)
    assert_fits(page)
    assert_no_axe_violations(page)
    panel(page).get_by_role("link", name="similar tasks").press("Enter")
    expect(page.get_by_role("heading", name="Similar tasks")).to_be_visible()
    expect(page.locator("tbody tr")).to_have_count(40)
    assert_fits(page)
    assert_no_axe_violations(page)


def test_where_nothing_is_said_it_is_small(open_page: OpenPage, person: User, look: dict[str, Any]):
    task = planned(make_project(manager=person), person)
    page = open_page(person, f"/tasks/{task.pk}/", **look)
    expect(panel(page)).to_contain_text("Not enough history: 0 of 30", timeout=FIRST)
    assert box_of(panel(page))["height"] < 120
    assert_no_axe_violations(page)
    page.goto(f"/insights/estimates/task/{task.pk}/similar/")
    expect(page.get_by_text("No similar tasks")).to_be_visible()
    assert_no_axe_violations(page)


def test_the_panel_stands_while_the_page_is_fetched_anew(open_page: OpenPage, person: User, project: Project):
    task = planned(project, person)
    page = open_page(person, f"/tasks/{task.pk}/")
    expect(panel(page)).to_contain_text(RANGE, timeout=FIRST)
    held = Held(page, f"**/insights/estimates/task/{task.pk}/")
    page.get_by_role("button", name="To do").click()
    page.get_by_role("button", name="Done", exact=True).click()
    expect(page.locator("#task").get_by_text("Finished", exact=True)).to_be_visible()
    expect(panel(page)).to_contain_text("What it may take")
    expect(panel(page).locator(".skeleton")).to_have_count(0)
    held.release()

    expect(panel(page)).to_contain_text("What was said")


def test_a_panel_that_does_not_come_can_be_asked_for_again(
    open_page: OpenPage, person: User, project: Project, allow_console: Callable[[str], None]
):
    allow_console("/insights/estimates/task/")
    allow_console("htmx")
    task = planned(project, person)
    page = open_page(person)
    page.route("**/insights/estimates/task/**", lambda route: route.fulfill(status=500))
    page.goto(f"/tasks/{task.pk}/")
    expect(panel(page)).to_contain_text("This could not be shown.")
    expect(page.locator("#toasts .toast")).to_have_count(0)
    assert_no_axe_violations(page)
    page.unroute_all()
    panel(page).get_by_role("button", name="Try again").press("Enter")
    expect(panel(page)).to_contain_text(RANGE, timeout=FIRST)
    expect(panel(page)).to_be_focused()


@pytest.mark.parametrize("opened", ["page", "dialog"])
def test_the_line_follows_the_form_and_moves_nothing(
    open_page: OpenPage, person: User, project: Project, look: dict[str, Any], opened: str
):
    page = open_page(person, "/tasks/new/" if opened == "page" else "/tasks/", **look)
    if opened == "dialog":
        page.get_by_role("link", name="New task").first.click()
    form = page.locator("form", has=page.locator("#task_estimate"))
    line, estimate = form.locator(".draft-estimate"), form.get_by_label("Estimate")
    expect(estimate).to_be_visible()
    below = distance(estimate, form.get_by_label("Description"))
    form.get_by_label("Project").select_option(label="Relaunch")
    form.get_by_label("Assigned to").select_option(label="Mara Klein")
    expect(line).to_contain_text("Typically between", timeout=FIRST)
    estimate.press_sequentially("4h")
    expect(line).to_contain_text(re.compile(r"Usually \d:\d\d–\d:\d\d · 40 similar tasks"))
    expect(estimate).to_be_focused()
    assert_no_axe_violations(page)
    estimate.fill("soon")
    expect(line).to_have_text("")
    assert distance(estimate, form.get_by_label("Description")) == below
    assert not Prediction.objects.exists()


def test_nothing_private_is_in_the_address_of_the_line(open_page: OpenPage, person: User, project: Project):
    page = open_page(person, "/tasks/new/")
    page.get_by_label("Description").fill("between us")
    with page.expect_request("**/insights/estimates/draft/**project=**") as asked:
        page.get_by_label("Project").select_option(label="Relaunch")
    assert "csrf" not in asked.value.url
    assert "between" not in asked.value.url


def test_ranges_come_and_stay(open_page: OpenPage, person: User, project: Project):
    first, second = planned(project, person), planned(project, person, 2, name="Paint")
    page = open_page(person, "/tasks/")
    places = [page.locator(f"#range-{task.pk}") for task in (first, second)]
    for place in places:
        expect(place).to_contain_text(re.compile(r"usually \d+:\d\d–\d+:\d\d"), timeout=FIRST)
    assert_no_axe_violations(page)
    wait_until_live(page)
    held = Held(page, "**/insights/estimates/tasks/**")
    page.get_by_label("Add a task", exact=True).fill("Frame")
    page.get_by_label("Add a task", exact=True).press("Enter")
    expect(page.locator("tbody tr")).to_have_count(3)
    for place in places:
        expect(place).to_contain_text("usually")  # of before, until the new ones are there
    held.release()

    expect(page.locator(".task-range").first).to_contain_text("typically")


def test_ranges_move_nothing(open_page: OpenPage, person: User, project: Project):
    planned(project, person, 16)
    page = open_page(person)
    held = Held(page, "**/insights/estimates/tasks/**")
    page.goto("/tasks/")
    row = page.locator("tbody tr")
    before = [box_of(cell) for cell in row.locator("td").all()]
    held.release()
    expect(page.locator(".task-range")).to_contain_text("usually", timeout=FIRST)
    assert [box_of(cell) for cell in row.locator("td").all()] == before


def test_a_phones_list_has_no_room_for_ranges(open_page: OpenPage, person: User, project: Project):
    planned(project, person)
    page = open_page(person, "/tasks/", **SCREENS["phone"])
    expect(page.locator(".task-range")).to_have_text(re.compile("usually"), timeout=FIRST)
    expect(page.locator(".task-range")).to_be_hidden()
    assert_fits(page)
    assert_no_axe_violations(page)
