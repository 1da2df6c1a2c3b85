"""What pages offer to take back: what was made, and what the timer was told."""

from __future__ import annotations

import datetime as dt
import json

import pytest
from django.contrib.messages import get_messages
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from accounts.models import User
from tests.conftest import ClientFor
from tests.tracking.pages import HTMX, toast_of, undo
from tests.tracking.test_projects_pages import TYPED
from tests.tracking.test_tasks_pages import typed
from tests.work import make_entry, make_project
from tracking import models
from tracking.models import Tag, Task, TimeEntry
from tracking.services.timer import start_timer

pytestmark = pytest.mark.django_db


def undo_url(response: HttpResponse) -> str:
    """Of the toast, of the message that the next page shows, or of a change that is seen without either."""
    said = json.loads(response.headers.get("HX-Trigger", "{}"))
    if found := said.get("toast", {}).get("undo_url") or said.get("undoable", {}).get("undo_url"):
        return found
    return next(iter(get_messages(response.wsgi_request))).extra_tags


def take_back(browser: Client, response: HttpResponse) -> HttpResponse:
    return browser.post(undo_url(response), headers=HTMX)


@pytest.mark.parametrize(
    ("model", "url", "data"),
    [
        ("Client", "/clients/new/", {"name": "Acme", "currency": "EUR"}),
        ("Project", "/projects/new/", TYPED),
    ],
)
def test_a_new_client_or_project_is_archived(
    client_for: ClientFor, manager: User, model: str, url: str, data: dict[str, str]
):
    browser = client_for(manager)
    made = browser.post(url, data, headers=HTMX)
    take_back(browser, made)
    assert getattr(models, model).objects.get().archived


@pytest.mark.parametrize("path", ["new", "quick"])
def test_a_new_task_is_archived_by_its_author_and_comes_back(olga: Client, owner: User, path: str):
    archived = take_back(olga, olga.post(f"/tasks/{path}/", typed(make_project()), headers=HTMX))
    assert Task.objects.get().archived
    undo(olga, archived)
    assert not Task.objects.get().archived


def test_a_new_tag_goes_again_for_those_who_may(client_for: ClientFor, manager: User, owner: User):
    browser = client_for(manager)
    take_back(browser, browser.post("/tags/new/", {"name": "ux"}, headers=HTMX))
    assert not Tag.objects.exists()
    assert "undo_url" not in toast_of(client_for(owner).post("/tags/new/", {"name": "ux"}, headers=HTMX))


@pytest.mark.parametrize("way", ["start", "again", "recent/1", "track"])
def test_a_start_in_every_way(olga: Client, owner: User, way: str):
    make_entry(owner, timezone.now() - dt.timedelta(hours=1), minutes=5, project=make_project(), description="earlier")
    url = "/track/" if way == "track" else f"/timer/{way}/"
    started = olga.post(url, {"description": "now"}, headers=HTMX)
    assert TimeEntry.objects.running().exists()
    take_back(olga, started)
    assert not TimeEntry.objects.running().exists()


def test_a_stop_by_oneself_and_by_an_administrator(
    olga: Client, owner: User, client_for: ClientFor, administrator: User
):
    running = start_timer(user=owner)
    undo(olga, olga.post("/timer/stop/", {"entry": running.pk}, headers=HTMX))
    assert TimeEntry.objects.running().get() == running
    boss = client_for(administrator)
    undo(boss, boss.post(f"/entries/{running.pk}/stop/", headers=HTMX))
    assert TimeEntry.objects.running().get() == running


def test_a_pause_other_words_and_another_start(olga: Client, owner: User):
    running = start_timer(user=owner, description="one")
    take_back(olga, olga.post("/timer/pause/", headers=HTMX))
    assert TimeEntry.objects.running().get().paused_at is None
    running.refresh_from_db()
    data = {"entry": running.pk, "version": running.version, "description": "two"}
    take_back(olga, olga.post("/timer/edit/", data, headers=HTMX))
    running.refresh_from_db()
    assert running.description == "one"
    data |= {"version": running.version, "description": "one"}
    assert "undoable" not in olga.post("/timer/edit/", data, headers=HTMX).headers["HX-Trigger"]


@pytest.mark.parametrize("way", ["again", "recent/1"])
def test_what_runs_is_not_started_once_more(olga: Client, owner: User, way: str):
    project = make_project(name="Acme")
    make_entry(owner, timezone.now() - dt.timedelta(hours=1), minutes=5, project=project)
    start_timer(user=owner, project=project)
    answer = olga.post(f"/timer/{way}/", headers=HTMX)
    assert (toast_of(answer)["text"], TimeEntry.objects.count()) == ("“Acme” is running already.", 2)


def test_a_deletion_says_of_what(olga: Client, owner: User):
    entry = make_entry(owner, description="Stand-up")
    assert toast_of(olga.post(f"/entries/{entry.pk}/delete/", headers=HTMX))["text"] == "Deleted “Stand-up”."


def test_a_stop_that_came_too_late_takes_nothing_back(olga: Client, owner: User):
    running = start_timer(user=owner)
    olga.post("/timer/stop/", {"entry": running.pk}, headers=HTMX)
    assert "toast" not in olga.post("/timer/stop/", {"entry": running.pk}, headers=HTMX).headers["HX-Trigger"]
