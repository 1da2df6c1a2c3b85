"""What the command palette finds, with the rights of whoever asks, and what it makes of a line that says what to do."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from accounts.services.uses import note_use
from tests.conftest import ClientFor
from tests.factories import UserFactory
from tests.tracking.pages import HTMX, MOST_STATEMENTS, NOON, statements, text, toast_of
from tests.work import make_client, make_entry, make_project, make_tag, make_task
from timetracker.web.finders import Found
from tracking.models import Project, TimeEntry
from tracking.services.timer import start_timer

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("wednesday")]


def groups(browser: Client, typed: str, **more: str) -> dict[str, list[Found]]:
    answer = browser.get("/palette/", {"q": typed, **more})
    assert answer.status_code == 200
    return {group.kind: group.found for group in answer.context["groups"]}


def labels(browser: Client, typed: str, kind: str, **more: str) -> list[str]:
    return [found.label for found in groups(browser, typed, **more).get(kind, [])]


def hints(browser: Client, typed: str) -> list[str]:
    return list(browser.get("/palette/", {"q": typed}).context["hints"])


@pytest.fixture
def website(owner: User) -> Project:
    return make_project(owner, name="Website relaunch", code="web", client=make_client(name="Northwind"))


@pytest.fixture
def secret(owner: User, teammate: User) -> dict[str, Any]:
    """A private project of two, with a client, a task and time of the owner's."""
    client = make_client(name="Zephyr Bank")
    project = make_project(owner, (teammate,), name="Zephyr", client=client, is_public=False)
    task = make_task(project, name="Zephyr login")
    entry = make_entry(owner, NOON - dt.timedelta(days=1), task=task, description="zephyr at work")
    return {"project": project, "task": task, "entry": entry}


# ── Found ────────────────────────────────────────────────────────────────────
def test_everything_with_that_name(client_for: ClientFor, owner: User, website: Project):
    make_task(website, name="Web fonts")
    make_client(name="Webster")
    UserFactory.create(username="webb", display_name="Kim Webb")
    make_entry(owner, NOON - dt.timedelta(days=1), description="Web review", project=website)
    make_project(name="Old website", status="archived")
    found = groups(client_for(owner), "web")
    assert [found[kind][0].label for kind in ("project", "task", "person", "entry")] == [
        "Website relaunch", "Web fonts", "Kim Webb", "Web review",
    ]  # fmt: skip
    assert len(found["project"]) == 1
    assert "client" not in found  # without a project that the owner sees
    assert found["project"][0].second == "Northwind"
    assert found["entry"][0].second == "Tuesday 3 March · Website relaunch"
    page = text(client_for(owner).get("/palette/?q=web"))
    assert f'href="/projects/{website.pk}/"' in page
    assert 'role="option"' in page


def test_by_prefix_then_by_use(client_for: ClientFor, owner: User):
    olga = client_for(owner)
    for name in ("New website", "Ewebo", "Web B", "Web A"):
        make_project(name=name)
    assert labels(olga, "web", "project") == ["Web A", "Web B", "New website", "Ewebo"]
    note_use(user=owner, what=f"project:{Project.objects.get(name='Web B').pk}")
    assert labels(olga, "web", "project") == ["Web B", "Web A", "New website", "Ewebo"]


def test_the_best_are_shown_of_many(client_for: ClientFor, owner: User):
    for number in range(12):
        make_task(name=f"Old web {number}")
    make_task(name="Webby")
    assert labels(client_for(owner), "web", "task")[0] == "Webby"
    assert len(labels(client_for(owner), "web", "task")) == 5
    assert len(labels(client_for(owner), "web", "task", mode="search")) == 10


# ── Rights ───────────────────────────────────────────────────────────────────
SEEN = {
    "owner": {"project", "task", "client", "entry"},
    "teammate": {"project", "task", "client"},
    "lead": {"entry"},
    "outsider": set(),
    "manager": {"client"},
    "administrator": {"project", "task", "client", "entry"},
}


@pytest.mark.parametrize("who", SEEN)
@pytest.mark.parametrize("mode", ["", "search"])
def test_only_what_one_may_see(
    client_for: ClientFor, request: pytest.FixtureRequest, secret: dict[str, Any], who: str, mode: str
):
    browser = client_for(request.getfixturevalue(who))
    assert set(groups(browser, "zephyr", mode=mode)) == SEEN[who]
    if who == "outsider":
        assert "zephyr" not in text(browser.get("/palette/?q=zephyr")).lower()


