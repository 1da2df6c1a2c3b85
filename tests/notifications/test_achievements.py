"""What is earned with time, when, and how often."""

from __future__ import annotations

import datetime as dt
from functools import partial
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Organisation, User
from notifications.models import Achievement, CountedTime, Notification
from notifications.schedules import forget_old
from notifications.services.preferences import save_settings, set_preferences
from tests.notifications.achieving import DAY, MONDAY, earned, log, settle, told, work, work_days
from tests.notifications.telling import HOUR, MINUTE
from timetracker.events.models import Event
from timetracker.events.registry import handlers
from tracking.services.timer import start_timer, stop_timer

pytestmark = pytest.mark.django_db
FIRST = "first_entry"
SATURDAY = MONDAY + 5 * DAY


@pytest.fixture(autouse=True)
def _no_goal(owner: User) -> None:
    """But where a test sets one."""
    User.objects.update(weekly_goal_hours=0)
    owner.refresh_from_db()


# ── The first entry ──────────────────────────────────────────────────────────
def test_the_first_timer_that_is_stopped(owner: User, teammate: User):
    work(owner)
    assert earned(owner) == [FIRST]
    assert told(owner) == ["Achieved: First entry"]
    work(owner, MONDAY + 2 * HOUR)
    assert (earned(owner), len(told(owner))) == ([FIRST], 1)
    assert earned(teammate) == told(teammate) == []


def test_an_entry_by_hand_is_a_first_one_too(owner: User):
    log(owner, MONDAY, 1, MONDAY + 3 * HOUR)
    assert earned(owner) == [FIRST]


def test_whoever_used_the_timer_before_is_not_told_of_a_first_one(owner: User):
    save_settings(person=owner, achievements=False)
    work(owner)
    save_settings(person=owner, achievements=True)
    work(owner, MONDAY + 2 * HOUR)
    assert earned(owner) == []


def test_it_is_told_in_the_language_of_the_person_and_leads_to_the_page(owner: User):
    User.objects.filter(pk=owner.pk).update(language="de")
    work(owner)
    [row] = Notification.objects.of(owner)
    assert (row.title, row.url) == ("Erreicht: Erster Eintrag", "/achievements/")


# ── A hundred hours in a month ───────────────────────────────────────────────
def test_a_hundred_hours_in_a_month(owner: User):
    work_days(owner, 9, hours=10)
    work(owner, MONDAY + 11 * DAY, 9.75)
    assert "hours_100 2026-03" not in earned(owner)
    work(owner, MONDAY + 12 * DAY, 0.25)
    assert "hours_100 2026-03" in earned(owner)
    assert told(owner)[-1] == "Achieved: 100 hours in March 2026"
    work(owner, MONDAY + 14 * DAY, 10)
    assert len([title for title in told(owner) if "100 hours" in title]) == 1


def test_each_month_is_its_own(owner: User):
    """Of a timer over the end of a month each month has its part, by the person's midnight."""
    User.objects.filter(pk=owner.pk).update(time_zone="Europe/Berlin")
    owner.refresh_from_db()
    work_days(owner, 9, MONDAY + 17 * DAY, hours=11)  # to the 31st: 99 hours
    late = dt.datetime(2026, 3, 31, 22, 0, tzinfo=ZoneInfo("Europe/Berlin"))
    work(owner, late, 2.5)
    assert "hours_100 2026-03" in earned(owner)
    april = CountedTime.objects.filter(day__gte=dt.date(2026, 4, 1)).get()
    assert april.seconds == 1800


def test_only_what_counts_makes_a_hundred(owner: User, administrator: User):
    now = MONDAY + 12 * DAY
    for day in range(10):
        log(owner, MONDAY + day * DAY, 10, now)  # afterwards, for days before
        log(owner, MONDAY + day * DAY + 10 * HOUR, 1, now - 10 * DAY + day * DAY, actor=administrator)
    work(owner, now, 1)
    assert "hours_100 2026-03" not in earned(owner)


# ── The week's goal ──────────────────────────────────────────────────────────
def test_the_goal_of_a_week_once_a_week(owner: User):
    User.objects.filter(pk=owner.pk).update(weekly_goal_hours=10)
    owner.refresh_from_db()
    work_days(owner, 2, hours=5)
    assert earned(owner) == [FIRST, "week_goal 2026-03-02"]
    assert told(owner)[-1] == "Achieved: Weekly goal met, week of 2 Mar 2026"
    work_days(owner, 3, MONDAY + 2 * DAY, hours=5)
    assert len(told(owner)) == 2
    work_days(owner, 2, MONDAY + 7 * DAY, hours=5)
    assert "week_goal 2026-03-09" in earned(owner)


def test_another_first_day_of_the_week_does_not_earn_it_again(owner: User):
    User.objects.filter(pk=owner.pk).update(weekly_goal_hours=2)
    owner.refresh_from_db()
    work(owner, hours=3)
    User.objects.filter(pk=owner.pk).update(week_start=6)
    work(owner, MONDAY + 1 * DAY, hours=3)
    assert [one for one in earned(owner) if "week" in one] == ["week_goal 2026-03-02"]


