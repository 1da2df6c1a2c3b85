"""A person is looked up by typing where they are too many for a list, in Chromium."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from accounts.models import User
from accounts.person_select import FEW
from tests.browser.tools import SCREENS, assert_fits, assert_no_axe_violations
from tests.factories import TeamFactory, UserFactory
from tests.work import make_project, make_task
from tracking.models import Task

pytestmark = pytest.mark.browser


@pytest.fixture
def zoe() -> User:
    """One of many: the server is a process of its own, so it is as many as it takes."""
    UserFactory.create_batch(FEW)
    UserFactory(username="zoltan", display_name="Zoltan Zimmer")
    return UserFactory(username="zoe", display_name="Zoe Zander")


def options(page: Page) -> Locator:
    return page.locator(".combobox-list:popover-open").get_by_role("option")


def test_a_task_is_given_by_keyboard(open_page, boss: User, zoe: User):
    make_project(boss, name="Website")
    page = open_page(boss, "/tasks/new/")
    page.locator("#task_name").fill("Address form")
    page.locator("#task_project").select_option("Website")
    assignee = page.get_by_role("combobox", name="Assigned to")
    assignee.press("ArrowDown")
    expect(options(page).first).to_contain_text("Nobody")
    expect(options(page).nth(1)).to_contain_text(str(boss))
    assignee.press("Escape")
    expect(options(page)).to_have_count(0)
    assignee.press_sequentially("zo")
    expect(options(page)).to_have_count(2)
    assert_no_axe_violations(page)
    assignee.press("ArrowDown")
    assignee.press("ArrowUp")
    assignee.press("Enter")
    expect(assignee).to_have_value("Zoe Zander")
    assignee.press_sequentially("x")
    assignee.press("Tab")
    expect(assignee).to_have_value("Zoe Zander")  # nobody is called so: the choice stays
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".toast")).to_be_visible()
    assert Task.objects.get().assignee == zoe


@pytest.mark.parametrize("screen", SCREENS)
def test_the_list_is_filtered_by_somebody_found(open_page, boss: User, zoe: User, screen: str):
    User.objects.filter(pk=boss.pk).update(theme="dark")
    make_task(name="Hers", assignee=zoe)
    make_task(name="Of nobody")
    page = open_page(boss, "/tasks/", **SCREENS[screen])
    assignee = page.locator("#filter_assignee")
    assignee.click()
    expect(options(page).nth(1)).to_contain_text("Me")
    assert_no_axe_violations(page)
    assert_fits(page)
    assignee.press_sequentially("zander")
    expect(options(page)).to_have_count(1)
    assignee.press("Tab")
    expect(page.get_by_text("Of nobody")).to_have_count(0)
    expect(page).to_have_url(re.compile(rf"assignee={zoe.pk}\b"))
    page.reload()
    expect(assignee).to_have_value("Zoe Zander")
    assignee.fill("")
    assignee.press("Tab")
    expect(page.locator("#tasks").get_by_text("Of nobody")).to_be_visible()


def test_chosen_tasks_are_given_to_somebody(open_page, boss: User, zoe: User):
    tasks = [make_task(name=name) for name in ("First", "Second")]
    page = open_page(boss, "/tasks/")
    for box in page.locator("[data-select-row]").all():
        box.check()
    bar = page.get_by_label("Change the assignee")
    bar.press_sequentially("zoe")
    expect(options(page)).to_have_count(1)
    bar.press("Enter")
    expect(page.locator(".toast")).to_contain_text("Zoe Zander")
    expect(bar).to_have_value("")
    assert set(Task.objects.filter(pk__in=[task.pk for task in tasks]).values_list("assignee", flat=True)) == {zoe.pk}
    bar.press_sequentially("nobo")
    expect(options(page)).to_have_count(1)
    bar.press("Enter")
    expect(page.locator(".toast").filter(has_text="nobody")).to_have_count(1)
    assert not Task.objects.exclude(assignee=None).exists()


def test_people_are_added_to_a_team(open_page, boss: User, zoe: User):
    team = TeamFactory(name="Kestrels")
    page = open_page(boss, f"/teams/{team.pk}/")
    add = page.get_by_label("Add people")
    for typed in ("zander", "zimmer"):
        add.press_sequentially(typed)
        expect(options(page)).to_have_count(1)
        add.press("Enter")
        expect(add).to_have_value("")
    expect(page.locator(".chip")).to_have_count(2)
    assert_no_axe_violations(page)
    page.get_by_role("button", name="Remove Zoltan Zimmer").click()
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".toast")).to_contain_text("Kestrels")
    assert list(team.memberships.values_list("user", flat=True)) == [zoe.pk]
