"""Starting from a bookmark: a link asks, only the button starts."""

from __future__ import annotations

import pytest
from django.test import Client

from accounts.models import Organisation, User
from tests.conftest import ClientFor
from tests.tracking.pages import statements, text
from tests.work import make_client, make_project, make_tag, make_task
from timetracker.events.models import Event
from tracking.choices import ProjectStatus
from tracking.models import Tag, TimeEntry
from tracking.services.timer import start_timer

pytestmark = pytest.mark.django_db


def test_looking_asks_and_writes_nothing(olga: Client):
    make_project(name="Website")
    page = olga.get("/track", {"description": "Write docs", "project": "website", "tags": "new", "billable": "yes"})
    assert page.status_code == 200
    assert "Start the timer for “Write docs”?" in text(page)
    assert not TimeEntry.objects.exists()
    assert not Tag.objects.exists()
    assert not Event.objects.exists()


@pytest.mark.parametrize("path", ["/track", "/track/"])
def test_sending_starts(olga: Client, owner: User, path: str):
    project = make_project(name="Website", billable=False)
    task = make_task(project, name="Docs")
    data = {"description": "Write docs", "project": "WEBSITE", "task": "docs", "tags": "new #ux", "billable": "yes"}
    answer = olga.post(path, data)
    assert (answer.status_code, answer.headers["location"]) == (302, "/entries/")
    entry = TimeEntry.objects.running().get(user=owner)
    assert (entry.project, entry.task, entry.billable) == (project, task, True)
    assert {tag.name for tag in entry.tags.all()} == {"new", "ux"}


@pytest.mark.parametrize("named", ["{0.pk}", "{0.code}", "{0.name}"])
def test_a_project_by_number_code_or_name(olga: Client, named: str):
    project = make_project(name="Website relaunch", code="WEB")
    olga.post("/track", {"project": named.format(project)})
    assert TimeEntry.objects.get().project == project


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"project": "nowhere"}, "project"),
        ({"task": "nothing"}, "task"),
        ({"tags": "a@b"}, "tags"),
        ({"description": "x" * 5000}, "description"),
    ],
)
def test_what_cannot_be_started_is_kept_with_a_message(olga: Client, data: dict, field: str):
    fields = {"description": "Write docs", **data}
    answer = olga.post("/track", fields)
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert all(value in text(answer) for value in fields.values())
    assert not TimeEntry.objects.exists()
    if field != "description":  # its length is found out when it is to be saved
        assert olga.get("/track", fields).context["form"].errors.keys() == {field}


def test_a_hidden_and_a_closed_project(olga: Client, manager: User):
    make_project(manager, name="Secret", is_public=False)
    make_project(name="Closed", status=ProjectStatus.ARCHIVED)
    assert "no project “Secret”" in text(olga.post("/track", {"project": "Secret", "tags": "fresh"}))
    assert "closed" in text(olga.post("/track", {"project": "Closed", "tags": "fresh"}))
    assert not Tag.objects.exists()


def test_two_of_one_name(olga: Client):
    for _ in range(2):
        make_task(make_project(name="Website", client=make_client()), name="Docs")
    assert "several projects" in text(olga.get("/track", {"project": "Website"}))
    assert "several tasks" in text(olga.get("/track", {"task": "Docs"}))


def test_the_page_says_what_runs(olga: Client, owner: User, organisation: Organisation):
    start_timer(user=owner, description="Stand-up")
    assert "“Stand-up” is running and will be stopped" in text(olga.get("/track"))
    organisation.refuse_second_timer = True
    organisation.save()
    assert "Stop it first" in text(olga.get("/track"))
    assert "running already" in text(olga.post("/track", {"description": "more"}))


def test_nobody_signs_in_first_and_comes_back(client_for: ClientFor):
    answer = client_for(None).get("/track?description=a&project=b")
    assert answer.status_code == 302
    assert "track%3Fdescription%3Da%26project%3Db" in answer.headers["location"]


def test_statements(olga: Client):
    for number in (1, 3):
        for _ in range(number):
            make_task(make_project(client=make_client()))
            make_tag()
    make_task(make_project(name="Website"), name="Docs")
    assert statements(olga, "/track?description=a&project=Website&task=Docs&tags=x") <= 8
