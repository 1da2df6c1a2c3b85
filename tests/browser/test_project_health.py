"""Project health in Chromium: fits, says nothing that axe minds, works with keys."""

from __future__ import annotations

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from accounts.models import User
from tests.analytics.foresight import DAY, tell
from tests.browser.conftest import OpenPage
from tests.browser.tools import assert_fits, assert_no_axe_violations
from tests.work import make_entry, make_project, make_task
from tracking.models import Project

pytestmark = pytest.mark.browser


@pytest.fixture
def project(person: User) -> Project:
    now = timezone.now().replace(minute=0, second=0, microsecond=0)
    name = "A project whose name goes on and on, and on, until nobody wants to read it any more"
    found = make_project(person, name=name, due_on=now.date() + 20 * DAY)
    for number in range(4):
        task = make_task(found, assignee=person, estimated_hours=4, due_at=now + (number - 1.5) * DAY)
        tell(task)
    for week in range(1, 9):
        make_entry(person, now - 7 * week * DAY, 60, task=task)
    return found


def test_a_project(open_page: OpenPage, person: User, project: Project, look):
    page = open_page(person, f"/insights/projects/{project.pk}/", **look)
    page.locator("details.plot-table summary").click()
    expect(page.locator("#chances")).to_be_visible()
    assert_fits(page)
    assert_no_axe_violations(page)


def test_the_list(open_page: OpenPage, person: User, project: Project, look):
    page = open_page(person, "/insights/projects/", **look)
    expect(page.locator("#projects-health tr[data-row]:not([hx-get])")).to_have_count(1)
    assert_fits(page)
    assert_no_axe_violations(page)


def test_nothing(open_page: OpenPage, person: User, look):
    page = open_page(person, "/insights/projects/", **look)
    expect(page.locator(".empty")).to_be_visible()
    assert_fits(page)
    assert_no_axe_violations(page)


def test_dismissing_with_keys_undo_and_bringing_back(open_page: OpenPage, person: User, project: Project):
    page = open_page(person, f"/insights/projects/{project.pk}/")
    said = page.locator("#advice .insight-list > li")
    before = said.count()
    page.get_by_role("button", name="Dismiss: 2 of 4 open tasks").press("Enter")
    expect(page.get_by_text("Dismissed (1)")).to_be_visible()
    next_one = said.first.get_by_role("button", name="Dismiss") if before > 1 else page.locator("#health")
    expect(next_one).to_be_focused()
    page.get_by_role("button", name="Undo").click()
    expect(said).to_have_count(before)
    page.get_by_role("button", name="Dismiss: 2 of 4 open tasks").press("Enter")
    page.get_by_text("Dismissed (1)").press("Enter")
    page.get_by_role("button", name="Bring back").press("Enter")
    expect(said).to_have_count(before)


def test_over_the_window(open_page: OpenPage, person: User, project: Project):
    page = open_page(person, "/tasks/")
    said = page.evaluate(f"async () => aiAnalytics.getProjectHealth({project.pk})")
    assert said["project"] == project.pk
    assert said["predicted_completion"]["p50"]
