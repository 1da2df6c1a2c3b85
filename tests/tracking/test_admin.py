"""The admin writes through the services: what it does leaves an event, and what a service refuses it says."""

from __future__ import annotations

import datetime as dt

import pytest
from django.apps import apps
from django.contrib import admin
from django.test import Client as Browser

from accounts.models import User
from tests.conftest import ClientFor
from tests.tracking.pages import text
from tests.work import MONDAY, make_client, make_entry, make_project, make_tag, make_task
from timetracker.events.models import Event
from tracking.choices import TaskStatus
from tracking.models import (
    BudgetMark,
    Client,
    DeadlineMark,
    Favourite,
    FavouriteProject,
    Project,
    ProjectMember,
    ProjectRate,
    Tag,
    Task,
    TimeEntry,
    TimeImport,
)
from tracking.services.favourites import pin_entry

pytestmark = pytest.mark.django_db

BASE = "/admin/tracking"


@pytest.fixture
def browser(client_for: ClientFor, administrator: User) -> Browser:
    return client_for(administrator)


def last_event() -> str:
    return Event.objects.latest("pk").type


def add(browser: Browser, model: str, values: dict[str, object]) -> None:
    answer = browser.post(f"{BASE}/{model}/add/", values)
    assert answer.status_code == 302, answer.context["adminform"].form.errors


def change(browser: Browser, model: str, pk: int, values: dict[str, object]) -> None:
    answer = browser.post(f"{BASE}/{model}/{pk}/change/", values)
    assert answer.status_code == 302, answer.context["adminform"].form.errors


def delete(browser: Browser, model: str, pk: int) -> None:
    browser.post(f"{BASE}/{model}/{pk}/delete/", {"post": "yes"})


READ_ONLY = {
    "break", "batch", "batchchange", "budgetmark", "daytotal", "daytagtotal", "deadlinemark", "favourite", "timeimport",
}  # fmt: skip


def test_every_model_is_there_and_opens(browser: Browser, owner: User):
    project = make_project(manager=owner, client=make_client(), rate="9")
    FavouriteProject.objects.create(user=owner, project=project)
    task = make_task(project, assignee=owner)
    task.tags.add(make_tag())
    TimeImport.objects.create(actor=owner, format="toggl", file="imports/x.csv", name="x.csv", zone="UTC")
    pin_entry(user=owner, entry=make_entry(owner, task=task, breaks=[]))
    BudgetMark.objects.create(project=project, threshold=75, budget_type="hours", amount=8, currency="EUR")
    DeadlineMark.objects.create(task=task, hours=24, due_at=task.created_at)

    for model in apps.get_app_config("tracking").get_models():
        name = model._meta.model_name
        assert admin.site.is_registered(model)
        assert browser.get(f"{BASE}/{name}/").status_code == 200
        for row in model._default_manager.all():
            assert browser.get(f"{BASE}/{name}/{row.pk}/change/").status_code == 200
        if name not in READ_ONLY:
            assert browser.get(f"{BASE}/{name}/add/").status_code == 200
            assert "delete_selected" not in text(browser.get(f"{BASE}/{name}/"))


@pytest.mark.parametrize("who", ["owner", "manager", "lead"])
def test_the_admin_is_for_administrators(client_for: ClientFor, request: pytest.FixtureRequest, who: str):
    person = request.getfixturevalue(who)
    assert client_for(person).get(f"{BASE}/timeentry/").status_code == 302


def test_clients(browser: Browser):
    add(browser, "client", {"name": "Acme", "currency": "EUR"})
    acme = Client.objects.get()
    assert last_event() == "client_created"
    change(browser, "client", acme.pk, {"name": "Acme & Co", "currency": "EUR"})
    assert last_event() == "client_changed"
    browser.post(f"{BASE}/client/", {"action": "archive", "_selected_action": [acme.pk]})
    acme.refresh_from_db()
    assert (acme.archived, acme.version) == (True, 3)
    delete(browser, "client", acme.pk)
    assert last_event() == "client_deleted"
    assert not Client.objects.exists()


def test_a_refusal_stands_at_the_field(browser: Browser):
    make_client(name="Acme")
    page = browser.post(f"{BASE}/client/add/", {"name": "ACME", "currency": "EUR"})
    assert page.status_code == 200
    assert page.context["adminform"].form.errors.keys() == {"name"}


def test_projects_and_their_people(browser: Browser, administrator: User, owner: User):
    add(browser, "project", {"name": "P", "color": "sky", "status": "active", "budget_type": "none", "currency": "EUR"})
    project = Project.objects.get()
    assert project.memberships.get().user == administrator
    add(browser, "projectmember", {"project": project.pk, "user": owner.pk, "is_manager": "on"})
    member = ProjectMember.objects.get(user=owner)
    change(browser, "projectmember", member.pk, {})
    assert not ProjectMember.objects.get(user=owner).is_manager
    last = ProjectMember.objects.get(user=administrator)
    delete(browser, "projectmember", last.pk)
    assert ProjectMember.objects.filter(pk=last.pk).exists()
    delete(browser, "projectmember", member.pk)
    assert not ProjectMember.objects.filter(user=owner).exists()
    make_task(project)
    delete(browser, "project", project.pk)
    assert Project.objects.exists()
    browser.post(f"{BASE}/project/", {"action": "archive", "_selected_action": [project.pk]})
    assert last_event() == "project_archived"


