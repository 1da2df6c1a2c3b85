"""Nothing that is done to tasks which finish on the day of an estimate, or later, reaches it: to the last bit."""

from __future__ import annotations

import datetime as dt
import math
import random
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import User
from analytics.choices import Basis
from analytics.models import Prediction
from analytics.services.panel import estimate_panel
from analytics.services.predictor import forget
from analytics.services.record import forget_record
from tests.analytics.finished import DAY, TODAY, make_finished
from tests.analytics.learned import make_version
from tests.work import make_entry, make_project, make_tag
from timetracker.events.dispatch import drain
from tracking.choices import Review, Source, TaskStatus
from tracking.models import Task, TimeEntry
from tracking.services.entries import create_entry
from tracking.services.tasks import create_task, update_task

pytestmark = pytest.mark.django_db
MIDNIGHT = TODAY.replace(hour=0)
LATER = 8
SECONDS = st.integers(0, 10_000 * 3600)
MOMENTS = st.timedeltas(dt.timedelta(0), 60 * DAY).map(lambda after: MIDNIGHT + after)
CHANGES = st.fixed_dictionaries(
    {},
    optional={
        "tracked_seconds": SECONDS,
        "status": st.sampled_from(TaskStatus.values),
        "completed_at": MOMENTS,
        "started_at": MOMENTS,
        "estimated_hours": st.none() | st.decimals("0.01", 99_999, places=2),
        "name": st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=50),
    },
)
FEW = settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck), database=None)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(TODAY, tick=False) as clock:
        yield clock


def company(owner: User, colleague: User, past: int) -> tuple[list[Task], list[Task]]:
    """A past, and tasks that finish today or later, of the same people, project and tags."""
    project, tag = make_project(owner, (colleague,), name="Site"), make_tag()
    known, later = (make_finished(count, project, assignee=owner, created_by=owner) for count in (past, LATER))
    for number, task in enumerate(later):
        task.completed_at = MIDNIGHT + number * DAY / 2
        task.save()
    tagged = [Task.tags.through(task=task, tag=tag) for task in [*known[::2], *later]]
    Task.tags.through.objects.bulk_create(tagged)
    return known, later


@pytest.fixture
def team(owner, administrator) -> list[Task]:
    """What finishes later."""
    return company(owner, administrator, 120)[1]


def planned(owner: User, later: list[Task], **fields: Any) -> Task:
    usual = {"estimated_hours": Decimal(4), "assignee": owner, "name": "Plan"}
    return create_task(actor=owner, project=later[0].project, tags=later[0].tags.all(), **usual | fields)


def said(task: Task, user: User) -> tuple[Any, ...]:
    """As a fresh process that has forgotten everything would say it."""
    Prediction.objects.all().delete()
    forget_record()
    forget()
    panel = estimate_panel(Task.objects.get(pk=task.pk), user)
    row = panel.prediction
    assert row is not None
    figures = (row.low_hours, row.middle_hours, row.high_hours, row.coverage, row.ratio)
    exact = [None if figure is None else figure.hex() for figure in figures]
    return (*exact, row.basis, row.reason, row.known, row.checked, row.ratio_count, row.day, panel.similar)


def assert_that_it_stays(task: Task, user: User, later: list[Task], known: int) -> None:
    before = said(task, user)
    assert before[7] == known

    @given(changes=st.lists(CHANGES, min_size=LATER, max_size=LATER))
    @FEW
    def stays(changes: list[dict[str, Any]]) -> None:
        with transaction.atomic():
            for other, change in zip(later, changes, strict=True):
                if change.get("status", TaskStatus.DONE) != TaskStatus.DONE:
                    change["completed_at"] = None
                Task.objects.filter(pk=other.pk).update(**change)
            assert said(task, user) == before
            transaction.set_rollback(True)

    stays()


@pytest.mark.parametrize("fields", [{}, {"estimated_hours": None}, {"status": "in_progress"}, {"assignee": None}])
def test_whatever_is_changed_about_later_tasks(owner, team, fields):
    assert_that_it_stays(planned(owner, team, **fields), owner, team, 120)


def test_whatever_is_changed_where_a_model_speaks(owner, administrator):
    known, later = company(owner, administrator, 330)
    dice = random.Random(7)
    off = {task.pk: math.log(task.tracked_seconds / 3600) + dice.gauss(0, 0.4) for task in known}
    make_version(in_use=True, spans={str(pk): [middle - 0.5, middle + 0.5] for pk, middle in off.items()})
    task = planned(owner, later)
    assert said(task, owner)[5] == Basis.MODEL

    assert_that_it_stays(task, owner, later, 330)


def odd(team: list[Task], owner: User, clock: time_machine.Coordinates) -> None:
    for other in team:
        entry = make_entry(owner, task=other)
        TimeEntry.objects.filter(pk=entry.pk).update(review=Review.TOO_LONG)


def logged(team: list[Task], owner: User, clock: time_machine.Coordinates) -> None:
    for other in team:
        create_entry(
            user=owner, task=other, started_at=TODAY - 2 * DAY, ended_at=TODAY - DAY, source=Source.RULE
        )  # fmt: skip


def gone(team: list[Task], owner: User, clock: time_machine.Coordinates) -> None:
    for other in team:
        other.delete()


def finished_through_the_service(team: list[Task], owner: User, clock: time_machine.Coordinates) -> None:
    for other in team:
        update_task(task=other, actor=owner, status=TaskStatus.REVIEW)
        clock.shift(dt.timedelta(hours=5))
        update_task(task=other, actor=owner, status=TaskStatus.DONE, estimated_hours=Decimal(50))
    drain()


def many_more(team: list[Task], owner: User, clock: time_machine.Coordinates) -> None:
    make_finished(200, team[0].project, assignee=owner, completed_at=MIDNIGHT, tracked_seconds=360_000)


@pytest.mark.parametrize("change", [odd, logged, gone, finished_through_the_service, many_more])
def test_whatever_happens_to_later_tasks(owner, team, clock, change):
    task = planned(owner, team, status=TaskStatus.IN_PROGRESS)
    before = said(task, owner)

    change(team, owner, clock)

    assert said(task, owner) == before


def test_what_finished_the_day_before_does_reach_it(owner, team):
    """Else the tests above could not fail."""
    task = planned(owner, team)
    before = said(task, owner)

    Task.objects.filter(pk=team[0].pk).update(completed_at=MIDNIGHT - dt.timedelta(seconds=1), tracked_seconds=360_000)

    assert said(task, owner) != before
