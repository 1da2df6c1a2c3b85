"""A week that has ended is told once to its person, at eight in their morning."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from accounts.services.people import deactivate_person
from accounts.services.profile import update_profile
from analytics.health.facts import Facts
from analytics.models import CachedInsight, DigestMark
from analytics.queries.kept import FORM
from analytics.schedules import forget_insights
from analytics.services import digest
from analytics.services.digest import tell_weeks
from analytics.services.nightly import compute_all
from tests.analytics.foresight import DAY, tell
from tests.factories import UserFactory
from tests.work import make_entry, make_project, make_task
from timetracker.events.dispatch import drain
from timetracker.events.models import Event
from tracking.models import Project, ProjectMember
from tracking.queries import worked_seconds
from tracking.queries.activity import activity_visible_to
from tracking.reports import Question, report
from tracking.services.entries import delete_entry
from tracking.services.timer import start_timer

pytestmark = pytest.mark.django_db

MONDAY = dt.datetime(2026, 3, 9, 8, tzinfo=dt.UTC)
"""The week before it is told of."""
WEEK = dt.date(2026, 3, 2)
MINUTE, HOUR = dt.timedelta(minutes=1), dt.timedelta(hours=1)
STANDARD: dict[str, Any] = {"due_tasks": 10, "begun_tasks": 3}
"""Facts of which two signals are known, and nothing is wrong."""


@pytest.fixture(autouse=True)
def clock():
    """People are made in January."""
    with time_machine.travel(dt.datetime(2026, 1, 5, tzinfo=dt.UTC), tick=False) as traveller:
        yield traveller


@pytest.fixture
def worker(owner: User) -> User:
    work(owner)
    return owner


def work(person: User, at: dt.datetime = MONDAY - 4 * DAY, minutes: int = 90, **fields: Any) -> None:
    make_entry(person, at, minutes, **fields)


def told(person: User | None = None) -> list[dict[str, Any]]:
    events = Event.objects.filter(type="digest_ready").order_by("pk")
    return [event.payload for event in (events.filter(person_id=person.pk) if person else events)]


def runs(*moments: dt.datetime) -> list[int]:
    return [tell_weeks(moment) for moment in moments]


def judged(project: Project, **facts: Any) -> None:
    """As if somebody had looked at its health."""
    value = {"form": FORM, "mark": "", "value": Facts(**STANDARD | facts).as_json()}
    CachedInsight.objects.create(cache_key=f"health:{project.pk}", cache_value=value, expires_at=timezone.now())


# ── When ─────────────────────────────────────────────────────────────────────
def test_once(worker: User):
    assert runs(MONDAY - MINUTE, MONDAY, MONDAY, MONDAY + 15 * MINUTE, MONDAY + DAY) == [0, 1, 0, 0, 0]
    assert runs(MONDAY + 7 * DAY) == [0]  # without work
    work(worker, MONDAY + 8 * DAY)
    assert runs(MONDAY + 14 * DAY) == [1]
    first, second = told(worker)
    assert first == {
        "week": "2026-03-02", "last": "2026-03-08", "user_id": worker.pk, "worked_seconds": 5400,
        "before_seconds": None, "goal_seconds": 144_000, "projects": [], "projects_at_risk": 0,
    }  # fmt: skip
    assert (second["week"], second["before_seconds"]) == ("2026-03-16", 0)
    event = Event.objects.filter(type="digest_ready").earliest("pk")
    assert (event.actor, event.person_id, event.project_id) == (None, worker.pk, None)


@pytest.mark.parametrize(
    ("zone", "week_start", "due", "week"),
    [
        ("Pacific/Auckland", 0, "2026-03-08T19:00", "2026-03-02"),
        ("America/Los_Angeles", 0, "2026-03-09T15:00", "2026-03-02"),
        ("Pacific/Kiritimati", 0, "2026-03-08T18:00", "2026-03-02"),
        ("Pacific/Pago_Pago", 0, "2026-03-09T19:00", "2026-03-02"),
        ("Asia/Kathmandu", 0, "2026-03-09T02:15", "2026-03-02"),
        ("UTC", 6, "2026-03-08T08:00", "2026-03-01"),
        ("America/New_York", 6, "2026-03-08T12:00", "2026-03-01"),  # that night the clocks went forward
        ("Europe/Berlin", 6, "2026-03-29T06:00", "2026-03-22"),  # likewise
        ("Europe/Berlin", 0, "2026-03-30T06:00", "2026-03-23"),
        ("Pacific/Auckland", 6, "2026-04-04T20:00", "2026-03-29"),  # back
    ],
)
def test_at_eight_of_ones_own_clock(owner: User, zone: str, week_start: int, due: str, week: str):
    User.objects.update(time_zone=zone, week_start=week_start)
    owner.refresh_from_db()
    moment = dt.datetime.fromisoformat(due).replace(tzinfo=dt.UTC)
    work(owner, moment - 5 * DAY)
    assert runs(moment - MINUTE, moment, moment + HOUR) == [0, 1, 0]
    assert [one["week"] for one in told(owner)] == [week]


def test_a_server_that_was_off(worker: User):
    over = MONDAY + 2 * DAY
    assert runs(over) == [0]
    assert not DigestMark.objects.exists()
    assert runs(over - MINUTE) == [1]


def test_a_server_that_was_off_for_a_week(worker: User):
    work(worker, MONDAY + DAY)
    assert runs(MONDAY + 7 * DAY) == [1]
    assert [one["week"] for one in told(worker)] == ["2026-03-09"]


def test_whoever_moves_is_told_once(worker: User):
    """East in the morning: their eight is over, so at once. West afterwards: it comes again, they were told."""
    early = MONDAY - 2 * HOUR
    assert runs(early) == [0]
    for zone, count in (("Asia/Dubai", 1), ("America/Los_Angeles", 0), ("Pacific/Auckland", 0)):
        update_profile(person=worker, time_zone=zone)
        drain()
        assert runs(early, early + 9 * HOUR) == [count, 0]


def test_another_first_day_tells_no_day_twice(worker: User):
    work(worker, MONDAY + 2 * DAY)
    work(worker, MONDAY + 8 * DAY)
    assert runs(MONDAY) == [1]
    User.objects.update(week_start=6)
    assert runs(MONDAY + HOUR, MONDAY + 6 * DAY, MONDAY + 13 * DAY) == [0, 0, 1]
    assert [one["week"] for one in told(worker)] == ["2026-03-02", "2026-03-15"]


# ── Exactly once ─────────────────────────────────────────────────────────────
def test_killed_in_between(worker: User, teammate: User, monkeypatch: pytest.MonkeyPatch):
    work(teammate)
    record = digest.record

    def die_after_the_first(*args: Any, **kwargs: Any) -> None:
        record(*args, **kwargs)
        if len(told()) == 2:
            raise SystemExit

    with monkeypatch.context() as patch:
        patch.setattr(digest, "record", die_after_the_first)
        with pytest.raises(SystemExit):
            tell_weeks(MONDAY)
    assert len(told()) == DigestMark.objects.count() == 1
    assert runs(MONDAY + HOUR, MONDAY + 2 * HOUR) == [1, 0]
    assert len(told(worker)) == len(told(teammate)) == 1


@pytest.mark.django_db(transaction=True)
def test_two_processes_at_once(worker: User, teammate: User, run_at_once):
    work(teammate)
    assert sum(run_at_once(*[lambda: tell_weeks(MONDAY)] * 3)) == 2
    assert len(told(worker)) == len(told(teammate)) == 1


def test_another_process_was_quicker(worker: User, monkeypatch: pytest.MonkeyPatch):
    seen = digest.weeks_to_tell(MONDAY)
    assert runs(MONDAY) == [1]
    monkeypatch.setattr(digest, "weeks_to_tell", lambda now: seen)
    assert runs(MONDAY) == [0]


# ── Who ──────────────────────────────────────────────────────────────────────
def test_without_work_nothing_is_told_and_later_time_does_not_bring_it_up(owner: User):
    assert runs(MONDAY) == [0]
    work(owner)
    assert runs(MONDAY + HOUR) == [0]


def test_whoever_has_left(worker: User, administrator: User, monkeypatch: pytest.MonkeyPatch):
    seen = digest.weeks_to_tell(MONDAY)
    deactivate_person(actor=administrator, person=worker)
    assert runs(MONDAY) == [0]
    monkeypatch.setattr(digest, "weeks_to_tell", lambda now: seen)
    assert runs(MONDAY) == [0]
    assert not DigestMark.objects.filter(user=worker).exists()


@pytest.mark.parametrize(("joined", "count"), [(MONDAY - 3 * DAY, 1), (MONDAY - 9 * HOUR, 1), (MONDAY - 7 * HOUR, 0)])
def test_whoever_joined_in_the_week_is_told_of_it(worker: User, joined: dt.datetime, count: int):
    """Not who came when it was over, whatever was logged for them."""
    User.objects.filter(pk=worker.pk).update(date_joined=joined)
    assert runs(MONDAY) == [count]


def test_nobody_else_reads_it(worker: User, lead: User, administrator: User):
    assert runs(MONDAY) == [1]
    for person in (worker, lead, administrator):
        assert not activity_visible_to(person).filter(type="digest_ready").exists()


# ── The numbers ──────────────────────────────────────────────────────────────
@pytest.mark.parametrize("hours_format", ["clock", "decimal"])
def test_the_numbers_are_those_of_the_report(owner: User, clock, hours_format: str):
    """With breaks, seconds rounded by project, what lies over the border of weeks, a timer and what is in the trash."""
    User.objects.update(time_zone="America/New_York", hours_format=hours_format, weekly_goal_hours="37.5")
    owner.refresh_from_db()
    first, second = make_project(owner), make_project(owner)
    due = dt.datetime(2026, 3, 9, 12, tzinfo=dt.UTC)
    clock.move_to(due)
    for number, project in enumerate((first, second, first, None)):
        start = due - (3 + number) * DAY + number * 17 * dt.timedelta(seconds=1)
        away = (start + 10 * MINUTE, start + 10 * MINUTE + dt.timedelta(seconds=100 + number))
        work(owner, start, 61, project=project, breaks=[away])
    work(owner, dt.datetime(2026, 3, 9, 3, 30, tzinfo=dt.UTC), 75, project=first)  # half an hour of it on Sunday
    work(owner, dt.datetime(2026, 3, 2, 4, 20, tzinfo=dt.UTC), 75, project=second)  # 40 minutes of it on Sunday
    delete_entry(entry=make_entry(owner, due - 2 * DAY, 60), actor=owner)
    clock.move_to(due - 12 * HOUR)
    start_timer(user=owner)
    assert runs(due) == [1]
    [said] = told(owner)
    for name, week in (("worked_seconds", WEEK), ("before_seconds", WEEK - 7 * DAY)):
        last = week + 6 * DAY
        assert said[name] == report(owner, Question(week, last)).shown == worked_seconds(owner, week, last) > 0
    assert said["goal_seconds"] == 135_000


def test_before_the_first_work_there_is_nothing_to_compare_with(owner: User, teammate: User):
    work(owner)
    work(teammate)
    work(teammate, MONDAY - 30 * DAY)
    User.objects.update(weekly_goal_hours=0)
    assert runs(MONDAY) == [2]
    assert [(one["before_seconds"], one["goal_seconds"]) for one in (*told(owner), *told(teammate))] == [
        (None, None), (0, None),
    ]  # fmt: skip


# ── Projects ─────────────────────────────────────────────────────────────────
def test_projects_in_trouble_the_worst_first(owner: User, teammate: User):
    overdue = {"Alpha": 2, "Beta": 5, "Gamma": 1, "Delta": 7, "Fine": 0, "Closed": 9}
    projects = {name: make_project(owner, (teammate,), name=name) for name in overdue}
    for name, count in overdue.items():
        judged(projects[name], overdue_tasks=count)
    make_project(owner, name="Never looked at")
    unknown, other = make_project(owner), make_project(teammate)
    judged(unknown, begun_tasks=0, overdue_tasks=9)
    judged(other, overdue_tasks=1)
    Project.objects.filter(name="Closed").update(status="completed")
    assert runs(MONDAY) == [2]
    said = told(owner)[0]
    named = [
        (projects[name].pk, status)
        for name, status in (("Delta", "critical"), ("Beta", "critical"), ("Alpha", "at-risk"))
    ]
    assert [(one["id"], one["status"]) for one in said["projects"]] == named
    assert (said["projects_at_risk"], said["worked_seconds"]) == (4, 0)
    assert told(teammate)[0]["projects"] == [{"id": other.pk, "status": "at-risk"}]


def test_a_budget_in_money_counts_as_its_managers_know_it(owner: User, administrator: User):
    project = make_project(owner, budget_type="money", budget_amount=100, earned_cent_seconds=36_000_000)
    judged(project, tasks=5, estimated_tasks=5, estimated_hours=50.0)
    assert runs(MONDAY) == [1]  # who only may manage it is not told
    assert told(owner)[0]["projects"] == [{"id": project.pk, "status": "critical"}]


def test_what_was_computed_in_the_night_is_told_in_the_morning(owner: User, clock):
    project = make_project(owner)
    due = MONDAY - 3 * DAY
    for number in range(4):
        tell(make_task(project, estimated_hours=4, due_at=due, status="in_progress", name=str(number)))
    night = MONDAY - 4 * HOUR
    clock.move_to(night)
    assert project in list(compute_all(night))
    forget_insights(MONDAY - MINUTE)
    assert runs(MONDAY) == [1]
    assert told(owner)[0]["projects_at_risk"] == 1


# ── Statements ───────────────────────────────────────────────────────────────
def test_statements(organisation, django_assert_num_queries):
    """Six to read, and for each person the transaction, the lock, the mark and the event with its delivery."""
    counts = []
    for people in (1, 20):
        for _number in range(people):
            person = UserFactory.create()
            work(person)
            project = make_project(person)
            judged(project, overdue_tasks=9)
        with CaptureQueriesContext(connection) as asked:
            assert tell_weeks(MONDAY) == people
        counts.append(len(asked))
    assert counts == [6 + 7, 6 + 20 * 7]
    with django_assert_num_queries(1):
        tell_weeks(MONDAY)
    assert ProjectMember.objects.count() == 21