@pytest.mark.parametrize("who", SEEN)
def test_of_what_one_used_only_what_one_still_sees(
    client_for: ClientFor, request: pytest.FixtureRequest, secret: dict[str, Any], who: str
):
    person = request.getfixturevalue(who)
    for kind, row in {**secret, "client": secret["project"].client}.items():
        note_use(user=person, what=f"{kind}:{row.pk}")
    found = groups(client_for(person), "")["recent"]
    assert {one.key.split(":")[0] for one in found} == SEEN[who]


def test_a_private_project_is_no_word_to_start_on(client_for: ClientFor, outsider: User, secret: dict[str, Any]):
    browser = client_for(outsider)
    assert labels(browser, "start zephyr fix", "typed") == ["Start the timer: zephyr fix"]
    assert hints(browser, "start @zephyr fix") == ["No project or task fits @zephyr."]
    assert browser.post("/timer/line/", {"line": "@zephyr fix"}, headers=HTMX).status_code == 422
    assert not TimeEntry.objects.running().exists()


def test_people_lead_to_a_page_that_one_may_open(client_for: ClientFor, owner: User, administrator: User):
    for person in (owner, administrator):
        browser = client_for(person)
        (found,) = groups(browser, "olga")["person"]
        assert browser.get(found.url).status_code == 200
    former = UserFactory.create(username="olgagone", is_active=False)
    assert labels(client_for(administrator), former.username, "person") == []


# ── Used last ────────────────────────────────────────────────────────────────
def test_who_searches_for_the_first_time_sees_what_they_are_at(
    client_for: ClientFor, owner: User, website: Project, secret: dict[str, Any], outsider: User
):
    make_task(website, name="Web fonts", assignee=owner)
    note_use(user=owner, what="command:go-tasks")
    found = groups(client_for(owner), "", mode="search")["recent"]
    assert [one.label for one in found] == ["Zephyr", "Web fonts"]
    assert groups(client_for(outsider), "", mode="search")["recent"] == []
    browser = client_for(owner)
    for query in ("q=&mode=search", "q=&icons="):
        assert statements(browser, f"/palette/?{query}") <= MOST_STATEMENTS


def test_with_nothing_typed_what_was_used_last(client_for: ClientFor, owner: User, website: Project):
    for what in (f"project:{website.pk}", "command:go-tasks", "nothing:7", "project:x", f"person:{owner.pk}"):
        note_use(user=owner, what=what)
    olga = client_for(owner)
    keys = [found.key for found in groups(olga, "")["recent"]]
    assert keys == [f"person:{owner.pk}", "command:go-tasks", f"project:{website.pk}"]
    assert [found.key for found in groups(olga, "", mode="search")["recent"]] == [keys[0], keys[2]]
    page = text(olga.get("/palette/?icons"))
    assert 'data-use-of="command:go-tasks" value="1.0000"' in page
    assert 'data-icon="check-circle"' in page


# ── Typed ────────────────────────────────────────────────────────────────────
def test_start_offers_the_project_that_the_first_words_name(client_for: ClientFor, owner: User, website: Project):
    olga = client_for(owner)
    assert labels(olga, "start website fix", "typed") == [
        "Start the timer on Website relaunch: fix", "Start the timer: website fix",
    ]  # fmt: skip
    assert labels(olga, "Starte website relaunch", "typed")[0] == "Start the timer on Website relaunch"
    assert labels(olga, "start web fix", "typed")[0] == "Start the timer on Website relaunch: fix"  # its code
    assert labels(olga, "start we fix", "typed") == ["Start the timer: we fix"]  # a word like any other
    assert labels(olga, "start \\website fix", "typed") == ["Start the timer: website fix"]
    assert labels(olga, "start website-relaunch fix", "typed")[0] == "Start the timer on Website relaunch: fix"
    assert labels(olga, "start", "typed") == []
    assert labels(olga, "restart website", "typed") == []
    assert labels(olga, "start website fix", "typed", mode="search") == []


def test_a_whole_name_goes_before_a_beginning(client_for: ClientFor, owner: User):
    make_project(name="Web")
    make_project(name="Web archive")
    olga = client_for(owner)
    assert labels(olga, "start web archive tidy", "typed")[0] == "Start the timer on Web archive: tidy"
    assert labels(olga, "start web fix", "typed")[0] == "Start the timer on Web: fix"


