"""A budget that is nearly used says so once for each threshold, again where it has changed, to those who may know."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from tests.tracking.pages import NOON
from tests.work import MONDAY, make_entry, make_project
from tests.workflows.rules import make_rule, runs
from timetracker.events.models import Event
from tracking.models import BudgetMark, Project
from tracking.queries import activity_visible_to
from tracking.services.budgets import announce_budgets
from tracking.services.entries import delete_entry, restore_entry
from tracking.services.projects import update_project
from workflows.models import Execution
from workflows.trying import events_for

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("wednesday")]
TELL = {"type": "send_notification", "title": "{{ project.name }}: {{ percent }} %"}


def told() -> list[tuple[int, int]]:
    events = Event.objects.filter(type="budget_threshold").order_by("pk")
    return [(event.payload["threshold"], event.payload["percent"]) for event in events]


def hours(amount: int = 10, **fields: Any) -> Project:
    return make_project(budget_type="hours", budget_amount=amount, **fields)


def money(amount: int = 1000, **fields: Any) -> Project:
    return make_project(budget_type="money", budget_amount=amount, rate="100", **fields)


def used(project: Project, seconds: int, cents: int = 0) -> int:
    """That so much of it is used; how many were told of it."""
    Project.objects.filter(pk=project.pk).update(tracked_seconds=seconds, earned_cent_seconds=cents * 3600)
    return announce_budgets(NOON)


def test_once_for_each_threshold():
    project = hours(10)
    at = [26999, 27000, 27000, 32399, 32400, 35999, 36000, 36000, 72000]
    assert [used(project, seconds) for seconds in at] == [0, 1, 0, 0, 1, 0, 1, 0, 0]
    assert told() == [(75, 75), (90, 90), (100, 100)]


def test_what_it_says(owner: User):
    project = hours(8, name="Website")
    make_entry(owner, minutes=400, project=project)
    assert announce_budgets(NOON) == 1
    event = Event.objects.latest("pk")
    assert (event.actor, event.person_id, event.project_id, event.subject_id) == (
        None,
        None,
        project.pk,
        str(project.pk),
    )
    assert event.payload == {
        "id": project.pk, "name": "Website", "code": "", "client_id": None, "client_name": "", "status": "active",
        "is_public": True, "due_on": None, "percent": 83, "threshold": 75, "budget_type": "hours",
    }  # fmt: skip


def test_of_several_the_highest_alone():
    project = hours()
    assert used(project, 33000) == 1
    assert told() == [(90, 91)]
    assert sorted(project.budget_marks.values_list("threshold", flat=True)) == [75, 90]
    assert used(project, 28000) == 0


def test_money_counts_what_was_earned(owner: User):
    project = money(1000)
    make_entry(owner, minutes=420, project=project, billable=False)
    assert announce_budgets(NOON) == 0
    for day in range(2):
        make_entry(owner, MONDAY.replace(day=10 + day, hour=1), minutes=300, project=project)
    assert announce_budgets(NOON) == 1
    assert told() == [(100, 100)]
    assert not any(isinstance(value, str) and "1000" in value for value in Event.objects.latest("pk").payload.values())


@pytest.mark.parametrize(
    "changes", [{"budget_amount": Decimal(11)}, {"budget_type": "hours", "budget_amount": Decimal(10)}]
)
def test_another_budget_is_told_again(owner: User, changes: dict[str, Any]):
    project = make_project(manager=owner, budget_type="money", budget_amount=10)
    assert used(project, 36000, cents=1000) == 1
    update_project(project=project, actor=owner, name="Another name")
    assert announce_budgets(NOON) == 0
    update_project(project=project, actor=owner, **changes)
    assert [announce_budgets(NOON), announce_budgets(NOON)] == [1, 0]


def test_another_currency_is_another_budget_in_money_alone(owner: User):
    first, second = (make_project(manager=owner, budget_type=kind, budget_amount=10) for kind in ("money", "hours"))
    used(first, 0, cents=1000)
    assert [used(second, 36000), len(told())] == [1, 2]
    for project in (first, second):
        update_project(project=project, actor=owner, currency="CHF")
    assert announce_budgets(NOON) == 1
    assert Event.objects.filter(type="budget_threshold").latest("pk").project_id == first.pk


def test_a_larger_budget_is_less_used_and_a_former_one_is_not_told_again(owner: User):
    project = hours(10, manager=owner)
    assert used(project, 28800) == 1
    update_project(project=project, actor=owner, budget_amount=Decimal(20))
    assert announce_budgets(NOON) == 0
    assert used(project, 55000) == 1
    update_project(project=project, actor=owner, budget_amount=Decimal(15))
    assert announce_budgets(NOON) == 1
    update_project(project=project, actor=owner, budget_amount=Decimal(20))
    assert announce_budgets(NOON) == 0
    assert told() == [(75, 80), (75, 76), (100, 101)]


def test_without_a_budget_nothing_is_told(owner: User):
    project = hours(10, manager=owner)
    update_project(project=project, actor=owner, budget_type="none")
    assert [used(project, 99000), used(make_project(), 99000)] == [0, 0]


def test_an_archived_project_is_over_and_a_completed_one_is_not():
    assert used(hours(status="archived"), 36000) == 0
    assert used(hours(status="completed"), 36000) == 1


def test_time_that_goes_and_comes_back_is_not_told_twice(owner: User):
    project = hours(1)
    entry = make_entry(owner, project=project)
    assert announce_budgets(NOON) == 1
    delete_entry(entry=entry, actor=owner)
    assert announce_budgets(NOON) == 0
    restore_entry(entry=entry, actor=owner)
    assert announce_budgets(NOON) == 0
    assert told() == [(100, 100)]


def test_a_lost_mark_of_a_lower_threshold_tells_nothing():
    project = hours()
    used(project, 36000)
    BudgetMark.objects.exclude(threshold=100).delete()
    assert announce_budgets(NOON) == 0


@pytest.mark.django_db(transaction=True)
def test_two_at_once_tell_one(run_at_once: Callable[..., list[Any]]):
    for _number in range(3):
        hours(tracked_seconds=28000)
    answers = run_at_once(*[lambda: announce_budgets(NOON)] * 3)
    assert (sum(answers), len(told())) == (3, 3)


@pytest.mark.parametrize("rows", [1, 5])
def test_however_many_projects_one_statement_finds_those_to_tell(rows: int):
    for _number in range(rows):
        hours(tracked_seconds=28000)
    assert announce_budgets(NOON) == rows
    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert announce_budgets(NOON) == 0
    assert len(asked) == 1


# ── Who may know ─────────────────────────────────────────────────────────────
def told_in_feed(person: User) -> bool:
    return activity_visible_to(person).filter(type="budget_threshold").exists()


def test_a_budget_in_money_is_told_to_who_may_know_it(
    owner: User, teammate: User, manager: User, outsider: User, administrator: User
):
    project = money(1000, manager=owner, members=(teammate, manager))
    rules = {
        person: make_rule(person, "budget_threshold", TELL, scope=scope)
        for person, scope in ((owner, "own"), (teammate, "own"), (manager, "team"), (outsider, "own"))
    }
    rules[administrator] = make_rule(administrator, "budget_threshold", TELL, scope="team")
    used(project, 0, cents=76_000)
    assert runs() == ["done", "done"]
    assert {run.rule.user for run in Execution.objects.all()} == {owner, administrator}
    for person, rule in rules.items():
        knows = person in {owner, administrator}
        assert (told_in_feed(person), events_for(rule).exists()) == (knows, knows)
    update_project(project=project, actor=owner, name="Seen by all")
    assert activity_visible_to(outsider).filter(project_id=project.pk).exists()


def test_a_budget_in_hours_is_told_to_who_sees_the_project(owner: User, teammate: User, manager: User, outsider: User):
    project = hours(manager=owner, members=(teammate, manager), is_public=False)
    make_rule(teammate, "budget_threshold", TELL)
    make_rule(outsider, "budget_threshold", TELL)
    mine, led = make_rule(owner, "budget_threshold", TELL), make_rule(manager, "budget_threshold", TELL, scope="team")
    used(project, 28000)
    assert runs() == ["done", "done"]
    assert {run.rule for run in Execution.objects.all()} == {mine, led}
    assert [told_in_feed(person) for person in (owner, teammate, manager, outsider)] == [True, True, True, False]
    people = {step.output["person"] for run in Execution.objects.all() for step in run.steps.all()}
    assert people == {str(owner), str(manager)}


def test_who_is_no_longer_its_manager_is_no_longer_told(owner: User, teammate: User):
    project = money(manager=owner)
    project.memberships.create(user=teammate, is_manager=True)
    make_rule(owner, "budget_threshold", TELL)
    used(project, 0, cents=100_000)
    project.memberships.filter(user=owner).update(is_manager=False)
    assert runs() == []