def test_rates_and_favourites(browser: Browser, owner: User):
    project = make_project(manager=owner)
    add(browser, "projectrate", {"project": project.pk, "valid_from": "2026-01-01", "hourly_rate": "90"})
    rate = ProjectRate.objects.get()
    change(browser, "projectrate", rate.pk, {"hourly_rate": "95"})
    assert ProjectRate.objects.get().hourly_rate == 95
    assert Event.objects.filter(type="project_changed").count() == 2
    delete(browser, "projectrate", rate.pk)
    assert not ProjectRate.objects.exists()
    add(browser, "favouriteproject", {"project": project.pk, "user": owner.pk})
    delete(browser, "favouriteproject", FavouriteProject.objects.get().pk)
    assert not FavouriteProject.objects.exists()
    pinned = pin_entry(user=owner, entry=make_entry(owner, project=project))
    delete(browser, "favourite", pinned.pk)
    assert not Favourite.objects.pinned().exists()


def test_tasks(browser: Browser, owner: User, outsider: User):
    project, tag = make_project(manager=owner, is_public=False), make_tag()
    values = {"project": project.pk, "name": "Draw", "status": "todo", "priority": "normal", "tags": [tag.pk]}
    add(browser, "task", values)
    task = Task.objects.get()
    assert task.created_by is not None
    assert list(task.tags.all()) == [tag]
    change(browser, "task", task.pk, {**values, "status": "done", "tags": []})
    task.refresh_from_db()
    assert (task.status, task.completed_at is not None, task.tags.count()) == (TaskStatus.DONE, True, 0)
    refused = browser.post(f"{BASE}/task/{task.pk}/change/", {**values, "assignee": outsider.pk})
    assert refused.context["adminform"].form.errors.keys() == {"assignee"}
    make_entry(owner, task=task)
    delete(browser, "task", task.pk)
    assert Task.objects.exists()


def test_tags(browser: Browser):
    add(browser, "tag", {"name": "design"})
    tag = Tag.objects.get()
    change(browser, "tag", tag.pk, {"name": "layout"})
    assert last_event() == "tag_changed"
    make_task().tags.add(tag)
    delete(browser, "tag", tag.pk)
    assert Tag.objects.get().name == "layout"


def test_entries_keep_the_totals_right(browser: Browser, owner: User):
    task = make_task(make_project(rate="60"))
    span = {
        "started_at_0": "2026-03-02",
        "started_at_1": "09:00:00",
        "ended_at_0": "2026-03-02",
        "ended_at_1": "10:00:00",
    }
    values = {
        "user": owner.pk,
        "project": task.project_id,
        "task": task.pk,
        "description": "",
        "billable": "on",
        **span,
    }
    add(browser, "timeentry", values)
    entry = TimeEntry.objects.get()
    assert (last_event(), entry.seconds, entry.rate) == ("time_logged", 3600, 60)
    change(browser, "timeentry", entry.pk, {**values, "ended_at_1": "11:00:00"})
    task.refresh_from_db()
    assert (last_event(), task.tracked_seconds) == ("entry_changed", 7200)
    wrong = browser.post(f"{BASE}/timeentry/{entry.pk}/change/", {**values, "ended_at_1": "08:00:00"})
    assert wrong.status_code == 200
    assert wrong.context["adminform"].form.errors
    for end in ("", "11:00:00"):
        endless = {**values, "ended_at_0": "", "ended_at_1": end}
        assert browser.post(f"{BASE}/timeentry/{entry.pk}/change/", endless).status_code == 200

    delete(browser, "timeentry", entry.pk)
    task.refresh_from_db()
    assert (last_event(), task.tracked_seconds, TimeEntry.objects.count()) == ("entry_deleted", 0, 1)
    assert browser.get(f"{BASE}/timeentry/{entry.pk}/change/").status_code == 200
    assert browser.post(f"{BASE}/timeentry/{entry.pk}/change/", values).status_code == 403
    browser.post(f"{BASE}/timeentry/", {"action": "restore", "_selected_action": [entry.pk]})
    task.refresh_from_db()
    assert task.tracked_seconds == 7200


def test_a_running_entry_is_not_deleted(browser: Browser, owner: User):
    entry = TimeEntry.objects.create(user=owner, started_at=MONDAY - dt.timedelta(hours=1))
    delete(browser, "timeentry", entry.pk)
    entry.refresh_from_db()
    assert entry.deleted_at is None
