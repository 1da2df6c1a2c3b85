"""The bar over chosen rows offers what can be done to them."""

from __future__ import annotations

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.models import User
from notifications.models import Notification
from tests.browser.tools import press
from tests.notices import make_notice
from tests.work import make_project, make_tag, make_task
from tracking.choices import ProjectStatus

pytestmark = pytest.mark.browser


def offered(page: Page, *words: str) -> list[str]:
    expect(page.locator("[data-bulk-bar]")).to_be_visible()
    bar = page.locator("[data-bulk-bar]")
    return [word for word in words if bar.get_by_role("button", name=word, exact=True).is_visible()]


def tick(page: Page, words: str) -> None:
    page.locator("[data-row]", has_text=words).locator("[data-select-row]").check()


def test_tasks(open_page, boss: User):
    make_task(name="Open one")
    make_task(name="Old one", archived_at=timezone.now())
    page = open_page(boss, "/tasks/?show=all")
    tick(page, "Open one")
    assert offered(page, "Archive", "Bring back") == ["Archive"]
    expect(page.get_by_label("Change the status")).to_be_visible()
    tick(page, "Old one")
    assert offered(page, "Archive", "Bring back") == ["Archive", "Bring back"]
    page.locator("[data-row]", has_text="Open one").locator("[data-select-row]").uncheck()
    assert offered(page, "Archive", "Bring back") == ["Bring back"]
    expect(page.get_by_label("Change the status")).to_be_hidden()
    press(page, "Delete")  # means nothing here
    page.get_by_role("button", name="Bring back").last.click()
    expect(page.locator(".toast")).to_have_count(1)
    expect(page.locator("[data-bulk-bar]").get_by_role("button", name="Archive")).to_be_visible()  # still chosen


def test_projects_and_tags(open_page, boss: User):
    make_project(name="Active one")
    make_project(name="Old one", status=ProjectStatus.ARCHIVED)
    make_tag("open")
    make_tag("old", archived_at=timezone.now())
    page = open_page(boss, "/projects/?show=all")
    tick(page, "Active one")
    assert offered(page, "Active", "Paused", "Archive") == ["Paused", "Archive"]
    page.goto("/tags/?show=all")
    tick(page, "#old")
    assert offered(page, "Archive", "Bring back") == ["Bring back"]


def test_notifications(open_page, boss: User):
    make_notice(boss, "New")
    known = make_notice(boss, "Known")
    Notification.objects.filter(pk=known.pk).update(read_at=timezone.now())
    page = open_page(boss, "/notifications/")
    tick(page, "Known")
    assert offered(page, "Mark as read", "Mark as unread") == ["Mark as unread"]