@pytest.mark.parametrize("verb", ["start", "starte", "START"])
def test_what_is_offered_starts_the_timer(client_for: ClientFor, owner: User, website: Project, verb: str):
    olga = client_for(owner)
    found = groups(olga, f"{verb} website fix the header #ux")["typed"][0]
    for _twice in range(2):
        answer = olga.post(found.url, dict(found.values), headers=HTMX)
        assert answer.status_code == 200
    running = TimeEntry.objects.running().get()
    assert (running.description, running.project, [tag.name for tag in running.tags.all()]) == (
        "fix the header", website, ["ux"],
    )  # fmt: skip
    assert "entriesChanged" in answer.headers["HX-Trigger"]
    assert TimeEntry.objects.count() == 1


def test_the_parser_reads_the_words_behind_start(client_for: ClientFor, owner: User, website: Project):
    make_tag("ux")
    (found,) = groups(client_for(owner), "start @website fix 2h of yesterday #ux !$")["typed"]
    assert found.label == "Start the timer on Website relaunch: fix 2h of yesterday"
    client_for(owner).post(found.url, dict(found.values), headers=HTMX)
    running = TimeEntry.objects.running().get()
    assert (running.description, running.billable) == ("fix 2h of yesterday", False)


def test_a_refused_start_says_why(client_for: ClientFor, owner: User, organisation):
    start_timer(user=owner)
    organisation.refuse_second_timer = True
    organisation.save()
    olga = client_for(owner)
    answer = olga.post("/timer/line/", {"line": "other #new"}, headers=HTMX)
    assert answer.status_code == 422
    assert "A timer is running already" in text(answer)
    assert olga.post("/timer/line/", {"line": ""}, headers=HTMX).status_code == 422
    assert olga.post("/timer/line/", {"line": "x" * 3000}, headers=HTMX).status_code == 422
    assert TimeEntry.objects.count() == 1


@pytest.mark.parametrize("line", ["log 2h acme yesterday", "buche 2 Std acme gestern", "logge acme 2h gestern"])
def test_log_shows_the_reading_and_logs(client_for: ClientFor, owner: User, line: str):
    acme = make_project(name="Acme site", billable=False)
    olga = client_for(owner)
    first, second = groups(olga, line)["typed"]
    assert first.label == "Log 2:00 on Acme site"
    assert first.second == "Tuesday 3 March, 09:00 – 11:00"
    assert second.label == "Log 2:00: acme"
    answer = olga.post(first.url, dict(first.values), headers=HTMX)
    assert toast_of(answer)["undo_url"]
    entry = TimeEntry.objects.get()
    assert (entry.project, entry.seconds, entry.started_at.date()) == (acme, 7200, dt.date(2026, 3, 3))


def test_of_several_that_fit_one_chooses(client_for: ClientFor, owner: User):
    first, second = (make_project(name=name, billable=False) for name in ("Measures", "Measuring"))
    task = make_task(first, name="Clean up measurements")
    olga = client_for(owner)
    found = groups(olga, "log 2h dig @meas")["typed"]
    assert [one.label for one in found] == [
        "Log 2:00 on Measures: dig",
        "Log 2:00 on Measuring: dig",
        "Log 2:00 on Measures · Clean up measurements: dig",
    ]
    for one in found[1:]:
        olga.post(one.url, dict(one.values), headers=HTMX)
    logged = TimeEntry.objects.order_by("pk").values_list("project", "task", "description")
    assert list(logged) == [(second.pk, None, "dig"), (first.pk, task.pk, "dig")]
    assert len(labels(olga, "start dig @meas", "typed")) == 3


def test_of_two_with_one_name_it_is_the_one_that_was_chosen(client_for: ClientFor, owner: User):
    make_project(name="Site")
    other = make_project(name="Site", client=make_client(name="Other"))
    olga = client_for(owner)
    found = groups(olga, "start site fix")["typed"]
    olga.post(found[1].url, dict(found[1].values), headers=HTMX)
    running = TimeEntry.objects.running().get()
    assert (running.project, running.description) == (other, "fix")


def test_a_task_is_named_in_full_or_offered_after_the_words(client_for: ClientFor, owner: User, website: Project):
    make_task(website, name="Sketch a logo")
    olga = client_for(owner)
    assert labels(olga, "start sketch a logo in blue", "typed")[0] == (
        "Start the timer on Website relaunch · Sketch a logo: in blue"
    )
    assert labels(olga, "start sketch things", "typed") == [
        "Start the timer: sketch things", "Start the timer on Website relaunch · Sketch a logo: things",
    ]  # fmt: skip


