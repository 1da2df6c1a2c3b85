"""The row of favourites on the entries and the start page, and the page that puts them in order."""

from __future__ import annotations

import json
import uuid

import pytest
from django.test import Client

from accounts.models import Organisation, User
from tests.conftest import ClientFor
from tests.tracking.pages import HTMX, MOST_STATEMENTS, at, statements, text, toast_of, undo
from tests.work import make_client, make_entry, make_project, make_tag, make_task
from tracking.models import Favourite, Project, ProjectMember, TimeEntry
from tracking.services.favourites import MOST, pin_entry
from tracking.services.timer import start_timer

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("wednesday")]

PAGES = ("/entries/", "/")
ROW = 'class="pins"'
ARRANGE = "/entries/favourites/"


def pin(user: User, hour: int = 9, **fields) -> Favourite:
    return pin_entry(user=user, entry=make_entry(user, at(3, hour), 30, **fields))


def start(browser: Client, pinned: Favourite, **data):
    return browser.post(f"{ARRANGE}{pinned.pk}/start/", data, headers=HTMX)


# ── The row ──────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("page", PAGES)
def test_nothing_pinned_no_row(olga: Client, owner: User, page: str):
    make_entry(owner, at(3, 9))
    assert ROW not in text(olga.get(page))


@pytest.mark.parametrize("page", PAGES)
def test_the_row_has_a_button_each(olga: Client, owner: User, page: str):
    project = make_project(name="Website")
    pinned = pin(owner, project=project, description="Standup", tags=[make_tag("daily")])
    shown = text(olga.get(page, headers=HTMX))
    assert ROW in shown
    for words in (f'action="{ARRANGE}{pinned.pk}/start/"', "Standup · Website #daily", 'id="pins-arrange"'):
        assert words in shown


def test_without_a_description_the_work_is_the_name(olga: Client, owner: User):
    pin(owner, task=make_task(make_project(name="Website"), name="Checkout"))
    pin(owner, 10, project=make_project(name="Shop"))
    pin(owner, 11)
    page = text(olga.get("/"))
    for words in (
        '<span class="truncate">Checkout</span><span class="sr-only">Website</span>',
        '>Shop</span><span class="sr-only"></span></button>',
    ):
        assert words in page
    assert '<span class="truncate">No description</span>' in page


def test_only_on_ones_own_week(client_for: ClientFor, owner: User, lead: User, administrator: User):
    pin(owner, description="Standup")
    for person in (lead, administrator):
        pin(person, description="Mine")
        page = text(client_for(person).get(f"/entries/?week=2026-03-04&person={owner.pk}"))
        assert ROW not in page
        assert "Pin as favourite" not in page
        assert "Unpin" not in page


# ── The menu ─────────────────────────────────────────────────────────────────
def test_pin_and_unpin_from_the_menu(olga: Client, owner: User):
    first, second = (make_entry(owner, at(3, hour), description="Standup") for hour in (9, 11))
    assert text(olga.get("/entries/")).count("Pin as favourite") == 2
    pinned = olga.post(f"/entries/{first.pk}/pin/", headers=HTMX)
    assert (pinned.status_code, toast_of(pinned)["text"]) == (204, "Pinned.")
    assert "entriesChanged" in json.loads(pinned.headers["HX-Trigger"])
    page, favourite = text(olga.get("/entries/")), Favourite.objects.get()
    assert (page.count("Pin as favourite"), page.count(f'action="{ARRANGE}{favourite.pk}/unpin/"')) == (0, 2)
    TimeEntry.objects.filter(pk=second.pk).update(description="Retro")
    assert text(olga.get("/entries/")).count("Pin as favourite") == 1
    unpinned = olga.post(f"{ARRANGE}{favourite.pk}/unpin/", headers=HTMX)
    assert toast_of(unpinned)["text"] == "No longer pinned."
    assert not Favourite.objects.of(owner).exists()
    back = undo(olga, unpinned)
    assert toast_of(back)["text"] == "Pinned again."
    assert list(Favourite.objects.of(owner)) == [favourite]
    undo(olga, back)
    assert not Favourite.objects.of(owner).exists()


def test_pinning_is_undone(olga: Client, owner: User):
    undo(olga, olga.post(f"/entries/{make_entry(owner, at(3, 9)).pk}/pin/", headers=HTMX))
    assert not Favourite.objects.of(owner).exists()


def test_what_runs_and_what_is_billed_can_be_pinned_too(olga: Client, owner: User):
    running = start_timer(user=owner, description="going on")
    assert "Pin as favourite" in text(olga.get("/entries/"))
    olga.post(f"/entries/{running.pk}/pin/", headers=HTMX)
    assert Favourite.objects.get().description == "going on"


def test_one_too_many_is_said(olga: Client, owner: User):
    for number in range(MOST):
        pin(owner, description=str(number))
    entry = make_entry(owner, at(2, 9), description="one more")
    refused = olga.post(f"/entries/{entry.pk}/pin/", headers=HTMX)
    assert refused.status_code == 409
    assert "There are 12 favourites already. Unpin one first." in text(refused) + str(refused.headers)


