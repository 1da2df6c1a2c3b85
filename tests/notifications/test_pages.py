"""The pages: bell, panel, everything, reminders, preferences."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from notifications import categories
from notifications.choices import Channel
from notifications.models import Notification, Outcome, Settings
from notifications.queries import preference_grid, unread_count
from notifications.services.preferences import save_settings, set_preferences
from notifications.services.scheduling import schedule
from notifications.services.sending import notify
from tests.notifications.clock import fire_due
from tests.notifications.telling import tell, titles
from tests.work import make_project, make_task
from tracking.models import TimeEntry

pytestmark = pytest.mark.django_db
HTMX = {"HTTP_HX_REQUEST": "true"}
SETTINGS = {
    "idle_minutes": "20",
    "no_timer_minutes": "60",
    "summary_at": "17:15",
    "digest": "at_once",
    "digest_at": "08:00",
    "digest_weekday": "0",
}
PAGES = ["/notifications/", "/notifications/reminders/", "/notifications/bell/", "/notifications/panel/",
         "/settings/notifications/", "/settings/notifications/held/", "/notifications/reminders/new/"]  # fmt: skip


@pytest.fixture
def client(client_for, owner: User) -> Client:
    return client_for(owner)


def press(client: Client, path: str, **data: Any) -> str:
    """Posts as a button does. Gives the address of the toast's Undo."""
    answer = client.post(path, data, **HTMX)
    assert answer.status_code == 204
    return json.loads(answer.headers["HX-Trigger"])["toast"].get("undo_url", "")


@pytest.mark.parametrize("path", PAGES)
def test_every_page_opens_with_and_without_anything(client, owner, path):
    assert client.get(path).status_code == 200
    tell(owner)
    schedule(person=owner, title="Stretch", repeats={"at": "16:30", "days": [4]})
    assert client.get(path).status_code == 200
    assert client.get(path, **HTMX).status_code == 200


@pytest.mark.parametrize("path", PAGES)
def test_more_rows_take_no_more_statements(client, owner, path, django_assert_max_num_queries):
    def fill(count: int) -> None:
        for _turn in range(count):
            tell(owner)
            schedule(person=owner, title="Stretch", repeats={"every_seconds": 3600})

    fill(1)
    client.get(path, **HTMX)
    with django_assert_max_num_queries(12) as one:
        client.get(path, **HTMX)
    fill(2)
    with django_assert_max_num_queries(len(one.captured_queries)):
        client.get(path, **HTMX)


def test_markup_in_a_title_is_shown_and_not_run(client, owner):
    tell(owner, "<script>alert(1)</script>", message="<b>bold</b>")
    since = "2020-01-01T00:00:00Z"
    for path in ("/notifications/", "/notifications/panel/", f"/notifications/bell/?since={since}"):
        page = client.get(path).content.decode()
        assert "&lt;script&gt;" in page
        assert "<script>alert" not in page
        assert "<b>bold" not in page


def test_the_bell_brings_what_is_new_to_a_page_that_says_since_when(client, owner):
    before = timezone.now()
    for number in range(5):
        tell(owner, f"News {number}")
    assert "data-news-since" in client.get("/notifications/bell/").content.decode()
    assert "News" not in client.get("/notifications/bell/").content.decode()
    page = client.get("/notifications/bell/", {"since": before.isoformat()}).content.decode()
    assert page.count("data-title=") == 3
    assert "and 2 more notifications" in page
    assert client.get("/notifications/bell/", {"since": "yesterday"}).status_code == 200
    later = (timezone.now() + dt.timedelta(minutes=1)).isoformat()
    assert "data-title=" not in client.get("/notifications/bell/", {"since": later}).content.decode()


def test_a_long_message_is_read_on_the_page(client, owner):
    tell(owner, message="Something to read. " * 60 + "The end.")
    tell(owner, message="Short.")
    page = client.get("/notifications/").content.decode()
    assert (page.count("<details"), "The end." in page) == (1, True)
    assert "<details" not in client.get("/notifications/panel/").content.decode()


def test_opening_it_reads_it_and_leads_on(client, owner):
    row = tell(owner, url="/entries/")
    assert client.get(f"/notifications/{row.pk}/open/").headers["Location"] == "/entries/"
    assert unread_count(owner) == 0


def test_an_action_reads_it_and_leads_on(client, owner):
    task = make_task(make_project(owner))
    actions = [
        {"label": "Start", "url": f"/tasks/{task.pk}/timer/", "method": "post"},
        {"label": "Open", "url": f"/tasks/{task.pk}/", "method": "get"},
    ]
    row = tell(owner, actions=actions)
    start, lead_on = (link["url"] for link in row.links)
    assert client.get(lead_on).headers["Location"] == f"/tasks/{task.pk}/"
    assert unread_count(owner) == 0
    sent_on = client.post(start)
    assert (sent_on.status_code, sent_on.headers["Location"]) == (307, f"/tasks/{task.pk}/timer/")
    assert client.post(sent_on.headers["Location"], **HTMX).status_code == 204
    assert TimeEntry.objects.running().get().task == task
    for wrong in (start.replace("act/", "open/"), f"{lead_on}9", lead_on.replace("=1", "=x")):
        assert client.get(wrong).status_code == 404


