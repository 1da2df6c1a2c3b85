"""What was known on a day, against a recomputation that knows nothing of prefixes."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import replace
from statistics import fmean, median

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.estimates.figures import history_names, history_of, history_row
from analytics.estimates.history import LATEST, Past, shrunk
from analytics.estimates.history import median as median_of
from analytics.estimates.plans import Outcome, Plan
from tests.analytics.generator import outcomes

DAY = dt.date(2026, 3, 2)
KINDS = (
    lambda plan: 0,
    lambda plan: plan.person,
    lambda plan: plan.project,
    lambda plan: plan.tags,
    lambda plan: (plan.person, plan.project),
    lambda plan: (plan.person, plan.tags),
    lambda plan: (plan.project, plan.tags),
)


@st.composite
def pasts(draw: st.DrawFn) -> list[Outcome]:
    return [
        Outcome(
            Plan(
                task=number,
                day=DAY,
                estimate=draw(st.sampled_from([0.01, 0.5, 1.0, 7.0, 10_000.0])),
                project=draw(st.integers(1, 3)),
                person=draw(st.sampled_from([None, 1, 2])),
                tags=draw(st.sampled_from([(), (1,), (1, 2)])),
            ),
            DAY + dt.timedelta(days=draw(st.integers(-3, 3))),
            draw(st.floats(0.01, 10_000)),
        )
        for number in range(draw(st.integers(0, 40)))
    ]


def naive_row(some: list[Outcome], plan: Plan, *, estimated: bool) -> list[float]:
    earlier = sorted((one for one in some if one.finished < plan.day), key=lambda one: (one.finished, one.plan.task))

    def figures(kind):
        alike = [one for one in earlier if kind(one.plan) == kind(plan)][-LATEST:]
        ratios = [math.log(one.hours) - math.log(one.plan.estimate or 1) for one in alike]
        return ratios, [math.log(one.hours) for one in alike]

    all_ratios, all_hours = figures(KINDS[0])
    usual, level = _median(all_ratios, 0.0), _median(all_hours, 1.0)
    error = fmean(map(abs, all_ratios)) if all_ratios else 0.4
    row = []
    for kind in KINDS:
        ratios, hours = figures(kind)
        count = len(hours)
        if estimated:
            row.append((usual * 10 + _median(ratios, 0.0) * count) / (count + 10))
            row.append(sum(ratios) / (count + 10))
            row.append((sum(map(abs, ratios)) + 10 * error) / (count + 10))
        row.append((level * 10 + _median(hours, 0.0) * count) / (count + 10))
        row.append(math.log(1 + count))
    return row


def _median(values: list[float], of_nothing: float) -> float:
    return median(values) if values else of_nothing


@settings(max_examples=60, deadline=None)
@given(some=pasts(), estimated=st.booleans(), person=st.sampled_from([None, 1, 9]))
def test_figures_of_the_past_are_those_of_a_plain_recomputation(some, estimated, person):
    plan = Plan(task=99, day=DAY, estimate=2.0, project=1, person=person, tags=(1,))

    row = history_row(Past(some), plan, estimated=estimated)

    assert row == pytest.approx(naive_row(some, plan, estimated=estimated))


def test_only_the_last_of_a_kind_count():
    old = [replace(one, hours=(one.plan.estimate or 1) * 50) for one in outcomes(100, people=1)]
    new = [replace(one, plan=replace(one.plan, task=one.plan.task + 1000)) for one in outcomes(LATEST, people=1)]
    later = [replace(one, finished=one.finished + dt.timedelta(days=400)) for one in new]
    plan = Plan(task=9999, day=DAY, estimate=1.0, project=1, person=1)

    both, without = (history_row(Past(some), plan, estimated=True)[0] for some in ([*old, *later], later))

    assert both == without


@pytest.mark.parametrize("estimated", [True, False])
def test_every_figure_has_a_name(estimated):
    some = outcomes(20)

    table = history_of(Past(some), [one.plan for one in some], estimated=estimated)

    assert table.shape == (20, len(history_names(estimated=estimated)))
    assert history_of(Past(some), [], estimated=estimated).shape == (0, table.shape[1])


def test_a_task_is_known_on_the_day_after_it_was_finished():
    past = Past([replace(one, finished=DAY) for one in outcomes(3)])

    assert [past.known(DAY + dt.timedelta(days=later)) for later in (-1, 0, 1)] == [0, 0, 3]


@given(st.lists(st.floats(-50, 50), max_size=30))
def test_the_median_is_the_usual_one(values):
    assert median_of(np.array(values)) == pytest.approx(median(values) if values else 0.0)


def test_a_persons_ratio_is_shrunk_towards_everybodys():
    plan = Plan(task=0, day=DAY, estimate=1.0, project=1, person=1)
    others = [Outcome(replace(plan, task=number, person=2), DAY, 1.0) for number in range(1, 31)]
    own = [Outcome(replace(plan, task=number, person=1), DAY, math.e) for number in range(31, 41)]
    past = Past([*others, *own])

    shift, count = past.person_ratio(replace(plan, day=DAY + dt.timedelta(days=1)), len(past))

    assert (shift, count) == (pytest.approx(shrunk(1.0, 0.0, 10)), 10)
    assert shift == pytest.approx(0.5)


def test_nobodys_tasks_are_no_persons():
    plan = Plan(task=0, day=DAY, estimate=1.0, project=1, person=None)
    past = Past([Outcome(replace(plan, task=number), DAY, math.e) for number in range(1, 31)])

    assert past.person_ratio(plan, len(past)) == (pytest.approx(1.0), 0)


# ── The generator ────────────────────────────────────────────────────────────
def test_the_generator_has_the_published_moments():
    some = outcomes(6000)
    people = np.array([one.plan.person for one in some])
    estimates, hours = np.array([(one.plan.estimate, one.hours) for one in some]).T
    ratios = np.log(hours / estimates)

    assert (ratios == 0).mean() == pytest.approx(0.37, abs=0.02)
    assert np.quantile(ratios, [0.05, 0.1, 0.25, 0.5]) == pytest.approx([-1.39, -0.79, -0.29, 0], abs=0.12)
    assert np.quantile(ratios, [0.75, 0.9, 0.95]) == pytest.approx([0.19, 0.69, 1.1], abs=0.12)
    assert np.quantile(estimates, [0.1, 0.5, 0.9]) == pytest.approx([0.5, 2, 14], rel=0.15)
    assert np.polyfit(np.log(estimates), np.log(hours), 1)[0] == pytest.approx(0.88, abs=0.02)
    assert [np.median(ratios[people == person]) for person in (1, 2, 4, 5, 7, 8)] == [0] * 6
    assert [np.median(ratios[people == person]) for person in (3, 6)] == pytest.approx([-0.2, -0.2], abs=0.1)
