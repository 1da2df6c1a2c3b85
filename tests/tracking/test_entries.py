"""Entries by hand: made, changed, thrown away, brought back; totals always the sum of what is there."""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError
from django.db.models import Sum
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import User
from tests.work import MONDAY, make_client, make_entry, make_project, make_tag, make_task
from timetracker.events.models import Event
from timetracker.web.errors import Conflict
from tracking.choices import Review
from tracking.models import Project, Task, TimeEntry
from tracking.queries import days_of, entries_between, worked_seconds
from tracking.services.entries import create_entry, delete_entry, restore_entry, update_entry
from tracking.services.rates import set_rate
from tracking.services.timer import start_timer
from tracking.services.totals import rebuild_totals

pytestmark = pytest.mark.django_db
HOUR = dt.timedelta(hours=1)


def test_create_once_per_uid(owner: User):
    uid = uuid.uuid4()
    first = make_entry(owner, uid=uid)
    assert make_entry(owner, uid=uid, description="other") == first
    assert Event.objects.filter(type="time_logged").count() == 1


@pytest.mark.parametrize("minutes", [0, -60])
def test_an_end_that_is_not_after_the_start(owner: User, minutes: int):
    with pytest.raises(ValidationError) as error:
        make_entry(owner, minutes=minutes)
    assert list(error.value.message_dict) == ["ended_at"]


def test_three_years_are_kept_and_flagged(owner: User):
    entry = make_entry(owner, start=MONDAY - dt.timedelta(days=1200), minutes=60 * 24 * 365 * 3)
    assert entry.review == Review.TOO_LONG


def test_2099_is_refused(owner: User):
    with pytest.raises(ValidationError):
        make_entry(owner, start=MONDAY.replace(year=2099))


def test_update_records_old_and_new(owner: User):
    project = make_project(rate="50")
    entry = make_entry(owner, description="old")
    tag = make_tag()
    update_entry(entry=entry, actor=owner, description="new", project=project, billable=True, tags=[tag])
    entry.refresh_from_db()
    assert (entry.rate, entry.version) == (50, 2)
    changes = Event.objects.get(type="entry_changed").payload["changes"]
    assert changes["description"] == ["old", "new"]
    assert changes["tags"] == [[], [tag.pk]]
    update_entry(entry=entry, actor=owner, description="new")
    entry.refresh_from_db()
    assert entry.version == 2


def test_a_lost_update_is_told(owner: User):
    entry = make_entry(owner)
    update_entry(entry=entry, actor=owner, version=1, description="first tab")
    with pytest.raises(Conflict):
        update_entry(entry=entry, actor=owner, version=1, description="second tab")
    entry.refresh_from_db()
    assert entry.description == "first tab"


def test_a_later_rate_leaves_past_entries_alone(owner: User, administrator: User):
    project = make_project(rate="50")
    entry = make_entry(owner, project=project)
    set_rate(project=project, actor=administrator, hourly_rate=Decimal(70))
    entry.refresh_from_db()
    assert entry.rate == 50
    assert make_entry(owner, start=MONDAY + HOUR, project=project).rate == 70
    update_entry(entry=entry, actor=owner, description="words do not change the price")
    entry.refresh_from_db()
    assert entry.rate == 50


def test_the_clients_rate_where_the_project_has_none(owner: User):
    project = make_project(client=make_client(hourly_rate=Decimal("33.50")))
    assert make_entry(owner, project=project).rate == Decimal("33.50")
    assert make_entry(owner, start=MONDAY + HOUR, project=project, billable=False).rate is None


def test_the_other_project_takes_the_task_away(owner: User):
    task = make_task()
    entry = make_entry(owner, task=task)
    other = make_project()
    entry = update_entry(entry=entry, actor=owner, project=other)
    assert (entry.project, entry.task) == (other, None)
    with pytest.raises(ValidationError):
        update_entry(entry=entry, actor=owner, project=other, task=task)


def test_a_closed_project_stays_on_what_has_it(owner: User):
    project = make_project()
    entry = make_entry(owner, project=project)
    Project.objects.update(status="archived")
    project.refresh_from_db()
    assert update_entry(entry=entry, actor=owner, description="typo").description == "typo"
    with pytest.raises(ValidationError):
        make_entry(owner, start=MONDAY + HOUR, project=project)


def test_delete_and_restore(owner: User):
    project = make_project(rate="10")
    entry = make_entry(owner, project=project)
    delete_entry(entry=entry, actor=owner)
    project.refresh_from_db()
    assert (project.tracked_seconds, project.earned_cent_seconds) == (0, 0)
    with pytest.raises(Conflict):
        delete_entry(entry=entry, actor=owner)
    restore_entry(entry=entry, actor=owner)
    restore_entry(entry=entry, actor=owner)
    project.refresh_from_db()
    assert project.tracked_seconds == 3600
    assert list(Event.objects.order_by("pk").values_list("type", flat=True)) == [
        "time_logged",
        "entry_deleted",
        "entry_restored",
    ]


