"""Looking somebody up by typing, and what a page says of people where they are too many for a list."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.test import Client

from accounts import person_select
from accounts.models import TeamMember, User
from tests.conftest import ClientFor
from tests.factories import TeamFactory, UserFactory
from tests.tracking.pages import HTMX, statements, text
from tests.work import make_entry, make_project, make_task
from tracking.models import ProjectMember, Task

pytestmark = pytest.mark.django_db

SUGGEST = "/people/suggest/"
PAGES = {
    "/tasks/": "assignee",
    "/tasks/board/": "assignee",
    "/tasks/new/": "assignee",
    "/activity/": "person",
    "/projects/{project}/people/": "user",
    "/entries/": "person",
}


@pytest.fixture
def many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(person_select, "FEW", 3)


@pytest.fixture
def crowd() -> list[User]:
    return [UserFactory(username=f"crowd{n:02}", display_name=f"Zoe Crowd {n:02}") for n in range(20)]


@pytest.fixture
def admin(client_for: ClientFor, administrator: User) -> Client:
    return client_for(administrator)


def suggested(browser: Client, **query: str) -> list[tuple[str, str]]:
    """Value and words of each option."""
    options = text(browser.get(SUGGEST, query, headers=HTMX))
    return re.findall(r'<span class="truncate">([^<]*)</span>.*?data-field="person" value="([^"]*)"', options)


def hidden(page: str, name: str) -> str:
    """The value of the field that takes the place of the list."""
    found = re.search(rf'<input type="hidden" name="{name}" value="([^"]*)" data-combobox-field="person"', page)
    assert found
    return found[1]


# ── Who is found ─────────────────────────────────────────────────────────────
def test_oneself_comes_first_and_words_may_be_anywhere(client_for: ClientFor, owner: User, crowd: list[User]):
    browser = client_for(owner)
    found = suggested(browser)
    assert found[0] == (str(owner), str(owner.pk))
    assert len(found) == 12
    assert suggested(browser, q="07 zoe") == [("Zoe Crowd 07", str(crowd[7].pk))]
    assert suggested(browser, q="crowd07") == [("Zoe Crowd 07", str(crowd[7].pk))]
    assert suggested(browser, q="cr\0owd07") == [("Zoe Crowd 07", str(crowd[7].pk))]
    assert suggested(browser, q=crowd[7].email) == []


def test_who_left_is_found_only_where_asked_for_and_by_administrators(
    client_for: ClientFor, admin: Client, owner: User, former: User
):
    asked = {"q": former.username, "among": "ever"}
    assert suggested(admin, **asked) == [(str(former), str(former.pk))]
    assert suggested(client_for(owner), **asked) == []
    assert suggested(admin, q=former.username) == []


def test_among_those_whose_time_one_sees(client_for: ClientFor, owner: User, teammate: User, lead: User):
    for person, found in ((owner, {owner}), (lead, {owner, teammate, lead})):
        values = {int(value) for _label, value in suggested(client_for(person), among="time")}
        assert values == {one.pk for one in found}
    assert client_for(owner).get(SUGGEST, {"among": "nonsense"}).status_code == 404


def test_what_else_can_be_chosen_comes_first(client_for: ClientFor, owner: User, crowd: list[User]):
    browser, offers = client_for(owner), {"everybody": "", "me": "me", "nobody": "none"}
    assert suggested(browser, **offers)[:3] == [("Everybody", ""), ("Me", "me"), ("Nobody", "none")]
    assert suggested(browser, q="nobo", **offers) == [("Nobody", "none")]
    assert suggested(browser, q=owner.username, **offers) == [("Me", "me")]


def test_statements_of_suggestions(client_for: ClientFor, owner: User):
    browser = client_for(owner)
    before = statements(browser, f"{SUGGEST}?q=o", headers=HTMX)
    UserFactory.create_batch(15)
    assert statements(browser, f"{SUGGEST}?q=o", headers=HTMX) == before <= 4


# ── Pages ────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(("path", "name"), PAGES.items())
@pytest.mark.usefixtures("owner")
def test_a_few_people_are_a_list(admin: Client, administrator: User, path: str, name: str):
    page = text(admin.get(path.format(project=make_project(administrator).pk)))
    assert re.search(rf'<select[^>]* name="{name}"|<select name="{name}"', page)
    assert SUGGEST not in page


@pytest.mark.usefixtures("owner")
def test_a_list_over_chosen_tasks_says_what_it_changes(admin: Client):
    page = text(admin.get("/tasks/"))
    assert re.search(r'<select name="value"[^>]*hx-vals="{&quot;action&quot;: &quot;assignee&quot;}"', page)


@pytest.mark.parametrize(("path", "name"), PAGES.items())
@pytest.mark.usefixtures("many")
def test_many_people_are_looked_up(admin: Client, administrator: User, crowd: list[User], path: str, name: str):
    url = path.format(project=make_project(administrator).pk)
    page = text(admin.get(url))
    assert hidden(page, name) == ""
    assert "Zoe Crowd" not in page
    before = statements(admin, url)
    UserFactory.create_batch(10)
    assert statements(admin, url) == before


@pytest.mark.usefixtures("many")
@pytest.mark.parametrize(
    ("path", "name"),
    [("/tasks/", "assignee"), ("/tasks/board/", "assignee"), ("/activity/", "person"), ("/entries/", "person")],
)
def test_a_filter_says_whom_it_shows(admin: Client, crowd: list[User], path: str, name: str):
    shown = crowd[3]
    make_task(make_project(), name="Hers", assignee=shown)
    make_task(make_project(), name="Of nobody")
    make_entry(shown, description="Checkout flow")
    page = text(admin.get(path, {name: shown.pk}))
    assert hidden(page, name) == str(shown.pk)
    assert f'value="{shown}"' in page
    assert "Of nobody" not in page


@pytest.mark.usefixtures("many", "crowd")
@pytest.mark.parametrize(("value", "label"), [("me", "Me"), ("none", "Nobody")])
def test_what_is_no_person_keeps_its_words(admin: Client, value: str, label: str):
    page = text(admin.get("/tasks/", {"assignee": value}))
    assert hidden(page, "assignee") == value
    assert f'value="{label}"' in page


@pytest.mark.usefixtures("many", "crowd")
@pytest.mark.parametrize("value", ["999999", "x", "٣", "9" * 30, "<b>"])
def test_nonsense_in_the_address_names_nobody(admin: Client, value: str):
    assert hidden(text(admin.get("/tasks/", {"assignee": value})), "assignee") == ""


@pytest.mark.usefixtures("many")
def test_a_task_is_given_to_somebody(client_for: ClientFor, owner: User, former: User, crowd: list[User]):
    browser, project = client_for(owner), make_project(manager=owner)
    sent = {"name": "Draw", "project": project.pk, "status": "todo", "priority": "normal"}
    refused = browser.post("/tasks/new/", sent | {"assignee": former.pk}, headers=HTMX)
    assert refused.context["form"].errors.keys() == {"assignee"}
    browser.post("/tasks/new/", sent | {"assignee": crowd[5].pk}, headers=HTMX)
    task = Task.objects.get()
    assert task.assignee == crowd[5]
    page = text(browser.get(f"/tasks/{task.pk}/edit/"))
    assert hidden(page, "assignee") == str(crowd[5].pk)
    assert f'value="{crowd[5]}"' in page


@pytest.mark.usefixtures("many", "crowd")
def test_who_left_keeps_a_task(admin: Client, former: User):
    task = make_task(make_project(), assignee=former)
    assert hidden(text(admin.get(f"/tasks/{task.pk}/edit/")), "assignee") == str(former.pk)


@pytest.mark.usefixtures("many")
def test_a_form_that_comes_back_reads_one_person(
    client_for: ClientFor, owner: User, crowd: list[User], django_assert_max_num_queries: Callable
):
    browser = client_for(owner)
    sent = {"name": "", "project": make_project(manager=owner).pk, "status": "todo", "priority": "normal"}
    with django_assert_max_num_queries(12) as asked:
        page = text(browser.post("/tasks/new/", sent | {"assignee": crowd[5].pk}, headers=HTMX))
    assert hidden(page, "assignee") == str(crowd[5].pk)
    people = [one["sql"] for one in asked.captured_queries if 'FROM "accounts_user"' in one["sql"]]
    assert all("LIMIT" in sql for sql in people)


@pytest.mark.usefixtures("many")
def test_many_tasks_are_given_to_somebody(client_for: ClientFor, owner: User, former: User, crowd: list[User]):
    browser, tasks = client_for(owner), [make_task(make_project()), make_task(make_project())]
    sent = {"action": "assignee", "ids": [task.pk for task in tasks]}
    page = text(browser.get("/tasks/"))
    assert page.count('hx-vals="{&quot;action&quot;: &quot;assignee&quot;}"') == 1
    assert re.search(r'data-combobox-field="person"[^>]*hx-post="/tasks/bulk/"[^>]*id="bulk-assignee-value"', page)
    assert browser.post("/tasks/bulk/", sent | {"value": former.pk}, headers=HTMX).status_code == 409
    browser.post("/tasks/bulk/", sent | {"value": crowd[2].pk}, headers=HTMX)
    assert set(Task.objects.values_list("assignee", flat=True)) == {crowd[2].pk}


@pytest.mark.usefixtures("many")
def test_somebody_joins_a_project(client_for: ClientFor, manager: User, former: User, crowd: list[User]):
    browser, project = client_for(manager), make_project(manager)
    url = f"/projects/{project.pk}/people/add/"
    refused = browser.post(url, {"user": former.pk}, headers=HTMX)
    assert refused.context["member_form"].errors.keys() == {"user"}
    browser.post(url, {"user": crowd[4].pk}, headers=HTMX)
    assert ProjectMember.objects.filter(project=project, user=crowd[4]).exists()


@pytest.mark.usefixtures("owner")
def test_whose_time_a_lead_looks_at(
    client_for: ClientFor, lead: User, teammate: User, outsider: User, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(person_select, "FEW", 1)
    browser = client_for(lead)
    page = text(browser.get("/entries/", {"person": teammate.pk}))
    assert hidden(page, "person") == str(teammate.pk)
    assert f'value="{teammate}"' in page
    assert browser.get("/entries/", {"person": outsider.pk}).status_code == 404


@pytest.mark.usefixtures("many", "crowd")
def test_entries_of_everybody_in_all_weeks(admin: Client):
    page = text(admin.get("/entries/", {"q": "x", "weeks": "all", "person": "all"}))
    assert hidden(page, "person") == "all"
    assert 'value="Everybody"' in page


@pytest.mark.usefixtures("many")
def test_people_are_added_to_a_team(admin: Client, owner: User, former: User, crowd: list[User]):
    team = TeamFactory(name="Kestrels")
    TeamMember.objects.create(team=team, user=owner)
    url = f"/teams/{team.pk}/"
    page = text(admin.get(url))
    assert page.count('name="members"') == 1
    assert "Zoe Crowd" not in page
    refused = text(admin.post(url, {"name": "", "members": owner.pk, "person": crowd[1].pk}))
    assert f'<input type="hidden" name="person" value="{crowd[1].pk}">' in refused
    assert admin.post(url, {"name": team.name, "person": former.pk}).status_code == 422
    admin.post(url, {"name": team.name, "members": owner.pk, "person": [crowd[1].pk, crowd[2].pk]})
    assert set(team.memberships.values_list("user", flat=True)) == {owner.pk, crowd[1].pk, crowd[2].pk}
