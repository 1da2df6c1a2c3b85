"""What a task will take, over the API."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.choices import Scope
from accounts.models import User
from analytics.choices import ModelKind
from analytics.models import Prediction, TrainedModel
from analytics.services.predictions import predict
from analytics.services.record import forget_record
from tests.analytics.finished import DAY, TODAY, make_finished
from tests.analytics.learned import make_version
from tests.api.problems import assert_problem
from tests.work import make_project, make_tag
from tracking.choices import TaskStatus
from tracking.models import Project, Task
from tracking.services.tasks import create_task, update_task

pytestmark = pytest.mark.django_db
PATH = "analytics/predictions/time-estimate"


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(TODAY, tick=False) as clock:
        yield clock


@pytest.fixture
def project(owner) -> Project:
    return make_project(owner, is_public=False)


def plan(owner: User, project: Project, **fields: object) -> Task:
    given = {"name": "Plan", "estimated_hours": Decimal(4), "assignee": owner}
    return create_task(actor=owner, project=project, **given | fields)


def ask(caller, task: Task) -> dict:
    answer = caller.get(f"{PATH}/", task_id=task.pk)
    assert answer.status_code == 200, answer.content
    return answer.json()


def score(**changes: float) -> dict[str, float]:
    return {"tasks": 900, "mae": 4.0, "malr": 0.4, "coverage": 0.8, "winkler": 2.0, "width": 4.0} | changes


def trained(kind: ModelKind, *, version: int = 3, in_use: bool = True, **model: float) -> TrainedModel:
    metrics = {"recent": {"model": score(**model), "plain": score()}}
    return make_version(version, kind=kind, in_use=in_use, metrics=metrics)


# ── What it says ─────────────────────────────────────────────────────────────
def test_all_that_is_said_of_a_task(api, owner, project):
    make_finished(40, project, assignee=owner)
    task = plan(owner, project)

    said = ask(api(owner), task)

    kept = Prediction.objects.get()
    similar = said.pop("similar")
    assert said == {
        "task": task.pk, "predicted_hours": 4.0, "interval": {"low": 2.0, "high": 8.0},
        "confidence": round(kept.coverage, 3), "similar_tasks": 40, "basis": "own", "reason": None, "reason_text": "",
        "finished_tasks": 40, "needed": 30, "provisional": True, "estimated_hours": 4.0,
        "own_ratio": {"ratio": 1.0, "tasks": 40}, "back_test": None, "as_of": "2026-03-02", "model": None,
    }  # fmt: skip
    assert (similar["kind"], similar["label"]) == ("person_project", "Tasks of this person in this project")
    assert similar["inside"] == 40
    assert similar["url"] == f"/insights/estimates/task/{task.pk}/similar/"


def test_where_nothing_can_be_said_it_says_why_and_names_no_figure(api, owner, project):
    make_finished(12, project)

    said = ask(api(owner), plan(owner, project))

    assert [said[name] for name in ("predicted_hours", "interval", "confidence")] == [None, None, None]
    assert (said["basis"], said["reason"], said["provisional"]) == ("none", "few", False)
    assert said["reason_text"] == "12 of the 30 finished tasks that this needs."
    assert (said["finished_tasks"], said["needed"], said["similar_tasks"]) == (12, 30, 12)
    assert said["similar"]["inside"] is None
    assert said["estimated_hours"] == 4.0


def test_it_says_so_in_the_language_of_the_caller(api, owner, project):
    User.objects.filter(pk=owner.pk).update(language="de")

    said = ask(api(owner), plan(owner, project))

    assert said["reason_text"] == "0 der 30 erledigten Aufgaben, die es dafür braucht."


def test_without_an_estimate_there_is_a_rough_range_and_no_figure(api, owner, project):
    make_finished(40, project)

    said = ask(api(owner), plan(owner, project, estimated_hours=None))

    assert (said["basis"], said["predicted_hours"], said["estimated_hours"]) == ("rough", None, None)
    assert said["interval"]["low"] < 4 < said["interval"]["high"]
    assert said["own_ratio"] is None


@pytest.mark.parametrize(
    ("ratios", "reason", "words"),
    [
        ((Decimal("0.1"), Decimal(10)), "wide", "Such tasks differ so much that a range would say nothing."),
        ((Decimal(1),), "drift", "100 of the last 100 ranges held, where 80 of 100 should."),
    ],
)
def test_the_other_reasons(api, owner, project, ratios, reason, words):
    for number, task in enumerate(make_finished(140, project, assignee=owner)):
        Task.objects.filter(pk=task.pk).update(tracked_seconds=int(14_400 * ratios[number % len(ratios)]))

    said = ask(api(owner), plan(owner, project))

    assert (said["reason"], said["reason_text"], said["predicted_hours"]) == (reason, words, None)


def test_nobody_knows_person_or_project(api, owner, project):
    make_finished(40)

    said = ask(api(owner), plan(owner, project))

    assert (said["reason"], said["similar"]["kind"], said["similar_tasks"]) == ("new", "all", 40)
    assert said["reason_text"] == "Neither the person nor the project has a finished task yet."


def test_of_a_finished_task_it_is_what_was_said_in_its_time(api, owner, project, clock):
    make_finished(40, project)
    task = plan(owner, project)
    before = ask(api(owner), task)
    clock.move_to(TODAY + 3 * DAY)
    Task.objects.filter(pk=task.pk).update(tracked_seconds=100 * 3600)
    update_task(task=task, actor=owner, status=TaskStatus.DONE)

    assert ask(api(owner), task) == before


def test_of_one_that_nothing_was_said_of_it_says_nothing_afterwards(api, owner, project):
    make_finished(40, project)
    task = plan(owner, project, status=TaskStatus.DONE)

    said = ask(api(owner), task)

    names = ("predicted_hours", "interval", "confidence", "reason", "finished_tasks", "as_of")
    assert {name: said[name] for name in names} == dict.fromkeys(names)
    assert (said["basis"], said["provisional"], said["estimated_hours"]) == ("none", False, 4.0)
    assert said["reason_text"] == "It was finished before anything was said of it."
    assert not Prediction.objects.exists()


# ── The model ────────────────────────────────────────────────────────────────
def test_the_last_back_test_of_the_model_in_use(api, owner, project):
    make_finished(40, project)
    trained(ModelKind.ESTIMATE, version=2, in_use=False, mae=1.0)
    trained(ModelKind.ROUGH, mae=2.0)
    trained(ModelKind.ESTIMATE, mae=3.5, malr=0.396, coverage=0.7912)
    task = plan(owner, project)

    said = ask(api(owner), task)

    assert said["back_test"] == {
        "tasks": 900, "better_by": 0.125, "mae_ratio": 0.875, "malr_ratio": 0.99, "coverage": 0.791
    }  # fmt: skip
    assert said["model"] is None
    Prediction.objects.update(model=TrainedModel.objects.get(version=2))
    assert ask(api(owner), task)["model"] == 2


def test_a_model_that_is_refused_has_no_back_test_to_show(api, owner, project):
    make_finished(40, project)
    trained(ModelKind.ESTIMATE)
    TrainedModel.objects.update(signature="0" * 64)

    assert ask(api(owner), plan(owner, project))["back_test"] is None


@pytest.mark.parametrize("metrics", [{}, {"recent": {"model": score(), "plain": score(mae=0.0)}}])
def test_a_back_test_that_compares_nothing_is_none(api, owner, project, metrics):
    TrainedModel.objects.filter(pk=trained(ModelKind.ESTIMATE).pk).update(metrics=metrics)

    assert ask(api(owner), plan(owner, project))["back_test"] is None


# ── Who asks ─────────────────────────────────────────────────────────────────
def test_similar_tasks_are_those_that_the_caller_may_see(api, owner, administrator, outsider):
    make_finished(30, make_project(outsider, is_public=False))
    open_to_all = make_project(owner)
    make_finished(9, open_to_all)
    task = plan(owner, open_to_all, assignee=outsider)

    def similar(user: User) -> tuple[str, int]:
        said = ask(api(user), task)
        return said["similar"]["kind"], said["similar_tasks"]

    assert similar(owner) == similar(administrator) == ("project", 9)
    Task.objects.filter(project=open_to_all, status=TaskStatus.DONE).delete()
    make_finished(30, make_project(outsider, is_public=False))
    Prediction.objects.all().delete()
    forget_record()
    assert similar(administrator) == similar(outsider) == ("all", 60)
    assert ask(api(owner), task)["similar"] is None
    assert ask(api(owner), task)["similar_tasks"] == 0


@pytest.mark.parametrize(
    ("who", "sees"), [("owner", True), ("lead", True), ("administrator", True), ("teammate", False), ("manager", False)]
)
def test_the_usual_ratio_of_a_person_is_for_those_who_see_their_time(api, owner, request, who, sees):
    project = make_project(owner)
    make_finished(40, project, assignee=owner)
    caller = request.getfixturevalue(who)

    said = ask(api(caller), plan(owner, project))

    assert (said["own_ratio"] is not None) == sees
    assert said["predicted_hours"] == 4.0


def test_what_one_may_not_see_is_not_there(api, owner, outsider, project):
    task = plan(owner, project)

    assert_problem(api(outsider).get(f"{PATH}/", task_id=task.pk), 404)
    assert_problem(api(None).get(f"{PATH}/", task_id=task.pk), 401)
    assert not Prediction.objects.exists()


def test_a_token_that_only_reads_and_a_session_may_ask(api, owner, client_for, project):
    task = plan(owner, project)

    with_token = api(owner, scope=Scope.READ).get(PATH, task_id=task.pk)
    with_session = client_for(owner).get(f"/api/{PATH}?task_id={task.pk}")

    assert (with_token.status_code, with_session.status_code) == (200, 200)
    assert with_token.json() == with_session.json()


# ── What is refused ──────────────────────────────────────────────────────────
@pytest.mark.parametrize("value", ["", "x", "1.5", "0", "-1", str(2**63), "9" * 5000, "NaN", "1,2"])
def test_what_is_no_id_is_refused(api, owner, value):
    assert_problem(api(owner).get(f"{PATH}/", task_id=value), 400, "task_id")


def test_it_has_to_be_said_which_and_nothing_else(api, owner, project):
    task = plan(owner, project)

    assert_problem(api(owner).get(f"{PATH}/"), 400, "task_id")
    assert_problem(api(owner).get(f"{PATH}/", task_id=task.pk, explain="yes"), 400, "explain")
    assert_problem(api(owner).get(f"{PATH}/?task_id={task.pk}&task_id={task.pk}"), 400, "task_id")
    assert_problem(api(owner).get(f"{PATH}/", task_id=2**62), 404)
    assert_problem(api(owner).post(f"{PATH}/", {"task_id": task.pk}), 405)


# ── What it takes ────────────────────────────────────────────────────────────
def test_it_takes_as_many_statements_whatever_there_is(api, owner, administrator, project):
    found = set()
    for caller in (api(owner), api(administrator)):
        for count in (1, 40):
            make_finished(count, project, assignee=owner)
            task = plan(owner, project, assignee=owner)
            task.tags.add(*[make_tag() for _number in range(count % 5)])
            ask(caller, task)
            with CaptureQueriesContext(connection) as captured:
                ask(caller, task)
            found.add(len(captured))
    assert max(found) <= 14
    assert len(found) <= 2  # an administrator sees all projects without asking


def test_asking_twice_at_another_time_says_the_same(api, owner, project, clock):
    make_finished(40, project)
    task = plan(owner, project, status=TaskStatus.IN_PROGRESS)
    first = ask(api(owner), task)
    clock.move_to(TODAY + dt.timedelta(days=10))

    assert ask(api(owner), task) == first
    assert predict(task).pk == Prediction.objects.get().pk
