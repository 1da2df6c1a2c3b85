"""What is said of a task, once, and kept."""

import datetime as dt
from decimal import Decimal

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from analytics.choices import Basis, Reason
from analytics.models import Prediction
from analytics.queries.predictions import told
from analytics.services import predictions as services
from analytics.services.predictions import last_said, predict, predictions
from analytics.services.record import forget_record, record_mark
from tests.analytics.finished import DAY, TODAY, make_finished
from tests.work import make_project, make_task
from tracking.choices import TaskStatus
from tracking.models import Task
from tracking.services.tasks import create_task, update_task

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(TODAY, tick=False):
        yield


@pytest.fixture
def project(owner):
    return make_project(manager=owner)


def planned(owner, project, **fields):
    return create_task(
        actor=owner, **{"project": project, "name": "Plan", "estimated_hours": Decimal(4), "assignee": owner, **fields}
    )


def test_too_little_is_known(owner, project):
    make_finished(29, project)

    said = predict(planned(owner, project))

    assert (said.basis, said.reason, said.known) == (Basis.NONE, Reason.FEW, 29)
    assert (said.low_hours, said.middle_hours, said.high_hours, said.confidence) == (None, None, None, None)


def test_from_thirty_on_a_range_around_the_estimate_is_provisional(owner, project):
    make_finished(30, project)

    said = predict(planned(owner, project))

    assert (said.basis, said.reason, said.known, said.provisional) == (Basis.OWN, "", 30, True)
    # Of 30 ratios the 28th from either end: the finite-sample quantile of 90 of 100.
    assert (said.low_hours, said.middle_hours, said.high_hours) == pytest.approx((2, 4, 8))
    assert said.confidence == said.coverage
    assert said.checked == 21  # the first nine had too little before them


def test_what_finishes_today_is_not_known_today(owner, project):
    make_finished(29, project)
    make_finished(1, project, completed_at=TODAY)

    assert predict(planned(owner, project)).known == 29


def test_it_is_said_once_and_stays(owner, project):
    make_finished(30, project)
    task = planned(owner, project)
    first = predict(task)
    make_finished(20, project, tracked_seconds=360_000)
    forget_record()

    with time_machine.travel(TODAY + 3 * DAY, tick=False):
        again = predict(task)

    assert (again.pk, again.high_hours, again.day) == (first.pk, first.high_hours, TODAY.date())


@pytest.mark.parametrize(
    "change",
    [{"estimated_hours": Decimal(8)}, {"assignee": None}, {"name": "Another"}, {"status": TaskStatus.IN_PROGRESS}],
)
def test_a_task_that_is_planned_anew_is_another_question(owner, project, change):
    make_finished(30, project)
    task = planned(owner, project)
    first = predict(task)

    with time_machine.travel(TODAY + DAY, tick=False):
        task = update_task(task=task, actor=owner, **change)
        second = predict(task)

    assert second.pk != first.pk
    assert Prediction.objects.filter(task=task).count() == 2


def test_of_a_plan_that_went_back_what_was_said_first_is_what_was_said_last(owner, project):
    make_finished(30, project)
    task = planned(owner, project)
    first = predict(task)
    with time_machine.travel(TODAY + dt.timedelta(hours=1), tick=False):
        other = predict(update_task(task=task, actor=owner, estimated_hours=Decimal(8)))
    with time_machine.travel(TODAY + dt.timedelta(hours=2), tick=False):
        again = predict(update_task(task=task, actor=owner, estimated_hours=Decimal(4)))
    with time_machine.travel(TODAY + dt.timedelta(hours=3), tick=False):
        task = update_task(task=task, actor=owner, status=TaskStatus.DONE)
        [case] = told(Task.objects.filter(pk=log_time(task).pk)).cases

        assert again == first != other
        assert (predict(task), last_said([task.pk])[task.pk]) == (first, first)
        assert (case.estimate, case.high) == (4, first.high_hours)


def log_time(task: Task) -> Task:
    task.tracked_seconds = 3600
    task.save()
    return task


def test_silence_is_asked_again_on_another_day(owner, project):
    make_finished(29, project)
    task = planned(owner, project)
    predict(task)
    make_finished(1, project, completed_at=TODAY)
    forget_record()

    assert predict(task).reason == Reason.FEW
    with time_machine.travel(TODAY + DAY, tick=False):
        said = predict(task)

    assert (said.speaks, said.day) == (True, (TODAY + DAY).date())
    assert [*Prediction.objects.filter(task=task)] == [said]


def test_of_what_has_been_started_it_is_not_asked_again(owner, project):
    make_finished(29, project)
    task = planned(owner, project, status=TaskStatus.IN_PROGRESS)
    predict(task)
    make_finished(1, project, completed_at=TODAY)
    forget_record()

    with time_machine.travel(TODAY + DAY, tick=False):
        said = predict(task)

    assert (said.reason, said.known) == (Reason.FEW, 29)


def test_a_finished_task_keeps_what_was_said_and_is_told_nothing_new(owner, project):
    make_finished(30, project)
    told, untold = planned(owner, project), planned(owner, project)
    said = predict(told)
    done = [update_task(task=task, actor=owner, status=TaskStatus.DONE) for task in (told, untold)]

    assert predictions(done) == {told.pk: said}
    assert Prediction.objects.count() == 1


def test_without_an_estimate_the_range_is_rough_and_has_no_middle(owner, project):
    make_finished(40, project)

    said = predict(planned(owner, project, estimated_hours=None))

    assert (said.basis, said.middle_hours) == (Basis.ROUGH, None)
    assert said.low_hours < 4 < said.high_hours


@pytest.mark.parametrize("count", [1, 3])
def test_what_has_been_said_takes_three_statements(django_assert_num_queries, owner, project, count):
    make_finished(30, project)
    tasks = [planned(owner, project) for _number in range(count)]
    predictions(tasks)

    with django_assert_num_queries(3):
        predictions(tasks)


def test_saying_something_takes_as_many_statements_for_many(owner, project):
    make_finished(30, project)
    tasks = [planned(owner, project) for _number in range(6)]
    predictions(tasks[:1])
    taken = []
    for asked in (tasks[1:2], tasks[2:]):
        with CaptureQueriesContext(connection) as captured:
            predictions(asked)
        taken.append(len(captured))

    assert taken[0] == taken[1] <= 12


def test_the_mark_of_the_record_stays_until_something_has_happened_or_an_hour_has_passed():
    first = record_mark()

    assert record_mark() == first
    forget_record()
    second = record_mark()
    assert second != first
    with time_machine.travel(TODAY + DAY, tick=False):
        assert record_mark() != second


@pytest.mark.django_db(transaction=True)
def test_a_task_that_is_deleted_meanwhile_is_left_out(owner, project, monkeypatch):
    make_finished(30, project)
    task, other = planned(owner, project), planned(owner, project)
    keep = services._keep
    monkeypatch.setattr(services, "_keep", lambda rows: (Task.objects.filter(pk=task.pk).delete(), keep(rows))[1])

    assert set(predictions([task, other])) == {other.pk}
    assert Prediction.objects.get().task == other


def test_nothing_is_kept_of_no_tasks():
    make_task()

    assert predictions([]) == {}
