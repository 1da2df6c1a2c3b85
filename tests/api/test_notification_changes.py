"""What becomes of a notification afterwards, and those that a page asks for in our words."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from accounts.models import User
from notifications.models import Notification
from tests.api.problems import assert_problem
from tests.notices import make_notice, make_reminder
from tests.notifications.clock import fire_due, wake_snoozed
from tests.work import make_project

pytestmark = pytest.mark.django_db
HOUR = dt.timedelta(hours=1)


def in_an_hour() -> str:
    return (timezone.now() + HOUR).isoformat()


# ── Changed ──────────────────────────────────────────────────────────────────
def test_marks_come_and_go(api, owner: User):
    caller, path = api(owner), f"notifications/{make_notice(owner).pk}/"
    assert caller.get("notifications/unread-count/").json() == {"unread": 1}
    read = caller.patch(path, {"read": True}).json()
    assert read["read_at"].endswith("Z")
    assert read["outcomes"][0] == read["outcomes"][0] | {"channel": "centre", "state": "read"}
    assert caller.patch(path, {"read": True}).json() == read
    assert caller.get("notifications/unread-count/").json() == {"unread": 0}
    assert caller.patch(path, {"read": False}).json()["read_at"] is None
    archived = caller.patch(path, {"archived": True}).json()
    assert archived["archived_at"]
    assert archived["read_at"] is None
    assert caller.patch(path, {"archived": False}).json()["archived_at"] is None


def test_put_off_it_comes_back(api, owner: User):
    caller, path = api(owner), f"notifications/{make_notice(owner).pk}/"
    assert caller.patch(path, {"snoozed_until": in_an_hour()}).json()["snoozed_until"]
    assert caller.rows("notifications/", unread="true") == []
    wake_snoozed(timezone.now() + 2 * HOUR)
    assert len(caller.rows("notifications/", unread="true")) == 1
    caller.patch(path, {"snoozed_until": in_an_hour()})
    assert caller.patch(path, {"snoozed_until": None}).json()["snoozed_until"] is None


@pytest.mark.parametrize("moment", ["2020-01-01T00:00:00Z", "2098-01-01T00:00:00Z", "later"])
def test_it_is_put_off_to_a_time_that_comes(api, owner: User, moment):
    assert_problem(
        api(owner).patch(f"notifications/{make_notice(owner).pk}/", {"snoozed_until": moment}), 400, "snoozed_until"
    )


def test_what_was_delivered_no_longer_changes(api, owner: User):
    caller, path = api(owner), f"notifications/{make_notice(owner).pk}/"
    assert_problem(caller.patch(path, {"title": "Other", "deliver_in": 60}), 400, "title", "deliver_at")
    as_read = caller.get(path).json()
    assert caller.put(path, as_read).json() == as_read  # sent back as it was read


def test_what_waits_changes_altogether(api, owner: User):
    caller = api(owner)
    row = make_reminder(owner)
    path, moment = f"notifications/{row.pk}/", timezone.now() + 3 * HOUR
    sent = {"title": "Retro", "message": "Bring notes", "deliver_at": moment.isoformat(), "condition": "no_timer"}
    changed = caller.patch(path, sent).json()
    assert (changed["title"], changed["message"], changed["condition"]) == ("Retro", "Bring notes", "no_timer")
    assert dt.datetime.fromisoformat(changed["deliver_at"]) == moment
    again = caller.patch(path, {"recurrence": {"every_seconds": 600}}).json()
    assert dt.datetime.fromisoformat(again["deliver_at"]) < timezone.now() + HOUR
    once = caller.patch(path, {"recurrence": None}).json()
    assert (once["recurrence"], once["deliver_at"]) == (None, again["deliver_at"])
    assert caller.put(path, once).json() == once


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"read": True}, "read"),
        ({"archived": True}, "archived"),
        ({"snoozed_until": "2026-11-22T09:30:00Z"}, "snoozed_until"),
        ({"deliver_at": None}, "deliver_at"),
        ({"deliver_at": "2020-01-01T00:00:00Z"}, "deliver_at"),
        ({"recurrence": {"every_seconds": 1}}, "recurrence"),
        ({"condition": "full_moon"}, "condition"),
        ({"title": ""}, "title"),
        ({"url": "//evil.example"}, "url"),
        ({"actions": [{"label": "Open", "url": "/"}] * 5}, "actions"),
    ],
    ids=str,
)
def test_what_waits_takes_no_nonsense(api, owner: User, wrong, field):
    row = make_reminder(owner)
    caller = api(owner)
    before = caller.get(f"notifications/{row.pk}/").json()
    assert_problem(caller.patch(f"notifications/{row.pk}/", wrong), 400, field)
    assert caller.get(f"notifications/{row.pk}/").json() == before


def test_a_cancelled_one_does_not_come(api, owner: User):
    row = make_reminder(owner)
    caller = api(owner)
    assert caller.delete(f"notifications/{row.pk}/").status_code == 204
    assert_problem(caller.delete(f"notifications/{row.pk}/"), 404)
    fire_due(timezone.now() + 2 * HOUR)
    assert caller.rows("notifications/") == caller.rows("notifications/", scheduled="true") == []


def test_all_at_once(api, owner: User, teammate: User):
    make_notice(owner), make_notice(owner), make_notice(teammate)
    caller = api(owner)
    assert caller.post("notifications/read-all/").json() == {"read": 2}
    assert caller.post("notifications/read-all").json() == {"read": 0}
    assert api(teammate).get("notifications/unread-count").json() == {"unread": 1}


# ── In our words ─────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("percent", "type_", "priority"), [(85, "warning", "normal"), (90, "warning", "high"), (120, "error", "high")]
)
def test_a_budget_alert_tells_the_caller_alone(api, owner: User, teammate: User, percent, type_, priority):
    project = make_project(owner, (teammate,), name="Website")
    answer = api(teammate).post("notifications/budget-alert/", {"project": project.pk, "percent": percent})
    assert answer.status_code == 201
    made = answer.json()
    assert made["title"] == f"{percent}% of the budget of Website is used"
    assert (made["category"], made["type"], made["priority"]) == ("budget", type_, priority)
    assert made["url"] == f"/projects/{project.pk}/"
    assert [row.user for row in Notification.objects.all()] == [teammate]


def test_a_budget_alert_may_come_as_often_as_it_is_asked_for(api, owner: User):
    sent = {"project": make_project(owner).pk, "percent": 75}
    assert [api(owner).post("notifications/budget-alert/", sent).status_code for _ in range(2)] == [201, 201]
    assert not Notification.objects.exclude(key="").exists()


@pytest.mark.parametrize("wrong", [{"percent": -1}, {"percent": "NaN"}, {"percent": None}, {"percent": 10**9}])
def test_a_budget_alert_names_a_percentage(api, owner: User, wrong):
    sent = {"project": make_project(owner).pk, **wrong}
    assert_problem(api(owner).post("notifications/budget-alert/", sent), 400, "percent")


def test_a_budget_alert_needs_sight_of_the_project(api, owner: User, outsider: User):
    project = make_project(owner, is_public=False)
    for pk in (project.pk, 10**6):
        answer = api(outsider).post("notifications/budget-alert/", {"project": pk, "percent": 85})
        assert_problem(answer, 400, "project")
    assert not Notification.objects.exists()


def test_an_achievement(api, owner: User):
    sent = {"title": "100 Hours Logged!", "description": "You've logged 100 hours this month"}
    made = api(owner).post("notifications/achievement/", sent).json()
    assert (made["title"], made["message"]) == (sent["title"], sent["description"])
    assert (made["category"], made["type"]) == ("achievement", "success")
    assert_problem(api(owner).post("notifications/achievement/", {"title": "x" * 201}), 400, "title")


def test_ours_are_in_the_persons_language(api, owner: User):
    User.objects.filter(pk=owner.pk).update(language="de")
    sent = {"project": make_project(owner, name="Website").pk, "percent": 85}
    assert api(owner).post("notifications/budget-alert/", sent).json()["title"] == (
        "85 % des Budgets von Website sind verbraucht"
    )
