"""Estimates where one decides: the panel of a task, the similar ones, the line in its form, the ranges of the list."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from analytics.choices import Basis, Reason
from analytics.models import Prediction, TrainedModel
from analytics.services.predictions import predict
from tests.analytics.finished import make_finished
from tests.analytics.learned import make_version
from tests.conftest import ClientFor
from tests.tracking.pages import HTMX, text
from tests.work import make_project, make_tag, make_task
from tracking.choices import TaskStatus
from tracking.models import Project, Task

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("wednesday")]

HOUR = 3600


@pytest.fixture
def project(owner: User, teammate: User) -> Project:
    return make_project(manager=owner, members=(teammate,), name="Relaunch", is_public=False)


@pytest.fixture
def past(project: Project, owner: User) -> list[Task]:
    return make_finished(40, project, assignee=owner)


def planned(project: Project, person: User | None, hours: int | None = 4, **fields: Any) -> Task:
    estimated = {"estimated_hours": hours and Decimal(hours), "estimated_at": hours and timezone.now()}
    return make_task(project, assignee=person, **estimated | fields)


def panel_of(task: Task) -> str:
    return f"/insights/estimates/task/{task.pk}/"


def words(browser: Client, url: str) -> str:
    """As one reads it, with single spaces."""
    response = browser.get(url, headers=HTMX)
    assert response.status_code == 200
    return " ".join(text(response).split())


def finish(task: Task, hours: float) -> None:
    Task.objects.filter(pk=task.pk).update(
        status=TaskStatus.DONE, completed_at=timezone.now(), tracked_seconds=round(hours * HOUR)
    )


def silence(task: Task, reason: Reason) -> None:
    """As if nothing could have been said."""
    nothing = {"low_hours": None, "middle_hours": None, "high_hours": None}
    said = {"basis": Basis.NONE, "reason": reason, "coverage": 0.64, "checked": 100}
    Prediction.objects.filter(pk=predict(task).pk).update(**said | nothing)


# ── The panel ────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("page", ["", "similar/"])
def test_who_sees_it(
    client_for: ClientFor,
    owner: User,
    teammate: User,
    outsider: User,
    administrator: User,
    project: Project,
    past: list[Task],
    page: str,
):
    url = panel_of(planned(project, owner)) + page

    for person, status in ((owner, 200), (teammate, 200), (administrator, 200), (outsider, 404), (None, 302)):
        assert client_for(person).get(url).status_code == status


def test_what_it_says(olga: Client, owner: User, project: Project, past: list[Task]):
    said = words(olga, panel_of(planned(project, owner)))

    told = Prediction.objects.get()
    assert f">{said_as(told.low_hours)} – {said_as(told.high_hours)}<" in said
    inside = sum(told.low_hours <= task.tracked_seconds / HOUR <= told.high_hours for task in past)
    assert f">{inside} of 40 similar tasks</a> took that long." in said
    assert "Tasks of Olga Owner in Relaunch, estimated at 2:00 to 8:00" in said
    assert "Olga Owner usually takes what was estimated, 40 tasks" in said
    assert "It rests on the estimate and 40 finished tasks." in said
    assert f"Ranges like this held {round(told.coverage * told.checked)} of the last {told.checked} times." in said
    assert ">provisional<" in said
    assert "As of 4 Mar." in said


def said_as(hours: float | None) -> str:
    minutes = round((hours or 0) * 60)
    return f"{minutes // 60}:{minutes % 60:02}"


def test_hours_as_the_person_writes_them(olga: Client, owner: User, project: Project, past: list[Task]):
    owner.hours_format = "decimal"
    owner.save()

    assert "estimated at 2.00 to 8.00" in words(olga, panel_of(planned(project, owner)))


def test_the_class_names_person_and_tags(olga: Client, owner: User, project: Project, past: list[Task]):
    tag = make_tag("bug")
    task = planned(project, owner)
    for each in (*past[:10], task):
        each.tags.add(tag)

    assert "Tasks of Olga Owner tagged #bug, estimated at 2:00 to 8:00" in words(olga, panel_of(task))


def test_a_usual_ratio_is_for_those_who_see_the_persons_time(
    client_for: ClientFor,
    owner: User,
    teammate: User,
    lead: User,
    administrator: User,
    project: Project,
    past: list[Task],
):
    project.memberships.create(user=lead)
    url = panel_of(planned(project, owner))

    for person, sees in ((owner, True), (lead, True), (administrator, True), (teammate, False)):
        assert ("usually takes" in words(client_for(person), url)) is sees


def test_without_an_estimate_there_is_no_single_number(olga: Client, owner: User, project: Project, past: list[Task]):
    task = planned(project, owner, None)
    said = words(olga, panel_of(task))

    assert "Typically between" in said
    assert ">rough<" in said
    assert "In the middle" not in said
    assert 'class="figure"' not in said
    task.refresh_from_db()
    assert task.estimated_hours is None


def test_too_little_history(olga: Client, owner: User, project: Project):
    make_finished(12, project, assignee=owner)

    said = words(olga, panel_of(planned(project, owner)))
    assert "Not enough history: 12 of 30 finished tasks with an estimate<" in said
    assert "Every task with an estimate that is finished with time on it counts from the next day on." in said
    assert "<svg class" not in said
    assert "Not enough history: 12 of 30 finished tasks<" in words(olga, panel_of(planned(project, owner, None)))


def test_new_to_both(olga: Client, owner: User, outsider: User, past: list[Task]):
    fresh = make_project(name="Fresh")

    assert "Neither Otto Outsider nor this project has finished tasks yet" in words(
        olga, panel_of(planned(fresh, outsider))
    )
    assert "This project has no finished tasks yet" in words(olga, panel_of(planned(fresh, None)))


@pytest.mark.parametrize(
    ("reason", "why", "what_helps"),
    [
        (Reason.WIDE, "The range would be too wide to help", "Smaller tasks, and tags"),
        (Reason.DRIFT, "The last ranges did not hold as they should", "64 of the last 100 held."),
    ],
)
def test_why_nothing_is_said(
    olga: Client, owner: User, project: Project, past: list[Task], reason: Reason, why: str, what_helps: str
):
    task = planned(project, owner)
    silence(task, reason)

    said = words(olga, panel_of(task))
    assert f"{why}</p> <p>{what_helps}" in said
    assert ">40 similar tasks</a>" in said


@pytest.mark.parametrize(
    ("hours", "verdict"),
    [(4, "inside the range"), (40, "longer than the range"), (0.1, "shorter than the range")],
)
def test_what_was_said_beside_what_it_took(
    olga: Client, owner: User, project: Project, past: list[Task], hours: float, verdict: str
):
    task = planned(project, owner)
    words(olga, panel_of(task))
    finish(task, hours)

    said = words(olga, panel_of(task))
    assert "What was said" in said
    assert f"It took</dt><dd>{said_as(hours)}</dd>" in said
    assert verdict in said


def test_a_finished_task_is_not_told_afterwards(olga: Client, owner: User, project: Project, past: list[Task]):
    late, silent = planned(project, owner), planned(project, owner)
    finish(late, 2)
    silence(silent, Reason.WIDE)
    finish(silent, 2)

    assert "It was finished before anything was said of it." in words(olga, panel_of(late))
    assert "Nothing was said in its time: The range would be too wide to help" in words(olga, panel_of(silent))
    assert "Smaller tasks" not in words(olga, panel_of(silent))


def test_a_cancelled_task_shows_nothing(olga: Client, owner: User, project: Project, past: list[Task]):
    assert words(olga, panel_of(planned(project, owner, status=TaskStatus.CANCELLED))) == ""


def model(mae: float, **fields: Any) -> TrainedModel:
    scores = {"tasks": 100, "malr": 0.4, "coverage": 0.8, "winkler": 1, "width": 3}
    metrics = {"recent": {"model": scores | {"mae": mae}, "plain": scores | {"mae": 1}}}
    return make_version(3, in_use=True, metrics=metrics, **fields)


@pytest.mark.parametrize(
    ("mae", "basis", "words_of_it"),
    [
        (0.96, Basis.MODEL, "it came 4 % closer than the estimates alone."),
        (0.98, Basis.OWN, "the model did not come closer often enough: the estimate stands."),
        (1.04, Basis.RATIO, "the model came no closer than the estimates themselves: the estimate stands."),
    ],
)
def test_the_last_back_test(
    olga: Client, owner: User, project: Project, past: list[Task], mae: float, basis: Basis, words_of_it: str
):
    task = planned(project, owner)
    Prediction.objects.filter(pk=predict(task).pk).update(basis=basis, model=model(mae))

    assert f"In the last back-test {words_of_it}" in words(olga, panel_of(task))


def test_where_more_is_tracked_already_it_says_so(olga: Client, owner: User, project: Project, past: list[Task]):
    task = planned(project, owner)
    high = predict(task).high_hours
    Task.objects.filter(pk=task.pk).update(tracked_seconds=high * HOUR)
    assert "past the range" not in words(olga, panel_of(task))

    Task.objects.filter(pk=task.pk).update(tracked_seconds=high * HOUR + 60)

    assert "tracked: past the range" in words(olga, panel_of(task))


def test_an_estimate_outside_of_its_range_is_not_called_its_middle(
    olga: Client, owner: User, project: Project, past: list[Task]
):
    task = planned(project, owner)
    assert "In the middle" in words(olga, panel_of(task))

    Prediction.objects.filter(pk=predict(task).pk).update(low_hours=5, middle_hours=5, high_hours=9)

    page = words(olga, panel_of(task))
    assert ("Nearest in the range" in page, "In the middle" in page) == (True, False)


# ── Similar tasks ────────────────────────────────────────────────────────────
def test_similar_tasks_are_those_of_the_panel(
    client_for: ClientFor, owner: User, teammate: User, administrator: User, project: Project, past: list[Task]
):
    make_finished(9, make_project(manager=administrator, is_public=False), assignee=owner, name="Secret")
    past[-1].tags.add(make_tag("gone"))
    task = planned(make_project(name="Open"), owner)

    for person, count in ((owner, 40), (teammate, 40), (administrator, 49)):
        browser = client_for(person)
        page = words(browser, f"{panel_of(task)}similar/")
        inside = page.count("inside</span>")
        assert page.count("<tr data-row") == count
        assert f">{inside} of {count} similar tasks</a>" in words(browser, panel_of(task))
        assert f"{inside} of {count} took" in page
        assert ("Secret" in page) is (person == administrator)


def test_similar_tasks_in_their_order(olga: Client, owner: User, project: Project, past: list[Task]):
    for task, hours in ((past[0], 40), (past[1], 0.1)):
        Task.objects.filter(pk=task.pk).update(tracked_seconds=round(hours * HOUR))
    page = words(olga, f"{panel_of(planned(project, owner))}similar/")

    places = [page.index(f">Finished {number}<") for number in (39, 38, 1, 0)]
    assert places == sorted(places)
    assert [page.count(f"{place}</span>") for place in ("inside", "longer", "shorter")] == [38, 1, 1]
    assert "1.25 ×" in page


def test_no_similar_tasks(olga: Client, owner: User, project: Project):
    assert "No similar tasks" in words(olga, f"{panel_of(planned(project, owner))}similar/")
