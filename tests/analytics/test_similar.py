"""The reference class: the narrowest that has eight tasks of about this size."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from analytics.estimates.hindsight import place_in
from analytics.estimates.history import Past
from analytics.estimates.plans import Outcome, Plan
from analytics.estimates.similar import Similar, similar_to
from tests.analytics.generator import without_estimate

DAY = dt.date(2026, 3, 2)
PLAN = Plan(task=1000, day=DAY, estimate=4.0, project=1, person=1, tags=(1,))


def finished(count: int, *, first: int = 1, hours: float = 3.0, ago: int = 30, **changed) -> list[Outcome]:
    """One a day, so that the last has the highest number."""
    plan = replace(PLAN, **changed)
    start = DAY - dt.timedelta(days=ago)
    return [
        Outcome(replace(plan, task=first + place), start + dt.timedelta(days=place), hours) for place in range(count)
    ]


def found(some: list[Outcome], plan: Plan = PLAN, **given) -> Similar:
    return similar_to(Past(some), plan, **{"low": 2.0, "high": 5.0, **given})


@pytest.mark.parametrize(
    ("changed", "kind"),
    [
        ({}, "person_tags"), ({"person": 2}, "project_tags"), ({"tags": (2,)}, "person_project"),
        ({"person": 2, "project": 2}, "tags"), ({"person": 2, "tags": (2,)}, "project"),
        ({"project": 2, "tags": (2,)}, "person"), ({"person": 2, "project": 2, "tags": (2,)}, "all"),
    ],
)  # fmt: skip
def test_the_narrowest_class_that_has_enough(changed, kind):
    assert found(finished(8, **changed)).kind == kind


def test_eight_are_enough_and_seven_are_not():
    assert (found(finished(7)), found(finished(8)).count) == (Similar(), 8)


def test_a_narrow_class_with_too_few_gives_way_to_a_wider_one():
    some = [*finished(7), *finished(1, first=50, person=2)]

    assert (found(some).kind, found(some).count) == ("project_tags", 8)


def test_the_latest_come_first():
    assert found(finished(9)).tasks == tuple(range(9, 0, -1))


def test_only_what_had_finished_before_the_day():
    assert found(finished(10, ago=9)).tasks == tuple(range(9, 0, -1))


@pytest.mark.parametrize(("estimate", "count"), [(1.99, 0), (2.0, 8), (8.0, 8), (8.01, 0), (None, 0)])
def test_of_about_the_same_estimate(estimate, count):
    assert found(finished(8, estimate=estimate)).count == count


def test_without_an_estimate_every_size_is_alike():
    some = [*finished(4, estimate=100.0), *finished(4, first=20, estimate=None)]

    assert found(some, without_estimate(PLAN)).count == 8


def test_only_from_projects_that_may_be_seen():
    some = [*finished(8), *finished(9, first=20, project=2, person=2)]

    assert found(some, projects={2}).tasks == tuple(range(28, 19, -1))
    assert found(some, projects=set()) == Similar()


def test_how_many_lay_inside():
    some = [
        *finished(3, hours=1.99), *finished(3, first=10, hours=2.0), *finished(2, first=20, hours=5.0),
        *finished(2, first=30, hours=5.01),
    ]  # fmt: skip

    assert (found(some).count, found(some).inside) == (10, 5)


def test_a_range_that_was_rounded_holds_the_task_it_was_made_of():
    assert found(finished(8, hours=1.23456), low=1.2346, high=5.0).inside == 8
    assert found(finished(8, hours=1.2344), low=1.2346, high=5.0).inside == 0


def test_nobody_and_no_tags_are_no_class():
    some = finished(8, person=None, tags=(), project=2)

    assert found(some, replace(PLAN, person=None, tags=())).kind == "all"


@pytest.mark.parametrize(
    ("hours", "place"), [(1 / 3, "inside"), (8 / 3, "inside"), (0.333, "below"), (2.667, "above"), (1, "inside")]
)
def test_a_range_holds_the_tasks_that_its_ends_came_from(hours, place):
    low, high = round(1 / 3, 4), round(8 / 3, 4)

    assert place_in(low, high, hours) == place
