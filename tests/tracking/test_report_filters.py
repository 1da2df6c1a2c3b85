"""Filters of reports that take several of a kind: what adds up, who may choose what, the page without scripts."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from tests.conftest import ClientFor
from tests.tracking.pages import HTMX, MOST_STATEMENTS, at, statements, text
from tests.work import make_client, make_entry, make_project, make_tag, make_task
from tracking.forms.report_filters import SHOWN
from tracking.models import Project, Tag, Task
from tracking.reports import Question, hours_by_date, report

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("wednesday")]
MARCH = (dt.date(2026, 3, 1), dt.date(2026, 3, 31))
ASKED = "first=2026-03-01&last=2026-03-31"
UNKNOWN = 999_999


@pytest.fixture
def week(owner: User, teammate: User) -> dict[str, Any]:
    """One hour on the website with both tags, half of one in the shop, a quarter without anything."""
    web = make_project(name="Website", client=make_client(name="Northwind"), rate="90")
    shop = make_project(name="Shop", client=make_client(name="Fern"), rate="60")
    ux, dev = make_tag("ux"), make_tag("dev")
    grid, cart = make_task(web, name="Grid"), make_task(shop, name="Cart")
    make_entry(owner, at(2, 9), 60, project=web, task=grid, tags=[ux, dev])
    make_entry(owner, at(2, 11), 30, project=shop, task=cart, tags=[dev])
    make_entry(owner, at(3, 9), 15)
    make_entry(teammate, at(2, 9), 45, project=web)
    return {"project": (web, shop), "client": (web.client, shop.client), "task": (grid, cart), "tag": (ux, dev)}


def address(**chosen: Any) -> str:
    return "&".join([ASKED, *(f"{name}={row.pk}" for name, rows in chosen.items() for row in rows)])


def seconds(browser: Client, query: str) -> int:
    """As the report says over the API; the page and both files say the same."""
    total = browser.get(f"/api/reports/?{query}&group=project").json()["seconds"]
    for kind, column in (("lines", "seconds"), ("entries", "duration_seconds")):
        body = b"".join(browser.get(f"/reports/{kind}.csv?{query}").streaming_content).decode("utf-8-sig")
        assert sum(int(row[column]) for row in csv.DictReader(io.StringIO(body))) == total
    assert browser.get(f"/reports/?{query}").status_code == 200
    return int(total)


# ── The sums ─────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("kind", ["project", "client", "task"])
def test_several_of_a_kind_add_up(olga: Client, week: dict[str, Any], kind: str):
    first, second = week[kind]
    assert seconds(olga, address(**{kind: (first,)})) == 3600
    assert seconds(olga, address(**{kind: (second,)})) == 1800
    assert seconds(olga, address(**{kind: (first, second, first)})) == 5400


def test_several_people_add_up(
    client_for: ClientFor, administrator: User, owner: User, teammate: User, week: dict[str, Any]
):
    anna = client_for(administrator)
    assert seconds(anna, address(person=(owner,))) == 6300
    assert seconds(anna, address(person=(owner, teammate))) == 9000
    assert seconds(anna, address(person=(owner, teammate), project=week["project"])) == 8100


def test_time_with_several_of_the_tags_counts_once(olga: Client, owner: User, week: dict[str, Any]):
    ux, dev = week["tag"]
    assert seconds(olga, address(tag=(ux,))) == 3600
    assert seconds(olga, address(tag=(dev,))) == 5400
    assert seconds(olga, address(tag=(ux, dev))) == 5400
    question = Question(*MARCH, ("day", "project"), tags=(ux.pk, dev.pk))
    [line] = report(owner, question).lines
    assert [(inner.labels[0], inner.seconds) for inner in line.lines] == [("Website", 3600), ("Shop", 1800)]
    assert [sum(parts) for _day, *parts in hours_by_date(owner, question)][:3] == [0, 5400, 0]


def test_grouped_by_tag_the_report_says_what_stands_twice(olga: Client, owner: User, week: dict[str, Any]):
    ux, dev = week["tag"]
    found = report(owner, Question(*MARCH, ("tag",), tags=(ux.pk, dev.pk)))
    assert {line.labels[0]: line.seconds for line in found.lines} == {"ux": 3600, "dev": 5400}
    assert (found.twice, found.seconds) == (3600, 5400)
    every = Question(*MARCH, ("tag",))
    assert sum(sum(parts) for _day, *parts in hours_by_date(owner, every)) == report(owner, every).seconds == 6300
    page = text(olga.get(f"/reports/?{address(tag=(ux, dev))}&group=tag"))
    assert "Counted under several tags" in page


def test_what_carries_several_tags_keeps_its_midnight_its_breaks_and_its_money(
    owner: User, administrator: User, lead: User, week: dict[str, Any]
):
    web, tags = week["project"][0], make_tag("a")
    both = Question(*MARCH, ("day",), tags=(tags.pk, week["tag"][0].pk))
    pause = [(at(5, 23), at(5, 23, 30))]
    make_entry(owner, at(5, 22), 240, project=web, tags=[tags, week["tag"][0]], breaks=pause)
    days = {line.values[0]: line.seconds for line in report(owner, both).lines}
    assert days == {dt.date(2026, 3, 2): 3600, dt.date(2026, 3, 5): 5400, dt.date(2026, 3, 6): 7200}
    assert report(administrator, both).money == {"EUR": Decimal("405.00")}
    assert report(lead, both).money == {}
    until_midnight = Question(dt.date(2026, 3, 5), dt.date(2026, 3, 5), ("day",), tags=both.tags)
    assert report(owner, until_midnight).seconds == 5400


# ── Who may choose what ──────────────────────────────────────────────────────
@pytest.mark.parametrize("kind", ["person", "client", "project", "task"])
def test_what_one_may_not_see_is_as_unknown(
    client_for: ClientFor, owner: User, outsider: User, week: dict[str, Any], kind: str
):
    hidden = make_project(name="Zephyr", members=(owner,), is_public=False, client=make_client(name="Secret"))
    rows = {"person": owner, "client": hidden.client, "project": hidden, "task": make_task(hidden, name="Plot")}
    oscar = client_for(outsider)
    for path, status in (("/reports/", 422), ("/reports/lines.csv", 422), ("/api/reports/", 400)):
        answers = [oscar.get(f"{path}?{ASKED}&{kind}={pk}") for pk in (rows[kind].pk, UNKNOWN)]
        assert [answer.status_code for answer in answers] == [status, status]
        bodies = [re.sub(rf"\b({rows[kind].pk}|{UNKNOWN})\b", "#", text(answer)) for answer in answers]
        told = [re.findall(r"[^<>\"]*Select a valid choice[^<>\"]*", body) for body in bodies]
        assert told[0] == told[1] != []
    listed = text(oscar.get(f"/reports/choices/{kind}/?{kind}={rows[kind].pk}"))
    assert not any(name in listed for name in ("Zephyr", "Secret", "Plot", str(owner)))
    assert not any(name in text(oscar.get("/reports/")) for name in ("Zephyr", "Secret", "Plot", str(owner)))


@pytest.mark.parametrize("value", ["x", "-1", "0", "1.5", "%00", "9" * 19, "9" * 40])
@pytest.mark.parametrize("kind", ["person", "client", "project", "task", "tag"])
def test_nonsense_in_the_address(olga: Client, kind: str, value: str):
    refused = {400, 422} if len(value) > 18 else {422}  # SQLite cannot even be asked for such a number
    assert olga.get(f"/reports/?{kind}={value}").status_code in refused
    assert olga.get(f"/reports/choices/{kind}/?{kind}={value}").status_code in refused
    assert olga.get(f"/api/reports/?{kind}={value}").status_code == 400
    assert olga.get(f"/reports/?find_{kind}={value}").status_code == 200


# ── The page ─────────────────────────────────────────────────────────────────
def checked(page: str, name: str) -> list[str]:
    return re.findall(rf'name="{name}" value="(\d+)" checked', page)


def summary(page: str, name: str) -> str:
    return re.findall(rf'id="report-{name}-chosen">([^<]*)<', page)[0]


def test_the_form_says_what_is_chosen(olga: Client, week: dict[str, Any]):
    web, shop = week["project"]
    page = text(olga.get(f"/reports/?{address(project=(web,), tag=week['tag'])}"))
    assert (summary(page, "client"), summary(page, "project"), summary(page, "tag")) == (
        "All clients", "Website", "2 tags",
    )  # fmt: skip
    assert checked(page, "project") == [str(web.pk)]
    assert sorted(checked(page, "tag")) == sorted(str(tag.pk) for tag in week["tag"])
    assert f'name="project" value="{shop.pk}">' in page
    assert summary(text(olga.get(f"/reports/?tag={week['tag'][0].pk}")), "tag") == "#ux"


def test_the_filter_goes_along(olga: Client, week: dict[str, Any]):
    web, shop = week["project"]
    page = text(olga.get(f"/reports/?preset=this-month&group=client&project={web.pk}&project={shop.pk}"))
    for name in ("lines.csv", "entries.csv", "lines.xlsx", "entries.xlsx"):
        query = f"?preset=this-month&amp;group=client&amp;project={web.pk}&amp;project={shop.pk}"
        assert f'href="/reports/{name}{query}"' in page
    assert 'href="?preset=this-month&amp;group=client"' in page  # Clear filters
    form = page[
        page.index('<form class="filters report-filters"') : page.index("</form>", page.index("report-filters"))
    ]
    assert {"preset", "first", "last", "group", "then", "billable", "project"} <= set(re.findall(r'name="(\w+)"', form))


def test_a_fragment_says_what_the_open_form_shows(olga: Client, week: dict[str, Any]):
    answer = text(olga.get(f"/reports/?{address(project=week['project'])}", headers=HTMX))
    assert '<data hidden value="report-project-chosen" data-choices-words>2 projects</data>' in answer
    assert "<form" not in answer


def test_one_alone_has_no_people_to_choose(olga: Client, client_for: ClientFor, lead: User):
    assert 'name="find_person"' not in text(olga.get("/reports/"))
    assert 'name="find_person"' in text(client_for(lead).get("/reports/"))


def test_a_long_list_is_searched(olga: Client):
    Project.objects.bulk_create(Project(name=f"Project {n:04}", currency="EUR") for n in range(2000))
    last = Project.objects.get(name="Project 1999")
    page = text(olga.get("/reports/"))
    assert page.count('name="project"') == SHOWN
    assert "There are more" in page
    found = text(olga.get(f"/reports/choices/project/?find_project=1234&project={last.pk}"))
    assert re.findall(r"Project \d{4}", found) == ["Project 1999", "Project 1234"]  # what is chosen stays
    assert checked(found, "project") == [str(last.pk)]
    assert "Nothing found" in text(olga.get("/reports/choices/project/?find_project=nowhere"))


def test_without_scripts_a_search_comes_with_the_form(olga: Client, week: dict[str, Any]):
    web, shop = week["project"]
    page = text(olga.get(f"/reports/?{ASKED}&find_project=fern&project={web.pk}&find_tag="))
    opened = page[page.index("<details", page.index("report-task") - 9000) :]
    assert page.count("data-choices open") == 1
    assert f'name="project" value="{web.pk}" checked' in opened
    assert f'name="project" value="{shop.pk}"' in opened
    assert 'name="find_project" value="fern"' in opened
    assert summary(page, "project") == "Website"


@pytest.mark.parametrize(
    ("kind", "words"), [("client", "NORTH"), ("project", "northwind"), ("task", "websi"), ("tag", "#u")]
)
def test_what_is_found(olga: Client, week: dict[str, Any], kind: str, words: str):
    first, second = week[kind]
    found = text(olga.get(f"/reports/choices/{kind}/", {f"find_{kind}": words}))
    assert f'value="{first.pk}"' in found
    assert f'value="{second.pk}"' not in found


def test_other_kinds_cannot_be_asked_for(olga: Client):
    assert olga.get("/reports/choices/user/").status_code == 404


@pytest.mark.parametrize("rows", [1, 3])
def test_statements(olga: Client, owner: User, rows: int):
    for number in range(rows):
        project = make_project(client=make_client())
        make_entry(
            owner, at(2, 8 + number), 30, project=project, task=make_task(project), tags=[make_tag(), make_tag()]
        )
    chosen = {"client": Project, "project": Project, "task": Task, "tag": Tag, "person": User}
    pks = {
        name: model.objects.values_list("client" if name == "client" else "pk", flat=True)
        for name, model in chosen.items()
    }
    query = "&".join(f"{name}={pk}" for name, found in pks.items() for pk in found if name != "person")
    asked = f"/reports/?preset=this-month&{query}&person={owner.pk}"
    assert statements(olga, asked, headers=HTMX) <= MOST_STATEMENTS + 5  # one for each of the five kinds that is chosen
    assert statements(olga, asked) <= MOST_STATEMENTS + 11
    assert statements(olga, f"/reports/choices/task/?task={Task.objects.latest('pk').pk}") <= MOST_STATEMENTS