def test_what_a_toasts_rate_held_back_is_counted_though_the_background_shows_it(client, owner):
    """A page in view has reported that it showed no browser notification: those have room, toasts have not."""
    before = timezone.now()
    first = [tell(owner, f"News {number}") for number in range(3)]
    Outcome.objects.filter(notification__in=first, channel="browser").update(state="held", reason="in_view")
    Outcome.objects.filter(notification__in=first, channel="toast").update(state="seen")
    Notification.objects.filter(pk__in=[row.pk for row in first]).update(delivered_at=before - dt.timedelta(seconds=9))
    tell(owner, "One more")
    page = client.get("/notifications/bell/", {"since": before.isoformat()}).content.decode()
    assert 'data-channels="browser"' in page
    assert "and 1 more notification<" in page


def test_reminders_that_are_switched_off_say_so(client, owner):
    schedule(person=owner, title="Drink", repeats={"every_seconds": 3600})
    assert "Reminders are switched off" not in client.get("/notifications/reminders/").content.decode()
    set_preferences(person=owner, grid={"reminder": ()})
    assert "Reminders are switched off" in client.get("/notifications/reminders/").content.decode()
    sent = {"title": "Tea", "day": f"{timezone.now() + dt.timedelta(days=2):%Y-%m-%d}", "clock": "9"}
    said = client.post("/notifications/reminders/new/", sent, **HTMX).headers["HX-Trigger"]
    assert "switched off in your settings" in said


def test_one_of_a_recurring_reminder_offers_to_cancel_that_one(client, owner):
    pattern = schedule(person=owner, title="Drink", repeats={"every_seconds": 3600})
    fire_due(timezone.now() + dt.timedelta(hours=2))
    row = Notification.objects.of(owner).get()
    assert row.pattern_id == pattern.pk
    menu = client.get(f"/notifications/{row.pk}/menu/").content.decode()
    assert f"/notifications/reminders/{pattern.pk}/cancel/" in menu
    assert "/cancel/" not in client.get(f"/notifications/{tell(owner).pk}/menu/").content.decode()


def test_in_quiet_hours_a_test_says_that_it_waits(client, owner):
    now = timezone.now().astimezone(owner.zone)
    around = [(now + dt.timedelta(hours=hours)).time().replace(microsecond=0) for hours in (-1, 1)]
    save_settings(person=owner, quiet=True, quiet_from=around[0], quiet_until=around[1])
    said = client.post("/settings/notifications/test/", **HTMX).headers["HX-Trigger"]
    assert "it waits in the centre" in said


@pytest.mark.parametrize("deed", ["read", "archive", "delete"])
def test_each_change_is_taken_back_from_its_toast(client, owner, deed):
    row = tell(owner)
    undo = press(client, f"/notifications/{row.pk}/{deed}/")
    assert unread_count(owner) == 0
    press(client, undo)
    assert unread_count(owner) == 1


def test_all_are_read_and_unread_again_but_for_what_was_read_before(client, owner):
    for title in ("One", "Two", "Three"):
        tell(owner, title)
    press(client, f"/notifications/{Notification.objects.get(title='Two').pk}/read/")
    undo = press(client, "/notifications/read/")
    assert unread_count(owner) == 0
    assert undo.startswith("/notifications/undo/")
    press(client, undo)
    assert set(Notification.objects.unread(owner).values_list("title", flat=True)) == {"One", "Three"}


def test_what_is_archived_is_brought_back_with_others(client, owner):
    rows = [tell(owner, title) for title in ("One", "Two")]
    press(client, "/notifications/several/", do="archive", ids=[row.pk for row in rows])
    page = client.get("/notifications/?show=archived").content.decode()
    assert ('"do": "unarchive"' in page, '"do": "archive"' in page) == (True, False)
    press(client, "/notifications/several/", do="unarchive", ids=[row.pk for row in rows])
    assert unread_count(owner) == 2
    assert '"do": "archive"' in client.get("/notifications/").content.decode()


def test_one_kind_is_read(client, owner):
    tell(owner)
    notify(person=owner, category=categories.SECURITY, title="Token")
    press(client, "/notifications/read/", category="own")
    assert [row.title for row in Notification.objects.unread(owner)] == ["Token"]
    assert client.post("/notifications/read/", {"category": "nonsense"}).status_code == 404


def test_an_undo_is_good_for_whom_it_was_given_to(client, client_for, owner, teammate):
    tell(owner)
    undo = press(client, "/notifications/read/")
    press(client_for(teammate), undo)
    assert unread_count(owner) == 0
    assert client.post("/notifications/undo/?was=forged", **HTMX).status_code == 409


