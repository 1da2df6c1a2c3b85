"""What is planned or started is told by handlers, so that the record does not depend on who looked."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path

import pytest
import time_machine
from django.db import connection

from analytics.choices import Reason
from analytics.handlers import estimates as handlers
from analytics.models import Prediction
from analytics.services import predictions as telling
from tests.analytics.finished import DAY, TODAY, make_finished
from tests.tracking.toggl import toggl_file
from tests.work import make_entry, make_project
from timetracker.events.choices import Status
from timetracker.events.dispatch import drain
from timetracker.events.models import Delivery, Event
from tracking.choices import TaskStatus
from tracking.imports.toggl import read_toggl
from tracking.models import Task
from tracking.services.import_plan import plan_import
from tracking.services.imports import store_import
from tracking.services.tasks import create_task, update_task
from tracking.services.timer import start_timer

OURS = "analytics.predict_plan"


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(TODAY, tick=False) as clock:
        yield clock


@pytest.fixture
def project(db, owner):
    project = make_project(owner)
    make_finished(30, project)
    return project


@pytest.fixture
def planned(project, owner) -> Task:
    return create_task(actor=owner, project=project, name="Plan", estimated_hours=Decimal(4), assignee=owner)


def told(task: Task) -> list[tuple[float | None, dt.date]]:
    """The estimate and the day of each, in order."""
    drain()
    return list(Prediction.objects.filter(task=task).order_by("pk").values_list("estimate_hours", "day"))


def test_a_new_task_is_told_though_nobody_looked(planned):
    assert told(planned) == [(4.0, TODAY.date())]


def test_one_without_an_estimate_too(project, owner):
    task = create_task(actor=owner, project=project, name="Plan")

    assert told(task) == [(None, TODAY.date())]


@pytest.mark.parametrize(
    "change", [{"estimated_hours": Decimal(8)}, {"assignee": None}, {"name": "Other words"}, {"priority": "high"}]
)
def test_another_plan_is_told_anew(planned, owner, change):
    drain()

    update_task(task=planned, actor=owner, **change)

    assert len(told(planned)) == 2


def moved(task, owner):
    update_task(task=task, actor=owner, status=TaskStatus.IN_PROGRESS)


def timed(task, owner):
    start_timer(user=owner, task=task)


def logged(task, owner):
    make_entry(owner, start=TODAY + DAY - dt.timedelta(hours=2), task=task)


@pytest.mark.parametrize("start", [moved, timed, logged])
def test_its_start_is_told_as_of_its_day(planned, owner, clock, start):
    drain()
    clock.move_to(TODAY + DAY)

    start(planned, owner)

    assert told(planned) == [(4.0, TODAY.date()), (4.0, (TODAY + DAY).date())]


def test_the_start_is_known_whatever_handler_comes_first(planned, owner, clock):
    drain()
    clock.move_to(TODAY + DAY)
    start_timer(user=owner, task=planned)
    Delivery.objects.filter(handler="tracking.mark_task_started", status=Status.PENDING).delete()

    assert told(planned)[-1] == (4.0, (TODAY + DAY).date())


def test_time_on_what_has_begun_tells_nothing_new(planned, owner, clock):
    logged(planned, owner)
    first = told(planned)
    clock.move_to(TODAY + 3 * DAY)

    start_timer(user=owner, task=planned)

    assert told(planned) == first


def test_a_task_that_was_finished_meanwhile_is_not_told(planned, owner):
    update_task(task=planned, actor=owner, status=TaskStatus.DONE)

    assert told(planned) == []


def test_a_task_that_is_gone_is_not_told(planned):
    planned.delete()

    drain()

    assert not Prediction.objects.exists()


def test_an_import_tells_nothing_of_what_it_makes(project, owner, administrator, tmp_path: Path):
    line = {"Email": owner.email, "Client": "", "Project": project.name}
    rows = read_toggl(toggl_file(tmp_path, *({**line, "Task": f"Imported {number}"} for number in range(3))))
    store_import(plan=plan_import(rows, zone=dt.UTC, actor=administrator), actor=administrator)

    assert Event.objects.filter(type="task_created").count() == 3
    assert not Delivery.objects.filter(handler__startswith="analytics.predict").exists()


# ── When it fails, or takes long ─────────────────────────────────────────────
def test_a_failure_is_tried_again_and_hurts_nobody(planned, monkeypatch, clock):
    def broken(*_asked: object) -> None:
        raise RuntimeError("No such model.")

    with monkeypatch.context() as patch:
        patch.setattr(telling, "_estimates", broken)
        drain()
    failed = Delivery.objects.filter(handler=OURS)
    assert set(failed.values_list("status", "attempts")) == {(Status.PENDING, 1)}
    assert "No such model." in failed[0].last_error
    assert not Delivery.objects.exclude(handler=OURS).exclude(status=Status.DONE).exists()

    clock.shift(60)

    assert told(planned) == [(4.0, TODAY.date())]
    assert set(failed.values_list("status", flat=True)) == {Status.DONE}


@pytest.mark.django_db(transaction=True)
def test_what_takes_seconds_is_loaded_while_nobody_waits_for_us(planned, monkeypatch):
    """On SQLite everybody who writes waits for an open transaction."""
    locked: list[bool] = []
    load = handlers.predictor
    monkeypatch.setattr(handlers, "predictor", lambda: locked.append(connection.in_atomic_block) or load())

    drain()

    assert set(locked) == {False}
    assert Prediction.objects.get().reason != Reason.FEW
