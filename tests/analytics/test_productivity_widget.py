"""The score on the dashboard: what is read for it, and what is said."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.test import Client

from accounts.models import User
from analytics.productivity import Productivity
from analytics.queries import pieces_of, productivity_of
from tests.conftest import ClientFor
from tests.tracking.pages import NOON, text
from tests.work import make_entry, make_project, make_task
from tracking.choices import TaskStatus
from tracking.models import TimeEntry
from tracking.services.entries import create_entry, delete_entry
from tracking.services.timer import start_timer

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("wednesday")]

HOUR = 3600
URL = "/dashboard/widgets/"
FIRST = dt.datetime(2026, 2, 9, 9, tzinfo=dt.UTC)  # a Monday; the window begins on 5 February
LONG_AGO = dt.datetime(2025, 11, 1, 9, tzinfo=dt.UTC)


def work_days(user: User, count: int = 5, first: dt.datetime = FIRST, minutes: int = 480, **fields) -> None:
    for day in range(count):
        make_entry(user, first + dt.timedelta(days=day), minutes, **fields)


def finished_task(user: User | None, estimated: int, tracked: float, **fields):
    done = {"status": TaskStatus.DONE, "completed_at": NOON - dt.timedelta(days=1)}
    seconds = int(tracked * HOUR)
    return make_task(assignee=user, **{**done, "estimated_hours": estimated, "tracked_seconds": seconds, **fields})


def of(user: User) -> Productivity:
    return productivity_of(user, NOON.astimezone(user.zone))


def values(user: User) -> dict[str, int | None]:
    return {part.name: part.value for part in of(user).score.parts}


def tile(browser: Client, size: str = "small") -> str:
    """The widget on a board of its own, as text."""
    User.objects.update(dashboard=[{"name": "productivity-score", "size": size, "settings": {}}])
    page = text(browser.get(URL))
    body = page.partition('class="widget-text">')[2].partition("</section>")[0]
    return " ".join(re.sub(r"<[^>]+>", " ", body).split())


# ── What is read ─────────────────────────────────────────────────────────────
def test_three_statements_at_one_row_and_at_many(owner: User, django_assert_num_queries):
    for count in (1, 3):
        work_days(owner, count)
        for _ in range(count):
            finished_task(owner, 4, 4)
            start = FIRST + dt.timedelta(hours=9)
            create_entry(
                user=owner, started_at=start, ended_at=start + dt.timedelta(hours=2), project=make_project(),
                breaks=[(start + dt.timedelta(minutes=n), start + dt.timedelta(minutes=n + 5)) for n in (10, 40, 70)],
            )  # fmt: skip
        with django_assert_num_queries(3):
            of(owner)


def test_only_ones_own_finished_work_counts(owner: User, teammate: User, administrator: User):
    work_days(owner, 2)
    work_days(teammate, 5)
    work_days(administrator, 5)
    delete_entry(entry=make_entry(owner, FIRST + dt.timedelta(days=4)), actor=owner)
    start_timer(user=owner)
    TimeEntry.objects.running().update(started_at=NOON - dt.timedelta(hours=3))
    assert of(owner).score.worked == 16 * HOUR


def test_breaks_are_no_work(owner: User):
    start, end = FIRST, FIRST + dt.timedelta(hours=1)
    lunch = (start + dt.timedelta(minutes=20), start + dt.timedelta(minutes=40))
    short = (start + dt.timedelta(minutes=50), start + dt.timedelta(minutes=52))
    entry = create_entry(user=owner, started_at=start, ended_at=end, project=make_project(), breaks=[lunch, short])
    pieces = list(pieces_of(owner, LONG_AGO, NOON))
    begin = int(start.timestamp())
    assert [(one.start - begin, one.end - begin) for one in pieces] == [(0, 1200), (2400, 3000), (3120, 3600)]
    assert sum(one.end - one.start for one in pieces) == entry.seconds
    assert values(owner)["focus"] == 0  # 20 minutes, and 18 around a break of two


def test_an_entry_counts_where_it_lies(owner: User):
    owner.time_zone = "Pacific/Kiritimati"
    owner.save()
    # The window begins on 6 February there, which is ten in the morning of the 5th in UTC.
    make_entry(owner, dt.datetime(2026, 2, 5, 9, tzinfo=dt.UTC), 180)
    found = of(owner)
    assert (found.before.worked, found.score.worked) == (HOUR, 2 * HOUR)
    make_entry(owner, LONG_AGO)
    make_entry(owner, NOON + dt.timedelta(hours=1))  # ahead
    make_entry(owner, NOON - dt.timedelta(hours=1), 120)
    assert of(owner).score.worked == 3 * HOUR


def test_entries_on_no_project_are_not_one_thing(owner: User):
    project = make_project()
    for minute in (0, 20):
        make_entry(owner, FIRST + dt.timedelta(minutes=minute), 20)
        make_entry(owner, FIRST + dt.timedelta(days=1, minutes=minute), 20, project=project)
    assert values(owner)["focus"] == 50


def test_tasks_that_count(owner: User, teammate: User, manager: User):
    for tracked in (2, 4, 8):
        finished_task(owner, 4, tracked)
    assert values(owner)["estimates"] == 67
    finished_task(teammate, 4, 100)
    finished_task(None, 4, 100)
    finished_task(owner, 4, 100, completed_at=LONG_AGO)
    finished_task(owner, 4, 100, status=TaskStatus.TODO, completed_at=None)
    finished_task(owner, 4, 100, project=make_project(manager, is_public=False))  # no longer theirs to see
    finished_task(owner, 4, 0)  # nobody logged on it: it says nothing about its estimate
    finished_task(owner, 4, 100, estimated_hours=None)
    assert values(owner)["estimates"] == 67


# ── What is said ─────────────────────────────────────────────────────────────
def test_a_score_with_its_parts(olga: Client, owner: User):
    project = make_project()
    work_days(owner, project=project)
    for tracked in (2, 4, 8):
        finished_task(owner, 4, tracked)
    # Focus 100, estimates 67, balance 100, and 40 of the 40 hours in one of three full weeks.
    assert tile(olga) == "75 Focus 100 · estimates 67 · balance 100 · goal 33"
    medium = tile(olga, "medium")
    assert "estimates 67 ·" not in medium
    for said in (
        "Focus 100 Stretches of 25 minutes or more.",
        "Estimates 67 3 tasks against their estimates.",
        "Balance 100 Inside your working hours.",
        "Goal 33 3 full weeks against 40:00.",
    ):
        assert said in medium


@pytest.mark.parametrize(("days", "minutes", "words"), [(5, 480, "no change"), (5, 240, "+6"), (19, 480, "−15")])
def test_a_trend_says_what_it_compares(olga: Client, owner: User, days: int, minutes: int, words: str):
    before = FIRST - dt.timedelta(days=28)
    work_days(owner, days, before, minutes, project=make_project())
    work_days(owner, 5, project=make_project())
    said = tile(olga)
    assert f" {words} , " in said
    assert re.search(r"\d+ in the four weeks before that", said)


def test_whoever_is_new_reads_what_is_missing(olga: Client, owner: User):
    page = text(olga.get(URL))
    assert "too little" in page
    assert "0:00 of the 10:00 hours in four weeks that a score needs." in page
    make_entry(owner, FIRST, 390)
    assert tile(olga) == (
        "There is too little for a score yet. 6:30 of the 10:00 hours in four weeks that a score needs."
    )
    make_entry(owner, FIRST + dt.timedelta(hours=8), 209)
    TimeEntry.objects.filter(seconds=209 * 60).update(ended_at=FIRST + dt.timedelta(hours=11, minutes=29, seconds=59))
    assert "9:59 of the 10:00 hours" in tile(olga)


def test_hours_alone_are_not_enough(olga: Client, owner: User):
    work_days(owner)
    User.objects.update(weekly_goal_hours=0, working_days=[])
    wanted = "Set a weekly goal or working days, or finish three tasks that have an estimate."
    assert tile(olga) == f"There is too little for a score yet. {wanted}"
    medium = tile(olga, "medium")
    for said in ("0 of 3 finished tasks with an estimate.", "No working days set.", "No weekly goal set."):
        assert said in medium
    assert "progress" not in text(olga.get(URL)).partition('class="widget-text">')[2].partition("</section>")[0]


def test_no_full_week_yet(olga: Client, owner: User):
    work_days(owner, 3, NOON.replace(hour=0) - dt.timedelta(days=2))
    assert "Goal No full week yet." in tile(olga, "medium")


def test_nobody_sees_anothers_score(client_for: ClientFor, owner: User, lead: User, administrator: User):
    work_days(owner)
    for person in (lead, administrator):
        assert "too little" in tile(client_for(person))


def test_it_leads_to_the_hours_behind_it(olga: Client, owner: User):
    tile(olga)
    link = re.search(r'href="(/reports/\?[^"]+)">Last 4 weeks', text(olga.get(URL)))
    assert link is not None
    assert link[1] == f"/reports/?first=2026-02-05&amp;last=2026-03-04&amp;person={owner.pk}"


def test_a_change_of_entries_or_of_work_draws_it_again(olga: Client):
    for topic in ("entries", "work"):
        assert 'id="widget-productivity-score"' in text(olga.get(URL, {"topic": topic}))
    assert 'id="widget-productivity-score"' not in text(olga.get(URL, {"topic": "timer"}))
