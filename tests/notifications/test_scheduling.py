"""Reminders on the clock and what is asleep: each comes once, whoever asks, and one bad row holds up nobody."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.utils import timezone

from accounts.models import User
from accounts.services.people import deactivate_person
from accounts.services.profile import update_profile
from notifications.categories import REMINDER
from notifications.choices import Channel
from notifications.models import Notification
from notifications.services import scheduling
from notifications.services.preferences import mute, save_settings, set_preferences
from notifications.services.reading import delete, mark_read, snooze, wake
from notifications.services.scheduling import schedule
from tests.events.test_threads import soon
from tests.notifications.clock import fire_due, wake_snoozed
from tests.notifications.telling import HOUR, MINUTE, NOON, outcomes, tell, titles
from tests.work import make_project
from timetracker.events import threads
from timetracker.events.clock import next_awaited_at
from timetracker.events.dispatch import drain
from timetracker.events.models import Delivery, Event
from timetracker.web.errors import Conflict
from tracking.models import ProjectMember
from tracking.services.timer import start_timer

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


def rows_of(person: User) -> Any:
    return Notification.objects.filter(user=person)


def remind(person: User, moment: dt.datetime = NOON + HOUR, **fields: Any) -> Notification:
    with time_machine.travel(NOON, tick=False):
        return schedule(person=person, **{"title": "Tea", "deliver_at": moment, **fields})


def fire(moment: dt.datetime) -> int:
    with time_machine.travel(moment, tick=False):
        return fire_due(moment)


# ── Once ─────────────────────────────────────────────────────────────────────
def test_it_comes_at_its_time_and_once(owner: User):
    remind(owner)
    assert (fire(NOON + 59 * MINUTE), titles(owner)) == (0, [])
    assert (fire(NOON + HOUR), titles(owner)) == (1, ["Tea"])
    assert (fire(NOON + 2 * HOUR), titles(owner)) == (0, ["Tea"])
    row = rows_of(owner).get()
    assert outcomes(row)["sound"] == "queued"
    assert row.delivered_at == NOON + HOUR
    assert not Notification.objects.scheduled(owner)


def test_what_is_overdue_comes_when_the_machine_is_back(owner: User):
    remind(owner)
    assert fire(NOON + 3 * DAY) == 1


def test_a_cancelled_one_does_not_come(owner: User):
    row = remind(owner)
    assert delete(person=owner, rows=rows_of(owner)) == [row.pk]
    assert fire(NOON + HOUR) == 0
    assert delete(person=owner, rows=rows_of(owner), deleted=False) == [row.pk]
    assert fire(NOON + HOUR) == 1


def test_what_is_on_the_clock_is_neither_read_nor_put_off(owner: User):
    """A pattern that slept would be delivered itself when it is woken, and never come again."""
    row = remind(owner, repeats={"every_seconds": 3600})
    with time_machine.travel(NOON, tick=False):
        assert mark_read(person=owner, rows=rows_of(owner)) == []
        assert snooze(person=owner, rows=rows_of(owner), until=NOON + MINUTE) == []
    assert wake_snoozed(NOON + HOUR) == 0
    assert fire(NOON + HOUR) == 1
    row.refresh_from_db()
    assert (row.delivered_at, row.deliver_at) == (None, NOON + 2 * HOUR)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("repeats", [None, {"every_seconds": 3600}])
def test_of_many_that_fire_one_does(owner: User, run_at_once, repeats):
    schedule(person=owner, title="Tea", deliver_at=timezone.now(), repeats=repeats)
    now = timezone.now()
    run_at_once(*[lambda: fire_due(now)] * 8)
    assert titles(owner) == ["Tea"]
    assert Event.objects.filter(type="notification_sent").count() == 1


@pytest.mark.django_db(transaction=True)
def test_cancelled_while_it_fires_it_is_gone_either_way(owner: User, run_at_once):
    schedule(person=owner, title="Tea", deliver_at=timezone.now())
    now = timezone.now()
    run_at_once(*[lambda: fire_due(now)] * 3, *[lambda: delete(person=owner, rows=rows_of(owner))] * 3)
    assert titles(owner) == []
    assert Event.objects.filter(type="notification_sent").count() <= 1


@pytest.mark.django_db(transaction=True)
def test_of_many_that_wake_one_does(owner: User, run_at_once):
    tell(owner)
    now = timezone.now()
    rows_of(owner).update(snoozed_until=now)
    run_at_once(*[lambda: wake_snoozed(now)] * 8)
    assert Event.objects.filter(type="notification_sent").count() == 2
    assert len(titles(owner)) == 1


@pytest.mark.django_db(transaction=True)
def test_a_reminder_in_a_second_does_not_wait_for_the_minute(owner: User, settings):
    settings.EVENTS_DISPATCH = "thread"
    running = threads.start_threads()
    try:
        began = timezone.now()
        schedule(person=owner, title="Tea", deliver_at=began + dt.timedelta(seconds=1))
        assert soon(lambda: rows_of(owner).get().delivered_at is not None, within=30)
    finally:
        threads.stop_threads(running, within=20)
    delivered_at = rows_of(owner).get().delivered_at
    assert dt.timedelta(seconds=1) <= delivered_at - began < dt.timedelta(seconds=15)


def test_the_clock_knows_when_there_is_something_to_do(owner: User):
    assert next_awaited_at(NOON) is None
    remind(owner, NOON + 2 * HOUR)
    assert next_awaited_at(NOON) == NOON + 2 * HOUR
    put_to_sleep(owner)
    assert next_awaited_at(NOON) == NOON + HOUR
    assert next_awaited_at(NOON + HOUR) == NOON + 2 * HOUR
    assert next_awaited_at(NOON + 2 * HOUR) is None


# ── Again and again ──────────────────────────────────────────────────────────
def test_a_recurring_one_comes_each_time(owner: User):
    pattern = remind(owner, repeats={"at": "18:00"}, deliver_at=None)
    for day in range(3):
        fire(NOON + 6 * HOUR + day * DAY)
        assert fire(NOON + 6 * HOUR + day * DAY + MINUTE) == 0
    assert titles(owner) == ["Tea"] * 3
    assert [row.pk for row in Notification.objects.scheduled(owner)] == [pattern.pk]


def test_missed_ones_come_once(owner: User):
    remind(owner, repeats={"every_seconds": 60})
    fire(NOON + 10 * HOUR)
    assert titles(owner) == ["Tea"]
    assert Notification.objects.scheduled(owner).get().deliver_at == NOON + 10 * HOUR + MINUTE


def test_it_begins_by_itself_or_when_it_is_told_to(owner: User):
    assert remind(owner, None, repeats={"every_seconds": 90}).deliver_at == NOON + dt.timedelta(seconds=90)
    assert remind(owner, None, repeats={"at": "18:00"}).deliver_at == NOON + 6 * HOUR
    assert remind(owner, NOON + MINUTE, repeats={"at": "18:00"}).deliver_at == NOON + MINUTE


def test_whoever_moves_keeps_the_time_of_day(owner: User):
    pattern = remind(owner, None, repeats={"at": "18:00"})
    once = remind(owner, NOON + HOUR)
    with time_machine.travel(NOON, tick=False):
        update_profile(person=owner, time_zone="Asia/Tokyo")
        drain()
    pattern.refresh_from_db()
    once.refresh_from_db()
    assert pattern.deliver_at == NOON + 21 * HOUR
    assert once.deliver_at == NOON + HOUR


# ── Only if ──────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("repeats", [None, {"every_seconds": 3600}])
def test_what_is_no_longer_true_does_not_come_and_says_why(owner: User, repeats):
    remind(owner, condition="no_timer", repeats=repeats)
    start_timer(user=owner)
    fire(NOON + HOUR)
    assert titles(owner) == []
    assert outcomes(rows_of(owner).get(delivered_at__isnull=False)) == {"centre": "held ended"}


def test_a_recurring_one_is_asked_anew_each_time(owner: User):
    remind(owner, condition="timer_runs", repeats={"every_seconds": 3600})
    fire(NOON + HOUR)
    start_timer(user=owner)
    fire(NOON + 2 * HOUR)
    assert titles(owner) == ["Tea"]


def test_it_is_asked_again_when_it_comes_back_from_sleep(owner: User):
    remind(owner, condition="no_timer", repeats={"every_seconds": 36000})
    fire(NOON + HOUR)
    with time_machine.travel(NOON + HOUR, tick=False):
        snooze(person=owner, rows=rows_of(owner), until=NOON + 2 * HOUR)
    start_timer(user=owner)
    assert wake_snoozed(NOON + 2 * HOUR) == 1
    assert titles(owner) == []


def test_who_has_left_is_reminded_of_nothing(owner: User, administrator: User):
    remind(owner)
    deactivate_person(actor=administrator, person=owner)
    fire(NOON + HOUR)
    assert rows_of(owner).get().deleted_at


# ── Asleep ───────────────────────────────────────────────────────────────────
def put_to_sleep(person: User, **fields: Any) -> Notification:
    with time_machine.travel(NOON, tick=False):
        row = tell(person, **fields)
        snooze(person=person, rows=rows_of(person), until=NOON + HOUR)
    return row


def test_what_sleeps_comes_back_once_as_new(owner: User):
    row = put_to_sleep(owner)
    mark_read(person=owner, rows=rows_of(owner))
    assert titles(owner) == []
    assert wake_snoozed(NOON + HOUR - MINUTE) == 0
    assert wake_snoozed(NOON + HOUR) == 1
    assert wake_snoozed(NOON + HOUR) == 0
    row.refresh_from_db()
    assert (row.delivered_at, row.read_at, row.snoozed_until) == (NOON + HOUR, None, None)
    assert outcomes(row)["toast"] == "queued"


def test_it_comes_back_into_the_centre_though_its_kind_was_muted(owner: User):
    put_to_sleep(owner, category=REMINDER)
    mute(person=owner, category=REMINDER)
    wake_snoozed(NOON + HOUR)
    assert titles(owner) == ["Tea is ready"]
    assert outcomes(rows_of(owner).get())["toast"] == "held preference"


def test_it_does_not_come_back_to_whom_it_no_longer_concerns(owner: User, teammate: User):
    put_to_sleep(teammate, subject=make_project(owner, (teammate,), is_public=False))
    ProjectMember.objects.filter(user=teammate).delete()
    wake_snoozed(NOON + HOUR)
    assert titles(teammate) == []


def test_taken_back_it_is_there_at_once_and_does_not_come_again(owner: User):
    put_to_sleep(owner)
    assert len(wake(person=owner, rows=rows_of(owner))) == 1
    assert titles(owner) == ["Tea is ready"]
    assert wake_snoozed(NOON + HOUR) == 0


def test_what_slept_when_somebody_left_is_there_when_they_return(owner: User):
    put_to_sleep(owner)
    User.objects.filter(pk=owner.pk).update(is_active=False)
    assert wake_snoozed(NOON + HOUR) == 1
    assert titles(owner) == ["Tea is ready"]


# ── One bad row ──────────────────────────────────────────────────────────────
def test_a_bad_row_holds_up_nobody(owner: User, teammate: User):
    for broken in ({"days": [0]}, {"every_seconds": "x"}, {"at": "99:00", "days": [0]}, [1]):
        row = remind(teammate, NOON + MINUTE, repeats={"every_seconds": 60})
        Notification.objects.filter(pk=row.pk).update(recurrence=broken)
    Notification.objects.filter(pk=remind(teammate, NOON + MINUTE).pk).update(priority="huge")
    odd = remind(teammate, NOON + MINUTE, title="Odd")
    Notification.objects.filter(pk=odd.pk).update(category="unknown", condition="unknown")
    User.objects.filter(pk=teammate.pk).update(time_zone="Mars/Olympus")
    remind(owner)
    fire(NOON + HOUR)
    assert Delivery.objects.filter(handler="notifications.due", status="pending", attempts=1).count() == 5
    assert (titles(owner), titles(teammate)) == (["Tea"], ["Odd"])


def test_a_bad_sleeper_holds_up_nobody(owner: User, teammate: User):
    put_to_sleep(teammate)
    rows_of(teammate).update(priority="huge", snoozed_until=NOON)
    put_to_sleep(owner)
    wake_snoozed(NOON + HOUR)
    assert Delivery.objects.filter(handler="notifications.due", status="pending", attempts=1).count() == 1
    assert titles(owner) == ["Tea is ready"]


# ── What may be scheduled ────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"deliver_at": None}, "deliver_at"),
        ({"deliver_at": NOON - 2 * MINUTE}, "deliver_at"),
        ({"deliver_at": NOON + 6 * 366 * DAY}, "deliver_at"),
        ({"repeats": {"every_seconds": 0.001}}, "recurrence"),
        ({"repeats": {}}, "recurrence"),
        ({"condition": "rain"}, "condition"),
        ({"title": " " * 201}, "title"),
        ({"url": "//evil.example"}, "url"),
    ],
)
def test_what_is_wrong_is_named(owner: User, fields: dict[str, Any], wrong: str):
    with pytest.raises(ValidationError) as refused:
        remind(owner, **fields)
    assert wrong in refused.value.message_dict
    assert not rows_of(owner)


def test_a_clock_that_is_a_little_slow_is_forgiven(owner: User):
    remind(owner, NOON - dt.timedelta(seconds=50))
    assert fire(NOON) == 1


def test_there_is_a_most(owner: User, monkeypatch):
    monkeypatch.setattr(scheduling, "MOST", 2)
    remind(owner)
    remind(owner)
    with pytest.raises(Conflict):
        remind(owner)
    delete(person=owner, rows=rows_of(owner))
    remind(owner)


def test_in_quiet_hours_it_is_in_the_centre_and_shows_later(owner: User):
    save_settings(person=owner, quiet=True, quiet_from=dt.time(11), quiet_until=dt.time(23))
    set_preferences(person=owner, grid={"reminder": [Channel.CENTRE, Channel.TOAST]})
    remind(owner)
    fire(NOON + HOUR)
    assert titles(owner) == ["Tea"]
    assert outcomes(rows_of(owner).get())["toast"] == "held quiet"