# ── One click ────────────────────────────────────────────────────────────────
def test_one_click_starts_and_two_start_one(olga: Client, owner: User):
    pinned, uid = pin(owner, task=make_task(), description="Standup", tags=[make_tag()]), uuid.uuid4()
    for _ in range(2):
        answer = start(olga, pinned, uid=uid)
        assert 'id="timer-stop"' in text(answer)
        assert "entriesChanged" in json.loads(answer.headers["HX-Trigger"])
    running = TimeEntry.objects.get(ended_at=None)
    assert (running.description, running.task, list(running.tags.all())) == (
        "Standup", pinned.task, list(pinned.tags.all()),
    )  # fmt: skip
    assert TimeEntry.objects.filter(source="timer").count() == 1
    assert start(olga, pinned, uid="nonsense").status_code == 200


def test_without_scripts_it_leads_back(olga: Client, owner: User):
    pinned = pin(owner)
    answer = olga.post(f"{ARRANGE}{pinned.pk}/start/", headers={"Referer": "http://testserver/entries/"})
    assert (answer.status_code, answer.url) == (302, "http://testserver/entries/")
    assert TimeEntry.objects.running().exists()
    assert olga.post(f"{ARRANGE}{pinned.pk}/move/", {"to": "up"}).url == ARRANGE
    assert olga.post(f"{ARRANGE}{pinned.pk}/unpin/").url == ARRANGE


def test_a_second_timer_is_refused_where_the_organisation_says_so(olga: Client, owner: User):
    pinned = pin(owner)
    Organisation.objects.update(refuse_second_timer=True)
    start_timer(user=owner)
    refused = start(olga, pinned)
    assert refused.status_code == 422
    assert "A timer is running already" in text(refused)


@pytest.mark.parametrize("page", [*PAGES, ARRANGE])
def test_a_closed_project_is_greyed_and_says_why(olga: Client, owner: User, page: str):
    pinned = pin(owner, project=make_project(name="Website"), description="Standup")
    Project.objects.update(status="completed")
    shown = text(olga.get(page))
    assert "The project is closed" in shown
    assert f"{pinned.pk}/start/" not in shown
    refused = start(olga, pinned)
    assert (refused.status_code, "This project is closed" in text(refused)) == (422, True)
    assert not TimeEntry.objects.running().exists()


@pytest.mark.parametrize("page", [*PAGES, ARRANGE])
def test_a_project_one_no_longer_sees_is_not_named(olga: Client, owner: User, manager: User, page: str):
    pin(owner, task=make_task(make_project(manager, (owner,), is_public=False, name="Zephyr"), name="Zephyrtask"))
    assert "Zephyr" in text(olga.get(page))
    ProjectMember.objects.filter(user=owner).delete()
    TimeEntry.objects.all().delete()  # an entry names what it was booked on
    shown = text(olga.get(page))
    assert "You no longer see this project" in shown
    assert "Zephyr" not in shown
    assert start(olga, Favourite.objects.get()).status_code == 422


# ── In order ─────────────────────────────────────────────────────────────────
def test_the_page_moves_and_removes(olga: Client, owner: User):
    first, second = (pin(owner, description=name) for name in ("First", "Second"))
    page = text(olga.get(ARRANGE))
    assert "2 of 12" in page
    assert page.index("First") < page.index("Second")
    moved = olga.post(f"{ARRANGE}{second.pk}/move/", {"to": "up"}, headers=HTMX)
    assert (moved.status_code, json.loads(moved.headers["HX-Trigger"])["announce"]) == (204, "Now in place 1.")
    assert [pin.pk for pin in Favourite.objects.of(owner)] == [second.pk, first.pk]
    assert olga.post(f"{ARRANGE}{second.pk}/move/", {"to": "moon"}, headers=HTMX).status_code == 409
    olga.post(f"{ARRANGE}{first.pk}/unpin/", headers=HTMX)
    dialog = text(olga.get(ARRANGE, headers=HTMX))
    assert "<html" not in dialog
    assert "1 of 12" in dialog
    assert "First" not in dialog


def test_an_empty_page_says_how(olga: Client):
    assert "No favourites yet" in text(olga.get(ARRANGE))


# ── Other people ─────────────────────────────────────────────────────────────
def test_ones_own_only(
    client_for: ClientFor, owner: User, teammate: User, outsider: User, lead: User, administrator: User
):
    entry = make_entry(owner, at(3, 9), description="Private matter")
    pinned = pin_entry(user=owner, entry=entry)
    for person in (teammate, outsider, lead, administrator):
        browser = client_for(person)
        for what in ("start/", "move/", "unpin/", "restore/"):
            assert browser.post(f"{ARRANGE}{pinned.pk}/{what}", {"to": "up"}, headers=HTMX).status_code == 404
        assert browser.post(f"/entries/{entry.pk}/pin/", headers=HTMX).status_code == 404
        for page in (*PAGES, ARRANGE):
            assert "Private matter" not in text(browser.get(page))
    assert client_for(None).get(ARRANGE).status_code == 302
    assert list(Favourite.objects.all()) == [pinned]
    assert not TimeEntry.objects.running().exists()


@pytest.mark.parametrize("page", [*PAGES, ARRANGE])
def test_statements(olga: Client, owner: User, page: str):
    counts = []
    for rows in (1, 3):
        for number in range(rows):
            task = make_task(make_project(client=make_client()))
            pin(owner, 9 + number, task=task, tags=[make_tag()], description=f"{rows} {number}")
        counts.append(statements(olga, page))
    assert counts[0] == counts[1] <= MOST_STATEMENTS
