"""How a project is doing, over the API."""

from __future__ import annotations

import pytest
import time_machine

from accounts.models import User
from analytics.services.advice import dismiss
from tests.analytics.foresight import DAY
from tests.api.problems import assert_problem
from tests.tracking.pages import MOST_STATEMENTS, NOON
from tests.work import make_project, make_task
from tracking.models import Project

PATH = "analytics/insights/project-health"
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _noon() -> None:
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def project(owner: User, teammate: User) -> Project:
    found = make_project(owner, (teammate,), is_public=False, due_on=(NOON - DAY).date())
    for number in range(4):
        make_task(found, due_at=NOON + (number - 0.5) * DAY)
    return found


@pytest.mark.parametrize("slash", ["", "/"])
def test_all_that_is_said(api, owner, project, slash):
    dismiss(user=owner, key=f"project:{project.pk}:overdue")
    answer = api(owner).get(f"{PATH}{slash}", project_id=project.pk)
    assert answer.status_code == 200
    said = answer.json()
    assert (said["project"], said["health_score"], said["status"]) == (project.pk, 17, "critical")
    assert [one["name"] for one in said["risk_factors"]] == ["deadline", "overdue"]
    assert said["risk_factors"][1] == {
        "name": "overdue", "label": "Overdue tasks", "level": "warning", "value": 0.25,
        "threshold": {"warning": 0.1, "critical": 0.3}, "reason": None,
        "text": "1 of 4 open tasks with a date is overdue.", "url": f"/tasks/?show=overdue&project={project.pk}",
    }  # fmt: skip
    assert [one["dismissed"] for one in said["recommendations"]] == [False, True]
    assert {one["name"]: one["reason"] for one in said["signals"]} == {
        "burn": "no_budget", "deadline": None, "overdue": None, "growth": "few_measured", "stale": "few_begun",
        "concentration": "few_people",
    }  # fmt: skip
    assert said["predicted_completion"] == {
        "p50": None, "p85": None, "chance": None, "deadline": "2026-03-03", "reason": "ranges",
        "reason_text": "Of more than a fifth of the open tasks it is not known what they may take.",
        "tasks_without_range": 4,
    }  # fmt: skip


def test_a_project_with_nothing(api, owner):
    said = api(owner).get(PATH, project_id=make_project(owner).pk).json()
    assert (said["health_score"], said["status"], said["risk_factors"]) == (None, "unknown", [])
    assert said["predicted_completion"]["reason"] == "no_tasks"


def test_who_may_ask(api, owner, teammate, outsider, project):
    assert [api(user).get(PATH, project_id=project.pk).status_code for user in (owner, teammate, outsider, None)] == [
        200, 200, 404, 401,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("query", "field"),
    [({}, "project_id"), ({"project_id": "x"}, "project_id"), ({"project_id": 0}, "project_id"),
     ({"project_id": [1, 2]}, "project_id"), ({"project_id": 1, "task_id": 1}, "task_id")],
)  # fmt: skip
def test_bad_questions(api, owner, query, field):
    assert_problem(api(owner).get(PATH, **query), 400, field)


def test_statements(api, owner, project, django_assert_max_num_queries):
    caller = api(owner)
    caller.get(PATH, project_id=project.pk)
    with django_assert_max_num_queries(MOST_STATEMENTS + 1):  # the token's last use is one
        caller.get(PATH, project_id=project.pk)
