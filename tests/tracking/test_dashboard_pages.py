"""The home page: frames at once, their contents in one request, and each widget standing by itself."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.db import connection
from django.test import Client
from structlog.testing import capture_logs

from accounts.models import User
from tests.conftest import ClientFor
from tests.tracking.boards import add_to_registry, keep, names_in, names_of, new_widget
from tests.tracking.pages import HTMX, MOST_STATEMENTS, NOON, at, statements, text
from tests.work import make_client, make_entry, make_project, make_tag, make_task
from timetracker.web.widgets import Size
from tracking.choices import TaskStatus
from tracking.dashboard import board_of
from tracking.models import TimeEntry
from tracking.services.timer import start_timer
from tracking.views.dashboard import greeting

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("wednesday")]
BATCH = "/dashboard/widgets/"
DAY = dt.timedelta(days=1)


def one(browser: Client, name: str) -> str:
    return text(browser.get(f"{BATCH}{name}/", headers=HTMX))


# ── The page ─────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("hour", "words"),
    [
        (5, "Good morning"),
        (11, "Good morning"),
        (12, "Good afternoon"),
        (18, "Good evening"),
        (23, "Good evening"),
        (2, "Hello"),
    ],
)
def test_greeting(hour: int, words: str):
    assert greeting(dt.time(hour), "Olga") == f"{words}, Olga"


def test_frames_at_once_and_contents_in_one_request(olga: Client, owner: User):
    keep(owner, "week-goal", "my-tasks")
    page = text(olga.get("/"))
    assert re.findall(r"widget panel (widget-\w+)", page) == ["widget-small", "widget-medium"]
    assert f'hx-get="{BATCH}" hx-trigger="load, ' in page
    assert names_in(olga.get(BATCH, headers=HTMX)) == ["week-goal", "my-tasks"]


def test_the_head_by_htmx_and_the_board_by_itself(olga: Client):
    head = text(olga.get("/", headers=HTMX))
    assert 'id="start-head"' in head
    assert "<html" not in head
    assert 'id="dashboard"' not in head
    board = text(olga.get("/dashboard/board/", headers=HTMX))
    assert board.lstrip().startswith('<div class="dash" id="dashboard"')
    assert 'id="start-head"' in text(olga.get("/dashboard/board/"))


def test_nobody_signs_in_first(client_for: ClientFor):
    assert {client_for(None).get(url).status_code for url in ("/", BATCH, "/dashboard/gallery/")} == {302}


def test_an_empty_instance_leads_to_the_first_hour(olga: Client, owner: User, client_for: ClientFor, manager: User):
    page = text(olga.get("/"))
    assert "Track your first hour" in page
    assert "Create a project" not in page
    assert "Create a project" in text(client_for(manager).get("/"))
    make_entry(owner, at(3, 9))
    assert "Track your first hour" not in text(olga.get("/"))


def test_an_empty_board_teaches(olga: Client, owner: User):
    keep(owner)
    assert "An empty board" in text(olga.get(BATCH, headers=HTMX))


# ── One request for all, for some, for none ──────────────────────────────────
def test_a_topic_brings_those_that_hear_it_out_of_band(olga: Client, owner: User):
    keep(owner, "quick-stats", "my-tasks", "activity-feed", "quick-actions")
    answer = olga.get(f"{BATCH}?topic=entries", headers=HTMX)
    assert names_in(answer) == ["quick-stats", "activity-feed"]
    assert text(answer).count('hx-swap-oob="outerHTML"') == 2
    assert names_in(olga.get(f"{BATCH}?topic=work", headers=HTMX)) == ["my-tasks", "activity-feed"]
    assert text(olga.get(f"{BATCH}?topic=nonsense", headers=HTMX)).strip() == ""
    batch = text(olga.get(BATCH, headers=HTMX))
    assert "hx-swap-oob" not in batch
    assert [f"topic={topic}" in batch for topic in ("entries", "team", "work", "timer")] == [True, True, True, False]


def test_who_has_the_board_is_sent_nothing(olga: Client, owner: User):
    keep(owner, "my-tasks", "gone")
    digest = re.search(r'name="have" value="(\w+)"', text(olga.get(BATCH, headers=HTMX)))[1]
    assert olga.get(f"{BATCH}?have={digest}", headers=HTMX).status_code == 204
    assert olga.get(f"{BATCH}?have={digest}&topic=work", headers=HTMX).status_code == 200
    assert "Not everything could be shown" in text(olga.get(f"{BATCH}?have=other", headers=HTMX))
    olga.post("/dashboard/tidy/", headers=HTMX)
    tidy = board_of(User.objects.get(pk=owner.pk)).digest
    assert tidy != digest, "else the page would go on saying what was left out"
    assert olga.get(f"{BATCH}?have={tidy}", headers=HTMX).status_code == 204


def test_one_by_itself(olga: Client, owner: User):
    keep(owner, "my-tasks")
    assert names_in(olga.get(f"{BATCH}my-tasks/", headers=HTMX)) == ["my-tasks"]
    assert olga.get(f"{BATCH}week-goal/", headers=HTMX).status_code == 404
    assert olga.get(f"{BATCH}nonsense/", headers=HTMX).status_code == 404


def test_no_answer_is_kept_by_the_browser(olga: Client):
    for url in (BATCH, f"{BATCH}week-goal/", "/dashboard/gallery/"):
        assert "no-store" in olga.get(url, headers=HTMX).headers["Cache-Control"]


# ── What stands in them ──────────────────────────────────────────────────────
def test_projects_tasks_and_last_entries(olga: Client, owner: User, manager: User):
    keep(owner, "recent-projects", "my-tasks", "recent-entries", "upcoming-deadlines")
    project = make_project(name="Website", client=make_client(name="Northwind"))
    make_entry(owner, at(3, 1), 120, project=project, description="Checkout flow")
    late = make_task(project, name="Late one", assignee=owner, due_at=NOON - DAY)
    make_task(project, name="Some day", assignee=owner)
    make_task(project, name="Tomorrow", assignee=owner, due_at=NOON + DAY)
    make_task(project, name="Done", assignee=owner, status=TaskStatus.DONE, completed_at=NOON)
    make_task(make_project(manager, is_public=False), name="No longer mine to see", assignee=owner)
    mine = one(olga, "my-tasks")
    assert re.findall(r"hover:underline\" href=\"/tasks/\d+/\">([^<>]+)</a>", mine) == [
        "Late one",
        "Tomorrow",
        "Some day",
    ]
    assert f'value="task-{late.pk}"' in mine
    due = one(olga, "upcoming-deadlines")
    assert [name in due for name in ("Late one", "Tomorrow", "Some day", "Done", "No longer")] == [True] * 2 + [
        False
    ] * 3
    projects = one(olga, "recent-projects")
    for words in ("Website", "Northwind", "2:00", f'value="project-{project.pk}"'):
        assert words in projects
    assert "Checkout flow" in one(olga, "recent-entries")


def test_what_runs(olga: Client, owner: User):
    keep(owner, "active-timer")
    assert "Nothing is running" in one(olga, "active-timer")
    start_timer(user=owner, description="Proofs")
    shown = one(olga, "active-timer")
    assert "Proofs" in shown
    assert "Nothing is running" not in shown


def test_an_entry_without_a_project_has_a_mark_too(olga: Client, owner: User):
    keep(owner, "recent-entries")
    make_entry(owner, at(4, 1), description="Post")
    make_entry(owner, at(4, 3), description="Proofs", project=make_project(color="sky"))
    latest = one(olga, "recent-entries")
    assert (latest.count('class="dot dot-none"'), latest.count('class="dot dot-sky"')) == (1, 1)


def test_one_click_starts(olga: Client, owner: User):
    task = make_task(assignee=owner)
    olga.post("/timer/start/", {"work": f"task-{task.pk}"}, headers=HTMX)
    assert TimeEntry.objects.running().get(user=owner).task == task


def test_two_people_never_see_each_others(client_for: ClientFor, owner: User, outsider: User):
    keep(owner, "quick-stats", "recent-projects", "recent-entries", "my-tasks")
    for person, hours, name in ((owner, 3, "Hers"), (outsider, 5, "His")):
        project = make_project(person, is_public=False, name=f"{name} alone")
        task = make_task(project, name=f"{name} task", assignee=person, due_at=NOON)
        make_entry(person, at(3, 9), hours * 60, task=task, description=f"{name} work")
    hers, his = (text(client_for(person).get(BATCH, headers=HTMX)) for person in (owner, outsider))
    assert {"Hers work", "Hers task", "Hers alone", ">3:00<"} == {
        words for words in ("Hers work", "Hers task", "Hers alone", ">3:00<") if words in hers
    }
    assert "His" not in hers
    assert "Hers" not in his
    assert ">5:00<" in his
    assert names_of(outsider) != names_of(owner)


# ── The edit mode ────────────────────────────────────────────────────────────
def test_tools_and_bodies_that_do_nothing(olga: Client, owner: User):
    keep(owner, "week-goal", "time-chart")
    page = text(olga.get("/?edit"))
    assert "data-editing" in page
    assert f'hx-get="{BATCH}?edit"' in page
    assert 'id="dashboard-standard"' not in page
    board = text(olga.get(f"{BATCH}?edit", headers=HTMX))
    assert board.count('<div class="widget-body" inert>') == 2
    for tool, count in {"earlier": 2, "later": 2, "remove": 2, "size": 1, "settings": 1}.items():
        assert board.count(f'id="widget-{tool}-') == count, tool
    assert 'data-sort-widgets="/dashboard/arrange/"' in board
    fresh = text(olga.get(f"{BATCH}?topic=entries&edit", headers=HTMX))
    assert fresh.count('<div class="widget-body" inert>') == fresh.count("hx-swap-oob") == 2
    plain = text(olga.get(BATCH, headers=HTMX))
    for words in ("inert", "widget-remove", "data-grip", "data-sort-widgets"):
        assert words not in plain


def test_administrators_may_make_it_everybodys(client_for: ClientFor, administrator: User):
    assert 'id="dashboard-standard"' in text(client_for(administrator).get("/dashboard/board/?edit", headers=HTMX))


def test_the_gallery(olga: Client, owner: User, monkeypatch):
    add_to_registry(monkeypatch, new_widget("secret", allowed=lambda _user: False))
    keep(owner, "week-goal")
    gallery = text(olga.get("/dashboard/gallery/", headers=HTMX))
    offered = re.findall(r'id="widget-add-([\w-]+)"', gallery)
    assert {"quick-stats", "time-chart", "my-tasks"} <= set(offered)
    assert not {"week-goal", "secret"} & set(offered)
    assert gallery.count(" inert>") == len(offered)
    assert "<html" in text(olga.get("/dashboard/gallery/"))


# ── One that fails ───────────────────────────────────────────────────────────
def fail(_asked, _place):
    raise ZeroDivisionError


def fail_in_the_database(_asked, _place):
    with connection.cursor() as cursor:
        cursor.execute("SELECT nothing FROM nowhere")


@pytest.mark.parametrize(
    "broken",
    [
        new_widget("broken", read=fail),
        new_widget("broken", read=fail_in_the_database),
        new_widget("broken", template="no/such.html"),
        new_widget("broken", read=lambda _a, _p: {"heading": lambda: fail(None, None)}),
    ],
)
@pytest.mark.django_db(transaction=True)
def test_one_that_fails_stands_alone(olga: Client, owner: User, monkeypatch, broken):
    add_to_registry(monkeypatch, broken)
    keep(owner, "week-goal", "broken", "my-tasks")
    with capture_logs() as logs:
        answer = olga.get(BATCH, headers=HTMX)
    assert names_in(answer) == ["week-goal", "broken", "my-tasks"]
    assert text(answer).count("This could not be shown.") == 1
    assert f'hx-get="{BATCH}broken/"' in one(olga, "broken").partition("This could not")[2]
    assert [(line["widget"], line["person"]) for line in logs if line["event"] == "widget_failed"] == [
        ("broken", owner.pk)
    ]
    keep(owner, "week-goal")
    gallery = text(olga.get("/dashboard/gallery/", headers=HTMX))
    assert gallery.count("This could not be shown.") == 1
    assert 'id="widget-again-broken"' not in gallery


def test_one_that_is_well_again(olga: Client, owner: User, monkeypatch):
    add_to_registry(monkeypatch, new_widget("broken", read=fail, sizes=(Size.LARGE,), size=Size.LARGE))
    keep(owner, "broken")
    assert 'id="widget-again-broken"' in one(olga, "broken")
    add_to_registry(monkeypatch, new_widget("broken"))
    assert 'id="widget-again-broken"' not in one(olga, "broken")


# ── Statements ───────────────────────────────────────────────────────────────
def test_statements(olga: Client, owner: User):
    counts = []
    for rows in (1, 3):
        for _ in range(rows):
            task = make_task(make_project(client=make_client()), assignee=owner, due_at=NOON)
            make_entry(owner, at(3, 1), task=task, tags=[make_tag()])
        start_timer(user=owner, task=task, tags=[make_tag()])
        counts.append(statements(olga, "/"))
    assert counts[0] == counts[1] <= MOST_STATEMENTS
