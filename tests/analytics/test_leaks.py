"""Nothing that happens on the day of an estimate, or later, reaches it: bit by bit."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.estimates.history import Past
from analytics.estimates.ladder import Estimate, Ladder, Trained
from analytics.estimates.plans import Outcome, Plan
from analytics.estimates.similar import similar_to
from tests.analytics.generator import without_estimate
from tests.analytics.trained import held_open, quickly_trained, record, trained_on_record

PLACES = st.integers(50, 459)
"""Whose plan is asked about."""
SEEDS = st.integers(0, 2**16)
LEARNED = 400
"""The first task that the models do not know."""


def altered(some: Sequence[Outcome], day: dt.date, seed: int) -> list[Outcome]:
    """Other hours and days of completion for all that finished on `day` or later; some never did, and others came."""
    dice, kept = np.random.default_rng(seed), []
    for one in some:
        if one.finished < day:
            kept.append(one)
        elif dice.random() < 0.7:
            later = day + dt.timedelta(days=int(dice.integers(0, 300)))
            kept.append(replace(one, hours=one.hours * float(np.exp(dice.normal(0, 3))), finished=later))
    added = replace(some[0].plan, task=100_000, day=day)
    return [
        *kept,
        *(Outcome(replace(added, task=added.task + more), day, 500.0) for more in range(int(dice.integers(9)))),
    ]


def told(some: Sequence[Outcome], plan: Plan, trained: Trained | None = None) -> Estimate:
    return Ladder(Past(some), trained).estimate(plan)


@settings(max_examples=40, deadline=None)
@given(place=PLACES, seed=SEEDS, days=st.integers(0, 40))
def test_without_a_model(place, seed, days):
    plan = record()[place].plan
    plan = replace(plan, day=plan.day + dt.timedelta(days=days))

    assert told(altered(record(), plan.day, seed), plan) == told(record(), plan)


@settings(max_examples=25, deadline=None)
@given(place=PLACES, seed=SEEDS)
def test_without_an_estimate(place, seed):
    plan = without_estimate(record()[place].plan)

    one, other = (
        Ladder(Past(some), estimated=False).estimate(plan) for some in (record(), altered(record(), plan.day, seed))
    )

    assert one == other


@settings(max_examples=15, deadline=None)
@given(place=st.integers(LEARNED, 459), seed=SEEDS)
def test_with_a_model(place, seed):
    plan, trained = record()[place].plan, held_open(trained_on_record())

    now = told(record(), plan, trained)

    assert now.model_used or now.reason is not None
    assert told(altered(record(), plan.day, seed), plan, trained) == now


@pytest.mark.parametrize("estimated", [True, False])
def test_a_model_learns_from_nothing_that_finishes_on_its_day_or_later(estimated):
    day = record()[LEARNED].plan.day
    other = quickly_trained(altered(record(), day, 1), day, estimated=estimated)
    ours = trained_on_record(estimated=estimated)
    plans = [one.plan if estimated else without_estimate(one.plan) for one in record()[LEARNED:]]

    known = [one for one in record() if one.finished < day]
    said, same = (Ladder(Past(known), held_open(each), estimated=estimated).estimates(plans) for each in (ours, other))

    assert said == same
    assert ours.trained.spans == other.trained.spans
    assert ours.back_test.scores() == other.back_test.scores()
    assert (ours.trained.points, ours.trained.ranges) == (other.trained.points, other.trained.ranges)


@settings(max_examples=25, deadline=None)
@given(place=PLACES, seed=SEEDS)
def test_similar_tasks(place, seed):
    plan = record()[place].plan

    now, later = (similar_to(Past(some), plan, low=1, high=4) for some in (record(), altered(record(), plan.day, seed)))

    assert now == later


def test_the_test_would_notice():
    """What had finished the day before does change an estimate."""
    plan = record()[300].plan

    assert told(altered(record(), plan.day - dt.timedelta(days=20), 1), plan) != told(record(), plan)
