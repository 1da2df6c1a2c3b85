from __future__ import annotations

import pytest
from django.utils import timezone

from accounts.models import User
from tests.conftest import ClientFor
from tests.tracking.pages import HTMX, MOST_STATEMENTS, statements, text, toast_of, undo
from tests.work import make_entry, make_tag, make_task
from tracking.models import Tag
from tracking.views.tags import grouped

pytestmark = pytest.mark.django_db

LIST = "/tags/"


def test_everybody_sees_and_makes_tags(client_for: ClientFor, owner: User):
    browser = client_for(owner)
    assert browser.post("/tags/new/", {"name": "#frontend"}, headers=HTMX).status_code == 204
    assert "frontend" in text(browser.get(LIST))
    assert client_for(None).get(LIST).status_code == 302


def test_managers_rename_archive_and_delete(client_for: ClientFor, manager: User, owner: User):
    tag = make_tag("design")
    for path in ("edit", "archive", "bring-back", "delete"):
        assert client_for(owner).post(f"/tags/{tag.pk}/{path}/", headers=HTMX).status_code == 403
    assert client_for(owner).post("/tags/archive/", {"ids": [tag.pk]}, headers=HTMX).status_code == 403
    browser = client_for(manager)
    assert browser.post(f"/tags/{tag.pk}/edit/", {"name": "Design"}, headers=HTMX).status_code == 204
    assert Tag.objects.get().name == "Design"
    answer = browser.post(f"/tags/{tag.pk}/archive/", headers=HTMX)
    assert Tag.objects.get().archived
    undo(browser, answer)
    assert not Tag.objects.get().archived


def test_what_counts_as_a_meeting(client_for: ClientFor, manager: User):
    browser = client_for(manager)
    for name in ("Meeting", "stand-up", "Jour_fixe", "design", "meetingroom"):
        browser.post("/tags/new/", {"name": name}, headers=HTMX)
    browser.post("/tags/new/", {"name": "retro", "meeting": "on"}, headers=HTMX)
    known = {tag.name: tag for tag in Tag.objects.all()}
    assert {name for name, tag in known.items() if tag.meeting} == {"Meeting", "stand-up", "Jour_fixe", "retro"}
    assert browser.post(f"/tags/{known['Meeting'].pk}/edit/", {"name": "Meeting"}, headers=HTMX).status_code == 204
    browser.post(f"/tags/{known['design'].pk}/edit/", {"name": "design", "meeting": "on"}, headers=HTMX)
    marked = {tag.name for tag in Tag.objects.filter(meeting=True)}
    assert marked == {"stand-up", "Jour_fixe", "retro", "design"}
    assert text(browser.get(LIST)).count(">Meeting</span>") == len(marked)


@pytest.mark.parametrize("name", ["", "DESIGN", "two words", "a,b", "x" * 61])
def test_a_wrong_name_is_kept(client_for: ClientFor, owner: User, name: str):
    make_tag("design")
    page = client_for(owner).post("/tags/new/", {"name": name}, headers=HTMX)
    assert page.status_code == 200
    assert page.context["form"].errors.keys() == {"name"}
    assert f'value="{name}"' in text(page) or not name


def test_delete_and_undo(client_for: ClientFor, manager: User, owner: User):
    unused, used = make_tag("unused"), make_tag("used")
    make_entry(owner, tags=[used])
    browser = client_for(manager)
    answer = browser.post(f"/tags/{unused.pk}/delete/", headers=HTMX)
    assert list(Tag.objects.all()) == [used]
    undo(browser, answer)
    assert Tag.objects.filter(name="unused").exists()
    assert undo(browser, answer).status_code == 409
    assert browser.post(f"/tags/{used.pk}/delete/", headers=HTMX).status_code == 409


def test_bulk(client_for: ClientFor, manager: User):
    ids, browser = [make_tag().pk for _ in range(3)], client_for(manager)
    answer = browser.post("/tags/archive/", {"ids": ids[:2]}, headers=HTMX)
    assert Tag.objects.filter(archived_at=None).count() == 1
    assert toast_of(answer)["text"] == "2 tags archived."
    undo(browser, answer)
    assert Tag.objects.filter(archived_at=None).count() == 3
    assert toast_of(browser.post("/tags/archive/", headers=HTMX))["text"] == "Nothing was selected."


def test_counts_and_groups(client_for: ClientFor, owner: User):
    plain, code, design = make_tag("urgent"), make_tag("category:code"), make_tag("Category:design")
    make_tag("gone", archived_at=timezone.now())
    make_entry(owner, tags=[plain, code])
    make_task().tags.add(code, design)
    page = client_for(owner).get(LIST)

    assert {tag.name: (tag.entry_count, tag.task_count) for tag in page.context["page"]} == {
        "urgent": (1, 0), "category:code": (1, 1), "Category:design": (0, 1),
    }  # fmt: skip
    assert [(prefix, tags) for prefix, tags in page.context["groups"]] == [("", [plain]), ("category", [code, design])]
    assert grouped([]) == []


def test_statements(client_for: ClientFor, manager: User):
    make_task().tags.add(make_tag())
    browser = client_for(manager)
    at_one = statements(browser, LIST)
    for _ in range(2):
        make_task().tags.add(make_tag())

    assert statements(browser, LIST) == at_one
    assert at_one <= MOST_STATEMENTS
