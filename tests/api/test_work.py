"""Clients, projects, tasks and tags over the API: the contract's names, the services' rules, who may know the money."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.utils import timezone

from accounts.models import User
from accounts.services.people import deactivate_person
from tests.api.problems import assert_problem
from tests.work import make_client, make_entry, make_project, make_tag, make_task
from timetracker.events.models import Event
from tracking.models import Client, Project, ProjectRate, Tag, Task
from tracking.services.projects import remove_member

pytestmark = pytest.mark.django_db


# ── Clients ──────────────────────────────────────────────────────────────────
def test_a_client_from_first_to_last(api, manager: User):
    caller = api(manager)
    row = caller.post(
        "clients/", {"name": "Aldine Books", "hourly_rate": "95.5", "email": "post@aldine.example"}
    ).json()
    assert row == {
        "id": row["id"],
        "name": "Aldine Books",
        "email": "post@aldine.example",
        "currency": "EUR",
        "hourly_rate": "95.50",
        "archived": False,
    }
    path = f"clients/{row['id']}/"
    assert caller.patch(path, {"archived": True}).json()["archived"] is True
    assert caller.rows("clients/", archived="false") == []
    assert caller.put(path, {**row, "name": "Aldine"}).json() == {**row, "name": "Aldine"}
    assert caller.delete(path).status_code == 204
    assert_problem(caller.get(path), 404)
    kinds = list(Event.objects.order_by("pk").values_list("type", flat=True))
    assert kinds == ["client_created", "client_changed", "client_changed", "client_changed", "client_deleted"]


def test_a_client_with_history_is_archived_not_deleted(api, manager: User):
    project = make_project(client=make_client())
    problem = assert_problem(api(manager).delete(f"clients/{project.client_id}/"), 409)
    assert problem["type"] == "urn:timetracker:problem:in_use"
    assert "Archive" in problem["detail"]
    assert Client.objects.exists()


def test_a_duplicate_name_is_said_at_its_field(api, manager: User):
    make_client(name="Aldine")
    make_project(name="Reading room", code="ROOM")
    make_tag("design")
    assert_problem(api(manager).post("clients/", {"name": "aldine"}), 400, "name")
    assert_problem(api(manager).post("projects/", {"name": "READING ROOM"}), 400, "name")
    assert_problem(api(manager).post("projects/", {"name": "Other", "code": "room"}), 400, "code")
    assert_problem(api(manager).post("tags/", {"name": "Design"}), 400, "name")
    other = make_tag("other")
    assert_problem(api(manager).patch(f"tags/{other.pk}/", {"name": "DESIGN"}), 400, "name")


def test_a_clients_rate_is_for_managers(api, manager: User, owner: User):
    client = make_client(hourly_rate=Decimal("123.45"))
    make_project(client=client)
    assert api(manager).get(f"clients/{client.pk}/").json()["hourly_rate"] == "123.45"
    assert api(owner).get(f"clients/{client.pk}/").json()["hourly_rate"] is None
    assert api(owner).rows("clients/")[0]["hourly_rate"] is None


# ── Projects ─────────────────────────────────────────────────────────────────
def test_a_project_from_first_to_last(api, manager: User):
    caller, client = api(manager), make_client(currency="CHF")
    sent = {
        "client": client.pk,
        "name": "Reading room",
        "code": "ROOM",
        "color": "teal",
        "status": "planned",
        "billable": False,
        "budget_type": "money",
        "budget_amount": "12000.00",
        "hourly_rate": "110.00",
        "is_public": False,
        "starts_on": "2026-03-01",
        "due_on": "2026-06-30",
    }
    answer = caller.post("projects/", sent)
    assert answer.status_code == 201
    row = answer.json()
    assert row == {**sent, "id": row["id"], "currency": "CHF", "description": ""}
    path = f"projects/{row['id']}/"
    assert caller.put(path, row).json() == row
    assert caller.patch(path, {"status": "archived"}).json()["status"] == "archived"
    assert caller.rows("projects/", status="active,planned") == []
    assert caller.patch(path, {"budget_type": "none"}).json()["budget_amount"] is None
    assert caller.delete(path).status_code == 204
    assert not Project.objects.exists()


def test_a_project_with_history_is_archived_not_deleted(api, administrator: User, owner: User):
    with_task, with_time = make_task().project, make_project()
    make_entry(owner, project=with_time)
    for project in (with_task, with_time):
        assert "Archive" in assert_problem(api(administrator).delete(f"projects/{project.pk}/"), 409)["detail"]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"starts_on": "2026-03-02", "due_on": "2026-03-01"}, "due_on"),
        ({"budget_type": "hours"}, "budget_amount"),
        ({"budget_type": "hours", "budget_amount": "-1"}, "budget_amount"),
        ({"budget_type": "hours", "budget_amount": "1.234"}, "budget_amount"),
        ({"hourly_rate": "-1"}, "hourly_rate"),
        ({"hourly_rate": "100000000000"}, "hourly_rate"),
        ({"color": "#ff0000"}, "color"),
        ({"color": "\ud800"}, "color"),
        ({"status": "open"}, "status"),
        ({"currency": "euro"}, "currency"),
        ({"code": "two words"}, "code"),
        ({"name": "x" * 151}, "name"),
        ({"name": " "}, "name"),
        ({"name": "a\x00b"}, "name"),
        ({"client": 4711}, "client"),
        ({"client": 10**30}, "client"),
        ({"client": 1.5}, "client"),
        ({"is_public": "perhaps"}, "is_public"),
        ({"due_on": "2026-02-30"}, "due_on"),
    ],
)
def test_wrong_projects(api, manager: User, wrong, field):
    assert_problem(api(manager).post("projects/", {"name": "Fine", **wrong}), 400, field)
    project = make_project(manager)
    assert_problem(api(manager).patch(f"projects/{project.pk}/", wrong), 400, field)
    assert Project.objects.count() == 1


def test_project_money_is_for_its_managers(api, owner: User, teammate: User):
    money = make_project(
        owner, members=(teammate,), is_public=False, rate="77.70", budget_type="money", budget_amount=Decimal("8888.00")
    )
    hours = make_project(owner, members=(teammate,), budget_type="hours", budget_amount=Decimal(120))
    row = api(owner).get(f"projects/{money.pk}/").json()
    assert (row["hourly_rate"], row["budget_amount"]) == ("77.70", "8888.00")
    row = api(teammate).get(f"projects/{money.pk}/").json()
    assert (row["hourly_rate"], row["budget_type"], row["budget_amount"]) == (None, "money", None)
    assert api(teammate).get(f"projects/{hours.pk}/").json()["budget_amount"] == "120.00"  # hours are no secret


def test_a_new_rate_holds_from_today(api, owner: User):
    project = make_project(owner)
    path = f"projects/{project.pk}/"
    assert api(owner).patch(path, {"hourly_rate": "80.00"}).json()["hourly_rate"] == "80.00"
    assert api(owner).patch(path, {"hourly_rate": "90.00"}).json()["hourly_rate"] == "90.00"
    steps = list(project.rates.order_by("valid_from").values_list("valid_from", "hourly_rate"))
    assert steps == [(ProjectRate.ALWAYS, Decimal(80)), (timezone.localdate(), Decimal(90))]
    assert_problem(api(owner).patch(path, {"hourly_rate": None}), 400, "hourly_rate")
    other = make_project(owner, rate="50")
    assert api(owner).patch(f"projects/{other.pk}/", {"hourly_rate": None}).json()["hourly_rate"] is None


# ── Tasks ────────────────────────────────────────────────────────────────────
def test_a_task_from_first_to_last(api, owner: User, teammate: User):
    project = make_project()
    caller = api(owner)
    sent = {
        "project": project.pk,
        "name": "Draw the grid",
        "description": "Twelve columns",
        "status": "todo",
        "priority": "high",
        "assignee": teammate.pk,
        "tags": ["design"],
        "due_at": "2026-03-20T16:00:00Z",
        "estimated_hours": 6.5,
        "complexity": 3,
        "archived": False,
    }
    row = caller.post("tasks/", sent).json()
    assert row == {
        **sent,
        "id": row["id"],
        "estimated_at": row["estimated_at"],
        "started_at": None,
        "completed_at": None,
        "tracked_seconds": 0,
    }
    assert dt.datetime.fromisoformat(row["estimated_at"]).tzinfo is not None
    path = f"tasks/{row['id']}/"
    assert caller.put(path, row).json() == row
    row = caller.patch(path, {"status": "done", "due_at": "2026-03-20T16:00:00+02:00"}).json()
    assert row["completed_at"] is not None
    assert row["due_at"] == "2026-03-20T14:00:00Z"
    assert caller.patch(path, {"status": "review"}).json()["completed_at"] is None
    assert caller.patch(path, {"estimated_hours": None}).json()["estimated_at"] is None
    assert caller.delete(path).status_code == 204
    assert not Task.objects.exists()


def test_a_task_with_time_is_archived_by_the_projects_manager(api, owner: User, teammate: User):
    task = make_task(make_project(owner))
    make_entry(teammate, task=task)
    path = f"tasks/{task.pk}/"
    assert "Archive" in assert_problem(api(owner).delete(path), 409)["detail"]
    assert_problem(api(teammate).patch(path, {"archived": True}), 403)
    assert api(owner).patch(path, {"archived": True}).json()["archived"] is True
    assert [row["id"] for row in api(teammate).rows("tasks/", archived="true")] == [task.pk]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"project": 4711}, "project"),
        ({"project": None}, "project"),
        ({"name": ""}, "name"),
        ({"name": "x" * 251}, "name"),
        ({"description": "x" * 5001}, "description"),
        ({"status": "open"}, "status"),
        ({"assignee": 4711}, "assignee"),
        ({"tags": ["two words"]}, "tags"),
        ({"tags": "design"}, "tags"),
        ({"tags": [["design"]]}, "tags.0"),
        ({"due_at": "2026-03-20T16:00:00"}, "due_at"),
        ({"due_at": "2026-03-20T16:00:00+99:00"}, "due_at"),
        ({"due_at": "0001-01-01T00:00:00+14:00"}, "due_at"),
        ({"estimated_hours": 0}, "estimated_hours"),
        ({"estimated_hours": "2h"}, "estimated_hours"),
        ({"estimated_hours": 1e300}, "estimated_hours"),
        ({"complexity": 6}, "complexity"),
        ({"complexity": 10**40}, "complexity"),
    ],
)
def test_wrong_tasks(api, owner: User, wrong, field):
    project = make_project()
    answer = api(owner).post("tasks/", {"project": project.pk, "name": "Fine", **wrong})
    errors = {error["field"] for error in assert_problem(answer, 400, *_fields(answer))["errors"]}
    assert {name.split(".")[0] for name in errors} == {field.split(".")[0]}
    assert not Task.objects.exists()
    assert not Tag.objects.exists()


def _fields(answer) -> set[str]:
    return {error["field"] for error in answer.json()["errors"]}


def test_an_assignee_must_see_the_project(api, owner: User, outsider: User):
    project = make_project(owner, is_public=False)
    sent = {"project": project.pk, "name": "Secret", "assignee": outsider.pk}
    assert_problem(api(owner).post("tasks/", sent), 400, "assignee")


def test_task_filters(api, owner: User, teammate: User):
    client = make_client()
    project = make_project(client=client)
    one = make_task(project, name="Draw", assignee=teammate, priority="high", due_at=timezone.now())
    one.tags.add(make_tag("ux"))
    two = make_task(name="Write", status="review")

    def found(**query: object) -> set[int]:
        return {row["id"] for row in api(owner).rows("tasks/", **query)}

    assert found() == {one.pk, two.pk}
    one_of = [
        {"project": project.pk},
        {"client": client.pk},
        {"assignee": teammate.pk},
        {"tag": "Ux"},
        {"priority": "high,urgent"},
    ]
    for query in one_of:
        assert found(**query) == {one.pk}, query
    assert found(status="review,done") == {two.pk}
    assert found(search="RIT") == {two.pk}
    assert found(due_at_before=(timezone.now() + dt.timedelta(days=1)).isoformat()) == {one.pk}
    assert [row["id"] for row in api(owner).rows("tasks/", ordering="-name")] == [two.pk, one.pk]
    assert [row["id"] for row in api(owner).rows("tasks/", ordering="due_at")] == [one.pk, two.pk]


# ── Tags ─────────────────────────────────────────────────────────────────────
def test_a_tag_from_first_to_last(api, owner: User, manager: User):
    row = api(owner).post("tags/", {"name": "design"}).json()
    assert row == {"id": row["id"], "name": "design", "meeting": False, "archived": False}
    path = f"tags/{row['id']}/"
    assert_problem(api(owner).patch(path, {"name": "layout"}), 403)
    assert_problem(api(owner).delete(path), 403)
    assert api(manager).patch(path, {"name": "layout", "archived": True}).json() == {
        **row,
        "name": "layout",
        "archived": True,
    }
    assert api(manager).patch(path, {"meeting": True}).json()["meeting"] is True
    assert api(owner).post("tags/", {"name": "Stand-up"}).json()["meeting"] is True
    assert [one["name"] for one in api(owner).rows("tags/", archived="false")] == ["Stand-up"]
    assert api(manager).put(path, {"name": "layout", "archived": False}).json()["archived"] is False
    task = make_task()
    task.tags.add(row["id"])
    assert_problem(api(manager).delete(path), 409)
    task.tags.clear()
    assert api(manager).delete(path).status_code == 204


def test_tags_by_name_are_found_whatever_their_case(api, owner: User):
    make_tag("Design")
    row = (
        api(owner)
        .post("tasks/", {"project": make_project().pk, "name": "x", "tags": ["#design", "DESIGN", "New"]})
        .json()
    )
    assert sorted(row["tags"]) == ["Design", "New"]
    assert Tag.objects.count() == 2


def test_nobody_moves_away_what_they_may_not_delete(api, owner: User, teammate: User):
    here = make_project(manager=owner, members=(teammate,), is_public=False)
    there = make_project(manager=teammate, is_public=False)
    task = make_task(here, created_by=owner)
    assert_problem(api(teammate).patch(f"tasks/{task.pk}/", {"project": there.pk}), 403)
    assert api(teammate).patch(f"tasks/{task.pk}/", {"project": here.pk, "name": "better"}).status_code == 200
    task.refresh_from_db()
    assert (task.project, task.name) == (here, "better")


def test_an_archived_tag_is_brought_back_by_those_who_may(api, owner: User, manager: User):
    tag, project = make_tag("old", archived_at=timezone.now()), make_project()
    for person, back in ((owner, False), (manager, True)):
        sent = {"project": project.pk, "name": person.username, "tags": ["old"]}
        assert api(person).post("tasks/", sent).json()["tags"] == ["old"]
        tag.refresh_from_db()
        assert tag.archived is not back
    assert Event.objects.filter(type="tag_changed").count() == 1


def test_what_was_read_can_be_sent_back(api, administrator: User, owner: User, teammate: User):
    project = make_project(manager=owner, members=(teammate,), is_public=False)
    task = make_task(project, assignee=teammate)
    entry = make_entry(teammate, project=project)
    remove_member(project=project, actor=owner, user=teammate)
    path = f"time-entries/{entry.pk}/"
    assert api(teammate).put(path, api(teammate).get(path).json()).status_code == 200
    deactivate_person(person=teammate, actor=administrator)
    path = f"tasks/{task.pk}/"
    assert api(owner).put(path, api(owner).get(path).json()).status_code == 200


def test_a_lead_is_not_told_whose_a_hidden_project_is(api, lead: User, owner: User, team, client_for):
    client = make_client(name="Secretive")
    make_entry(owner, project=make_project(manager=owner, client=client, is_public=False), description="seen")
    assert len(api(lead).rows("time-entries/")) == 1
    assert api(lead).rows("time-entries/", client=client.pk) == []
    assert len(api(owner).rows("time-entries/", client=client.pk)) == 1
    page = client_for(lead).get(f"/entries/?person={owner.pk}&week=2026-03-02").content.decode()
    assert "seen" in page
    assert "Secretive" not in page
