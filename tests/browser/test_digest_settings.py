"""The limit, the digest and what waits on the page of settings; and the page that a link in a mail opens."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from notifications.categories import TASK_ASSIGNED
from notifications.choices import Channel
from notifications.mute_links import mute_token
from notifications.queries import settings_of, wanted_channels
from notifications.services.preferences import save_settings, set_preferences
from tests.browser.tools import assert_fits, assert_no_axe_violations
from tests.notifications.telling import tell

SETTINGS = "/settings/notifications/"


def mute_path(person: User) -> str:
    return f"/notifications/mute/{mute_token(person.pk, TASK_ASSIGNED, Channel.EMAIL)}/"


def heading(page: Page, words: str) -> None:
    expect(page.get_by_role("heading", level=1, name=words)).to_be_visible()


def test_the_limit_and_the_digest_by_keyboard(open_page, person: User, look):
    page = open_page(person, SETTINGS, **look)
    rhythm, at, weekday = (
        page.get_by_label(name) for name in ("When what was held back comes", "Digest at", "Digest on")
    )
    expect(at).to_be_hidden()
    page.get_by_label("Interruptions a day at most").fill("5")
    rhythm.select_option("daily")
    expect(at).to_be_visible()
    expect(weekday).to_be_hidden()
    rhythm.select_option("weekly")
    weekday.select_option("4")
    at.fill("17:15")
    assert_no_axe_violations(page)
    assert_fits(page)
    page.get_by_role("button", name="Save").press("Enter")
    expect(page.locator(".toast", has_text="Your settings are saved.")).to_be_visible()
    expect(page.get_by_label("Interruptions a day at most")).to_have_value("5")
    expect(weekday).to_have_value("4")
    chosen = settings_of(person)
    assert (chosen.most_a_day, chosen.digest, f"{chosen.digest_at:%H:%M}") == (5, "weekly", "17:15")


def test_a_limit_that_is_none_is_named_at_its_field(open_page, person: User, allow_console):
    allow_console("status of 422")
    page = open_page(person, SETTINGS)
    field = page.get_by_label("Interruptions a day at most")
    field.fill("100000")
    page.get_by_role("button", name="Save").press("Enter")
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_text("less than or equal to 1000")).to_be_visible()
    assert_no_axe_violations(page)
    assert settings_of(person).most_a_day is None


def test_what_waits_is_listed_and_follows(open_page, person: User, look):
    page = open_page(person, SETTINGS, **look)
    held = page.get_by_role("region", name="Held back now")
    expect(held).to_contain_text("Nothing waits.")
    assert_no_axe_violations(page)
    save_settings(person=person, most_a_day=0)
    tell(person, "Tea is ready, and so is the cake with the long name that nobody ever finishes reading")
    page.get_by_role("button", name="Send a test").press("Enter")
    expect(page.locator(".toast", has_text="as many as you want today")).to_be_visible()
    expect(held.get_by_role("row", name=re.compile("Tea is ready"))).to_contain_text("More than you want in a day")
    expect(held.get_by_role("row", name=re.compile("This is a test"))).to_be_visible()
    assert_no_axe_violations(page)
    assert_fits(page)


def test_a_mail_is_muted_without_signing_in_and_back(open_page, person: User, look):
    set_preferences(person=person, grid={TASK_ASSIGNED.name: [Channel.CENTRE, Channel.EMAIL]})
    page = open_page(None, mute_path(person), **look)
    heading(page, "No more of these e-mails?")
    expect(page.get_by_text("E-mails of this kind: A task is given to you.")).to_be_visible()
    assert_no_axe_violations(page)
    assert_fits(page)
    assert Channel.EMAIL in wanted_channels(person, TASK_ASSIGNED)
    page.get_by_role("button", name="Mute this kind").press("Enter")
    heading(page, "Muted")
    assert wanted_channels(person, TASK_ASSIGNED) == {Channel.CENTRE}
    page.goto(mute_path(person))
    heading(page, "Muted")  # opened again it says how things stand
    assert_no_axe_violations(page)
    page.get_by_role("button", name="Undo").press("Enter")
    heading(page, "Switched on again")
    assert Channel.EMAIL in wanted_channels(person, TASK_ASSIGNED)
    assert_no_axe_violations(page)
    assert_fits(page)


@pytest.mark.parametrize("language", ["en", "de"])
def test_a_link_that_does_not_work_says_so(open_page, person: User, allow_console, language: str, look):
    allow_console("status of 404")
    page = open_page(None, f"{mute_path(person)[:-5]}/", locale=language, **look)
    heading(page, {"en": "This link does not work", "de": "Dieser Link funktioniert nicht"}[language])
    assert_no_axe_violations(page)
    assert_fits(page)
