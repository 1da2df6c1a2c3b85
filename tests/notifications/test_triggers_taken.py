"""How reminders are taken: not today, twice in a row, heeded, stopped; and all of it taken back."""

from __future__ import annotations

import json

import pytest
import time_machine

from accounts.models import User
from notifications.categories import category_named
from notifications.choices import TriggerKind
from notifications.models import Notification, Preference
from notifications.services.preferences import mute
from notifications.services.reading import archive, delete, mark_read
from notifications.services.reminding import not_today, today_after_all
from tests.notifications.looks import at, do_at, go_to, live, plan_at, row_of, told
from tracking.services.timer import start_timer, stop_timer

pytestmark = pytest.mark.django_db
NO_TIMER, FORGOTTEN = TriggerKind.NO_TIMER, TriggerKind.FORGOTTEN_TIMER
WAYS = {"archive": archive, "delete": delete}
ASKED = "You put off “No timer runs in working hours” 2 times in a row. Stop these reminders?"


@pytest.fixture
def person(owner: User) -> User:
    plan_at(at("6:00"), owner)
    return owner


def test_not_today_is_for_today(person: User):
    do_at(at("10:00"), not_today, person=person, kind=NO_TIMER)
    go_to(at("10:30"))
    assert told(person, NO_TIMER) == []
    go_to(at("10:30", 5))
    assert told(person, NO_TIMER) == ["No timer runs"]


def test_archived_unread_is_put_off_and_twice_in_a_row_asks(person: User):
    for day in (4, 5):
        assert ASKED not in told(person, NO_TIMER)
        go_to(at("10:30", day))
        rows = Notification.objects.filter(category=NO_TIMER, title="No timer runs", archived_at=None)
        do_at(at("10:35", day), archive, person=person, rows=rows)
    assert told(person, NO_TIMER).count(ASKED) == 1
    assert row_of(person, NO_TIMER).dismissals == 0


@pytest.mark.parametrize("way", ["archive", "delete"])
def test_brought_back_it_was_not_put_off(person: User, way: str):
    for day in (4, 5):
        go_to(at("10:30", day))
        rows = Notification.objects.filter(category=NO_TIMER, title="No timer runs", archived_at=None, deleted_at=None)
        ids = do_at(at("10:35", day), WAYS[way], person=person, rows=rows)
    gone = Notification.objects.filter(pk__in=ids)
    back = {"archive": {"archived": False}, "delete": {"deleted": False}}[way]
    do_at(at("10:36", 5), WAYS[way], person=person, rows=gone, **back)
    assert live(person, NO_TIMER) == ["No timer runs"]
    row = row_of(person, NO_TIMER)
    assert (row.dismissals, row.dismissed_on) == (1, None)
    do_at(at("10:37", 5), not_today, person=person, kind=NO_TIMER)
    assert live(person, NO_TIMER) == [ASKED]


def test_not_today_is_taken_back_by_its_undo(person: User, client_for):
    go_to(at("10:30"))
    with time_machine.travel(at("10:31"), tick=False):
        browser = client_for(person)
        answer = browser.post(f"/notifications/triggers/{NO_TIMER}/not-today/", headers={"HX-Request": "true"})
        assert (live(person, NO_TIMER), row_of(person, NO_TIMER).dismissals) == ([], 1)
        toast = json.loads(answer.headers["HX-Trigger"])["toast"]
        assert toast["text"] == "Not today any more."
        assert browser.post(toast["undo_url"], headers={"HX-Request": "true"}).status_code == 204
    assert live(person, NO_TIMER) == ["No timer runs"]
    row = row_of(person, NO_TIMER)
    assert (row.dismissals, row.dismissed_on) == (0, None)


def test_an_undo_of_yesterday_changes_nothing_of_today(person: User):
    do_at(at("10:00"), not_today, person=person, kind=NO_TIMER)
    do_at(at("10:00", 5), not_today, person=person, kind=FORGOTTEN)
    do_at(at("10:01", 5), today_after_all, person=person, kind=NO_TIMER)
    assert row_of(person, NO_TIMER).dismissals == 1
    assert row_of(person, FORGOTTEN).dismissals == 1


def test_nobody_brings_back_what_is_anothers(person: User, teammate: User):
    go_to(at("10:30"))
    [theirs] = Notification.objects.filter(user=person)
    do_at(at("10:31"), not_today, person=person, kind=NO_TIMER)
    do_at(at("10:32"), today_after_all, person=teammate, kind=NO_TIMER, rows=[theirs.pk])
    assert (live(person, NO_TIMER), row_of(person, NO_TIMER).dismissals) == ([], 1)


def test_what_was_heeded_in_between_breaks_the_row(person: User):
    go_to(at("10:30"))
    do_at(at("10:31"), archive, person=person, rows=Notification.objects.filter(user=person))
    go_to(at("10:30", 5))
    do_at(at("10:40", 5), start_timer, user=person)
    do_at(at("11:00", 5), stop_timer, user=person)
    go_to(at("10:30", 6))
    do_at(at("10:31", 6), archive, person=person, rows=Notification.objects.filter(archived_at=None))
    assert told(person, NO_TIMER) == ["No timer runs"] * 3


def test_what_is_over_goes_though_it_was_read(person: User):
    go_to(at("10:30"))
    do_at(at("10:31"), mark_read, person=person, rows=Notification.objects.filter(user=person))
    assert Notification.objects.inbox(person).filter(category=NO_TIMER).count() == 1
    do_at(at("10:40"), start_timer, user=person)
    assert Notification.objects.inbox(person).filter(category=NO_TIMER).count() == 0


def test_what_was_read_is_no_dismissal(person: User):
    go_to(at("10:30"))
    rows = Notification.objects.filter(user=person)
    do_at(at("10:31"), mark_read, person=person, rows=rows)
    do_at(at("10:32"), archive, person=person, rows=rows)
    assert row_of(person, NO_TIMER).dismissals == 0


def test_its_stop_switches_the_kind_off_and_can_be_taken_back(person: User, client_for):
    answer = client_for(person).post(f"/notifications/triggers/{NO_TIMER}/stop/", headers={"HX-Request": "true"})
    assert answer.status_code == 204
    assert set(Preference.objects.filter(user=person, category=NO_TIMER).values_list("wanted", flat=True)) == {False}
    go_to(at("10:30"))
    assert told(person, NO_TIMER) == []
    assert client_for(person).post("/notifications/triggers/made-up/stop/").status_code == 404


def test_a_kind_that_is_switched_off_makes_no_rows(person: User):
    mute(person=person, category=category_named(NO_TIMER))
    go_to(at("10:30"))
    assert not Notification.objects.filter(category=NO_TIMER).exists()
