"""`window.smartNotifications`, against the real server."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Error, Page

from accounts.models import User
from notifications.models import Notification
from tests.notices import make_notice, make_reminder
from tests.work import make_project

EXAMPLES = r"""
// Simple notification
window.smartNotifications.show({
    title: 'Task Complete',
    message: 'Your task has been completed',
    type: 'success',
    priority: 'normal'
});

// Scheduled notification
window.smartNotifications.schedule({
    title: 'Meeting Reminder',
    message: 'Team standup in 10 minutes'
}, 10 * 60 * 1000); // 10 minutes

// Recurring notification
window.smartNotifications.recurring({
    title: 'Hourly Reminder',
    message: 'Take a break!'
}, 60 * 60 * 1000); // Every hour

// Budget alert
window.smartNotifications.budgetAlert(project, 85);

// Achievement
window.smartNotifications.achievement({
    title: '100 Hours Logged!',
    description: 'You\'ve logged 100 hours this month'
});
"""
Ask = Callable[[str], Any]


@pytest.fixture
def page(open_page, person) -> Page:
    return open_page(person, "/settings/")


@pytest.fixture
def ask(page: Page) -> Ask:
    """What a call is answered with."""
    return lambda call: page.evaluate(f"async () => window.smartNotifications.{call}")


def test_the_examples_of_the_guide_run_as_they_stand(page: Page, person: User):
    project = make_project(person, name="Website")
    listening = """
        const asked = [], fetch = window.fetch;
        window.fetch = (...all) => (asked.push(fetch(...all)), asked.at(-1));"""
    answers = "return (await Promise.all(asked)).map(({ status }) => status);"
    script = f"async (project) => {{ {listening} {EXAMPLES} {answers} }}"
    assert page.evaluate(script, {"id": project.pk}) == [201] * 5
    now, rows = timezone.now(), {row.title: row for row in Notification.objects.filter(user=person)}
    assert rows["Task Complete"].type == "success"
    assert rows["Task Complete"].message == "Your task has been completed"
    meeting = rows["Meeting Reminder"].deliver_at
    assert meeting is not None
    assert dt.timedelta(minutes=9) < meeting - now <= dt.timedelta(minutes=10)
    assert rows["Hourly Reminder"].recurrence == {"every_seconds": 3600}
    assert rows["85% of the budget of Website is used"].subject_id == project.pk
    assert rows["100 Hours Logged!"].message == "You've logged 100 hours this month"
    assert len(rows) == 5


def test_what_is_answered_is_what_is_stored(ask: Ask, page: Page, person: User):
    shown = ask("show({title: 'Hello', persistent: true, url: '/tasks/', actions: [{label: 'Open', url: '/tasks/'}]})")
    row = Notification.objects.get()
    assert (shown["id"], shown["persistent"], shown["url"]) == (row.pk, True, "/tasks/")
    page.reload()
    assert [item["id"] for item in ask("getAll()")] == [item["id"] for item in ask("getUnread()")] == [row.pk]
    assert ask(f"markAsRead({row.pk})")["read_at"]
    assert ask("getUnread()") == []
    assert len(ask("getAll()")) == 1


def test_lists_go_over_all_pages(ask: Ask, person: User):
    row = make_notice(person)
    names = ("user_id", "category", "title", "in_centre", "delivered_at")
    fields = {name: getattr(row, name) for name in names}
    Notification.objects.bulk_create(Notification(**fields) for _ in range(200))
    assert len({item["id"] for item in ask("getAll()")}) == 201
    assert ask("markAllAsRead()") == {"read": 201}


def test_a_schedule_is_cancelled_by_its_id_or_itself(ask: Ask, page: Page, person: User):
    row = make_reminder(person)
    assert ask(f"cancel({row.pk})") is None
    page.evaluate("async () => smartNotifications.cancel(await smartNotifications.schedule({title: 'Tea'}, 60000))")
    assert not Notification.objects.scheduled(person).exists()


@pytest.mark.parametrize(
    ("call", "field"),
    [
        ("recurring({title: 'Hello'}, 1)", "recurrence"),
        ("schedule({title: 'Hello'}, -5000)", "deliver_in"),
        ("schedule({title: 'Hello'})", "deliver_in"),
        ("show({title: 'Hello', type: 'shout'})", "type"),
        ("show({message: 'x'.repeat(100000), title: 'Hello'})", "message"),
        ("show({title: 'Hello', url: 'javascript:alert(1)'})", "url"),
        ("show({title: 'Hello', actions: [{label: 'Go', action: () => {}}]})", "actions.0.url"),
        ("budgetAlert({id: 123456}, 85)", "project"),
        ("updatePreferences({grid: {security: {email: false}}})", "grid"),
    ],
)
def test_a_refusal_is_an_error_with_the_problem(page: Page, person: User, allow_console, call, field):
    allow_console("status of 400")
    script = "async () => %s.then(() => null, (error) => [error instanceof Error, error.message, error.problem])"
    is_error, message, problem = page.evaluate(script % f"smartNotifications.{call}")
    assert is_error
    assert problem["status"] == 400
    assert [error["field"] for error in problem["errors"]] == [field]
    assert message == f"{field}: {problem['errors'][0]['message']}"
    assert not Notification.objects.exists()


def test_anothers_is_not_there(page: Page, person: User, owner: User, allow_console):
    allow_console("status of 404")
    with pytest.raises(Error, match="There is nothing here"):
        page.evaluate(f"async () => smartNotifications.markAsRead({make_notice(owner).pk})")


def test_preferences_are_asked_for_when_somebody_wants_them(ask: Ask, page: Page, person: User):
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "/api/notifications/" in request.url else None)
    page.reload()
    assert asked == []
    with page.expect_response("**/api/notifications/preferences/"):
        assert page.evaluate("smartNotifications.preferences") is None
    found = ask("updatePreferences({grid: {own: {toast: false}}, quiet: true})")
    assert (found["grid"]["own"]["toast"], found["quiet"]) == (False, True)
    assert page.evaluate("smartNotifications.preferences") == found
    assert len(asked) == 2


def test_permission_is_asked_for_by_a_click_only(page: Page, person: User):
    page.add_init_script("Object.defineProperty(Notification, 'permission', {get: () => 'default'})")
    page.add_init_script("Notification.requestPermission = async () => 'granted'")
    # While the page loads: what a test evaluates counts as the act of a person.
    page.add_init_script("""
        const ask = () => smartNotifications.requestPermission().catch((error) => error.message);
        addEventListener("DOMContentLoaded", () => {
            window.unasked = ask();
            document.body.addEventListener("click", () => (window.clicked = ask()));
        });""")
    page.reload()
    assert page.evaluate("() => window.unasked") == "requestPermission() works only from a click."
    page.get_by_role("heading", level=1).click()
    assert page.evaluate("() => window.clicked") == "granted"


def test_the_calls_are_those_of_the_contract_and_stay(page: Page):
    names = "show schedule recurring cancel budgetAlert achievement getAll getUnread markAsRead markAllAsRead"
    expected = [*names.split(), "updatePreferences", "preferences", "requestPermission"]
    assert page.evaluate("[Object.keys(smartNotifications), Object.isFrozen(smartNotifications)]") == [expected, True]
