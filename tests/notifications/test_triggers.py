"""Triggers on a moved clock: each says what is so when it is so, once, and stops when told to."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from django.utils import timezone

from accounts.models import Organisation, User
from accounts.services.people import deactivate_person
from accounts.services.profile import update_profile
from notifications.choices import TriggerKind
from notifications.models import Notification, Trigger
from notifications.services import triggers
from notifications.services.preferences import save_settings
from notifications.services.reminding import tell
from notifications.services.triggers import announce_due, plan_missing
from tests.factories import UserFactory
from tests.notifications.looks import at, do_at, go_to, live, plan_at, row_of, told
from timetracker.events.dispatch import drain
from timetracker.events.models import Event
from tracking.services.entries import create_entry
from tracking.services.timer import pause_timer, start_timer, stop_timer

pytestmark = pytest.mark.django_db
NO_TIMER, FORGOTTEN, SUMMARY, GOAL = (
    TriggerKind.NO_TIMER, TriggerKind.FORGOTTEN_TIMER, TriggerKind.DAILY_SUMMARY, TriggerKind.WEEK_GOAL,
)  # fmt: skip
HOUR = dt.timedelta(hours=1)
DAY = 24 * HOUR


@pytest.fixture
def person(owner: User) -> User:
    plan_at(at("6:00"), owner)
    return owner


def log(person: User, start: dt.datetime, length: dt.timedelta) -> None:
    do_at(start + length, create_entry, user=person, actor=person, started_at=start, ended_at=start + length)


# ── No timer ─────────────────────────────────────────────────────────────────
def test_no_timer_in_working_hours_is_said_once_a_day(person: User):
    go_to(at("10:29"))
    assert told(person, NO_TIMER) == []
    go_to(at("10:30"))
    go_to(at("12:30"))
    go_to(at("16:30"))
    assert told(person, NO_TIMER) == ["No timer runs"]
    go_to(at("10:30", 5))
    assert told(person, NO_TIMER) == ["No timer runs"] * 2
    assert live(person, NO_TIMER) == ["No timer runs"]  # one that stands


def test_who_runs_a_timer_is_left_alone_until_it_has_stopped_for_a_while(person: User):
    do_at(at("9:00"), start_timer, user=person)
    go_to(at("10:30"))
    do_at(at("12:00"), stop_timer, user=person)
    go_to(at("13:29"))
    assert told(person, NO_TIMER) == []
    go_to(at("13:30"))
    assert told(person, NO_TIMER) == ["No timer runs"]


def test_a_timer_that_was_started_a_second_earlier_is_seen_at_delivery(person: User):
    with time_machine.travel(at("10:30"), tick=False):
        assert announce_due(at("10:30")) == 1
        start_timer(user=person)
        drain()
    assert Event.objects.filter(type="trigger_due").count() == 1
    assert told(person, NO_TIMER) == []


def test_told_twice_it_stands_once(person: User):
    go_to(at("10:30"))
    do_at(at("10:31"), tell, event=Event.objects.get(type="trigger_due"))
    assert (told(person, NO_TIMER), live(person, NO_TIMER)) == (["No timer runs"], ["No timer runs"])


def test_starting_a_timer_takes_the_reminder_away(person: User):
    go_to(at("10:30"))
    do_at(at("10:40"), start_timer, user=person)
    assert live(person, NO_TIMER) == []


def test_what_was_written_down_by_hand_counts_as_work(person: User):
    log(person, at("9:00"), HOUR)
    go_to(at("10:30"))
    go_to(at("11:29"))
    assert told(person, NO_TIMER) == []
    go_to(at("11:30"))
    assert told(person, NO_TIMER) == ["No timer runs"]


@pytest.mark.parametrize("day", [7, 8])
def test_days_off_are_days_off(person: User, day: int):
    update_profile(person=person, actor=person, working_days=[0, 1, 2, 3, 4])
    go_to(at("6:00", 7))
    before = told(person, NO_TIMER)
    go_to(at("10:30", day))
    go_to(at("16:00", day))
    assert told(person, NO_TIMER) == before


def test_so_are_public_holidays(person: User):
    Organisation.objects.update(holidays="DE-BE")
    for clock in ("10:30", "16:00"):
        go_to(dt.datetime(2026, 4, 3, *map(int, clock.split(":")), tzinfo=dt.UTC))  # Good Friday
    assert not Notification.objects.filter(category=NO_TIMER, delivered_at__date="2026-04-03").exists()


def test_downtime_over_the_working_day_says_nothing_late(person: User):
    go_to(at("20:00"))
    assert told(person, NO_TIMER) == []
    go_to(at("10:30", 5))
    assert told(person, NO_TIMER) == ["No timer runs"]


# ── Forgotten ────────────────────────────────────────────────────────────────
def test_a_timer_that_runs_past_work_is_said_once(person: User):
    do_at(at("9:00"), start_timer, user=person, description="Landing page")
    go_to(at("17:59"))
    assert told(person, FORGOTTEN) == []
    for clock in ("18:00", "21:00", "23:00"):
        go_to(at(clock))
    assert told(person, FORGOTTEN) == ["Your timer has run for 9:00 h: Landing page"]
    row = Notification.objects.get(category=FORGOTTEN)
    assert [action["label"] for action in row.actions] == ["Stop now", "Stop at 17:30", "Not today"]


def test_the_next_morning_its_button_names_the_day(person: User):
    do_at(at("9:00"), start_timer, user=person)
    go_to(at("9:00", 5))
    row = Notification.objects.get(category=FORGOTTEN)
    assert [action["label"] for action in row.actions] == ["Stop now", "Stop at Wed 17:30", "Not today"]


def test_the_button_names_what_it_goes_on_with(person: User):
    do_at(at("9:00"), start_timer, user=person, description="A landing page with a long name that goes on")
    do_at(at("9:30"), stop_timer, user=person)
    go_to(at("11:00"))
    labels = [action["label"] for action in Notification.objects.get(category=NO_TIMER).actions]
    assert labels == ["Go on: A landing page with a long name …", "Not today"]


def test_stopping_the_timer_takes_it_away(person: User):
    do_at(at("9:00"), start_timer, user=person)
    go_to(at("18:00"))
    assert live(person, FORGOTTEN)
    do_at(at("18:10"), stop_timer, user=person)
    assert live(person, FORGOTTEN) == []


def test_its_button_stops_it_when_work_ended(person: User, client_for):
    do_at(at("9:00"), start_timer, user=person)
    go_to(at("18:00"))
    row = Notification.objects.get(category=FORGOTTEN)
    with time_machine.travel(at("18:05"), tick=False):
        client_for(person).post(row.actions[1]["url"])
    entry = person.entries.get()
    assert entry.ended_at == at("17:30")


def test_the_next_timer_is_another_one(person: User):
    do_at(at("9:00"), start_timer, user=person)
    go_to(at("18:00"))
    do_at(at("18:10"), stop_timer, user=person)
    do_at(at("9:00", 5), start_timer, user=person)
    go_to(at("18:00", 5))
    assert len(told(person, FORGOTTEN)) == 2


# ── Summary ──────────────────────────────────────────────────────────────────
def test_the_day_is_summed_up_at_six(person: User):
    log(person, at("9:00"), 3 * HOUR)
    go_to(at("17:59"))
    assert told(person, SUMMARY) == []
    go_to(at("18:00"))
    go_to(at("18:01"))
    assert told(person, SUMMARY) == ["Wednesday, 4 Mar 2026: 3:00 h"]
    assert Notification.objects.get(category=SUMMARY).message == "No project: 3:00 h"


def test_a_day_without_work_has_no_summary(person: User):
    go_to(at("18:00"))
    assert told(person, SUMMARY) == []
    assert row_of(person, SUMMARY).last_day == dt.date(2026, 3, 4)


def test_what_downtime_slept_through_comes_once_and_is_marked(person: User):
    log(person, at("9:00"), HOUR)
    log(person, at("9:00", 5), 2 * HOUR)
    go_to(at("20:00", 5))
    go_to(at("20:01", 5))
    assert told(person, SUMMARY) == ["Late: Wednesday, 4 Mar 2026: 1:00 h", "Late: Thursday, 5 Mar 2026: 2:00 h"]


def test_the_clock_jumping_back_repeats_nothing(person: User):
    log(person, at("9:00"), HOUR)
    go_to(at("18:00"))
    for clock in ("17:00", "17:30", "18:00", "19:00"):
        go_to(at(clock))
    assert told(person, SUMMARY) == ["Wednesday, 4 Mar 2026: 1:00 h"]


def test_whoever_moves_has_one_summary_for_each_date(person: User):
    log(person, at("9:00"), HOUR)
    go_to(at("18:00"))
    do_at(at("18:30"), update_profile, person=person, actor=person, time_zone="America/New_York")
    for clock in ("19:00", "22:00", "23:00"):  # six o'clock there
        go_to(at(clock))
    assert told(person, SUMMARY) == ["Wednesday, 4 Mar 2026: 1:00 h"]
    log(person, at("15:00", 5), HOUR)
    go_to(at("22:59", 5))
    assert len(told(person, SUMMARY)) == 1
    go_to(at("23:00", 5))
    assert told(person, SUMMARY) == ["Wednesday, 4 Mar 2026: 1:00 h", "Thursday, 5 Mar 2026: 1:00 h"]


def test_the_hour_is_the_persons_own(person: User):
    log(person, at("9:00"), HOUR)
    do_at(at("10:00"), save_settings, person=person, summary_at=dt.time(12, 15))
    go_to(at("12:14"))
    assert told(person, SUMMARY) == []
    go_to(at("12:15"))
    assert told(person, SUMMARY) == ["Wednesday, 4 Mar 2026: 1:00 h"]


# ── The week ─────────────────────────────────────────────────────────────────
def test_a_week_that_ends_short_is_said_on_its_last_working_day(person: User):
    log(person, at("9:00"), 8 * HOUR)
    for day in (5, 6):
        go_to(at("15:29", day))
    assert told(person, GOAL) == []
    go_to(at("15:30", 6))
    assert told(person, GOAL) == ["32:00 h left of your 40:00 h this week"]
    go_to(at("15:31", 6))
    assert len(told(person, GOAL)) == 1


def test_who_has_reached_the_goal_hears_nothing(person: User):
    update_profile(person=person, actor=person, weekly_goal_hours=8)
    log(person, at("9:00"), 8 * HOUR)
    go_to(at("15:30", 6))
    assert told(person, GOAL) == []


# ── Planning ─────────────────────────────────────────────────────────────────
def test_whoever_has_no_rows_gets_them(owner: User, teammate: User):
    now = at("6:00")
    assert plan_missing(now) == 2
    assert plan_missing(now) == 0
    assert Trigger.objects.filter(user=owner).count() == 4


def test_who_left_is_not_looked_at(person: User, administrator: User):
    deactivate_person(person=person, actor=administrator)
    go_to(at("10:30"))
    assert told(person, NO_TIMER) == []
    assert row_of(person, NO_TIMER).due_at is None


def test_a_row_that_cannot_be_looked_at_holds_up_nobody(person: User, teammate: User, monkeypatch):
    plan_at(at("6:00"), teammate)
    whole = triggers.next_look

    def fails_for_one(row, found, now):
        if row.user_id == person.pk:
            raise RuntimeError("made up")
        return whole(row, found, now)

    monkeypatch.setattr(triggers, "next_look", fails_for_one)
    go_to(at("10:30"))
    assert told(teammate, NO_TIMER) == ["No timer runs"]
    assert row_of(person, NO_TIMER).due_at == at("11:30")


def test_a_turn_is_as_many_statements_for_many_as_for_one(owner: User, django_assert_max_num_queries):
    people = UserFactory.create_batch(60)
    plan_at(at("6:00"), *people)
    with time_machine.travel(at("10:30"), tick=False), django_assert_max_num_queries(12):
        assert announce_due(timezone.now()) == 60
    assert Event.objects.filter(type="trigger_due").count() == 60


def test_the_rest_has_the_next_turn(owner: User, monkeypatch):
    monkeypatch.setattr(triggers, "AT_ONCE", 4)
    plan_at(at("6:00"), *UserFactory.create_batch(10))
    with time_machine.travel(at("10:30"), tick=False):
        assert [announce_due(at("10:30")) for _turn in range(4)] == [4, 4, 2, 0]


def test_a_pause_is_no_stop(person: User):
    do_at(at("9:00"), start_timer, user=person)
    do_at(at("9:30"), pause_timer, user=person)
    go_to(at("12:00"))
    assert told(person, NO_TIMER) == []
