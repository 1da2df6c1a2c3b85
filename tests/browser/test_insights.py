"""How good estimates were, the card of a model and the tiles, in Chromium."""

from __future__ import annotations

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.models import User
from tests.analytics.foresight import DAY, make_done, make_model, make_told, say
from tests.browser.conftest import OpenPage
from tests.browser.tools import SCREENS, assert_fits, assert_no_axe_violations, press, wait_until_live
from tests.work import make_project, make_task
from tracking.models import Project

pytestmark = pytest.mark.browser
RECORD = "/insights/estimates/"
CARD = "/insights/estimates/model/time-estimate/"
ROUGH_CARD = "/insights/estimates/model/rough-estimate/"


@pytest.fixture
def history(person: User) -> Project:
    """Two projects with a year of tasks, and models."""
    long = make_project(name="A project whose name goes on and on, and on, until nobody wants to read it any more")
    shop = make_project(name="Shop")
    for number in range(60):
        project = shop if number % 3 else long
        name = f"Task {number} with a name that is much longer than any phone is wide"
        make_told((1, 3, 4, 6, 9)[number % 5], days_ago=1 + number * 6, project=project, assignee=person, name=name)
    say(make_done(3), reason="few")
    make_done(3)
    make_model()
    make_model("rough-estimate", points=False)
    return shop


def unfolded(page: Page) -> Page:
    for fold in page.locator("details.plot-table summary").all():
        fold.click()
    return page


@pytest.mark.parametrize("path", [RECORD, CARD, ROUGH_CARD])
def test_with_data(open_page: OpenPage, person: User, history: Project, look, path: str):
    page = unfolded(open_page(person, path, **look))
    expect(page.locator(".plot-table[open]").first).to_be_visible()
    assert_fits(page)
    assert_no_axe_violations(page)


@pytest.mark.parametrize("path", [RECORD, CARD])
def test_without(open_page: OpenPage, person: User, look, path: str):
    page = open_page(person, path, **look)
    expect(page.locator(".empty")).to_be_visible()
    assert_fits(page)
    assert_no_axe_violations(page)


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("size", ["normal", "largest"])
def test_tables_stay_inside_of_their_panels(
    open_page: OpenPage, person: User, history: Project, language: str, size: str
):
    person.language, person.text_size = language, size
    person.save()
    for path in (RECORD, CARD, ROUGH_CARD):
        page = unfolded(open_page(person, path, **SCREENS["phone"]))
        assert_fits(page)
        over = page.locator(".panel").evaluate_all(
            "panels => panels.filter(one => one.scrollWidth > one.clientWidth + 1).map(one => one.innerText)"
        )
        assert over == []


def test_filters_and_pages_without_leaving(open_page: OpenPage, person: User, history: Project):
    page = open_page(person, RECORD)
    count = page.locator("#held-count")
    expect(count).to_have_text("36 of 60")
    page.get_by_role("combobox", name="Project").select_option("Shop")
    expect(count).to_have_text("24 of 40")
    page.wait_for_url(f"**{RECORD}?project={history.pk}")
    page.get_by_role("link", name="Next page").click()
    expect(page.get_by_role("link", name="Earlier page")).to_be_visible()
    page.go_back()
    expect(page.get_by_role("link", name="Earlier page")).to_have_count(0)
    expect(count).to_have_text("24 of 40")
    page.go_back()
    expect(count).to_have_text("36 of 60")


def test_keys_lead_there_and_through_the_list(open_page: OpenPage, person: User, history: Project):
    page = open_page(person, "/tasks/")
    wait_until_live(page)
    press(page, "g a")
    page.locator(".tabs").get_by_role("link", name="Estimates").click()
    page.wait_for_url(f"**{RECORD}")
    press(page, "j")
    expect(page.locator("#finished [data-row]").first).to_be_focused()
    press(page, "Enter")
    page.wait_for_url("**/tasks/*/")


def test_a_task_that_is_finished_elsewhere_counts_at_once(open_page: OpenPage, person: User):
    task = make_task(make_project(person), name="Sketch", assignee=person, estimated_hours=4, tracked_seconds=9000)
    say(task, made_at=timezone.now() - DAY)
    record, work = open_page(person, RECORD), open_page(person, "/tasks/")
    wait_until_live(record)
    expect(record.locator(".empty")).to_be_visible()
    work.get_by_role("button", name="Done: Sketch").click()
    expect(record.locator("#held-count")).to_have_text("1 of 1", timeout=30_000)


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("size", ["small", "medium"])
@pytest.mark.parametrize("filled", [True, False])
def test_the_tiles_fit(open_page: OpenPage, person: User, language: str, size: str, filled: bool):
    names = ("next-estimate", "estimates-over")
    person.language = language
    person.dashboard = [{"name": name, "size": size, "settings": {}} for name in names]
    person.save()
    for number in range(6 if filled else 0):
        name = f"Task {number} with a name that is much longer than a tile is wide"
        task = make_task(name=name, assignee=person, estimated_hours=4, tracked_seconds=(20 + number) * 3600)
        say(task, 10.4, 112.3, made_at=timezone.now())
    page = open_page(person, "/")
    wait_until_live(page)
    for name in names:
        body = page.locator(f"#widget-{name} .widget-body")
        expect(body).to_be_visible()
        assert body.evaluate("box => box.scrollHeight <= box.clientHeight && box.scrollWidth <= box.clientWidth"), name
        assert_no_axe_violations(page, context=f"#widget-{name}")
