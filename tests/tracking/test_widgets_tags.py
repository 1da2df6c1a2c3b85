"""Hours by tag."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client

from accounts.models import User
from tests.tracking.pages import at
from tests.tracking.tiles import MOST_STATEMENTS, cost, drawn, read
from tests.work import make_entry, make_tag
from tracking.models import Tag
from tracking.reports import Question, report

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("wednesday")]
NAME = "top-tags"
HOUR = 3600


def work(user: User, minutes: int, *names: str, day: int = 3) -> None:
    tags = [Tag.objects.get_or_create(name=name)[0] for name in names]
    make_entry(user, at(day, 1), minutes, tags=tags)


def test_each_number_is_the_reports(owner: User, olga: Client):
    work(owner, 61, "ux")
    work(owner, 180, "ux", "call", day=2)
    work(owner, 37)
    found = read(owner, NAME)
    said = report(owner, Question(dt.date(2026, 3, 2), dt.date(2026, 3, 4), ("tag",), people=(owner.pk,)))

    rows = [(row["label"], row["seconds"]) for row in found["rows"]]
    assert rows == [("#ux", 241 * 60), ("#call", 3 * HOUR), ("No tag", 37 * 60)]
    assert [seconds for _label, seconds in rows] == [line.shown for line in said.lines]
    assert (found["total"], found["twice"]) == (said.shown, said.twice_shown) == (278 * 60, 3 * HOUR)
    for row in found["rows"][:2]:
        assert olga.get(row["url"]).context["report"].shown == row["seconds"]
    assert found["rows"][2]["url"] == ""
    assert olga.get(found["more"]).context["report"].shown == found["total"]
    html = drawn(owner, NAME)
    assert "on #ux, the most, out of 4:38. What has several tags counts in each of them." in html
    assert 'value="14460" max="14460"' in html


def test_what_has_no_tag_is_said(owner: User):
    work(owner, 60, "ux")
    assert "out of 1:00.</p>" in drawn(owner, NAME)
    work(owner, 180, day=2)
    found = read(owner, NAME)
    assert (found["top"]["label"], found["rows"][0]["label"]) == ("#ux", "No tag")
    assert "on #ux, the most, out of 4:00. 3:00 have no tag yet." in drawn(owner, NAME)


def test_the_range_the_size_and_how_many(owner: User):
    work(owner, 60, "old", day=1)  # Sunday: last week
    assert "Nothing was worked in these days" in drawn(owner, NAME)
    assert read(owner, NAME, range="last-7-days")["top"]["label"] == "#old"
    assert read(owner, NAME, range="this-month")["top"]["label"] == "#old"
    assert read(owner, NAME, range="last-14-days")["top"] is None  # not on offer: this week
    for number in range(8):
        work(owner, 10 + number, f"tag{number}")
    found = read(owner, NAME)
    assert [row["label"] for row in found["rows"]] == [f"#tag{number}" for number in (7, 6, 5, 4, 3)]
    assert "<progress" not in drawn(owner, NAME, "small")
    assert 'href="/reports/' in drawn(owner, NAME, "small")
    assert "widget-medium" in drawn(owner, NAME, "large")


def test_nothing_and_no_tags_teach(owner: User):
    assert 'href="/tags/"' in drawn(owner, NAME)
    work(owner, 90)
    html = drawn(owner, NAME)
    assert "1:30</a>" in html
    assert "and no tag on any of it." in html
    assert "<progress" not in html


def test_only_what_one_may_see(owner: User, lead: User, teammate: User, outsider: User):
    work(owner, 60, "ux")
    work(outsider, 120, "ux")

    def hours(person: User, scope: str) -> int:
        top = read(person, NAME, scope=scope)["top"]
        return top["seconds"] // HOUR if top else 0

    assert [hours(person, "me") for person in (owner, lead, teammate, outsider)] == [1, 0, 0, 2]
    assert [hours(person, "team") for person in (owner, lead, teammate, outsider)] == [1, 1, 0, 2]


def test_the_days_of_somebody_far_west(owner: User):
    User.objects.update(time_zone="America/Los_Angeles")
    owner.refresh_from_db()
    make_entry(owner, at(2, 3), 60, tags=[make_tag("late")])  # Sunday evening there
    make_entry(owner, at(2, 20), 60, tags=[make_tag("here")])
    assert [row["label"] for row in read(owner, NAME)["rows"]] == ["#here"]


@pytest.mark.parametrize("rows", [1, 3])
def test_statements(owner: User, rows: int):
    for number in range(rows):
        work(owner, 30, f"tag{number}", "all")
    assert cost(owner, NAME) <= MOST_STATEMENTS
    assert cost(owner, NAME, "small", scope="team") <= MOST_STATEMENTS
