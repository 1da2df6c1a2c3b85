"""Notifications as a script makes, reads and changes them."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from accounts.choices import Scope
from accounts.models import User
from notifications.categories import TASK_ASSIGNED
from notifications.models import Notification
from notifications.services.preferences import save_settings, set_preferences
from tests.api.problems import assert_problem
from tests.notices import make_notice, make_reminder
from tests.notifications.clock import fire_due
from tests.work import make_project, make_task
from timetracker.events.models import Event

pytestmark = pytest.mark.django_db
HOUR = dt.timedelta(hours=1)
FIELDS = {
    "id", "type", "category", "priority", "title", "message", "url", "actions", "persistent", "deliver_at",
    "recurrence", "condition", "created_at", "delivered_at", "read_at", "snoozed_until", "archived_at",
}  # fmt: skip


def in_an_hour() -> str:
    return (timezone.now() + HOUR).isoformat()


# ── Made ─────────────────────────────────────────────────────────────────────
def test_one_is_told_at_once(api, owner: User, teammate: User):
    sent = {
        "title": "Task Complete",
        "message": "Your task has been completed",
        "type": "success",
        "priority": "high",
        "url": "/tasks/",
        "actions": [{"label": "Open", "url": "/tasks/"}],
        "persistent": True,
    }
    answer = api(owner).post("notifications/", sent)
    assert answer.status_code == 201
    made = answer.json()
    assert made == made | sent | {"category": "own", "actions": [{"label": "Open", "url": "/tasks/", "method": "get"}]}
    assert set(made) == FIELDS | {"outcomes", "why"}
    assert made["delivered_at"]
    assert made["read_at"] is made["deliver_at"] is made["recurrence"] is None
    assert made["why"] == "You get this because a page or a script of yours sent it to you."
    assert answer.headers["Location"].endswith(f"/api/notifications/{made['id']}/")
    assert api(owner).get(f"notifications/{made['id']}").json() == made
    assert Event.objects.filter(type="notification_sent").count() == 1
    assert api(teammate).rows("notifications/") == []


def test_it_says_what_became_of_it_in_each_channel(api, owner: User):
    set_preferences(person=owner, grid={"own": ["centre", "toast"]})
    save_settings(person=owner, quiet=True, quiet_from=dt.time(0), quiet_until=dt.time(23, 59, 59, 999999))
    outcomes = {item.pop("channel"): item for item in api(owner).post("notifications/test/").json()["outcomes"]}
    assert outcomes["centre"] == {"state": "sent", "reason": "", "due_at": None}
    assert outcomes["browser"] == {"state": "held", "reason": "preference", "due_at": None}
    assert outcomes["toast"]["reason"] == "quiet"
    assert outcomes["toast"]["due_at"].endswith("Z")


def test_it_is_answered_also_where_it_is_wanted_nowhere(api, owner: User):
    set_preferences(person=owner, grid={"own": []})
    made = api(owner).post("notifications/", {"title": "Hello"}).json()
    assert {item["reason"] for item in made["outcomes"]} == {"preference"}
    assert api(owner).rows("notifications/") == []
    assert api(owner).get(f"notifications/{made['id']}/").status_code == 200


def test_one_reminds_oneself(api, owner: User):
    moment = in_an_hour()
    made = api(owner).post("notifications/", {"title": "Standup", "deliver_at": moment, "condition": "no_timer"}).json()
    assert (made["category"], made["condition"], made["outcomes"]) == ("reminder", "no_timer", [])
    assert made["delivered_at"] is None
    caller = api(owner)
    assert caller.rows("notifications/") == []
    assert [row["id"] for row in caller.rows("notifications/", scheduled="true")] == [made["id"]]
    fire_due(timezone.now() + 2 * HOUR)
    assert [row["id"] for row in caller.rows("notifications/")] == [made["id"]]
    assert caller.rows("notifications/", scheduled="true") == []


def test_by_our_clock_and_not_the_callers(api, owner: User):
    made = api(owner).post("notifications/", {"title": "Standup", "deliver_in": 600}).json()
    away = dt.datetime.fromisoformat(made["deliver_at"]) - timezone.now()
    assert dt.timedelta(seconds=590) < away <= dt.timedelta(seconds=600)
    assert "deliver_in" not in made


def test_again_and_again(api, owner: User):
    made = api(owner).post("notifications/", {"title": "Break", "recurrence": {"every_seconds": 3600}}).json()
    assert made["recurrence"] == {"every_seconds": 3600}
    assert made["deliver_at"]
    fire_due(timezone.now() + HOUR + dt.timedelta(seconds=1))
    assert len(api(owner).rows("notifications/")) == len(api(owner).rows("notifications/", scheduled="true")) == 1


def test_markup_is_text(api, owner: User):
    words = "<script>alert(1)</script> & <b>"
    made = api(owner).post("notifications/", {"title": words, "message": words}).json()
    assert made["title"] == made["message"] == words


def test_sent_twice_it_is_told_once(api, owner: User):
    caller = api(owner)
    first, second = (caller.post("notifications/", {"title": "Hello"}, Idempotency_Key="one") for _ in range(2))
    assert second.json() == first.json()
    assert second.headers["Idempotency-Replayed"] == "true"
    assert Notification.objects.count() == 1


ACTION = {"label": "Open", "url": "/"}


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"title": ""}, "title"),
        ({"title": None}, "title"),
        ({"title": "x" * 201}, "title"),
        ({"title": "a\x00b"}, "title"),
        ({"message": "x" * 100_000}, "message"),
        ({"message": {"text": "x"}}, "message"),
        ({"type": "shout"}, "type"),
        ({"type": 1}, "type"),
        ({"priority": "asap"}, "priority"),
        ({"url": "javascript:alert(1)"}, "url"),
        ({"url": "//evil.example/"}, "url"),
        ({"url": "/\\evil.example/"}, "url"),
        ({"url": "http://elsewhere.example/"}, "url"),
        ({"url": "/" + "x" * 500}, "url"),
        ({"url": "//[/"}, "url"),
        ({"url": "/\t/evil.example/"}, "url"),
        ({"actions": [ACTION] * 5}, "actions"),
        ({"actions": "open"}, "actions"),
        ({"actions": [{"label": "Open"}]}, "actions.0.url"),
        ({"actions": [{"label": "x" * 41, "url": "/"}]}, "actions.0.label"),
        ({"actions": [ACTION | {"method": "delete"}]}, "actions.0.method"),
        ({"actions": [ACTION | {"url": "javascript:alert(1)"}]}, "actions"),
        ({"persistent": "perhaps"}, "persistent"),
        ({"deliver_at": "2020-01-01T00:00:00Z"}, "deliver_at"),
        ({"deliver_at": "2098-01-01T00:00:00Z"}, "deliver_at"),
        ({"deliver_at": "2026-11-22T09:30:00"}, "deliver_at"),
        ({"deliver_at": "tomorrow"}, "deliver_at"),
        ({"deliver_in": -1}, "deliver_in"),
        ({"deliver_in": None}, "deliver_in"),
        ({"deliver_in": 10**30}, "deliver_in"),
        ({"deliver_in": 60, "deliver_at": "2026-11-22T09:30:00Z"}, "deliver_in"),
        ({"recurrence": {"every_seconds": 0.001}}, "recurrence"),
        ({"recurrence": {"every_seconds": 0}}, "recurrence"),
        ({"recurrence": {"every_seconds": 10**400}}, "recurrence"),
        ({"recurrence": {"at": "25:00"}}, "recurrence"),
        ({"recurrence": {"at": "9:00", "days": [7]}}, "recurrence"),
        ({"recurrence": {"every": "day"}}, "recurrence"),
        ({"recurrence": "daily"}, "recurrence"),
        ({"recurrence": {}}, "recurrence"),
        ({"deliver_in": 60, "condition": "full_moon"}, "condition"),
        ({"condition": "no_timer"}, "condition"),
    ],
    ids=lambda value: str(value)[:50] if isinstance(value, dict) else "",
)
def test_one_wrong_field_is_named(api, owner: User, wrong, field):
    assert_problem(api(owner).post("notifications/", {"title": "Hello", **wrong}), 400, field)
    assert not Notification.objects.exists()


def test_what_is_settled_by_us_is_not_taken_from_outside(api, owner: User, teammate: User):
    sent = {"title": "Hello", "id": 7, "category": "security", "user": teammate.pk, "read_at": in_an_hour(), "key": "k"}
    made = api(owner).post("notifications/", sent).json()
    assert (made["category"], made["read_at"]) == ("own", None)
    assert Notification.objects.get().user == owner


def test_there_is_an_end_to_reminders(api, owner: User, monkeypatch):
    monkeypatch.setattr("notifications.services.scheduling.MOST", 1)
    caller = api(owner)
    assert caller.post("notifications/", {"title": "Hello", "deliver_in": 60}).status_code == 201
    assert_problem(caller.post("notifications/", {"title": "Hello", "deliver_in": 60}), 409)


def test_a_token_that_only_reads_tells_nothing(api, owner: User):
    for path in ("notifications/", "notifications/test/", "notifications/read-all/", "notifications/achievement/"):
        assert_problem(api(owner, Scope.READ).post(path, {"title": "Hello"}), 403)
    assert not Notification.objects.exists()


# ── Read ─────────────────────────────────────────────────────────────────────
def test_the_newest_comes_first_page_by_page(api, owner: User):
    late = make_reminder(owner, "of old")
    rows = [make_notice(owner, title).pk for title in ("one", "two", "three")]
    fire_due(timezone.now() + 2 * HOUR)  # made first, delivered last
    order = [late.pk, *reversed(rows)]
    caller = api(owner)
    assert [row["id"] for row in caller.rows("notifications/")] == order
    assert set(caller.rows("notifications/")[0]) == FIELDS
    page, seen = caller.get("notifications/", page_size=1).json(), []
    while True:
        seen += [row["id"] for row in page["results"]]
        if not page["next"]:
            break
        page = caller.client.get(page["next"], headers=caller.headers).json()
    assert seen == order


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, "plain warned read archived asleep"),
        ({"unread": "true"}, "plain warned"),
        ({"unread": "false"}, "read archived asleep"),
        ({"archived": "true"}, "archived"),
        ({"archived": "false"}, "plain warned read asleep"),
        ({"type": "warning"}, "warned"),
        ({"type": "warning,error"}, "warned"),
        ({"priority": "urgent,high"}, "warned"),
        ({"category": "task_assigned"}, "read"),
        ({"category": "task_assigned,own", "unread": "true"}, "plain warned"),
        ({"search": "WARN"}, "warned"),
        ({"search": "words"}, "plain"),
        ({"scheduled": "true"}, "later"),
        ({"scheduled": "false", "search": "a"}, "plain warned read archived asleep"),
    ],
    ids=lambda value: str(value) if isinstance(value, dict) else "",
)
def test_filters(api, owner: User, query, found):
    caller = api(owner)
    make_notice(owner, "plain", message="some words")
    make_notice(owner, "warned", type="warning", priority="urgent")
    read = make_notice(owner, "read", category=TASK_ASSIGNED)
    marks = {
        read.pk: {"read": True},
        make_notice(owner, "archived").pk: {"archived": True},
        make_notice(owner, "asleep").pk: {"snoozed_until": in_an_hour()},
    }
    for pk, change in marks.items():
        assert caller.patch(f"notifications/{pk}/", change).status_code == 200
    make_reminder(owner, "later")
    assert {row["title"] for row in caller.rows("notifications/", **query)} == set(found.split())


@pytest.mark.parametrize("name", ["unread", "archived", "scheduled", "type", "priority", "category"])
def test_a_wrong_filter_is_an_error(api, owner: User, name):
    assert_problem(api(owner).get("notifications/", **{name: "x"}), 400, name)


def test_what_one_may_see_no_longer_is_gone(api, owner: User, teammate: User):
    project = make_project(owner, (teammate,), is_public=False)
    row = make_notice(teammate, category=TASK_ASSIGNED, subject=make_task(project))
    assert api(teammate).get(f"notifications/{row.pk}/").status_code == 200
    project.memberships.filter(user=teammate).delete()
    assert api(teammate).rows("notifications/") == []
    assert_problem(api(teammate).get(f"notifications/{row.pk}/"), 404)
    assert api(teammate).get("notifications/unread-count/").json() == {"unread": 0}


def test_anothers_do_not_exist(api, owner: User, administrator: User):
    rows = [make_notice(owner), make_reminder(owner, "later")]
    caller = api(administrator)
    for row in rows:
        assert_problem(caller.get(f"notifications/{row.pk}/"), 404)
        assert_problem(caller.patch(f"notifications/{row.pk}/", {"read": True}), 404)
        assert_problem(caller.put(f"notifications/{row.pk}/", {"title": "x"}), 404)
        assert_problem(caller.delete(f"notifications/{row.pk}/"), 404)
    assert caller.rows("notifications/") == caller.rows("notifications/", scheduled="true") == []
    assert not Notification.objects.exclude(read_at=None, deleted_at=None).exists()
