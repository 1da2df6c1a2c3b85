"""Estimates in the form of a task and in the list, and how many statements all of it takes."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from analytics.estimates.ladder import Ladder
from analytics.models import Prediction
from tests.analytics.finished import make_finished
from tests.conftest import ClientFor
from tests.tracking.pages import HTMX, MOST_STATEMENTS, statements, text
from tests.work import make_project, make_tag, make_task
from tracking.choices import TaskStatus
from tracking.models import Project, Task

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("wednesday")]

DRAFT, RANGES = "/insights/estimates/draft/", "/insights/estimates/tasks/"


@pytest.fixture
def project(owner: User) -> Project:
    return make_project(manager=owner, name="Relaunch", is_public=False)


@pytest.fixture
def past(project: Project, owner: User) -> list[Task]:
    return make_finished(40, project, assignee=owner)


def typed(project: Project, person: User, **more: object) -> dict[str, object]:
    return {"name": "Draw", "project": project.pk, "assignee": person.pk, "priority": "normal", "estimate": "4h"} | more


def line(browser: Client, **fields: object) -> str:
    """What the line says; empty where it says nothing."""
    response = browser.get(DRAFT, fields, headers=HTMX)
    assert response.status_code == 200
    return text(response).partition("<input")[0].strip()


# ── The form ─────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("path", ["/tasks/new/", "/tasks/{pk}/edit/"])
def test_the_form_asks(olga: Client, project: Project, path: str):
    task = make_task(project)
    page = text(olga.get(path.format(pk=task.pk)))

    assert page.count(f'hx-get="{DRAFT}') == 1
    assert (f'hx-get="{DRAFT}?task={task.pk}"' in page) is ("edit" in path)
    assert "csrfmiddlewaretoken" not in page.partition('hx-params="')[2].partition('"')[0]


def test_a_finished_tasks_form_does_not(olga: Client, past: list[Task]):
    assert DRAFT not in text(olga.get(f"/tasks/{past[0].pk}/edit/"))


@pytest.mark.parametrize("estimate", ["4", "4:00", "4h", "240m", "4,0"])
def test_an_estimate_as_people_write_it(olga: Client, owner: User, project: Project, past: list[Task], estimate: str):
    said = line(olga, **typed(project, owner, estimate=estimate))

    assert said.startswith("Usually ")
    assert said.endswith(" · 40 similar tasks · provisional")
    assert not Prediction.objects.exists()


def test_without_an_estimate(olga: Client, owner: User, project: Project, past: list[Task]):
    assert line(olga, **typed(project, owner, estimate="")).startswith("Typically between ")


def test_the_line_of_a_task_is_what_its_page_says(olga: Client, owner: User, project: Project, past: list[Task]):
    task = make_task(project, assignee=owner, estimated_hours=Decimal(4), estimated_at=timezone.now(), created_by=owner)
    said = line(olga, **typed(project, owner, task=task.pk))
    panel = text(olga.get(f"/insights/estimates/task/{task.pk}/"))

    low, high = said.removeprefix("Usually ").partition(" ")[0].split("–")
    assert f"{low} – {high}" in panel


def test_tags_count_as_picked_and_as_typed(olga: Client, owner: User, project: Project, past: list[Task]):
    for tag, tasks in ((make_tag("bug"), past[:10]), (make_tag("ui"), past[10:19])):
        for task in tasks:
            task.tags.add(tag)

    bug = past[0].tags.get()
    assert "10 similar tasks" in line(olga, **typed(project, owner, tags=bug.pk))
    assert "9 similar tasks" in line(olga, **typed(project, owner, tag_names="#UI unheard-of"))


def test_too_little_history(olga: Client, owner: User, project: Project):
    make_finished(12, project, assignee=owner)

    assert line(olga, **typed(project, owner)) == "No range yet: 12 of 30 finished tasks"


def test_unlike_all_estimates(olga: Client, owner: User, project: Project, past: list[Task]):
    said = line(olga, **typed(project, owner, estimate="9000h"))

    assert said == "No range: no finished task was estimated nearly like it"


def test_new_to_both(olga: Client, owner: User, outsider: User, past: list[Task]):
    assert line(olga, **typed(make_project(), outsider)) == "No range yet: nothing like it is finished"


@pytest.mark.parametrize(
    "odd",
    [
        {"estimate": "soon"},
        {"estimate": "9999999"},
        {"estimate": "1:75"},
        {"estimate": "x" * 21},
        {"project": ""},
        {"project": "999"},
        {"project": "1 OR 1=1"},
        {"project": "9" * 30},
        {"assignee": "-1"},
        {"assignee": "9" * 19},
        {"task": "999"},
        {"task": "x"},
        {"priority": "huge"},
        {"complexity": "9"},
        {"name": "x" * 251},
    ],
)
def test_what_cannot_be_read_says_nothing(
    olga: Client, owner: User, project: Project, past: list[Task], odd: dict[str, str]
):
    assert line(olga, **typed(project, owner) | odd) == ""


def test_odd_tags_count_as_none(olga: Client, owner: User, project: Project, past: list[Task]):
    odd = {"tags": ["9" * 30, "x", "-1", "999"], "tag_names": "a@b, ##"}

    assert "40 similar tasks" in line(olga, **typed(project, owner) | odd)


def test_what_one_may_not_see_says_nothing(client_for: ClientFor, owner: User, outsider: User, past: list[Task]):
    open_project, hidden = make_project(), past[0].project
    browser = client_for(outsider)

    assert line(browser, **typed(hidden, owner)) == ""
    assert line(browser, **typed(open_project, owner, task=make_task(hidden).pk)) == ""
    assert "similar" not in line(browser, **typed(open_project, owner))


def test_the_same_is_not_said_again(olga: Client, owner: User, project: Project, past: list[Task]):
    answer = text(olga.get(DRAFT, typed(project, owner)))
    said = answer.partition('value="')[2].partition('"')[0]

    assert olga.get(DRAFT, typed(project, owner, said=said)).status_code == 204
    assert olga.get(DRAFT, typed(project, owner, said=said, estimate="2h")).status_code == 200


# ── The list ─────────────────────────────────────────────────────────────────
def open_tasks(project: Project, person: User, count: int = 1, **fields: Any) -> list[Task]:
    estimated = {"estimated_hours": Decimal(4), "estimated_at": timezone.now()}
    return [make_task(project, assignee=person, **estimated | fields) for _number in range(count)]


def asking(*ids: object) -> str:
    return f"{RANGES}?" + "&".join(f"task={each}" for each in ids)


def test_the_list_asks_for_its_open_tasks(olga: Client, owner: User, project: Project, past: list[Task]):
    first, second = open_tasks(project, owner, 2)
    page = text(olga.get("/tasks/?show=all", headers=HTMX))

    asked = page.partition(f'hx-get="{RANGES}?')[2].partition('"')[0]
    assert asked == f"task={second.pk}&amp;task={first.pk}&amp;"
    assert page.count('<span class="task-range') == 2


def test_each_range_comes_to_its_place(olga: Client, owner: User, project: Project, past: list[Task]):
    (task,), (rough,) = open_tasks(project, owner), open_tasks(project, owner, estimated_hours=None)
    answer = text(olga.get(asking(task.pk, rough.pk)))

    assert f'<span id="range-{task.pk}" hx-swap-oob="innerHTML">usually ' in answer
    assert f'<span id="range-{rough.pk}" hx-swap-oob="innerHTML">typically ' in answer


def test_what_is_silent_leaves_its_place_empty(olga: Client, owner: User, project: Project):
    (task,) = open_tasks(project, owner)

    assert f'<span id="range-{task.pk}" hx-swap-oob="innerHTML"></span>' in text(olga.get(asking(task.pk)))


def test_only_open_tasks_that_one_sees(
    client_for: ClientFor, owner: User, outsider: User, project: Project, past: list[Task]
):
    (mine,), (over,) = open_tasks(project, owner), open_tasks(project, owner, status=TaskStatus.CANCELLED)
    url = asking(mine.pk, over.pk, past[0].pk)

    assert text(client_for(owner).get(url)).count("<span id=") == 1
    assert text(client_for(outsider).get(url)).strip() == ""
    assert Prediction.objects.get().task == mine


@pytest.mark.parametrize("ids", [[], ["x"], ["-1"], ["9" * 30], ["999"], ["1 OR 1=1"]])
def test_odd_ids_are_left_out(olga: Client, ids: list[str]):
    assert text(olga.get(asking(*ids))).strip() == ""


def test_no_more_than_a_page_of_them(olga: Client, owner: User, project: Project):
    tasks = open_tasks(project, owner, 51)

    assert text(olga.get(asking(*(task.pk for task in tasks)))).count("<span id=") == 50


# ── How much it takes ────────────────────────────────────────────────────────
def test_the_model_is_asked_once_for_a_page(olga: Client, owner: User, project: Project, past: list[Task], monkeypatch):
    asked: list[int] = []
    estimates = Ladder.estimates
    monkeypatch.setattr(Ladder, "estimates", lambda ladder, plans: asked.append(len(plans)) or estimates(ladder, plans))
    olga.get(asking(*(task.pk for task in open_tasks(project, owner, 50))))

    assert asked == [50]


def test_statements_of_ranges(olga: Client, owner: User, project: Project, past: list[Task]):
    tasks = open_tasks(project, owner, 50)
    tasks[2].tags.add(make_tag(), make_tag())
    taken = {count: statements(olga, asking(*(task.pk for task in tasks[:count]))) for count in (1, 3, 50)}

    assert len(set(taken.values())) == 1
    assert taken[1] <= MOST_STATEMENTS


@pytest.mark.parametrize("path", ["task/{pk}/", "task/{pk}/similar/", "draft/?project={project}&estimate=4&name=Draw"])
def test_statements(olga: Client, owner: User, teammate: User, project: Project, past: list[Task], path: str):
    (task,) = open_tasks(project, owner)
    url = f"/insights/estimates/{path.format(pk=task.pk, project=project.pk)}"
    at_first = statements(olga, url)
    make_finished(30, make_project(members=(owner, teammate)), assignee=teammate)
    open_tasks(project, teammate, 3)
    task.tags.add(make_tag(), make_tag())

    assert statements(olga, url) == at_first
    assert at_first <= MOST_STATEMENTS + 8


def test_the_pages_themselves_ask_nothing_more(olga: Client, owner: User, project: Project, past: list[Task]):
    (task,) = open_tasks(project, owner)
    for url in (f"/tasks/{task.pk}/", "/tasks/", "/tasks/new/"):
        text(olga.get(url))

    assert not Prediction.objects.exists()