def test_several_are_deleted_and_back(client, owner, teammate):
    rows = [tell(owner, "One"), tell(owner, "Two"), tell(teammate, "Theirs")]
    undo = press(client, "/notifications/several/", do="delete", ids=[row.pk for row in rows])
    assert titles(owner) == []
    assert titles(teammate) == ["Theirs"]
    press(client, undo)
    assert set(titles(owner)) == {"One", "Two"}


def test_a_kind_is_switched_off_in_one_click_and_back_as_it_was(client, owner):
    row = tell(owner)
    before = preference_grid(owner)
    undo = press(client, f"/notifications/{row.pk}/mute/")
    assert preference_grid(owner) == before | {"own": frozenset()}
    press(client, undo)
    assert preference_grid(owner) == before


def test_what_is_critical_is_not_switched_off(client, owner):
    row = notify(person=owner, category=categories.SECURITY, title="Token")
    assert row is not None
    assert client.post(f"/notifications/{row.pk}/mute/", **HTMX).status_code == 409


def test_a_page_reports_what_became_of_its_news(client, owner, teammate):
    row, theirs = tell(owner), tell(teammate)
    shown = [f"{row.pk}:toast:seen", f"{row.pk}:browser:denied", f"{theirs.pk}:toast:seen", "x:toast:seen", "1:2:3", ""]
    assert client.post("/notifications/shown/", {"shown": shown}).status_code == 204
    states = {item.channel: item.state for item in Outcome.objects.filter(notification=row)}
    assert (states["toast"], states["browser"]) == ("seen", "failed")
    assert Outcome.objects.get(notification=theirs, channel="toast").state == "queued"


def test_a_reminder_of_every_kind(client, owner):
    soon = timezone.now().date() + dt.timedelta(days=1)
    for repeats, again in (
        ("", None),
        ("daily", {"at": "09:00", "days": list(range(7))}),
        ("days", {"at": "09:00", "days": [0, 4]}),
    ):
        sent = {"title": "Stretch", "day": soon, "clock": "9", "repeats": repeats, "days": [0, 4]}
        assert client.post("/notifications/reminders/new/", sent, **HTMX).status_code == 204
        assert Notification.objects.latest("pk").recurrence == again
    page = client.get("/notifications/reminders/").content.decode()
    assert "Every day at" in page
    assert "Monday, Friday at" in page


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"day": "2020-01-01"}, "That time is over."),
        ({"clock": "soon"}, "Write a time"),
        ({"title": ""}, "This field is required."),
        ({"repeats": "days", "days": []}, "Choose one day at least."),
        ({"day": "2999-01-01"}, "within the next five years"),
    ],
)
def test_what_is_no_reminder_is_said_at_its_field(client, owner, wrong, said):
    soon = timezone.now().date() + dt.timedelta(days=1)
    sent = {"title": "Stretch", "day": soon, "clock": "9"} | wrong
    answer = client.post("/notifications/reminders/new/", sent)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not Notification.objects.exists()


def test_preferences_are_saved_as_they_are_sent(client, owner):
    sent = {
        "task_done-email": "on",
        "least_priority": "high",
        "quiet": "on",
        "quiet_from": "19:00",
        "quiet_until": "08:00",
        **SETTINGS,
        "deadline_hours": ["72", "1"],
        "most_a_day": "5",
        "digest": "weekly",
        "digest_at": "17:15",
        "digest_weekday": "4",
    }
    assert client.post("/settings/notifications/", sent).status_code == 302
    grid = preference_grid(owner)
    assert grid["task_done"] == {Channel.EMAIL}
    assert grid["own"] == frozenset()
    assert grid["security"] == {Channel.CENTRE, Channel.TOAST, Channel.EMAIL}
    saved = Settings.objects.get(user=owner)
    assert (saved.least_priority, saved.quiet, saved.quiet_from) == ("high", True, dt.time(19))
    assert (saved.idle_minutes, saved.no_timer_minutes, saved.summary_at) == (20, 60, dt.time(17, 15))
    assert saved.deadline_hours == [72, 1]
    assert (saved.most_a_day, saved.digest, saved.digest_at, saved.digest_weekday) == (5, "weekly", dt.time(17, 15), 4)


def test_quiet_hours_of_no_length_are_refused_at_their_field(client, owner):
    sent = {"least_priority": "low", "quiet": "on", "quiet_from": "19:00", "quiet_until": "19:00", **SETTINGS}
    answer = client.post("/settings/notifications/", sent)
    assert answer.status_code == 422
    assert "Quiet hours end at another time" in answer.content.decode()


def test_what_everybody_begins_with_is_the_administrators(client_for, administrator, owner, teammate):
    sent = {"task_done-email": "on", "least_priority": "low", "quiet_from": "20:00", "quiet_until": "07:00", **SETTINGS}
    assert client_for(owner).post("/settings/notifications/defaults/", sent).status_code == 403
    assert client_for(administrator).post("/settings/notifications/defaults/", sent).status_code == 302
    assert preference_grid(teammate)["task_done"] == {Channel.EMAIL}


def test_the_test_button_tells_oneself(client, owner):
    press(client, "/settings/notifications/test/")
    assert titles(owner) == ["This is a test"]