def test_a_client_stands_for_the_project_one_worked_on_last(client_for: ClientFor, owner: User):
    acme = make_client(name="Acme")
    make_project(name="Brand", client=acme)
    shop = make_project(name="Shop", client=acme)
    olga = client_for(owner)
    assert labels(olga, "start acme fix", "typed") == [
        "Start the timer: acme fix", "Start the timer on Brand: fix", "Start the timer on Shop: fix",
    ]  # fmt: skip
    make_entry(owner, NOON - dt.timedelta(days=1), project=shop)
    assert labels(olga, "start acme fix", "typed") == [
        "Start the timer on Shop: fix", "Start the timer: acme fix", "Start the timer on Brand: fix",
    ]  # fmt: skip


@pytest.mark.parametrize("line", ["2h web fix", "9-11 web fix", "1:30 fix @web", "2 std web", "yesterday 2h web fix"])
def test_a_line_that_begins_with_time_is_to_be_logged(client_for: ClientFor, owner: User, website: Project, line: str):
    found = groups(client_for(owner), line)["typed"][0]
    assert re.match(r"Log \d:\d\d on Website relaunch", found.label)


def test_an_end_on_the_next_day_says_so(client_for: ClientFor, owner: User):
    (found,) = groups(client_for(owner), "25h yesterday")["typed"]
    assert (found.label, found.second) == (
        "Log 25:00: No description", "Tuesday 3 March, 09:00 – 10:00 +1 · No project · longer than your day",
    )  # fmt: skip


def test_a_client_is_offered_by_how_it_begins(client_for: ClientFor, owner: User, website: Project):
    assert labels(client_for(owner), "start north fix", "typed") == [
        "Start the timer: north fix", "Start the timer on Website relaunch: fix",
    ]  # fmt: skip


@pytest.mark.parametrize("text", ["2024 budget", "today web", "#2 web"])
def test_other_numbers_are_only_looked_for(client_for: ClientFor, owner: User, text: str):
    assert (labels(client_for(owner), text, "typed"), hints(client_for(owner), text)) == ([], [])


def test_a_line_that_lacks_something_says_what(client_for: ClientFor, owner: User):
    olga = client_for(owner)
    assert hints(olga, "log acme") == ["How long? Write 2h, 1:30 or 9-1030."]
    assert labels(olga, "log acme", "typed") == []
    assert hints(olga, "log 2h @nowhere") == ["No project or task fits @nowhere."]


def test_in_german(client_for: ClientFor, owner: User, website: Project):
    owner.language = "de"
    owner.save()
    olga = client_for(owner)
    assert labels(olga, "starte website fix", "typed")[0] == "Timer auf Website relaunch starten: fix"
    assert labels(olga, "buche 1h Entwurf", "typed") == ["1:00 eintragen: Entwurf"]


# ── Odd questions ────────────────────────────────────────────────────────────
ODD = [
    "\0",
    "%",
    "_",
    "'\";--",
    "(((",
    '@"',
    "#",
    "start \0",
    "log \ud7ff",
    "start @",
    "log " + "9" * 150,
    "🙂",
    "\\",
    "a" * 200,
]


@pytest.mark.parametrize("typed", ODD)
def test_odd_text_is_only_text(client_for: ClientFor, owner: User, website: Project, typed: str):
    groups(client_for(owner), typed)
    groups(client_for(owner), typed, mode="search")


def test_ten_kilobytes_are_cut(client_for: ClientFor, owner: User):
    make_task(name="x" * 200)
    olga = client_for(owner)
    assert hints(olga, "x" * 10_000) == ["Only the first 200 characters are searched."]
    assert len(labels(olga, "x" * 10_000, "task")) == 1
    assert hints(olga, "x" * 200) == []


def test_it_takes_few_statements(client_for: ClientFor, owner: User, website: Project):
    olga = client_for(owner)
    queries = [
        "q=web",
        "q=web&mode=search",
        "q=start+web+fix",
        "q=start+@web+fix",
        "q=log+2h+web",
        "q=log+2h+@web+x",
        "q=",
    ]

    def rows() -> None:
        for kind, row in {
            "project": make_project(name="Webby", client=make_client()),
            "task": make_task(website, name="Web fonts"),
            "entry": make_entry(owner, NOON - dt.timedelta(days=1), description="Web review", project=website),
            "person": UserFactory.create(display_name="Webb"),
        }.items():
            note_use(user=owner, what=f"{kind}:{row.pk}")

    rows()
    one = [statements(olga, f"/palette/?{query}", HTMX) for query in queries]
    rows()
    rows()
    assert [statements(olga, f"/palette/?{query}", HTMX) for query in queries] == one
    assert max(one) <= MOST_STATEMENTS, one
