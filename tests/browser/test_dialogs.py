"""Forms in dialogs, in rows and on pages: what is wrong in them, and the next one. The console stays silent."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from tests.browser.tools import press
from tests.work import MONDAY, make_entry
from tracking.models import Project

pytestmark = pytest.mark.browser


@pytest.fixture
def desk(open_page, boss: User) -> Page:
    return open_page(boss, "/tasks/")


# ── What is wrong ────────────────────────────────────────────────────────────
def test_the_first_wrong_field_of_a_dialog_has_the_focus(desk: Page):
    press(desk, "c p")
    dialog = desk.get_by_role("dialog")
    dialog.get_by_label("Name").fill("Brewery")
    dialog.get_by_label("Hourly rate").fill("much")
    press(desk, "Ctrl+Enter")
    expect(dialog.get_by_label("Hourly rate")).to_have_attribute("aria-invalid", "true")
    expect(dialog.get_by_label("Hourly rate")).to_be_focused()


def test_the_first_wrong_field_of_a_row_has_the_focus(open_page, boss: User):
    make_entry(boss, MONDAY, description="Proofs")
    page = open_page(boss, "/entries/?week=2026-03-02")
    press(page, "j e")
    form = page.locator("[data-row-edit]")
    form.get_by_label("Start").fill("x")
    press(page, "Enter")
    expect(form.get_by_label("Start")).to_have_attribute("aria-invalid", "true")
    expect(form.get_by_label("Start")).to_be_focused()


def test_a_file_of_shortcuts_that_is_none_is_said_at_its_field(open_page, boss: User):
    page = open_page(boss, "/settings/shortcuts/")
    page.get_by_role("button", name="Import", exact=True).click()
    expect(page.get_by_label("Import a file")).to_be_focused()
    expect(page.get_by_label("Import a file")).to_have_accessible_description("Choose a file first.")


# ── The next one ─────────────────────────────────────────────────────────────
def test_what_was_made_is_said_while_the_next_form_is_open(desk: Page):
    press(desk, "c p")
    dialog = desk.get_by_role("dialog")
    dialog.get_by_label("Name").fill("First")
    press(desk, "Ctrl+Enter")
    expect(dialog.locator(".toast")).to_contain_text("Project “First” created.")
    expect(dialog.get_by_label("Name")).to_have_value("")
    expect(dialog.get_by_label("Name")).to_be_focused()
    assert Project.objects.count() == 1
    desk.goto("/tags/")
    expect(desk.locator("h1")).to_have_text("Tags")
    expect(desk.locator(".toast")).to_have_count(0)  # it is not said once more


def test_what_is_said_over_the_next_form_is_in_reach(desk: Page):
    press(desk, "c c")
    dialog = desk.get_by_role("dialog")
    dialog.get_by_label("Name").fill("Brewery")
    press(desk, "Ctrl+Enter")
    expect(dialog.get_by_label("Name")).to_have_value("")
    dialog.locator(".toast-close").click()
    expect(desk.locator(".toast")).to_have_count(0)
