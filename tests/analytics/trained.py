"""Models of few trees: they learn less, in a tenth of the time, and by the same rules."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import cache

import pytest

from analytics.estimates import boosting
from analytics.estimates.history import Past
from analytics.estimates.ladder import Estimate, Trained
from analytics.estimates.plans import Outcome
from analytics.estimates.training import Training, train
from tests.analytics.generator import outcomes

TREES = 9
EDGE = 1e-4
"""Hours are told to a third of a second."""
FASTER = 0.4
"""They learn as much from a tree as four of the product's do."""


@contextmanager
def few_trees() -> Iterator[None]:
    made = boosting._regressor
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            boosting,
            "_regressor",
            lambda *given: made(*given).set_params(max_iter=TREES, learning_rate=FASTER),
        )
        yield


def quickly_trained(some: list[Outcome], day: dt.date | None = None, *, estimated: bool = True) -> Training:
    """On all of them, or on what had finished before `day`."""
    past = Past(some)
    with few_trees():
        training = train(past, day or past.outcomes[-1].finished + dt.timedelta(days=1), estimated=estimated)
    assert training is not None
    return training


@cache
def record(count: int = 460, tag_effect: float = 1.4) -> tuple[Outcome, ...]:
    """In which tags say much that estimates do not."""
    return tuple(outcomes(count, tag_effect=tag_effect))


def middle_day(some: tuple[Outcome, ...], place: int) -> dt.date:
    return some[place].plan.day


@cache
def trained_on_record(*, estimated: bool = True) -> Training:
    """By what had finished before its 400th task."""
    some = record()
    return quickly_trained(list(some), middle_day(some, 400), estimated=estimated)


def held_open(training: Training) -> Trained:
    """Whatever the guard said."""
    return replace(training.trained, points=True, ranges=True)


def assert_in_order(told: Estimate, estimate: float) -> None:
    """Of something that was said beside an estimate."""
    assert told.low is not None
    assert told.middle is not None
    assert told.high is not None
    assert 0 <= told.low <= told.middle <= told.high <= (told.low + EDGE) * 16.001
    assert estimate / 4.001 - EDGE <= told.middle <= estimate * 4.001
    assert told.coverage is None or 0 <= told.coverage <= 1
