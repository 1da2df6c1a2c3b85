"""Undo and redo in Chromium: the steps of a tab, over pages, by keys."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from accounts.models import User
from tests.browser.tools import delete_a_tag, press
from tests.work import make_entry, make_tag
from tracking.models import TimeEntry
from tracking.services.timer import start_timer

pytestmark = pytest.mark.browser


def test_undo_goes_back_step_by_step_over_pages(open_page, boss: User):
    start = timezone.now() - dt.timedelta(hours=1)
    entries = [make_entry(boss, start, minutes=10, description=f"Entry {number}") for number in range(2)]
    page = open_page(boss, "/entries/")
    for number in (0, 1):
        page.get_by_role("button", name=f"More about Entry {number}").click()
        page.get_by_role("button", name="Delete").click()
        expect(page.locator(".entry", has_text=f"Entry {number}")).to_have_count(0)
    press(page, "g t")
    page.wait_for_url("**/tasks/")
    press(page, "Ctrl+z")
    expect(page.locator("#toasts")).to_contain_text("Undone:")
    expect(page.locator("#toasts").get_by_role("button", name="Redo")).to_have_count(1)
    assert [entry.pk for entry in TimeEntry.objects.alive()] == [entries[1].pk]
    press(page, "Ctrl+z")
    expect(page.locator("#toasts").get_by_text("Undone:")).to_have_count(2)
    assert TimeEntry.objects.alive().count() == 2
    press(page, "Ctrl+Shift+z")
    expect(page.locator("#toasts")).to_contain_text("Done again:")
    expect(page.locator(".toast", has_text="Done again:").get_by_role("button", name="Undo")).to_be_visible()
    assert TimeEntry.objects.alive().count() == 1


def test_a_timer_started_and_stopped_by_mistake(open_page, boss: User):
    page = open_page(boss, "/entries/")
    press(page, "t s")
    page.keyboard.type("a slip")
    page.keyboard.press("Enter")
    expect(page.locator("#timer-stop")).to_be_visible()
    press(page, "t x")
    expect(page.locator(".toast", has_text="Stopped after")).to_be_visible()
    press(page, "Ctrl+z")
    expect(page.locator("#timer-stop")).to_be_visible()
    assert TimeEntry.objects.running().get().description == "a slip"
    press(page, "Ctrl+z")
    expect(page.locator("#toasts")).to_contain_text("Undone: Started “a slip”.")
    expect(page.locator("#timer-go")).to_be_visible()
    press(page, "Ctrl+z")
    expect(page.locator("#toasts")).to_contain_text("There is nothing to undo in this tab.")
    press(page, "Ctrl+Shift+z")
    expect(page.locator("#timer-stop")).to_be_visible()
    assert TimeEntry.objects.running().get().description == "a slip"


def test_a_pause_and_other_words_are_steps_too(open_page, boss: User):
    page = open_page(boss, "/entries/")
    press(page, "t s")
    page.keyboard.type("one")
    page.keyboard.press("Enter")
    expect(page.locator("#timer-stop")).to_be_visible()
    page.locator("#timer-text").fill("two")
    page.locator("#timer-text").press("Enter")
    expect(page.locator(".entry.running")).to_contain_text("two")
    page.locator("#main").focus()
    press(page, "t p")
    expect(page.locator("#timer-pause")).to_have_attribute("aria-label", "Resume")
    press(page, "Ctrl+z")
    expect(page.locator("#toasts")).to_contain_text("Undone: Paused.")
    expect(page.locator("#timer-pause")).to_have_attribute("aria-label", "Pause")
    press(page, "Ctrl+z")
    expect(page.locator("#toasts")).to_contain_text("Undone: Timer changed.")
    expect(page.locator(".entry.running")).to_contain_text("one")
    assert TimeEntry.objects.running().get().description == "one"


def test_a_start_while_one_runs_is_a_line_of_its_own(open_page, boss: User):
    start_timer(user=boss, description="one")
    page = open_page(boss, "/entries/")
    press(page, "t s")
    expect(page.locator("#palette-text")).to_have_value("start ")
    page.keyboard.type("two")
    page.keyboard.press("Enter")
    expect(page.locator(".entry.running")).to_contain_text("two")
    assert list(TimeEntry.objects.order_by("pk").values_list("description", flat=True)) == ["one", "two"]


def test_a_step_that_reached_no_server_can_be_taken_again(open_page, boss: User, allow_console: Callable[[str], None]):
    for expected in ("ERR_FAILED", "htmx:sendError", "htmx:afterRequest"):
        allow_console(expected)
    make_tag(name="one")
    page = open_page(boss)
    delete_a_tag(page)
    expect(page.get_by_role("link", name="#one")).to_have_count(0)  # any answer takes away what is said of the server
    page.route("**/tags/again/*", lambda route: route.abort())
    press(page, "Ctrl+z")
    expect(page.get_by_text("The server does not answer.")).to_be_visible()
    page.unroute("**/tags/again/*")
    press(page, "Ctrl+z")
    expect(page.get_by_role("link", name="#one")).to_be_visible()
