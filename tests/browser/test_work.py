"""Clients, projects, tasks and tags in Chromium: what needs scripts, and whether everybody can use it."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, Route, expect

from accounts.choices import Role
from accounts.models import User
from tests.browser.tools import assert_fits, assert_no_axe_violations, wait_until_live
from tests.factories import UserFactory
from tests.work import make_client, make_entry, make_project, make_tag, make_task
from tracking.choices import BudgetType
from tracking.models import Client, Task, TimeEntry
from tracking.services.entries import delete_entry, update_entry

pytestmark = pytest.mark.browser


@pytest.fixture
def mara(person: User) -> User:
    person.role = Role.MANAGER
    person.save()
    return person


def toast(page: Page, text: str) -> Any:
    return page.locator(".toast", has_text=text)


def test_a_client_in_the_dialog(open_page, mara: User):
    make_client(name="Acme")
    page = open_page(mara, "/clients/")
    page.get_by_role("link", name="New client").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_label("Name")).to_be_focused()
    dialog.get_by_label("Name").fill("acme")
    dialog.get_by_label("Note").fill("since 1998")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog.locator("#client_name_error")).to_have_text("There is a client of this name already.")
    expect(dialog.get_by_label("Note")).to_have_value("since 1998")
    assert_no_axe_violations(page)
    dialog.get_by_label("Name").fill("Brewery")
    dialog.get_by_label("Name").press("Enter")

    expect(dialog).to_be_hidden()
    expect(page.get_by_role("link", name="Brewery", exact=True)).to_be_visible()
    assert Client.objects.get(name="Brewery").note == "since 1998"


def test_archive_from_the_menu_and_undo(open_page, mara: User):
    make_client(name="Acme")
    page = open_page(mara, "/clients/")
    row = page.get_by_role("row", name="Acme")
    page.get_by_role("button", name="More for Acme").press("Enter")
    expect(page.get_by_role("link", name="Edit")).to_be_focused()
    assert_no_axe_violations(page)
    page.get_by_role("button", name="Archive", exact=True).locator("visible=true").click()
    expect(row).to_have_count(0)
    toast(page, "Acme").get_by_role("button", name="Undo").click()
    expect(row).to_have_count(1)


def test_change_several_tasks(open_page, mara: User):
    project = make_project(manager=mara)
    for number in range(3):
        make_task(project, name=f"Task {number}")
    page = open_page(mara, "/tasks/")
    page.get_by_role("checkbox", name="Select Task 0").check()
    page.get_by_role("checkbox", name="Select Task 2").click(modifiers=["Shift"])
    expect(page.locator("[data-select-count]")).to_have_text("3 selected")
    page.get_by_label("Change the status").select_option("review")
    expect(toast(page, "3 tasks: In review.")).to_be_visible()
    expect(page.locator("tbody").get_by_text("In review").locator("visible=true")).to_have_count(3)
    expect(page.locator("[data-select-count]")).to_have_text("3 selected")  # for the next change
    page.get_by_role("button", name="Select none").click()
    expect(page.locator("[data-bulk-bar]")).to_be_hidden()
    page.get_by_label("Select all rows").check()
    page.locator("[data-bulk-bar]").get_by_role("button", name="Archive").click()
    expect(page.get_by_text("Nothing to do")).to_be_visible()
    toast(page, "3 tasks: archived.").get_by_role("button", name="Undo").click()
    expect(page.locator("tbody tr")).to_have_count(3)


def test_quick_add_stays(open_page, mara: User):
    project = make_project(manager=mara, name="Relaunch")
    make_project(name="Another")
    page = open_page(mara, f"/tasks/?project={project.pk}")
    line = page.get_by_label("Add a task", exact=True)
    for name in ("First", "Second"):
        line.fill(name)
        line.press("Enter")
        expect(page.get_by_role("link", name=name)).to_be_visible()
        expect(line).to_be_focused()
        expect(line).to_have_value("")
    assert Task.objects.filter(project=project).count() == 2


def test_a_change_while_an_answer_is_on_its_way_is_not_missed(open_page, mara: User):
    project = make_project(manager=mara, name="Relaunch")
    page = open_page(mara, "/tasks/")
    waiting: list[Route] = []
    page.route("**/tasks/", lambda route: waiting.append(route) if not waiting else route.continue_())
    change = "document.body.dispatchEvent(new CustomEvent('workChanged'))"
    page.evaluate(change)
    while not waiting:  # a page that was slow to come asks by itself too: whichever is first is held
        page.wait_for_timeout(20)
    answer = waiting[0].fetch()
    make_task(project, name="Second")
    page.evaluate(change)
    waiting[0].fulfill(response=answer)

    expect(page.get_by_role("link", name="Second")).to_be_visible()


def test_search_sort_and_the_address(open_page, mara: User):
    for name in ("Alpha", "Beta"):
        make_project(name=name)
    page = open_page(mara, "/projects/")
    page.get_by_label("Search projects").press_sequentially("alp")
    expect(page.locator("tbody tr")).to_have_count(1)
    assert page.url.endswith("/projects/?q=alp")
    page.get_by_label("Search projects").fill("")
    expect(page.locator("tbody tr")).to_have_count(2)
    page.get_by_role("link", name="Name").click()
    expect(page.locator("th[aria-sort=ascending]")).to_have_text("Name")
    page.get_by_role("link", name="Name").click()
    expect(page.locator("th[aria-sort=descending]")).to_have_text("Name")
    assert "sort=-name" in page.url
    page.go_back()
    expect(page.locator("th[aria-sort=ascending]")).to_have_text("Name")
    wait_until_live(page)  # it was fetched anew: what is typed before its scripts are there is not heard
    page.get_by_label("Search projects").fill("a")
    expect(page).to_have_url(re.compile("q=a"))
    assert "sort=name" in page.url


def test_star(open_page, mara: User):
    make_project(name="Alpha")
    page = open_page(mara, "/projects/")
    star = page.get_by_role("button", name="Favourite: Alpha")
    star.click()
    expect(star).to_have_attribute("aria-pressed", "true")
    expect(star).to_be_focused()


def test_start_the_timer_from_a_task(open_page, mara: User):
    task = make_task(name="Draw the plan")
    page = open_page(mara, f"/tasks/{task.pk}/")
    page.get_by_role("button", name="Start timer").click()
    expect(page.locator("#timer-bar")).to_contain_text("Draw the plan")
    assert TimeEntry.objects.get().task == task


def test_the_list_is_live_but_waits_for_a_choice(open_page, mara: User):
    project = make_project(manager=mara)
    make_task(project, name="Mine")
    colleague = UserFactory.create(username="tom")
    mine, theirs = open_page(mara, "/tasks/"), open_page(colleague, "/tasks/?sort=name")
    wait_until_live(theirs)
    theirs.get_by_role("checkbox", name="Select Mine").check()
    mine.get_by_label("Add a task", exact=True).fill("Another")
    mine.get_by_label("Add a task", exact=True).press("Enter")
    expect(mine.locator("tbody tr")).to_have_count(2)
    theirs.wait_for_timeout(1500)
    expect(theirs.locator("tbody tr")).to_have_count(1)
    theirs.get_by_role("button", name="Select none").click()
    expect(theirs.locator("tbody tr")).to_have_count(2)
    assert theirs.url.endswith("?sort=name")


@pytest.fixture
def full(mara: User) -> dict[str, int]:
    """Something of everything, late, long and over budget."""
    client = make_client(name="Northwind Traders of the Far and Windy North", email="office@northwind.example")
    project = make_project(
        manager=mara, client=client, rate="95", name="Website relaunch with an unusually long and winding name",
        code="web", budget_type=BudgetType.HOURS, budget_amount=Decimal(2), is_public=False,
    )  # fmt: skip
    task = make_task(
        project, name="Checkout flow: address form and everything that hangs on it", assignee=mara, priority="urgent",
        due_at=timezone.now() - dt.timedelta(days=3), estimated_hours=Decimal(1), description="One line\n<b>Two</b>",
    )  # fmt: skip
    task.tags.add(make_tag("frontend"), make_tag("category:design"))
    make_entry(mara, task=task, minutes=180, start=timezone.now() - dt.timedelta(days=1))
    make_task(project, status="review", due_at=timezone.now())
    odd = make_entry(mara, minutes=15 * 60, start=timezone.now() - dt.timedelta(days=2), description="Long words " * 9)
    update_entry(entry=odd, actor=mara, description="Longer words than before " * 9, project=project)
    delete_entry(entry=make_entry(mara, description="Thrown away " * 9, project=project), actor=mara)
    return {"client": client.pk, "project": project.pk, "task": task.pk, "entry": odd.pk}


PAGES = [
    "/clients/", "/clients/{client}/", "/clients/new/", "/projects/", "/projects/{project}/",
    "/projects/{project}/people/", "/projects/{project}/edit/", "/tasks/", "/tasks/{task}/", "/tasks/{task}/edit/",
    "/tags/", "/entries/review/", "/entries/trash/", "/entries/quick/", "/entries/{entry}/history/",
    "/entries/{entry}/split/", "/reports/?preset=this-year&group=client&then=project",
]  # fmt: skip


def test_every_page_fits_and_can_be_used_by_everybody(open_page, mara: User, full: dict[str, int], look):
    page = open_page(mara, **look)
    for path in PAGES:
        page.goto(path.format(**full))
        expect(page.locator("main :is(h1, h2)").first).to_be_visible()
        assert_fits(page)
        assert_no_axe_violations(page)


EMPTY = ("/entries/review/", "/entries/trash/", "/reports/")


def test_empty_pages_too(open_page, mara: User, look):
    page = open_page(mara, **look)
    for path in ("/clients/", "/projects/", "/tasks/", "/tasks/board/", "/tags/", "/tasks/?q=nothing", *EMPTY):
        page.goto(path)
        assert_fits(page)
        assert_no_axe_violations(page)


@pytest.mark.parametrize("width", [768, 1024])
def test_pages_fit_beside_the_sidebar(open_page, mara: User, full: dict[str, int], width: int):
    mara.language = "de"  # the longer words
    mara.save()
    page = open_page(mara, viewport={"width": width, "height": 800})
    for path in ("/", "/entries/", *PAGES):
        page.goto(path.format(**full))
        assert_fits(page)
