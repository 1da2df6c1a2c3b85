"""The tile of the productivity score."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.models import User
from tests.browser.conftest import OpenPage
from tests.browser.tools import assert_no_axe_violations, wait_until_live
from tests.work import make_entry, make_project, make_task
from tracking.choices import TaskStatus


def month_of_work(person: User) -> None:
    noon = timezone.now().replace(hour=12, minute=0, second=0, microsecond=0)
    for day in range(1, 50):
        make_entry(person, noon - dt.timedelta(days=day), 20 + 7 * day, project=make_project())
    done = {"status": TaskStatus.DONE, "completed_at": timezone.now() - dt.timedelta(days=2)}
    for hours in (3, 4, 5):
        make_task(assignee=person, estimated_hours=4, tracked_seconds=hours * 3600, **done)


def fits(page: Page) -> bool:
    body = page.locator("#widget-productivity-score .widget-body")
    expect(body).to_be_visible()
    return body.evaluate("box => box.scrollHeight <= box.clientHeight && box.scrollWidth <= box.clientWidth")


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("size", ["small", "medium"])
@pytest.mark.parametrize("worked", [True, False])
def test_it_fits_its_tile(open_page: OpenPage, person: User, language: str, size: str, worked: bool):
    person.language = language
    person.dashboard = [{"name": "productivity-score", "size": size, "settings": {}}]
    person.save()
    if worked:
        month_of_work(person)
    page = open_page(person, "/")
    wait_until_live(page)
    expect(page.locator("#widget-productivity-score .figure")).to_have_count(int(worked))
    assert fits(page)
    if worked:
        assert_no_axe_violations(page, context="#widget-productivity-score")
