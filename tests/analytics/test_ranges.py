"""Ranges hold as often as they say: by the definition, by hand, and on tasks of the generator."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.estimates.history import Past
from analytics.estimates.ladder import Ladder
from analytics.estimates.ranges import size_of, tail, winkler
from analytics.estimates.scores import score
from tests.analytics.generator import outcomes, without_estimate

FROM = 300
"""The tasks before are only learned from."""


# ── The quantile ─────────────────────────────────────────────────────────────
@given(st.lists(st.floats(-20, 20), max_size=60))
def test_the_tail_is_the_smallest_residual_that_enough_are_at_or_below(residuals):
    needed = math.ceil((len(residuals) + 1) * 0.9)
    enough = [one for one in residuals if sum(other <= one for other in residuals) >= needed]

    assert tail(np.array(residuals)) == min(enough, default=math.inf)


@pytest.mark.parametrize(
    ("count", "found"), [(0, math.inf), (8, math.inf), (9, 9.0), (10, 10.0), (19, 18.0), (99, 90.0)]
)
def test_fewer_than_nine_residuals_bound_nothing(count, found):
    assert tail(np.arange(1.0, count + 1)) == found


@given(st.lists(st.integers(-1000, 1000), min_size=10, max_size=40, unique=True))
def test_of_any_tasks_one_in_ten_at_most_lies_beyond_the_tail_of_the_others(residuals):
    """The promise of conformal prediction, exactly: whichever of them came last."""
    values = np.array(residuals, dtype=float)

    beyond = sum(one > tail(np.delete(values, place)) for place, one in enumerate(values))

    assert beyond <= len(values) / 10


# ── The score ────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("actual", "score_of"),
    [(2.0, 2.0), (1.0, 2.0), (3.0, 2.0), (0.5, 2 + 10 * 0.5), (3.2, 2 + 10 * 0.2)],
)
def test_the_winkler_score_is_the_width_and_ten_times_what_is_missed(actual, score_of):
    assert winkler(np.array([1.0]), np.array([3.0]), np.array([actual])) == pytest.approx([score_of])


def test_scores_of_what_was_told():
    actual, middle = np.log([1.0, 2.0, 8.0]), np.log([2.0, 2.0, 2.0])

    told = score(actual, middle - np.log(2), middle, middle + np.log(2))

    assert (told.tasks, told.mae, told.coverage) == (3, pytest.approx(7 / 3), pytest.approx(2 / 3))
    assert (told.malr, told.width) == (pytest.approx(math.log(8) / 3), pytest.approx(4))
    assert told.winkler == pytest.approx(math.log(4) + 10 * math.log(2) / 3)


def test_sizes_of_estimates():
    hours = [0.01, 0.99, 1.0, 3.49, 3.5, 9.99, 10.0, 10_000.0]

    assert size_of(np.log(np.array(hours) * (1 + 1e-12))).tolist() == [0, 0, 1, 1, 2, 2, 3, 3]


# ── On the generator ─────────────────────────────────────────────────────────
def test_ranges_hold_four_times_in_five_also_by_the_size_of_the_estimate():
    some = outcomes(1200)
    told = Ladder(Past(some)).estimates([one.plan for one in some[FROM:]])
    spoken = [(one, said) for one, said in zip(some[FROM:], told, strict=True) if said.reason is None]

    held = np.array([said.low - 1e-9 <= one.hours <= said.high + 1e-9 for one, said in spoken])
    sizes = size_of(np.log([one.plan.estimate for one, _said in spoken]))

    assert len(spoken) > 800
    assert held.mean() == pytest.approx(0.8, abs=within(len(held)))
    for size in range(4):
        assert held[sizes == size].mean() == pytest.approx(0.8, abs=within((sizes == size).sum()))


def test_the_coverage_that_is_stated_is_the_one_that_comes():
    some = outcomes(600)
    told = [one for one in Ladder(Past(some)).estimates([one.plan for one in some[FROM:]]) if one.reason is None]

    assert np.mean([one.coverage for one in told]) == pytest.approx(0.8, abs=0.04)
    assert {one.checked for one in told} == {100}


def test_rough_ranges_hold_too():
    some = outcomes(800)
    told = Ladder(Past(some), estimated=False).estimates([without_estimate(one.plan) for one in some[FROM:]])
    spoken = [(one, said) for one, said in zip(some[FROM:], told, strict=True) if said.reason is None]

    held = [said.low - 1e-9 <= one.hours <= said.high + 1e-9 for one, said in spoken]

    assert np.mean(held) == pytest.approx(0.8, abs=within(len(held)))


def within(count: int) -> float:
    """Three standard errors of a share of 0.8."""
    return 3 * math.sqrt(0.8 * 0.2 / count)
