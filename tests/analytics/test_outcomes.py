"""Which finished tasks estimates learn from, and what is known of a task when it is planned."""

import datetime as dt
from decimal import Decimal

import pytest

from accounts.models import Organisation
from analytics.queries.outcomes import finished_record, odd_time_on_finished_tasks, plans_of
from tests.analytics.finished import DAY, TODAY, make_finished
from tests.work import make_entry, make_project, make_tag, make_task
from tracking.choices import Review, Source, TaskStatus
from tracking.models import Task, TimeEntry

pytestmark = pytest.mark.django_db


def outcomes():
    return finished_record().outcomes


def test_a_finished_task_is_known_with_its_hours(owner):
    tag = make_tag()
    [task] = make_finished(1, assignee=owner, created_by=owner, priority="urgent", complexity=4, name="Fix it")
    task.tags.add(tag)

    [found] = outcomes()

    assert (found.hours, found.finished) == (2.0, (TODAY - DAY).date())
    assert found.plan.estimate == 4.0
    assert (found.plan.person, found.plan.author, found.plan.project) == (owner.pk, owner.pk, task.project_id)
    assert (found.plan.tags, found.plan.priority, found.plan.complexity) == ((tag.pk,), 3, 4)
    assert found.plan.title == "Fix it"


@pytest.mark.parametrize("status", [TaskStatus.TODO, TaskStatus.REVIEW, TaskStatus.CANCELLED])
def test_what_is_not_done_is_not_learned_from(status):
    make_finished(1, status=status, completed_at=None)

    assert outcomes() == []


def test_a_task_without_time_is_counted_and_left_out():
    make_finished(1, tracked_seconds=0)

    record = finished_record()

    assert (record.outcomes, record.left_out["no_time"]) == ([], 1)


def test_one_whose_first_timer_runs_is_not_without_time(owner):
    [task] = make_finished(1, tracked_seconds=0)
    TimeEntry.objects.filter(pk=make_entry(owner, task=task).pk).update(ended_at=None, seconds=None)
    Task.objects.update(tracked_seconds=0)

    record = finished_record()

    assert (record.outcomes, record.left_out["no_time"], record.left_out["odd_time"]) == ([], 0, 1)


def test_one_without_an_estimate_stays():
    make_finished(1, hours=None)

    [found] = outcomes()

    assert found.plan.estimate is None


def test_an_estimate_that_was_written_after_the_end_is_none():
    make_finished(1, estimated_at=TODAY)

    record = finished_record()

    assert (record.outcomes, record.left_out["estimated_after"]) == ([], 1)


@pytest.mark.parametrize(
    ("fields", "counted"),
    [
        ({"review": Review.STOPPED}, "stopped"),
        ({"review": Review.TOO_LONG}, "too_long"),
        ({"source": Source.RULE}, "by_rule"),
        ({"ended_at": None, "seconds": None}, "running"),
    ],
)
def test_a_task_with_time_that_may_be_wrong_is_left_out_and_counted(owner, fields, counted):
    [task] = make_finished(1)
    entry = make_entry(owner, task=task)
    TimeEntry.objects.filter(pk=entry.pk).update(**fields)

    record = finished_record()

    assert (record.outcomes, record.left_out["odd_time"]) == ([], 1)
    assert {name: count for name, count in odd_time_on_finished_tasks().items() if count} == {counted: 1}


def test_what_somebody_found_right_and_what_lies_in_the_trash_is_not_odd(owner):
    [task] = make_finished(1)
    right, thrown = make_entry(owner, task=task), make_entry(owner, start=TODAY, task=task)
    TimeEntry.objects.filter(pk=right.pk).update(accepted=Review.TOO_LONG)
    TimeEntry.objects.filter(pk=thrown.pk).update(review=Review.TOO_LONG, deleted_at=TODAY)

    assert len(outcomes()) == 1
    assert not any(odd_time_on_finished_tasks().values())


def test_days_are_those_of_the_organisation():
    Organisation.objects.update_or_create(pk=Organisation.PK, defaults={"time_zone": "Pacific/Kiritimati"})
    make_finished(1, completed_at=dt.datetime(2026, 3, 1, 11, 0, tzinfo=dt.UTC))

    [found] = outcomes()

    assert found.finished == dt.date(2026, 3, 2)


@pytest.mark.parametrize(
    ("estimated", "started", "day", "waited"),
    [
        (TODAY - 5 * DAY, None, -5, 0),
        (TODAY - 5 * DAY, TODAY - 2 * DAY, -2, 3),
        (TODAY - 1 * DAY, TODAY - 2 * DAY, -1, 0),
        (None, TODAY - 2 * DAY, -2, 0),
        (None, None, -9, 0),
    ],
)
def test_a_plan_is_of_the_day_of_the_estimate_or_of_the_start(estimated, started, day, waited):
    hours = Decimal(3) if estimated else None
    made = TODAY - 9 * DAY
    task = make_task(created_at=made, estimated_at=estimated, started_at=started, estimated_hours=hours)

    plan = plans_of([task], dt.UTC)[task.pk]

    assert (plan.day, plan.waited) == ((TODAY + day * DAY).date(), waited)


def test_a_plan_may_be_asked_for_today():
    task = make_task(estimated_at=TODAY - 5 * DAY, estimated_hours=Decimal(3))

    plan = plans_of([task], dt.UTC, today=TODAY.date())[task.pk]

    assert (plan.day, plan.waited) == (TODAY.date(), 5)


@pytest.mark.parametrize("count", [1, 30])
def test_the_record_takes_four_statements(django_assert_num_queries, count):
    for task in make_finished(count, make_project()):
        task.tags.add(make_tag())

    with django_assert_num_queries(4):
        finished_record()


@pytest.mark.parametrize("count", [1, 3])
def test_plans_take_one_statement(django_assert_num_queries, count):
    tasks = [make_task() for _number in range(count)]

    with django_assert_num_queries(1):
        plans_of(tasks, dt.UTC)


def test_only_the_last_are_read(monkeypatch):
    monkeypatch.setattr("analytics.queries.outcomes.MOST", 3)
    tasks = make_finished(5)

    assert {one.plan.task for one in outcomes()} == {task.pk for task in tasks[2:]}
    assert Task.objects.count() == 5
