"""Notifications in Chromium: bell, panel, toasts, the lost socket, reminders and settings."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from notifications.models import Notification, Outcome
from notifications.services.scheduling import schedule
from tests.browser.tools import SCREENS, assert_fits, assert_no_axe_violations, box_of, wait_until_live
from tests.notifications import telling
from tests.work import make_project, make_task

pytestmark = pytest.mark.browser

SEND_TEST = """async (count) => {
  const token = document.cookie.match(/csrftoken=([^;]+)/)[1];
  const one = () => fetch("/settings/notifications/test/", { method: "POST", headers: { "X-CSRFToken": token } });
  for (let number = 0; number < count; number++) await one();
}"""


def tell(person: User, title: str = "Build failed", **fields) -> Notification:
    row = telling.tell(person, title, **fields)
    # Not as news: a page that opens a moment later would show it as a toast.
    row.outcomes.filter(state="queued").update(state="seen")
    return row


def bell(page: Page, count: int):
    name = f"Notifications: {count} unread" if count else "Notifications"
    return page.locator("#bell").and_(page.get_by_role("link", name=name, exact=True))


def test_the_panel_slides_in_and_follows_what_is_done_in_it(open_page, person: User, look):
    tell(person, "Build failed", type="error", message="Line 1\nLine 2")
    tell(person, "<b>Markup</b>", priority="urgent", actions=[{"label": "Look", "url": "/entries/"}])
    page = open_page(person, "/entries/", **look)
    bell(page, 2).click()
    panel = page.get_by_role("dialog", name="Notifications")
    expect(panel.get_by_role("heading", level=3)).to_have_text("What your scripts tell you")
    expect(panel.locator(".notice", has_text="<b>Markup</b>")).to_be_visible()
    expect(panel.get_by_text("Urgent")).to_be_visible()
    assert_no_axe_violations(page)
    assert_fits(page)
    panel.get_by_role("button", name="Mark as read: Build failed", exact=True).press("Enter")
    expect(panel.get_by_role("button", name="Mark as unread: Build failed")).to_be_focused()
    expect(bell(page, 1)).to_be_attached()
    panel.get_by_role("button", name="More for <b>Markup</b>").press("Enter")
    expect(panel.get_by_role("button", name="Archive")).to_be_visible()
    assert_no_axe_violations(page, context=".menu:popover-open")  # it may cover half of something else
    panel.get_by_role("button", name="Archive").press("Enter")
    markup = panel.locator(".notice", has_text="<b>Markup</b>")
    expect(markup).to_have_count(0)
    panel.locator(".toast", has_text="Archived.").get_by_role("button", name="Undo").press("Enter")
    expect(markup).to_be_visible()
    page.keyboard.press("Escape")
    expect(bell(page, 1)).to_be_focused()  # what is brought back is as unread as it was


def test_a_timer_starts_from_a_notification(open_page, person: User):
    task = make_task(make_project(manager=person), name="Landing page")
    start = {"label": "Start timer", "url": f"/tasks/{task.pk}/timer/", "method": "post"}
    tell(person, "A task for you", actions=[start])
    page = open_page(person, "/entries/")
    wait_until_live(page)
    bell(page, 1).click()
    page.get_by_role("dialog", name="Notifications").get_by_role("button", name="Start timer").click()
    expect(page.locator(".toast", has_text="The timer is running.")).to_be_visible()
    expect(bell(page, 0)).to_be_attached()
    page.keyboard.press("Escape")
    expect(page.locator("#timer-bar")).to_contain_text("Landing page")


def test_an_open_panel_follows_what_happens_elsewhere(open_page, person: User):
    here, there = open_page(person, "/entries/"), open_page(person, "/settings/")
    wait_until_live(here)
    bell(here, 0).click()
    panel = here.get_by_role("dialog", name="Notifications")
    expect(panel.get_by_text("Nothing new")).to_be_visible()
    there.evaluate("smartNotifications.show({ title: 'Build failed' })")
    expect(panel.get_by_role("button", name="Mark as read: Build failed", exact=True)).to_be_visible()
    there.evaluate("smartNotifications.markAllAsRead()")
    expect(panel.get_by_role("button", name="Mark as unread: Build failed", exact=True)).to_be_visible()


def test_a_toast_in_every_page_that_is_in_view(open_page, person: User):
    here, there = open_page(person, "/entries/"), open_page(person, "/settings/notifications/")
    for page in (here, there):
        wait_until_live(page)
    there.get_by_role("button", name="Send a test").click()
    for page in (here, there):
        toast = page.locator(".toast", has_text="This is a test")
        expect(toast.get_by_role("link", name="This is a test")).to_be_visible()
        expect(bell(page, 1)).to_be_attached()
        assert_no_axe_violations(page)
    here.locator(".toast").get_by_role("link").click()
    expect(here).to_have_url(re.compile("/settings/notifications/"))
    expect(bell(there, 0)).to_be_attached()


def test_what_is_shown_is_known(open_page, person: User):
    page = open_page(person, "/settings/notifications/")
    wait_until_live(page)
    with page.expect_response("**/notifications/shown/"):
        page.get_by_role("button", name="Send a test").click()
    states = dict(Outcome.objects.values_list("channel", "state"))
    assert states["toast"] == "seen"
    assert states["browser"] == "held"  # a page is in view


def test_many_at_once_are_three_and_a_number(open_page, person: User):
    page = open_page(person, "/entries/")
    wait_until_live(page)
    page.evaluate(SEND_TEST, 10)
    expect(bell(page, 10)).to_be_attached()
    more = page.locator(".toast", has_text=re.compile("and [0-9]+ more"))
    expect(more).to_have_count(1)
    assert page.locator(".toast").count() <= 4


def test_how_many_more_there_are_counts_up(open_page, person: User):
    page = open_page(person, "/entries/")
    expect(page.locator("#bell[data-news-since]")).to_be_attached()
    more = page.locator(".toast", has_text=re.compile("more notification"))

    def answer(n: int) -> None:
        page.evaluate(
            """n => {
              const slot = document.querySelector("[data-news-slot]");
              const detail = { target: slot, elt: slot };
              const more = document.createElement("data");
              more.textContent = `and ${n} more notifications`;
              Object.assign(more.dataset, { newsMore: n, sum: "and {n} more notifications", url: "/x/" });
              slot.append(more);
              slot.dispatchEvent(new CustomEvent("htmx:afterSwap", { bubbles: true, detail }));
              more.remove();
            }""",
            n,
        )

    answer(7)
    expect(more).to_have_text("and 7 more notifications")
    answer(6)
    expect(more).to_have_text("and 13 more notifications")
    more.get_by_role("button", name="Close").click()
    answer(2)
    expect(more).to_have_text("and 2 more notifications")


def test_the_panel_says_that_the_server_does_not_answer(open_page, person: User, allow_console):
    for words in ("net::ERR_FAILED", "htmx:"):
        allow_console(words)
    tell(person, "Build failed")
    page = open_page(person, "/entries/")
    page.route("**/notifications/panel/", lambda route: route.abort())
    bell(page, 1).click()
    panel = page.get_by_role("dialog", name="Notifications")
    again = panel.get_by_role("button", name="Try again")
    expect(panel.get_by_role("alert").locator("p")).to_have_text("The server does not answer.")
    assert_no_axe_violations(page)
    with page.expect_event("requestfailed"):
        again.click()
    expect(again).to_have_count(1)
    expect(page.locator(".toast")).to_have_count(0)
    page.unroute("**/notifications/panel/")
    again.click()
    expect(panel.locator(".notice", has_text="Build failed")).to_be_visible()
    expect(again).to_have_count(0)


def test_after_a_lost_socket_nothing_is_missed(open_page, person: User, allow_console):
    allow_console("WebSocket")
    page = open_page(person, "/entries/")
    wait_until_live(page)
    page.evaluate("window.dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true }))")
    page.evaluate(SEND_TEST, 3)
    expect(bell(page, 0)).to_be_attached()
    page.evaluate("window.dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))")
    expect(bell(page, 3)).to_be_attached()
    expect(page.locator(".toast", has_text="This is a test")).to_have_count(3)


@pytest.mark.parametrize("place", ["page", "panel"])
def test_the_focus_goes_to_the_neighbour_of_what_is_gone(open_page, person: User, place: str):
    for title in ("Three", "Two", "One"):  # the newest stands first
        tell(person, title)
    page = open_page(person, "/notifications/" if place == "page" else "/entries/")
    wait_until_live(page)
    if place == "panel":
        bell(page, 3).press("Enter")
    around = page.locator("#notices-table" if place == "page" else "#notices-body")

    def do(title: str, deed: str) -> None:
        around.get_by_role("button", name=f"More for {title}").press("Enter")
        around.get_by_role("button", name=deed).press("Enter")
        expect(around.get_by_role("button", name=f"More for {title}")).to_have_count(0)

    do("Two", "Delete")
    expect(around.get_by_role("button", name="More for Three")).to_be_focused()
    do("Three", "Archive")
    expect(around.get_by_role("button", name="More for One")).to_be_focused()
    do("One", "Tomorrow")
    expect(around).to_be_focused()
    expect(around).to_have_css("outline-style", "none")  # a refresh may exchange it while one looks


def test_snoozed_until_a_time_of_ones_own(open_page, person: User):
    tell(person, "Build failed")
    page = open_page(person, "/notifications/")
    page.get_by_role("button", name="More for Build failed").click()
    page.get_by_role("link", name="Snooze until …").click()
    dialog = page.get_by_role("dialog", name="Snooze until …")
    assert_no_axe_violations(page)
    dialog.get_by_label("Day").fill("2020-01-01")
    dialog.get_by_label("Time").fill("9")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog.get_by_text("That time is over.")).to_be_visible()
    dialog.get_by_label("Day").fill("2020-01-01".replace("2020", str(Notification.objects.get().created_at.year + 1)))
    dialog.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Nothing new")).to_be_visible()
    page.get_by_role("combobox", name="Show").select_option("snoozed")
    page.get_by_role("button", name="More for Build failed").click()
    page.get_by_role("button", name="Bring back now").click()
    expect(page.get_by_text("Nothing matches")).to_be_visible()
    expect(bell(page, 1)).to_be_attached()


def test_no_more_of_a_kind_in_one_click_and_back(open_page, person: User):
    tell(person, "Build failed")
    page = open_page(person, "/notifications/")
    page.get_by_role("button", name="More for Build failed").click()
    expect(page.get_by_text("You get this because")).to_be_visible()
    page.get_by_role("button", name="No more of this kind").click()
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(".toast", has_text="Undone.")).to_be_visible()


def test_several_at_once(open_page, person: User):
    for title in ("One", "Two", "Three"):
        tell(person, title)
    page = open_page(person, "/notifications/")
    page.get_by_role("checkbox", name="Select Unread: Two").check()
    page.get_by_role("checkbox", name="Select Unread: Three").check()
    assert_no_axe_violations(page)
    page.locator("[data-bulk-bar]").get_by_role("button", name="Delete").click()
    expect(page.locator(".notice-title")).to_have_text([re.compile("One")])
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(".notice-title")).to_have_count(3)


@pytest.mark.parametrize("screen", SCREENS)
def test_toasts_stand_above_what_can_be_done_with_chosen_rows(open_page, person: User, screen: str):
    for number in range(30):
        tell(person, f"Build {number} failed")
    page = open_page(person, "/notifications/", **SCREENS[screen])
    page.get_by_role("checkbox", name="Select Unread: Build 29 failed").check()
    page.evaluate("toastManager.error('Something failed.')")
    bar, toast = page.locator("[data-bulk-bar]"), page.locator(".toast")
    delete = bar.get_by_role("button", name="Select none")
    above = box_of(toast)
    assert above["y"] + above["height"] <= box_of(bar)["y"]
    delete.click()
    expect(bar).to_be_hidden()
    page.get_by_role("checkbox", name="Select Unread: Build 29 failed").focus()
    assert box_of(toast)["y"] > above["y"]


def test_a_menu_is_as_high_as_the_room_allows(open_page, person: User):
    for number in range(4):
        tell(person, f"Build {number} failed")
    page = open_page(person, "/notifications/", **SCREENS["phone"])
    for number in range(4):
        page.get_by_role("button", name=f"More for Build {number} failed").click()
        menu = page.locator("[data-menu]:popover-open")
        expect(menu.get_by_role("button", name="Delete")).to_be_in_viewport(ratio=1)
        box = box_of(menu)
        assert box["y"] >= 0
        assert box["y"] + box["height"] <= 780
        page.keyboard.press("Escape")


def test_the_pager_does_not_touch_the_border(open_page, person: User, look):
    for number in range(41):
        tell(person, f"Build {number} failed")
    page = open_page(person, "/notifications/", **look)
    following, panel = box_of(page.get_by_role("link", name="Next page")), box_of(page.locator("#notices-table"))
    assert panel["x"] + panel["width"] - following["x"] - following["width"] >= 12
    assert panel["y"] + panel["height"] - following["y"] - following["height"] >= 8


def test_a_reminders_time_is_in_one_line(open_page, person: User):
    schedule(person=person, title="Write the weekly summary of everything", repeats={"at": "16:30", "days": [4]})
    page = open_page(person, "/notifications/reminders/", **SCREENS["phone"])
    assert box_of(page.locator("#reminders time"))["height"] < 24
    assert_fits(page)


def test_a_reminder_by_keyboard(open_page, person: User, look):
    schedule(person=person, title="Write the weekly summary", repeats={"at": "16:30", "days": [4]})
    page = open_page(person, "/notifications/reminders/", **look)
    expect(page.get_by_role("row", name=re.compile("Write the weekly summary"))).to_be_visible()
    assert_no_axe_violations(page)
    assert_fits(page)
    page.get_by_role("link", name="New reminder").press("Enter")
    dialog = page.get_by_role("dialog", name="New reminder")
    dialog.get_by_label("Remind me of").fill("Stretch")
    assert_no_axe_violations(page)
    dialog.get_by_label("Remind me of").press("Enter")
    expect(page.get_by_role("row", name=re.compile("Stretch"))).to_be_visible()
    page.reload()  # the list still fetches itself, for its own page and for the socket: a key would meet the old button
    page.get_by_role("button", name="Cancel: Stretch").press("Enter")
    expect(page.get_by_role("row", name=re.compile("Stretch"))).to_have_count(0)
    page.get_by_role("button", name="Undo").press("Enter")
    expect(page.get_by_role("row", name=re.compile("Stretch"))).to_be_visible()


def test_the_grid_of_settings(open_page, person: User, look):
    page = open_page(person, "/settings/notifications/", **look)
    assert_no_axe_violations(page)
    assert_fits(page)
    expect(page.get_by_role("checkbox", name="Security of your account: E-mail")).to_be_disabled()
    mail = page.get_by_role("checkbox", name="A task is given to you: E-mail")
    heads = page.locator(".notice-grid th[scope=col]")
    for number, cell in enumerate(page.locator(".notice-grid tbody tr").first.locator(".checkbox").all(), start=1):
        box, head = box_of(cell), box_of(heads.nth(number).locator("span"))
        assert abs(box["x"] + box["width"] / 2 - head["x"] - head["width"] / 2) <= 1
    mail.press("Space")
    page.get_by_role("button", name="Save").press("Enter")
    expect(page.locator(".toast", has_text="Your settings are saved.")).to_be_visible()
    expect(mail).to_be_checked()


@pytest.mark.parametrize("screen", SCREENS)
def test_the_browser_is_asked_from_a_click_only(open_page, person: User, screen: str):
    page = open_page(person, "/settings/notifications/", permissions=["notifications"], **SCREENS[screen])
    expect(page.get_by_text("Notifications of the browser are allowed.")).to_be_visible()
