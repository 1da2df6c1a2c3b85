"""What looks odd."""

from __future__ import annotations

import pytest

from accounts.models import User
from tests.tracking.pages import at
from tests.tracking.tiles import MOST_STATEMENTS, cost, drawn, read
from tests.work import make_entry, make_project
from tracking.choices import Review
from tracking.models import TimeEntry
from tracking.services.entries import delete_entry
from tracking.services.review import accept_entry

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("wednesday")]
NAME = "review"


def test_how_many_and_the_most_frequent_reason(owner: User, olga):
    project = make_project()
    make_entry(owner, at(2, 1), 60)
    assert "Without a project.</p>" in drawn(owner, NAME)  # all of them
    make_entry(owner, at(2, 3), 60)
    make_entry(owner, at(3, 1), 13 * 60, project=project, description="Night shift")
    make_entry(owner, at(4, 1), 60, project=project)
    found = read(owner, NAME)
    assert (found["count"], found["reason"]) == (3, ("Without a project", 2))
    assert len(olga.get(found["more"]).context["page"].items) == 3
    html = drawn(owner, NAME)
    assert 'href="/entries/review/">3</a>' in html
    assert "Without a project: 2 of them." in html
    assert "Night shift" not in html


def test_the_newest_with_their_reason(owner: User):
    project = make_project(name="Website")
    for hour in range(1, 7):
        make_entry(owner, at(3, hour), 30, description=f"entry {hour}")
    make_entry(owner, at(4, 1), 5 * 60, project=project)
    make_entry(owner, at(4, 2), 10, project=project)
    html = drawn(owner, NAME, "medium")
    odd = [entry.review for entry in read(owner, NAME, "medium")["entries"]]
    assert odd == [Review.OVERLAP, Review.OVERLAP, Review.NO_PROJECT]
    assert "entry 6" in html
    assert "entry 5" not in html
    assert "Overlaps another entry · <time" in html
    assert "and 5 more</a>" in html
    assert "0:10" in html
    owner.daily_limit_hours = 4
    owner.save()
    make_entry(owner, at(4, 9), 5 * 60, project=project)
    assert "over the 4 h limit" in drawn(owner, NAME, "medium")


def test_nothing_or_no_longer(owner: User):
    assert "Nothing to review." in drawn(owner, NAME)
    assert read(owner, NAME)["more"] == ""
    for hour in (1, 2):
        make_entry(owner, at(3, hour), 30)
    accept_entry(entry=TimeEntry.objects.first(), actor=owner)
    assert read(owner, NAME)["count"] == 1
    delete_entry(entry=TimeEntry.objects.last(), actor=owner)
    assert "Nothing to review." in drawn(owner, NAME, "medium")


def test_others_are_only_counted_for_those_who_may_see_them(
    owner: User, lead: User, teammate: User, outsider: User, administrator: User, client_for
):
    make_entry(owner, at(3, 1), 30, description="hers")
    make_entry(lead, at(3, 1), 30)
    make_entry(outsider, at(3, 1), 30)
    people = (owner, lead, teammate, outsider, administrator)
    found = [read(person, NAME) for person in people]
    assert [(each["count"], each["others"]) for each in found] == [(1, 0), (1, 1), (0, 0), (1, 0), (0, 3)]
    for person, each in zip(people, found, strict=True):
        page = client_for(person).get("/entries/review/").context["page"]
        assert len(page.items) == each["count"] + each["others"]
    html = drawn(administrator, NAME, "medium")
    assert "Nothing to review." in html
    assert "3 of other people" in html
    assert "hers" not in html


def test_the_day_is_the_persons(owner: User):
    User.objects.update(time_zone="Pacific/Kiritimati")
    make_entry(owner, at(3, 12), 30)
    assert ">4 Mar</time>" in drawn(owner, NAME, "medium")


@pytest.mark.parametrize("rows", [1, 3])
def test_statements(owner: User, rows: int):
    for hour in range(rows):
        make_entry(owner, at(3, hour), 30)
        make_entry(owner, at(4, 1 + hour), 90, project=make_project())
    assert cost(owner, NAME, "medium") == MOST_STATEMENTS - 1
    assert cost(owner, NAME) == 1
