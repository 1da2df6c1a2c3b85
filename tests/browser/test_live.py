"""What changes while a page is on its way shows up on it, however long its scripts, its socket or its parts take."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import APIResponse, Page, Request, Route, expect

from accounts.models import User
from tests.browser.tools import wait_until_live
from tests.work import make_project, make_task

pytestmark = pytest.mark.browser


def open_held(page: Page, path: str, script: str) -> Callable[[], None]:
    """The page is drawn, but the script is on its way until what is returned is called."""
    held: list[Route] = []
    page.route(f"**/{script}.*js", lambda route: held.append(route))
    page.goto(path, wait_until="commit")
    expect(page.locator("#toasts")).to_be_attached()  # the end of the page

    def go_on() -> None:
        for route in held:
            route.continue_()

    return go_on


def start_timer(page: Page, text: str) -> None:
    page.goto("/entries/")
    page.locator("#timer-text").fill(text)
    page.locator("#timer-text").press("Enter")
    expect(page.locator("#timer-stop")).to_be_visible()


def test_a_timer_that_starts_before_the_socket_is_open(open_page, person: User):
    page = open_page(person)
    go_on = open_held(page, "/entries/", "main")
    start_timer(open_page(person), "Stand-up")
    go_on()
    expect(page.locator("#timer-stop")).to_be_visible()
    expect(page.locator(".entry.running")).to_contain_text("Stand-up")


def test_a_task_that_is_added_while_the_boards_script_is_on_its_way(open_page, person: User):
    """htmx gets the page ready once all scripts are there: before that nobody would hear what the socket says."""
    project = make_project(manager=person)
    make_task(project, name="First")
    page = open_page(person)
    go_on = open_held(page, f"/tasks/board/?project={project.pk}", "board")
    other = open_page(person, f"/tasks/?project={project.pk}")
    other.get_by_label("Add a task", exact=True).fill("Second")
    other.get_by_label("Add a task", exact=True).press("Enter")
    expect(other.get_by_role("link", name="Second")).to_be_visible()
    go_on()
    expect(page.get_by_role("link", name="Second")).to_be_visible()


def test_what_a_part_of_the_page_has_missed_on_its_way(open_page, person: User):
    page = open_page(person)
    held: list[tuple[Route, APIResponse]] = []
    page.route("**/dashboard/widgets/", lambda route: held.append((route, route.fetch())))
    page.goto("/")
    wait_until_live(page)
    start_timer(open_page(person), "Stand-up")
    expect(page.locator("#timer-stop")).to_be_visible()  # heard, but the board is of a moment ago
    for route, response in held:
        route.fulfill(response=response)
    expect(page.locator("#dashboard-grid")).to_contain_text("Stand-up")


def test_what_could_not_be_fetched_is_fetched_later(open_page, person: User, allow_console):
    """A server that is on its way back answers 502 for a moment, and the one change was told already."""
    allow_console("status of 502")
    allow_console("Response Status Error Code 502")
    page = open_page(person, "/entries/")
    wait_until_live(page)
    failed: list[str] = []

    def fail_once(route: Route) -> None:
        if route.request.headers.get("hx-request") and route.request.url not in failed:
            failed.append(route.request.url)
            route.fulfill(status=502, body="")
        else:
            route.continue_()

    page.route("**/entries/", fail_once)
    start_timer(open_page(person), "Stand-up")
    expect(page.locator(".entry.running")).to_contain_text("Stand-up", timeout=20_000)
    assert failed


def test_where_nothing_has_changed_nothing_is_fetched_again(open_page, person: User):
    page = open_page(person)
    go_on = open_held(page, "/entries/", "main")
    fetched: list[Request] = []
    page.on("request", lambda request: fetched.append(request) if "hx-request" in request.headers else None)
    page.wait_for_timeout(2000)  # a slow page
    go_on()
    wait_until_live(page)
    page.wait_for_timeout(1500)
    assert [request.url.partition("/notifications")[2] for request in fetched] == ["/bell/"]
