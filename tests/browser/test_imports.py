"""An import by page, in Chromium: the process that stores it really runs."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from tests.browser.tools import assert_fits, assert_no_axe_violations
from tests.factories import UserFactory
from tests.tracking.toggl import toggl_file
from tracking.models import TimeEntry

pytestmark = pytest.mark.browser


@pytest.fixture
def ada(organisation) -> User:
    return UserFactory.create(username="ada", display_name="Ada Admin", role="administrator")


def bring(page: Page, path: Path) -> None:
    page.goto("/import/")
    assert_fits(page)
    assert_no_axe_violations(page)
    page.get_by_label("File").set_input_files(path)
    page.get_by_role("button", name="Look at it").click()


def test_an_import_from_file_to_undo(open_page, ada: User, tmp_path: Path, look):
    path = toggl_file(
        tmp_path, {"Email": ada.email}, {"Email": "old@toggl.example"}, {"Email": ada.email, "Start date": "x"}
    )
    page = open_page(ada, **look)
    bring(page, path)
    expect(page.get_by_role("heading", name="1 entry to store")).to_be_visible()
    assert_fits(page)
    assert_no_axe_violations(page)
    page.get_by_label("old@toggl.example, 1 line").select_option("Leave out")
    page.get_by_role("button", name="Look again").click()
    expect(page.get_by_text("Left out, as you chose")).to_be_visible()
    page.get_by_role("button", name="Import 1 entry").click()
    expect(page.get_by_text("This is what is stored, counted anew.")).to_be_visible(timeout=20_000)
    assert_fits(page)
    assert_no_axe_violations(page)
    entry = TimeEntry.objects.get()
    assert (entry.user, entry.seconds) == (ada, 5400)
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("Undone:")).to_be_visible()
    entry.refresh_from_db()
    assert entry.deleted_at is not None

    bring(page, path)
    page.get_by_role("button", name="Throw the file away").click()
    expect(page.get_by_text("The file is thrown away.")).to_be_visible()


def test_no_such_file_is_said_at_the_field(open_page, ada: User, tmp_path: Path, allow_console):
    allow_console("status of 422")
    picture = tmp_path / "picture.csv"
    picture.write_bytes(b"\x89PNG\r\n")
    page = open_page(ada)
    bring(page, picture)
    expect(page.get_by_text("The file is no text in UTF-8 or UTF-16")).to_be_visible()
    assert_no_axe_violations(page)
