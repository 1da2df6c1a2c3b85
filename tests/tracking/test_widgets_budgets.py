"""Budgets, the most used on top."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.test import Client

from accounts.models import User
from tests.tracking.pages import at
from tests.tracking.tiles import MOST_STATEMENTS, cost, drawn, read
from tests.work import make_entry, make_project
from tracking.budgets import burn, burns
from tracking.choices import BudgetType, ProjectStatus
from tracking.models import Project
from tracking.reports import Question, report
from tracking.widgets.reads import report_url

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("wednesday")]
NAME = "budget-burn"
HOUR = 3600
EVER = (dt.date(2020, 1, 1), dt.date(2029, 12, 31))


def budget(amount: int, hours: int = 0, *, in_money: bool = False, **fields) -> Project:
    kind = BudgetType.MONEY if in_money else BudgetType.HOURS
    return make_project(
        budget_type=kind, budget_amount=Decimal(amount), tracked_seconds=hours * HOUR,
        earned_cent_seconds=hours * HOUR * 100 * 100 if in_money else 0, **fields,
    )  # fmt: skip


def names(user: User, size: str = "large") -> list[str]:
    return [line.project.name for line in read(user, NAME, size)["lines"]]


def test_what_is_used_is_what_the_report_and_the_project_say(administrator: User, owner: User, client_for):
    project = budget(10, name="Website")
    for day in (2, 3):
        make_entry(owner, at(day, 1), 240, project=project)
    make_entry(administrator, at(3, 1), 30, project=project)
    line = read(administrator, NAME)["lines"][0]
    said = report(administrator, Question(*EVER, projects=(project.pk,)))
    assert line.burn.use.used_seconds == said.shown == int(8.5 * HOUR)
    browser: Client = client_for(administrator)
    assert browser.get(report_url(*EVER, project=project.pk)).context["report"].shown == line.burn.use.used_seconds
    page = browser.get(f"/projects/{project.pk}/")
    assert page.context["burn"] == line.burn
    html = drawn(administrator, NAME)
    assert f'href="/projects/{project.pk}/">85 %</a>' in html
    assert "8:30 of 10:00 · lasts until" in html
    assert "nearly used up" in html


def test_the_most_used_first_and_only_what_is_open(owner: User):
    budget(100, 20, name="a little")
    budget(100, 99, name="nearly")
    budget(100, 130, name="over")
    budget(20_000, 60, in_money=True, name="money", members=(owner,))
    budget(100, 500, name="done", status=ProjectStatus.COMPLETED)
    budget(100, 500, name="old", status=ProjectStatus.ARCHIVED)
    budget(100, 10, name="planned", status=ProjectStatus.PLANNED)
    make_project(name="without")
    assert names(owner) == ["over", "nearly", "a little", "planned"]
    found = read(owner, NAME, "small")
    assert ([line.project.name for line in found["lines"]], found["near"], found["rest"]) == (["over"], 2, 3)
    html = drawn(owner, NAME, "large")
    assert "used up" in html
    assert "130:00 of 100:00 · 30:00 too much" in html
    assert "80:00 left, nothing booked for four weeks" in html
    assert "and 3 more" not in drawn(owner, NAME, "small")


def test_exactly_used_up_and_too_early(owner: User):
    budget(100, 100, name="all of it")
    assert "100:00 of 100:00 · nothing left" in drawn(owner, NAME)
    Project.objects.all().delete()
    project = budget(20, due_on=dt.date(2027, 1, 1), name="early")
    make_entry(owner, at(3, 1), 600, project=project)
    html = drawn(owner, NAME)
    assert "lasts until 1 Apr" in html  # ten hours in 28 days
    assert "before the project is due" in html


def test_money_only_for_those_who_may_know_it(
    owner: User, manager: User, teammate: User, outsider: User, administrator: User
):
    budget(20_000, 60, in_money=True, manager=owner, members=(teammate,), name="money", is_public=False)
    budget(100, 20, members=(teammate,), name="hours", is_public=False)
    seen = {person.username: names(person) for person in (owner, teammate, outsider, manager, administrator)}
    assert seen == {
        "olga": ["money"], "tom": ["hours"], "otto": [], "mara": [], "ada": ["money", "hours"],
    }  # fmt: skip
    assert "€6,000.00 of €20,000.00" in drawn(owner, NAME)
    for person in (teammate, outsider, manager):
        assert "20,000" not in drawn(person, NAME, "large")


def test_without_any_it_says_where_one_is_set(owner: User, manager: User, teammate: User):
    link = 'href="/projects/"'
    assert link not in drawn(owner, NAME)
    assert "No open project that you see has a budget" in drawn(owner, NAME)
    assert link in drawn(manager, NAME)  # creates projects
    make_project(manager=owner)
    assert link in drawn(owner, NAME)
    assert link not in drawn(teammate, NAME)


def test_the_day_it_runs_out_is_counted_from_the_persons_day(owner: User):
    project = budget(20, name="far east")
    make_entry(owner, at(3, 1), 600, project=project)
    days = {}
    for zone in ("Pacific/Kiritimati", "America/Los_Angeles"):
        owner.time_zone = zone
        days[zone] = read(owner, NAME)["lines"][0].burn.runs_out_on
    assert days["Pacific/Kiritimati"] - days["America/Los_Angeles"] == dt.timedelta(days=1)


def test_several_are_as_each_alone(owner: User, django_assert_num_queries):
    today = dt.date(2026, 3, 4)
    for hours in (0, 1, 3, 30):
        project = budget(10, name=f"{hours} hours")
        if hours:
            make_entry(owner, at(3, 1) - dt.timedelta(days=hours), hours * 60, project=project)
    make_project(name="without")
    projects = list(Project.objects.with_rights_for(owner))
    with django_assert_num_queries(1):
        found = burns(projects, today)
    assert len(found) == 4
    assert {project.pk: found.get(project.pk) for project in projects} == {
        project.pk: burn(project, today) for project in projects
    }
    with django_assert_num_queries(0):
        assert burns([], today) == {}


@pytest.mark.parametrize("rows", [0, 1, 3, 8])
def test_statements(owner: User, rows: int):
    for number in range(rows):
        make_entry(owner, at(3, 1), 10, project=budget(10 + number))
    assert cost(owner, NAME, "large") <= MOST_STATEMENTS - 1
    assert cost(owner, NAME, "small") <= MOST_STATEMENTS - 1