def test_several_at_once_are_told_together(owner: User):
    User.objects.filter(pk=owner.pk).update(weekly_goal_hours=1)
    owner.refresh_from_db()
    work(owner)
    assert told(owner) == ["Achieved: First entry · Weekly goal met, week of 2 Mar 2026"]
    assert Achievement.objects.count() == 2


# ── Streaks ──────────────────────────────────────────────────────────────────
def streaks(person: User) -> list[str]:
    return [one for one in earned(person) if one.startswith("streak")]


def test_seven_working_days_in_a_row_over_a_weekend(owner: User):
    work_days(owner, 6)
    assert streaks(owner) == []
    work_days(owner, 1, MONDAY + 8 * DAY)
    assert streaks(owner) == ["streak_7 2026-03-10"]
    assert told(owner)[-1] == "Achieved: 7 working days in a row"


def test_thirty_of_them_and_each_row_once(owner: User):
    work_days(owner, 45)
    assert streaks(owner) == ["streak_30 2026-04-10", "streak_7 2026-03-10"]


@pytest.mark.parametrize("hours", [1, 13])
def test_a_row_that_is_earned_is_not_earned_again_however_long_it_is(owner: User, hours: int):
    """Also on a day of which nothing counts yet: a timer of 13 hours is to be reviewed first."""
    entry = work(owner)
    for number in range(1, 100):
        day = entry.started_at.date() - number * DAY
        CountedTime.objects.create(person=owner, entry=entry, day=day, zone="UTC", witnessed=60, seconds=60)
    Achievement.objects.filter(kind__startswith="streak").delete()
    for kind in ("streak_7", "streak_30"):
        Achievement.objects.create(person=owner, kind=kind, mark="2025-12-15", earned_at=MONDAY - 70 * DAY)
    work(owner, MONDAY + DAY, hours)
    assert streaks(owner) == ["streak_30 2025-12-15", "streak_7 2025-12-15"]


def test_a_day_left_out_begins_another_row(owner: User):
    work_days(owner, 5)
    work_days(owner, 7, MONDAY + 8 * DAY)
    assert streaks(owner) == ["streak_7 2026-03-18"]
    work_days(owner, 7, MONDAY + 30 * DAY)
    assert len(streaks(owner)) == 2


def test_work_on_a_day_off_neither_adds_nor_breaks(owner: User):
    work_days(owner, 6)
    work(owner, SATURDAY)
    work(owner, SATURDAY + 7 * DAY)
    assert streaks(owner) == []


def test_a_public_holiday_does_not_break_it(owner: User):
    Organisation.objects.update(holidays="DE")
    easter = dt.datetime(2026, 4, 1, 9, tzinfo=dt.UTC)  # Friday the 3rd and Monday the 6th are holidays
    work_days(owner, 2, easter)
    work_days(owner, 5, easter + 6 * DAY)
    assert streaks(owner) == ["streak_7 2026-04-13"]
    Achievement.objects.all().delete()
    Organisation.objects.update(holidays="")
    work(owner, easter + 13 * DAY)
    assert streaks(owner) == []


def test_yesterday_may_be_written_down_today(owner: User):
    work_days(owner, 5)
    log(owner, MONDAY + 7 * DAY, 1, MONDAY + 8 * DAY)
    work(owner, MONDAY + 8 * DAY)
    assert streaks(owner) == ["streak_7 2026-03-10"]


def test_what_is_written_for_the_day_before_yesterday_does_not_count(owner: User):
    work_days(owner, 5)
    log(owner, MONDAY + 7 * DAY, 1, MONDAY + 9 * DAY)
    work_days(owner, 2, MONDAY + 8 * DAY)
    assert streaks(owner) == []


def test_nobody_who_has_no_working_days_has_a_streak(owner: User):
    work_days(owner, 6)
    User.objects.filter(pk=owner.pk).update(working_days=[])
    owner.refresh_from_db()
    work(owner, MONDAY + 8 * DAY)
    assert streaks(owner) == []


# ── Clocks ───────────────────────────────────────────────────────────────────
def test_a_timer_over_midnight_is_of_both_days(owner: User):
    User.objects.filter(pk=owner.pk).update(time_zone="America/New_York")
    owner.refresh_from_db()
    work(owner, dt.datetime(2026, 3, 3, 4, 30, tzinfo=dt.UTC))  # 23:30 to 00:30 there
    days = dict(CountedTime.objects.values_list("day", "seconds"))
    assert days == {dt.date(2026, 3, 2): 1800, dt.date(2026, 3, 3): 1800}


