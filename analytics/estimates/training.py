"""Fits a model on a past, and finds out on that past whether it may speak. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from analytics.choices import FEWEST_FOR_MODEL
from analytics.estimates.boosting import Model
from analytics.estimates.figures import history_of
from analytics.estimates.history import Numbers, Past
from analytics.estimates.ladder import Ladder, Trained
from analytics.estimates.plans import Outcome
from analytics.estimates.ranges import Spans
from analytics.estimates.scores import BackTest, allowed
from analytics.estimates.told import level_of

BLOCKS = 5
"""Of the past, in order; each but the first is told by a model of what had finished before it begins."""
FEWEST_IN_PAST = 50
"""Finished tasks before a block; with fewer it is not told."""


@dataclass(frozen=True, slots=True)
class Training:
    trained: Trained
    back_test: BackTest
    features: list[str]
    first: dt.date
    """The first of the days on which a task it learned from finished."""
    tasks: int


def train(past: Past, day: dt.date, *, estimated: bool = True) -> Training | None:
    """On what had finished before `day`. None below 300 tasks: there no model is better than what people say."""
    known = past.known(day)
    if known < FEWEST_FOR_MODEL:
        return None
    # In the order in which they were planned; what had finished by then is looked up in `past`.
    outcomes = sorted(past.outcomes[:known], key=lambda one: (one.plan.day, one.plan.task))
    history = history_of(past, [one.plan for one in outcomes], estimated=estimated)
    told = np.array([place for block in _blocks(outcomes) for place in block], dtype=np.int64)
    spans = _chained(outcomes, history, estimated=estimated)
    by_task = {
        outcomes[place].plan.task: (float(low), float(high))
        for place, low, high in zip(told, spans.low, spans.high, strict=True)
    }
    model = _fit(outcomes, history, range(len(outcomes)), estimated=estimated)
    trained = Trained(model, day - dt.timedelta(days=1), points=False, ranges=False, spans=by_task)
    back_test = _held_against([outcomes[place] for place in told], spans, Ladder(past, trained, estimated=estimated))
    points, ranges = allowed(back_test)
    trained = replace(trained, points=points and estimated, ranges=ranges)
    return Training(trained, back_test, model.encoder.names, past.outcomes[0].finished, known)


def _blocks(outcomes: Sequence[Outcome]) -> Iterator[range]:
    """The places of each block that is told."""
    edges = [len(outcomes) * number // BLOCKS for number in range(BLOCKS + 1)]
    for first, last in pairwise(edges[1:]):
        if len(_finished_before(outcomes, first)) >= FEWEST_IN_PAST:
            yield range(first, last)


def _finished_before(outcomes: Sequence[Outcome], first: int) -> list[int]:
    day = outcomes[first].plan.day
    return [place for place in range(first) if outcomes[place].finished < day]


def _chained(outcomes: Sequence[Outcome], history: Numbers, *, estimated: bool) -> Spans:
    said = []
    for block in _blocks(outcomes):
        model = _fit(outcomes, history, _finished_before(outcomes, block.start), estimated=estimated)
        said.append(model.predict([outcomes[place].plan for place in block], history[block.start : block.stop]))
    return Spans(*(np.concatenate([getattr(one, name) for one in said] or [[]]) for name in ("low", "middle", "high")))


def _fit(outcomes: Sequence[Outcome], history: Numbers, places: Sequence[int], *, estimated: bool) -> Model:
    plans = [outcomes[place].plan for place in places]
    hours = np.log([outcomes[place].hours for place in places])
    targets = hours - np.log([plan.estimate or np.nan for plan in plans]) if estimated else hours
    return Model.fit(plans, history[list(places)], targets, estimated=estimated)


def _held_against(outcomes: Sequence[Outcome], spans: Spans, ladder: Ladder) -> BackTest:
    """Each range as wide as on its day, beside what would have been said without a model."""
    ranges = np.array(
        [
            (*ladder.modelled_range(one.plan, low, high), *ladder.plain_range(one.plan))
            for one, low, high in zip(outcomes, spans.low, spans.high, strict=True)
        ]
    ).reshape(len(outcomes), 4)
    kept = np.isfinite(ranges).all(axis=1)
    low, high, plain_low, plain_high = ranges[kept].T
    plans = [one.plan for one, keep in zip(outcomes, kept, strict=True) if keep]
    actual = np.log([one.hours for one, keep in zip(outcomes, kept, strict=True) if keep])
    return BackTest(
        plans=plans,
        actual=actual,
        middle=np.clip(spans.middle[kept], low, high),
        low=low,
        high=high,
        plain=np.array([ladder.plain_point(plan) for plan in plans]),
        plain_low=plain_low,
        plain_high=plain_high,
        level=np.array([level_of(ladder.past, plan, ladder.past.known(plan.day)) for plan in plans]),
    )
