"""The search over all weeks: by words, person and project, with the rights of whoever searches."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from tests.conftest import ClientFor
from tests.tracking.pages import HTMX, MOST_STATEMENTS, NOON, statements, text
from tests.work import make_client, make_entry, make_project, make_tag
from tracking.models import TimeEntry

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("wednesday")]
ALL = "/entries/?weeks=all"


@pytest.fixture
def entries(owner: User, teammate: User, lead: User) -> dict[str, Any]:
    """Of three people, weeks apart."""
    web = make_project(name="Website")
    return {
        "web": web,
        "new": make_entry(owner, NOON - dt.timedelta(days=1), description="Review of the grid", project=web),
        "old": make_entry(owner, NOON - dt.timedelta(days=400), description="review, first"),
        "toms": make_entry(teammate, NOON - dt.timedelta(days=60), description="Review with Tom", project=web),
        "leas": make_entry(lead, NOON - dt.timedelta(days=90), description="Other things"),
    }


def found(browser: Client, query: str) -> list[TimeEntry]:
    page = browser.get(f"{ALL}&{query}")
    assert page.status_code == 200
    return [entry for day, _odd in page.context["days"] for entry in day.entries]


def test_words_are_found_in_all_weeks(olga: Client, entries: dict[str, Any]):
    assert found(olga, "q=review") == [entries["new"], entries["old"]]
    assert "In all weeks" in text(olga.get("/entries/?q=review"))
    page = text(olga.get(f"{ALL}&q=review"))
    assert 'name="weeks" value="all"' in page
    assert 'href="?q=review"' in page  # Only this week
    assert f'href="/entries/?week={entries["old"].started_at:%Y-%m-%d}"' in page
    assert "Nothing in any week" in text(olga.get(f"{ALL}&q=nowhere"))


def test_by_person_and_project(client_for: ClientFor, lead: User, owner: User, teammate: User, entries: dict[str, Any]):
    lea = client_for(lead)
    web = entries["web"].pk
    assert found(lea, "q=review") == []
    assert found(lea, f"q=review&person={owner.pk}") == [entries["new"], entries["old"]]
    assert found(lea, f"q=review&person={owner.pk}&project={web}") == [entries["new"]]
    assert found(lea, "q=review&person=all") == [entries["new"], entries["toms"], entries["old"]]
    assert found(lea, f"project={web}&person=all") == [entries["new"], entries["toms"]]
    page = text(lea.get(f"{ALL}&q=review&person=all"))
    assert '<option value="all" selected>Everybody</option>' in page
    assert f'<span class="entry-person">{teammate}</span>' in page
    assert "data-select-row " not in page  # a lead reads them


def test_everybody_is_who_one_may_see(
    olga: Client, client_for: ClientFor, outsider: User, administrator: User, entries: dict[str, Any]
):
    assert found(olga, "q=review&person=all") == [entries["new"], entries["old"]]
    assert found(client_for(outsider), "q=review&person=all") == []
    assert len(found(client_for(administrator), "q=review&person=all")) == 3
    assert 'value="all"' not in re.sub(r'name="weeks" value="all"', "", text(olga.get(f"{ALL}&q=review")))


def test_what_one_may_not_see_is_as_unknown(client_for: ClientFor, outsider: User, owner: User):
    hidden = make_project(members=(owner,), is_public=False)
    otto = client_for(outsider)
    for query in (f"person={owner.pk}", "person=999", f"project={hidden.pk}", "project=999"):
        assert otto.get(f"{ALL}&q=review&{query}").status_code == 404


def test_without_words_and_filters_it_is_the_week(olga: Client, entries: dict[str, Any]):
    for query in ("", "&person=all", "&q=+"):
        page = olga.get(ALL + query)
        assert page.context["is_this_week"]
        assert page.context["total"].seconds == 3600


def test_page_by_page(olga: Client, owner: User):
    for number in range(51):
        make_entry(owner, NOON - dt.timedelta(days=number), 10, description="Stand-up")
    assert len(found(olga, "q=stand")) == 50
    page = text(olga.get(f"{ALL}&q=stand", headers=HTMX))
    assert "page=2" in page
    assert len(found(olga, "q=stand&page=2")) == 1
    assert 'href="?q=stand"' in text(olga.get(f"{ALL}&q=stand&page=2"))


def test_statements(client_for: ClientFor, lead: User, owner: User, teammate: User):
    counts = []
    for number in range(3):
        for person in (owner, teammate):
            project = make_project(client=make_client())
            start = NOON - dt.timedelta(days=30 * number + 1)
            make_entry(person, start, description="x", project=project, tags=[make_tag(), make_tag()])
        counts.append(statements(client_for(lead), f"{ALL}&q=x&person=all"))
    assert counts[0] == counts[2] <= MOST_STATEMENTS
