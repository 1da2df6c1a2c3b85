"""The API's description in the browser: served from here, under the strict policy, and it can be tried out."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings
from playwright.sync_api import expect

from accounts.models import User

pytestmark = pytest.mark.skipif(
    not Path(settings.STATIC_ROOT, "drf_spectacular_sidecar").exists(),
    reason="The packages' static files are not collected: `make test` does.",
)


def test_it_is_drawn_and_answers(open_page, owner: User):
    page = open_page(owner)
    page.goto("/api/docs/")
    expect(page.get_by_role("heading", name=re.compile("Timetracker API"))).to_be_visible()
    tags = page.locator("#operations-tags-tags_create")
    tags.locator(".opblock-summary-control").click()
    tags.get_by_role("button", name="Try it out").click()
    tags.locator("textarea").fill('{"name": "tried-out"}')
    tags.get_by_role("button", name="Execute").click()
    expect(tags.locator(".live-responses-table tbody .response-col_status").first).to_contain_text("201")


def test_whoever_is_not_signed_in_is_led_to_the_door(open_page, administrator: User):
    page = open_page()
    page.goto("/api/docs/")
    expect(page).to_have_url(re.compile(r"/accounts/login/\?next=/api/docs/"))
