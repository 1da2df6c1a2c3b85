"""The week against its goal, as the sidebar says it, and the keys of recent projects."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from django.test import Client

from accounts.models import User
from tests.conftest import ClientFor
from tests.tracking.pages import HTMX, text, toast_of
from tests.work import make_entry, make_project
from tracking.models import Project, TimeEntry
from tracking.queries import week_progress, worked_seconds
from tracking.services.timer import pause_timer, resume_timer, start_timer, stop_timer

pytestmark = pytest.mark.django_db

WEDNESDAY = dt.datetime(2026, 3, 4, 12, 0, tzinfo=dt.UTC)
HOUR = 3600


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(WEDNESDAY, tick=False) as traveller:
        yield traveller


def work(user: User, day: int, hours: float, **fields) -> TimeEntry:
    return make_entry(user, dt.datetime(2026, 3, day, 1, tzinfo=dt.UTC), int(hours * 60), **fields)


def said(browser: Client) -> str:
    """What the foot of the sidebar says about the week."""
    page = text(browser.get("/entries/"))
    return " ".join(page.partition('class="week-foot"')[2].partition("</aside>")[0].split())


# ── The week ─────────────────────────────────────────────────────────────────
def test_the_week_by_day_and_project(owner: User):
    project = make_project()
    work(owner, 1, 5)  # Sunday: last week
    work(owner, 2, 8, project=project)
    work(owner, 4, 3)
    week = week_progress(owner)
    assert (week.seconds, week.today_seconds, week.by_project[project.pk]) == (11 * HOUR, 3 * HOUR, 8 * HOUR)
    assert (week.left, week.over, week.percent) == (29 * HOUR, 0, 27)
    assert worked_seconds(owner, dt.date(2026, 3, 2), dt.date(2026, 3, 8)) == week.seconds


def test_pace_counts_only_days_that_were_worked(owner: User):
    assert week_progress(owner).forecast is None
    work(owner, 2, 8)
    work(owner, 3, 6)
    week = week_progress(owner)
    # 14 done, then 7 on each of Wednesday, Thursday and Friday.
    assert week.forecast == 35 * HOUR
    assert not week.on_pace
    # What each of the three days needs for 40.
    assert week.a_day == 26 * HOUR // 3
    work(owner, 4, 11)
    assert week_progress(owner).forecast == (14 + 11 + 7 + 7) * HOUR
    work(owner, 1, 20)
    assert week_progress(owner).forecast == 39 * HOUR  # last Sunday is another week


@pytest.mark.parametrize(
    ("hours", "words"),
    [
        ({}, "40:00 left of 40:00, 13:20 a day"),
        ({2: 9, 3: 9}, "22:00 left of 40:00, on pace"),
        ({2: 4, 3: 4}, "32:00 left of 40:00, heading for 20:00"),
        ({2: 12, 3: 12, 4: 10, 1: 3}, "6:00 left of 40:00, on pace"),
        ({2: 20, 3: 20}, "Goal of 40:00 reached"),
        ({2: 20, 3: 22}, "Goal of 40:00 reached, 2:00 over"),
    ],
)
def test_the_sentence(olga: Client, owner: User, hours: dict, words: str):
    for day, length in hours.items():
        work(owner, day, length)
    assert f"{words} </p>" in said(olga)


def test_at_the_end_of_the_week_and_without_a_goal(olga: Client, owner: User, clock):
    work(owner, 2, 9)
    clock.shift(dt.timedelta(days=4))
    assert "31:00 left of 40:00 </p>" in said(olga)
    User.objects.update(weekly_goal_hours=0)
    assert "progress" not in said(olga)
    assert olga.get("/").status_code == 200


def test_the_week_of_somebody_far_east(owner: User, clock):
    owner.time_zone, owner.week_start = "Pacific/Kiritimati", 6
    owner.save()
    clock.move_to(dt.datetime(2026, 2, 28, 11, tzinfo=dt.UTC))  # Sunday, one at night, there
    make_entry(owner, dt.datetime(2026, 2, 28, 9, tzinfo=dt.UTC), 30)  # Saturday 23:00 there
    make_entry(owner, dt.datetime(2026, 2, 28, 10, tzinfo=dt.UTC), 30)
    assert week_progress(owner).seconds == week_progress(owner).today_seconds == 1800


def test_what_runs_counts_and_a_pause_does_not(owner: User, clock):
    start_timer(user=owner)
    clock.shift(HOUR)
    assert week_progress(owner).total.seconds == week_progress(owner).today_total.seconds == HOUR
    pause_timer(user=owner)
    clock.shift(HOUR)
    assert week_progress(owner).seconds == HOUR


def test_a_timer_over_midnight_counts_on_both_days(owner: User, clock):
    clock.move_to(dt.datetime(2026, 3, 3, 22, 0, tzinfo=dt.UTC))
    start_timer(user=owner)
    clock.shift(HOUR)
    pause_timer(user=owner)
    clock.shift(HOUR / 2)  # half past eleven
    resume_timer(user=owner)
    clock.shift(2 * HOUR)  # half past one
    week = week_progress(owner)
    assert (week.by_day[dt.date(2026, 3, 3)], week.today_seconds, week.seconds) == (1.5 * HOUR, 1.5 * HOUR, 3 * HOUR)
    assert (week.today_total.seconds, week.total.seconds) == (1.5 * HOUR, 3 * HOUR)
    stop_timer(user=owner)
    done = week_progress(owner)
    assert (done.today_seconds, done.seconds) == (1.5 * HOUR, 3 * HOUR)


def test_a_timer_since_last_week_counts_from_monday(owner: User, clock):
    clock.move_to(dt.datetime(2026, 3, 1, 23, 0, tzinfo=dt.UTC))
    start_timer(user=owner)
    clock.shift(3 * HOUR)
    week = week_progress(owner)
    assert (week.today_seconds, week.seconds, week.total.seconds) == (2 * HOUR, 2 * HOUR, 2 * HOUR)


def test_the_week_takes_one_statement(owner: User, django_assert_num_queries):
    work(owner, 2, 1)
    work(owner, 3, 1)
    timer = start_timer(user=owner)
    with django_assert_num_queries(3):  # the timer, its tags
        week_progress(owner)
    with django_assert_num_queries(1):
        week = week_progress(owner, running=timer)
        assert (week.seconds, week.on_pace, week.a_day) != (0, None, 0)


# ── Keys for recent projects ─────────────────────────────────────────────────
def recent_work(user: User) -> None:
    """On one open project, and later on two that are closed."""
    for day, name in ((2, "Acme site"), (3, "Gone"), (4, "Gone too")):
        work(user, day, 1, project=make_project(name=name))
    Project.objects.filter(name__startswith="Gone").update(status="archived")


def test_the_keys_of_recent_projects_say_which(client_for: ClientFor, owner: User):
    recent_work(owner)
    browser = client_for(owner)
    names = browser.get("/settings/shortcuts/names/").json()
    assert names["timer-recent-1"] == "Start timer on Acme site"
    assert [name for name, said in names.items() if not said] == [f"timer-recent-{place}" for place in range(2, 6)]
    settings = text(browser.get("/settings/shortcuts/"))
    assert "Start timer on Acme site" in settings
    assert settings.count("No recent project at this place.") == 4
    assert 'data-name-of="timer-recent-1" value="Start timer on Acme site"' in text(browser.get("/palette/"))
    assert 'data-keys-of="timer-recent-1"' in text(browser.get("/dashboard/widgets/recent-projects/"))
    arranged = text(browser.get("/settings/quick-actions/"))
    assert arranged.count("Shows when you have worked on so many projects of late.") == 4


def test_what_a_key_started_is_said(client_for: ClientFor, owner: User):
    recent_work(owner)
    browser = client_for(owner)
    answer = browser.post("/timer/recent/1/", headers=HTMX)
    assert toast_of(answer)["text"] == "Started “Acme site”."
    assert TimeEntry.objects.get(ended_at=None).project.name == "Acme site"
    assert "toast" not in browser.post("/timer/recent/2/", headers=HTMX).headers.get("HX-Trigger", "")
