"""The performance page in Chromium: with everything on it, at both widths, and only fetched while somebody looks."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.choices import Role
from tests.browser.tools import assert_fits, assert_no_axe_violations
from tests.factories import UserFactory
from timetracker.events.models import JobRun
from timetracker.metrics.choices import ProcessKind
from timetracker.metrics.models import ProcessReport

pytestmark = pytest.mark.browser
PAGE = "/settings/performance/"


@pytest.fixture
def boss(organisation: object):
    return UserFactory.create(username="boss", display_name="Bea Boss", role=Role.ADMINISTRATOR)


@pytest.fixture
def busy(transactional_db: None) -> None:
    """Processes of every kind, one of them gone, and a job that failed."""
    now = timezone.now()
    for pid, kind in enumerate(ProcessKind, 30_000):
        seen = now - dt.timedelta(minutes=10 if kind == ProcessKind.BEAT else 0)
        ProcessReport.objects.create(
            host="a-host-with-a-long-name.kestrel.example", pid=pid, kind=kind, seen_at=seen, started_at=seen,
            version="1.10.0" if kind == ProcessKind.WORKER else "1.9.3", sockets=3,
        )  # fmt: skip
    JobRun.objects.create(name="tracking.budgets", period=now, started_at=now, finished_at=now, last_error="no")


def test_all_of_it(open_page, boss, busy, look):
    page = open_page(boss, PAGE, **look)
    expect(page.locator("#to-mend")).to_contain_text("manage.py doctor")
    expect(page.get_by_text("not seen for 3 min")).to_have_count(1)
    expect(page.locator("#performance-now").get_by_text("a-host-with", exact=False).first).to_be_attached()
    assert_no_axe_violations(page)
    assert_fits(page)
    page.get_by_role("link", name="By p95").click()
    expect(page.get_by_role("link", name="By p95")).to_have_attribute("aria-current", "true")
    expect(page).to_have_url(f"{page.url.partition('?')[0]}?order=p95")
    expect(page.locator("#performance-now")).to_have_attribute("hx-get", f"{PAGE}?order=p95")
    assert_no_axe_violations(page)


def see(page: Page, state: str) -> None:
    page.evaluate(
        """state => {
            Object.defineProperty(document, "visibilityState", {configurable: true, get: () => state});
            document.dispatchEvent(new Event("visibilitychange"));
        }""",
        state,
    )


def test_it_rests_while_nobody_looks(open_page, boss):
    page = open_page(boss)
    page.clock.install()
    page.goto(PAGE)
    expect(page.locator("#to-mend")).not_to_have_attribute("aria-busy", "true")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if request.url.endswith(PAGE) else None)
    see(page, "hidden")
    page.clock.run_for(35_000)
    assert asked == []
    with page.expect_response(f"**{PAGE}"):
        see(page, "visible")
    with page.expect_response(f"**{PAGE}"):
        page.clock.run_for(10_000)
    assert len(asked) == 2