@pytest.mark.parametrize(("zone", "evening", "hours"), [
    ("Europe/Berlin", dt.datetime(2026, 3, 28, 21, 0, tzinfo=dt.UTC), 10),  # a night of one hour less
    ("Europe/Berlin", dt.datetime(2026, 10, 24, 20, 0, tzinfo=dt.UTC), 10),  # and of one more
])  # fmt: skip
def test_a_night_in_which_clocks_change_counts_what_was_worked(
    owner: User, zone: str, evening: dt.datetime, hours: int
):
    User.objects.filter(pk=owner.pk).update(time_zone=zone)
    owner.refresh_from_db()
    work(owner, evening, hours)
    assert sum(CountedTime.objects.values_list("seconds", flat=True)) == hours * 3600
    assert CountedTime.objects.count() == 2


@pytest.mark.parametrize("zones", [
    ("Pacific/Honolulu", "Pacific/Kiritimati"), ("Pacific/Kiritimati", "Pacific/Honolulu"), ("UTC", "Asia/Tokyo"),
])  # fmt: skip
def test_days_stay_those_on_which_they_were_worked_when_the_zone_changes(owner: User, zones: tuple[str, str]):
    """Three mornings there and four evenings here, by the clock of the place: seven days in a row."""
    for number, day in enumerate((0, 1, 2, 3, 4, 7, 8)):
        name, clock = zones[number > 2], dt.time(20 if number > 2 else 8)
        User.objects.filter(pk=owner.pk).update(time_zone=name)
        owner.refresh_from_db()
        date = (MONDAY + day * DAY).date()
        work(owner, dt.datetime.combine(date, clock, ZoneInfo(name)).astimezone(dt.UTC))
    assert streaks(owner) == ["streak_7 2026-03-10"]


# ── Once, however often ──────────────────────────────────────────────────────
def test_however_often_an_event_is_handed_over_it_counts_once(owner: User):
    work(owner)
    event = Event.objects.get(type="timer_stopped")
    handlers()["notifications.count_time"].function(event)
    assert (earned(owner), len(told(owner)), CountedTime.objects.count()) == ([FIRST], 1, 1)


@pytest.mark.django_db(transaction=True)
def test_two_at_once_earn_it_once(owner: User, run_at_once):
    with time_machine.travel(MONDAY, tick=False):
        start_timer(user=owner)
    with time_machine.travel(MONDAY + HOUR, tick=False):
        start_timer(user=owner)
    with time_machine.travel(MONDAY + 2 * HOUR, tick=False):
        stop_timer(user=owner)
    first, second = Event.objects.filter(type="timer_stopped")
    Achievement.objects.all().delete()
    Notification.objects.all().delete()
    CountedTime.objects.all().delete()
    handle = handlers()["notifications.count_time"].function
    run_at_once(*[partial(handle, event) for event in (first, second) * 4])
    assert [one.kind for one in Achievement.objects.all()] == [FIRST]
    assert CountedTime.objects.count() == 2
    assert len(told(owner)) == 1


# ── Off ──────────────────────────────────────────────────────────────────────
def test_where_they_are_off_nothing_is_counted_earned_or_told(owner: User):
    save_settings(person=owner, achievements=False)
    work_days(owner, 8)
    assert earned(owner) == told(owner) == []
    assert not CountedTime.objects.exists()


def test_where_they_are_off_for_everybody_one_may_have_them(owner: User, teammate: User):
    save_settings(person=None, achievements=False)
    save_settings(person=owner, achievements=True)
    work(owner)
    work(teammate)
    assert (earned(owner), earned(teammate)) == ([FIRST], [])


def test_whoever_mutes_them_earns_and_is_not_told(owner: User):
    set_preferences(person=owner, grid={"achievement": []})
    work(owner)
    assert earned(owner) == [FIRST]
    assert not Notification.objects.of(owner).exists()


def test_whoever_has_left_earns_nothing(owner: User):
    with time_machine.travel(MONDAY, tick=False):
        start_timer(user=owner)
        User.objects.filter(pk=owner.pk).update(is_active=False)
        stop_timer(user=owner)
        settle()
    assert earned(owner) == []


# ── Cost ─────────────────────────────────────────────────────────────────────
def test_it_costs_the_same_whatever_there_is(owner: User):
    def cost(day: int) -> int:
        work(owner, MONDAY + day * DAY)
        event = Event.objects.filter(type="timer_stopped").first()
        assert event is not None
        with CaptureQueriesContext(connection) as found:
            handlers()["notifications.count_time"].function(event)
        return len(found)

    work(owner)
    few = cost(1)
    work_days(owner, 3, MONDAY + 2 * DAY)
    for minutes in range(20):
        work(owner, MONDAY + 8 * DAY + minutes * 10 * MINUTE, 0.1)
    assert cost(9) == few <= 14


def test_what_no_rule_looks_at_any_more_is_forgotten(owner: User):
    work(owner)
    forget_old(MONDAY + 399 * DAY)
    assert CountedTime.objects.count() == 1
    forget_old(MONDAY + 402 * DAY)
    assert (CountedTime.objects.count(), earned(owner)) == (0, [FIRST])