def test_the_running_entry_is_not_deleted(owner: User):
    with pytest.raises(Conflict):
        delete_entry(entry=start_timer(user=owner), actor=owner)


def test_days_belong_to_the_viewers_zone(owner: User):
    owner.time_zone = "Pacific/Kiritimati"  # UTC+14
    owner.save()
    make_entry(owner, start=dt.datetime(2026, 3, 2, 9, 30, tzinfo=dt.UTC))  # 23:30 there
    make_entry(owner, start=dt.datetime(2026, 3, 2, 10, 30, tzinfo=dt.UTC))  # half past midnight there
    entries = entries_between(viewer=owner, person=owner, first=dt.date(2026, 3, 2), last=dt.date(2026, 3, 3))
    assert [(day.date.day, day.seconds) for day in days_of(entries, owner)] == [(3, 3600), (2, 3600)]
    # What was worked is cut at midnight, as in a report; a list has an entry under the day it began.
    assert worked_seconds(owner, dt.date(2026, 3, 3), dt.date(2026, 3, 3)) == 5400


@pytest.mark.parametrize(
    ("start", "end", "hours"),
    [
        (dt.datetime(2026, 3, 28, 22), dt.datetime(2026, 3, 29, 6), 7),  # the clocks go forward
        (dt.datetime(2026, 10, 24, 22), dt.datetime(2026, 10, 25, 6), 9),  # and back
    ],
)
def test_daylight_saving_nights_count_what_passed(owner: User, start, end, hours):
    berlin = ZoneInfo("Europe/Berlin")
    entry = create_entry(user=owner, started_at=start.replace(tzinfo=berlin), ended_at=end.replace(tzinfo=berlin))
    entry.refresh_from_db()
    assert entry.seconds == hours * 3600


steps = st.lists(
    st.tuples(
        st.sampled_from(["create", "move", "project", "billable", "delete", "restore"]),
        st.integers(0, 3),
        st.integers(1, 300),
    ),
    max_size=12,
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=steps)
def test_totals_are_the_sum_of_the_entries_whatever_happens(owner: User, steps):
    TimeEntry.objects.all().delete()
    Task.objects.all().delete()
    Project.objects.all().delete()
    tasks = [make_task(make_project(rate="33.33")), make_task(make_project(rate="0.01"))]
    made: list[TimeEntry] = []
    for action, which, minutes in steps:
        if action == "create":
            made.append(make_entry(owner, minutes=minutes, task=tasks[which % 2]))
        elif made:
            _change(made[which % len(made)], action, minutes, tasks[minutes % 2], owner)
    for project in Project.objects.all():
        alive = project.entries.filter(deleted_at=None)
        assert project.tracked_seconds == (alive.aggregate(total=Sum("seconds"))["total"] or 0)
        earned = sum(entry.seconds * int(entry.rate * 100) for entry in alive if entry.billable)
        assert project.earned_cent_seconds == earned
    before = list(Project.objects.order_by("pk").values_list("tracked_seconds", "earned_cent_seconds"))
    rebuild_totals()
    assert list(Project.objects.order_by("pk").values_list("tracked_seconds", "earned_cent_seconds")) == before


def _change(entry: TimeEntry, action: str, minutes: int, task: Task, owner: User) -> None:
    entry.refresh_from_db()
    if action == "restore":
        restore_entry(entry=entry, actor=owner)
    elif entry.deleted_at is None:
        changes = {
            "move": {"ended_at": entry.started_at + dt.timedelta(minutes=minutes)},
            "project": {"task": task},
            "billable": {"billable": minutes % 2 == 0},
        }
        if action == "delete":
            delete_entry(entry=entry, actor=owner)
        else:
            update_entry(entry=entry, actor=owner, **changes[action])


# ── What money goes by ───────────────────────────────────────────────────────
def test_a_correction_within_the_day_keeps_the_rate(owner: User):
    project = make_project(rate="50")
    entry = make_entry(owner, project=project, billable=True)
    set_rate(project=project, actor=owner, hourly_rate=Decimal(90))
    entry = update_entry(entry=entry, actor=owner, started_at=MONDAY + dt.timedelta(minutes=1), description="typo")
    assert entry.rate == 50
    entry = update_entry(entry=entry, actor=owner, started_at=MONDAY + dt.timedelta(days=1), duration=3600)
    assert entry.rate == 90


def test_work_that_moved_elsewhere_meanwhile(owner: User):
    here, there = make_project(), make_project()
    task = make_task(here)
    read_before = Task.objects.select_related("project").get(pk=task.pk)
    Task.objects.filter(pk=task.pk).update(project=there)
    with pytest.raises(ValidationError) as error:
        make_entry(owner, task=read_before)
    assert list(error.value.message_dict) == ["task"]
