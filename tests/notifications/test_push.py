"""Push: each device gets it at least once, as the protocol has it, and none is bothered by what befalls another."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from accounts.models import User
from notifications.categories import OWN
from notifications.choices import Channel
from notifications.models import Notification, Outcome, PushDevice, PushSending
from notifications.services.digests import release_held
from notifications.services.preferences import save_settings, set_preferences
from notifications.services.pushing import push
from notifications.services.reading import mark_read, snooze
from tests.events.conftest import let_leases_end
from tests.notifications.clock import wake_snoozed
from tests.notifications.push_service import NEVER, PushService
from tests.notifications.telling import HOUR, MINUTE, add_to, outcomes, tell
from tests.work import make_project
from timetracker.events.choices import Status
from timetracker.events.dispatch import MAX_TRIES, drain
from timetracker.events.models import Delivery
from timetracker.web import outbound
from tracking.models import ProjectMember
from tracking.services.timer import start_timer

pytestmark = pytest.mark.django_db
STATEMENTS = 14
"""Of one delivery, those that begin and end its transaction among them."""


@pytest.fixture
def person(owner: User) -> User:
    set_preferences(person=owner, grid={"own": [Channel.CENTRE, Channel.PUSH]})
    return owner


def outcome(row: Notification) -> Outcome:
    return row.outcomes.get(channel="push")


def state(row: Notification) -> str:
    return outcomes(row)["push"]


def delivery() -> Delivery:
    return Delivery.objects.get(handler="notifications.devices")


def try_again() -> None:
    let_leases_end()
    drain()


# ── What arrives ─────────────────────────────────────────────────────────────
def test_it_arrives_as_it_was_written(person: User, teammate: User, service: PushService):
    mine, theirs = service.subscribe(), service.subscribe()
    device = add_to(person, mine)
    add_to(teammate, theirs)
    row = tell(
        person, "Tea is ready – für Größe „5“", message="With milk?\n\U0001f375", url="/tasks/1/", priority="high"
    )
    drain()
    [received] = mine.received
    message = received.message
    assert (message["title"], message["body"]) == ("Tea is ready – für Größe „5“", "With milk?\n\U0001f375")
    assert message["url"] == f"/notifications/{row.pk}/open/"
    assert message["tag"] == row.tag
    assert (received.headers["urgency"], received.headers["ttl"]) == ("high", "86400")
    assert theirs.received == []
    assert (state(row), outcome(row).detail) == ("sent", "1/1")
    device.refresh_from_db()
    assert device.reached_at is not None
    assert delivery().status == Status.DONE


def test_its_actions_lead_by_way_of_the_notification(person: User, service: PushService):
    mine = service.subscribe()
    add_to(person, mine)
    actions = [{"label": "Open", "url": "/a/"}, {"label": "Start", "url": "/b/", "method": "post"}]
    row = tell(person, actions=[*actions, {"label": "Third", "url": "/c/"}])
    drain()
    assert mine.received[0].message["actions"] == [
        {"label": "Open", "url": f"/notifications/{row.pk}/open/?action=0", "method": "get"},
        {"label": "Start", "url": f"/notifications/{row.pk}/act/?action=1", "method": "post"},
    ]


def test_what_is_about_the_same_has_one_topic(person: User, service: PushService):
    """So that the service keeps the newest alone. It says nothing about what it is about."""
    mine = service.subscribe()
    add_to(person, mine)
    project, other = make_project(person), make_project(person)
    for subject in (project, project, other):
        tell(person, subject=subject)
        drain()
    first, second, third = [received.headers["topic"] for received in mine.received]
    assert first == second != third
    assert str(project.pk) not in (first, third)


def test_a_page_in_view_is_trusted_only_where_it_tells_of_it(person: User, service: PushService):
    mine = service.subscribe()
    add_to(person, mine)
    tell(person, "Not as a toast")
    set_preferences(person=person, grid={"own": [Channel.TOAST, Channel.PUSH]})
    tell(person, "As a toast")
    drain()
    assert [received.message["onPage"] for received in mine.received] == [False, True]


# ── Several devices, each with its own fate ──────────────────────────────────
@pytest.mark.parametrize("status", [404, 410])
def test_a_device_that_is_gone_is_removed(person: User, service: PushService, status: int):
    mine, gone = service.subscribe(), service.subscribe(status)
    kept = add_to(person, mine)
    add_to(person, gone)
    row = tell(person)
    drain()
    assert list(PushDevice.objects.all()) == [kept]
    assert (state(row), outcome(row).detail) == ("sent", f"1/2: {status}")
    assert delivery().status == Status.DONE
    assert Notification.objects.count() == 1  # nobody is told of it: somebody took the permission back


def test_without_any_left_it_has_failed(person: User, service: PushService):
    add_to(person, service.subscribe(410))
    row = tell(person)
    drain()
    assert (state(row), outcome(row).detail) == ("failed error", "410")
    assert state(tell(person)) == "held no_device"


@pytest.mark.parametrize("status", [500, 503, 429, 408])
def test_a_failure_is_made_up_for_and_the_others_hear_nothing_of_it(person: User, service: PushService, status: int):
    good, bad = service.subscribe(), service.subscribe(status)
    add_to(person, good)
    add_to(person, bad)
    row = tell(person)
    drain()
    assert (state(row), outcome(row).detail) == ("sent", f"1/2: {status}")
    assert (delivery().status, good.texts, bad.texts) == (Status.PENDING, ["Tea is ready"], [])
    try_again()
    assert (delivery().status, outcome(row).detail) == (Status.DONE, "2/2")
    assert (good.texts, bad.texts) == (["Tea is ready"], ["Tea is ready"])


def test_a_service_is_left_alone_for_as_long_as_it_asks(person: User, service: PushService):
    mine = service.subscribe((429, {"Retry-After": "3600"}))
    device = add_to(person, mine)
    with time_machine.travel(timezone.now(), tick=False) as clock:
        tell(person)
        drain()
        assert delivery().next_try_at == timezone.now() + HOUR
        clock.shift(HOUR - MINUTE)
        try_again()  # by the administrator's hand
        assert service.calls == 1
        clock.shift(2 * MINUTE)
        try_again()
    assert mine.texts == ["Tea is ready"]
    device.refresh_from_db()
    assert device.failures == 0  # asking for patience is no failure of the device


def test_one_that_never_answers_delays_nobody(person: User, service: PushService, monkeypatch: Any):
    monkeypatch.setattr(outbound, "SECONDS", 1.0)
    good, silent = service.subscribe(), service.subscribe(NEVER)
    add_to(person, silent)
    add_to(person, good)
    row = tell(person)
    drain()
    assert good.texts == ["Tea is ready"]
    assert (state(row), outcome(row).detail) == ("sent", "1/2: timeout")
    try_again()
    assert (silent.texts, delivery().status) == (["Tea is ready"], Status.DONE)


@pytest.mark.parametrize("status", [400, 401, 403, 413, 302])
def test_what_a_service_refuses_is_kept_and_not_tried_again(person: User, service: PushService, status: int):
    mine = service.subscribe((status, {"Location": "https://127.0.0.1/"}))
    device = add_to(person, mine)
    row = tell(person)
    drain()
    assert (state(row), outcome(row).detail) == ("failed error", str(status))
    assert (service.calls, delivery().status) == (1, Status.DONE)
    device.refresh_from_db()
    assert device.failures == (0 if status == 413 else 1)  # too long is what we sent, not the device


def test_after_all_tries_it_has_failed(person: User, service: PushService):
    add_to(person, service.subscribe(*[500] * MAX_TRIES))
    row = tell(person)
    for _turn in range(MAX_TRIES + 1):
        try_again()
    assert (delivery().status, state(row), service.calls) == (Status.DEAD, "failed error", MAX_TRIES)
    assert service.origin not in delivery().last_error  # whoever has the address can send there


def test_a_device_that_failed_for_days_is_removed_and_the_person_told_once(person: User, service: PushService):
    device = add_to(person, service.subscribe(500, 500))
    now = timezone.now()
    fails = PushDevice.objects.filter(pk=device.pk)
    fails.update(failures=20, failing_since=now - dt.timedelta(days=2))
    tell(person)
    drain()
    assert fails.exists()  # many times, but not for long enough
    fails.update(failures=20, failing_since=now - dt.timedelta(days=4))
    try_again()
    drain()
    assert not fails.exists()
    told = Notification.objects.get(category="device_lost")
    assert (told.user, told.title) == (person, "Notifications no longer reach Firefox, Linux")
    assert not Delivery.objects.exclude(status=Status.DONE).exists()


def test_once_reached_its_failures_are_forgotten(person: User, service: PushService):
    device = add_to(person, service.subscribe())
    PushDevice.objects.update(failures=20, failing_since=timezone.now() - dt.timedelta(days=9))
    tell(person)
    drain()
    device.refresh_from_db()
    assert (device.failures, device.failing_since) == (0, None)


def test_a_process_that_died_before_it_could_write_sends_the_same_again(person: User, service: PushService):
    """One topic and one tag: the device shows it once."""
    mine = service.subscribe()
    add_to(person, mine)
    row = tell(person)
    drain()
    PushSending.objects.update(state="waiting")
    push(notification_id=row.pk)
    first, second = mine.received
    assert first.headers["topic"] == second.headers["topic"]
    assert first.message == second.message
    push(notification_id=row.pk)
    assert len(mine.received) == 2


def test_one_turned_on_meanwhile_does_not_get_what_came_before(person: User, service: PushService):
    add_to(person, service.subscribe(500))
    tell(person)
    drain()
    late = service.subscribe()
    add_to(person, late)
    try_again()
    assert late.received == []


# ── Of no use any more ───────────────────────────────────────────────────────
def _lose_sight(person: User) -> None:
    ProjectMember.objects.all().delete()


def _be_gone(person: User) -> None:
    User.objects.filter(pk=person.pk).update(is_active=False)


def _read(person: User) -> None:
    mark_read(person=person, rows=Notification.objects.all())


def _start(person: User) -> None:
    start_timer(user=person)


@pytest.mark.parametrize(
    ("happens", "reason"), [(_lose_sight, "permission"), (_be_gone, "permission"), (_read, "read"), (_start, "ended")]
)
def test_it_is_asked_again_before_it_leaves(person: User, service: PushService, happens: Any, reason: str):
    mine = service.subscribe(500)
    add_to(person, mine)
    row = tell(person, subject=make_project(person, is_public=False))
    Notification.objects.update(condition="no_timer")
    drain()
    assert state(row) == "failed error"
    happens(person)
    try_again()
    assert (state(row), mine.received) == (f"held {reason}", [])


def test_what_one_device_has_got_stays_sent(person: User, service: PushService):
    add_to(person, service.subscribe())
    add_to(person, service.subscribe(500))
    row = tell(person)
    drain()
    _read(person)
    try_again()
    assert (state(row), delivery().status, service.calls) == ("sent", Status.DONE, 2)


def test_a_reminder_about_now_is_not_kept_for_long(person: User, service: PushService):
    mine = service.subscribe()
    add_to(person, mine)
    row = tell(person)
    Notification.objects.update(condition="no_timer")
    drain()
    assert (mine.received[0].headers["ttl"], state(row)) == ("3600", "sent")


def test_after_a_snooze_every_device_gets_it_again(person: User, service: PushService):
    mine = service.subscribe()
    add_to(person, mine)
    row = tell(person)
    drain()
    later = timezone.now() + HOUR
    snooze(person=person, rows=Notification.objects.all(), until=later)
    wake_snoozed(later)
    drain()
    assert (state(row), len(mine.received)) == ("sent", 2)


# ── The same order as elsewhere: right, preference, quiet, rate ──────────────
def test_quiet_hours_hold_it_back_and_a_digest_follows(person: User, service: PushService):
    mine = service.subscribe()
    add_to(person, mine)
    save_settings(person=person, quiet=True, quiet_from=dt.time(0), quiet_until=dt.time(23, 59))
    rows = [tell(person, title) for title in ("One", "Two")]
    drain()
    assert ([state(row) for row in rows], mine.received) == (["held quiet"] * 2, [])
    save_settings(person=person, quiet=False)
    release_held(timezone.now() + MINUTE)
    drain()
    assert mine.texts == ["2 notifications came while it was quiet"]


def test_a_flood_is_told_as_one(person: User, service: PushService):
    mine = service.subscribe()
    add_to(person, mine)
    rows = [tell(person, f"Number {number}") for number in range(5)]
    drain()
    assert [state(row) for row in rows] == ["sent"] * 3 + ["held rate"] * 2
    release_held(timezone.now() + 2 * MINUTE)
    drain()
    assert mine.texts[-1] == "2 more notifications"


def test_who_wants_none_or_has_no_device_gets_none(person: User, service: PushService):
    assert state(tell(person)) == "held no_device"
    add_to(person, service.subscribe())
    set_preferences(person=person, grid={"own": [Channel.CENTRE]})
    assert state(tell(person)) == "held preference"
    set_preferences(person=person, grid={"own": [Channel.PUSH]})
    save_settings(person=person, least_priority="high")
    assert state(tell(person)) == "held priority"
    drain()
    assert service.calls == 0


def test_devices_that_went_between_decision_and_delivery(person: User, service: PushService):
    add_to(person, service.subscribe())
    row = tell(person)
    PushDevice.objects.all().delete()
    drain()
    assert state(row) == "held no_device"


def test_a_notification_that_is_gone_is_not_missed(person: User, service: PushService):
    add_to(person, service.subscribe())
    tell(person, category=OWN).delete()
    drain()
    assert (service.calls, delivery().status) == (0, Status.DONE)


# ── Ten thousand of them ─────────────────────────────────────────────────────
def test_its_statements_do_not_grow_with_what_there_is(
    person: User, service: PushService, django_assert_num_queries: Any
):
    add_to(person, service.subscribe())
    row = tell(person)
    with django_assert_num_queries(STATEMENTS):
        push(notification_id=row.pk)
    people = User.objects.bulk_create(User(username=f"u{number}") for number in range(500))
    PushDevice.objects.bulk_create(
        PushDevice(user=someone, endpoint=f"https://push.test/{someone.pk}/{turn}")
        for someone in people
        for turn in range(20)
    )
    for _ in range(18):
        add_to(person, service.subscribe())
    row = tell(person)
    with django_assert_num_queries(STATEMENTS):
        push(notification_id=row.pk)
    assert outcome(row).detail == "19/19"
