"""The patterns of a team in Chromium."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.models import Team, User
from tests.analytics.group import add_people, add_work
from tests.browser.conftest import OpenPage
from tests.browser.test_patterns import FIRST
from tests.browser.tools import SCREENS, assert_fits, assert_no_axe_violations
from tests.factories import TeamFactory


@pytest.fixture
def studio(person: User) -> Team:
    """Led by the person, with nine weeks of work of five people."""
    team = TeamFactory.create(name="Studio", leads=[person])
    today = timezone.now().replace(hour=9, minute=0, second=0, microsecond=0)
    starts = [today - dt.timedelta(days=7 * week - day) for week in range(1, 10) for day in range(5)]
    people = add_people(team, 5)
    add_work(people, starts, 60)
    add_work(people, [start + dt.timedelta(hours=3) for start in starts[1::5]], 240)
    add_work(people[:4], [start + dt.timedelta(hours=9) for start in starts[::5]], 30)
    return team


@pytest.mark.parametrize("screen", SCREENS)
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_it_fetches_the_figures_and_says_them(open_page: OpenPage, person: User, studio: Team, screen: str, theme: str):
    page: Page = open_page(person, "/insights/team/", color_scheme=theme, **SCREENS[screen])
    expect(page.get_by_role("heading", name="Hours of the team's week")).to_be_visible(timeout=FIRST)
    expect(page.locator("#team-patterns")).to_contain_text("is the team's longest day")
    expect(page.locator("#team-patterns")).not_to_have_attribute("aria-busy", "true")
    assert_no_axe_violations(page)
    assert_fits(page)


def test_a_small_team_says_what_it_takes(open_page: OpenPage, person: User):
    team = TeamFactory.create(name="Duo", leads=[person])
    page: Page = open_page(person, f"/insights/team/{team.pk}/", **SCREENS["phone"])
    expect(page.get_by_text("It takes 5 people")).to_be_visible()
    assert_no_axe_violations(page)
    assert_fits(page)


def test_by_keyboard_from_the_list_to_a_team(open_page: OpenPage, person: User, studio: Team):
    TeamFactory.create(name="Workshop", leads=[person])
    page: Page = open_page(person, "/insights/", **SCREENS["desk"])
    page.get_by_role("link", name="Team", exact=True).click(timeout=FIRST)
    expect(page.get_by_role("link", name="Workshop")).to_be_visible()
    assert_no_axe_violations(page)
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Patterns of Studio")).to_be_visible()
