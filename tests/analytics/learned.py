"""Finished tasks to learn from, and models that have. Made to the moments of a public record: a third take exactly what
was estimated, large tasks less; whom and what one can learn from is put in.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable, Iterable
from decimal import Decimal
from functools import cache
from typing import Any

import numpy as np
import pytest

from accounts.models import User
from analytics.artefacts import dump
from analytics.choices import ModelKind
from analytics.estimates import boosting
from analytics.estimates.boosting import Model
from analytics.estimates.figures import history_of
from analytics.estimates.history import Past
from analytics.estimates.plans import Outcome, Plan
from analytics.estimates.training import Training, train
from analytics.models import TrainedModel
from analytics.queries.models import libraries
from analytics.seals import sign
from tests.work import make_project
from tracking.choices import TaskStatus
from tracking.models import Task

TODAY = dt.datetime(2026, 3, 2, 9, 0, tzinfo=dt.UTC)
ESTIMATES = (0.5, 0.5, 1, 1, 2, 2, 2, 3, 4, 7, 14, 21)
PLACES, LOGS = (0, 0.08, 0.16, 0.4, 0.6, 0.84, 0.92, 1), (-2.2, -1.39, -0.79, -0.29, 0.19, 0.69, 1.1, 1.6)
"""Of log ratios: quantiles of those tasks that take something else than was estimated."""
WORDS = ("fix", "draw", "login", "export", "chart", "mail", "index", "upload", "report", "theme", "search", "billing")
SCORE = {"tasks": 300, "mae": 2.0, "malr": 0.5, "coverage": 0.8, "winkler": 2.0, "width": 4.0}


def make_outcomes(count: int = 330, *, people: int = 4, **fixed: Any) -> list[Outcome]:
    """Two a day, the last yesterday. `fixed` gives what is the same for all: hours, estimate, title, finished."""
    dice, outcomes = random.Random(7), []
    for number in range(count):
        day = TODAY.date() - dt.timedelta(days=1 + (count - 1 - number) // 2)
        person, estimate = 1 + dice.randrange(people), fixed.get("estimate", float(dice.choice(ESTIMATES)))
        drawn = float(np.interp(dice.random(), PLACES, LOGS)) if dice.random() > 0.37 else 0.0
        usual = -0.8 if person == 1 else 0.0
        title = fixed.get("title", " ".join(dice.sample(WORDS, 3)))
        plan = Plan(
            task=number + 1, day=fixed.get("finished", day), estimate=estimate, project=1 + dice.randrange(3),
            person=person, author=1, priority=dice.randrange(4), title=title,
        )  # fmt: skip
        hours = fixed.get("hours") or (estimate or 2) * float(np.exp(drawn + usual))
        outcomes.append(Outcome(plan, fixed.get("finished", day), hours))
    return outcomes


def keep_tasks(outcomes: Iterable[Outcome], person: User | None = None) -> list[Task]:
    project = make_project()
    return Task.objects.bulk_create(
        Task(
            project=project,
            name=one.plan.title,
            assignee=person,
            status=TaskStatus.DONE,
            estimated_hours=None if one.plan.estimate is None else Decimal(str(one.plan.estimate)),
            estimated_at=None if one.plan.estimate is None else _at(one.plan.day, 8),
            created_at=_at(one.plan.day, 8),
            started_at=_at(one.plan.day, 9),
            completed_at=_at(one.finished, 17),
            tracked_seconds=max(1, round(one.hours * 3600)),
        )
        for one in outcomes
    )


def _at(day: dt.date, hour: int) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(hour), dt.UTC)


@cache
def small_model(*, estimated: bool = True) -> Model:
    past = Past(make_outcomes(80))
    plans = [one.plan for one in past.outcomes]
    history = history_of(past, plans, estimated=estimated)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(boosting, "_regressor", learn_quickly())
        return Model.fit(plans, history, past.ratios if estimated else past.hours, estimated=estimated)


@cache
def small_artefact(*, estimated: bool = True) -> bytes:
    return dump(small_model(estimated=estimated))


def make_version(version: int = 1, *, kind: ModelKind = ModelKind.ESTIMATE, **fields: Any) -> TrainedModel:
    """A model that can be read; signed last, over all that it is given. With a `signature`, that one."""
    estimated = kind == ModelKind.ESTIMATE
    values = {
        "model_data": small_artefact(estimated=estimated), "codes": small_model(estimated=estimated).encoder.settings(),
        "spans": {"1": [0.1, 1.5]}, "accuracy": 0.8, "points": True, "ranges": True, "tasks": 330,
        "first_day": dt.date(2025, 9, 1), "through": TODAY.date() - dt.timedelta(days=1), "trained_at": TODAY,
        "metrics": {"recent": {"model": SCORE, "plain": SCORE}}, "libraries": libraries(),
    }  # fmt: skip
    model = TrainedModel(kind=kind, version=version, **values | fields)
    model.signature = model.signature or sign(model.model_data, model.sealed)
    model.save()
    return model


def learn_quickly() -> Callable[..., Any]:
    """What makes regressors of five trees each."""
    made = boosting._regressor
    return lambda *given: made(*given).set_params(max_iter=5)


@cache
def quick_training() -> Training:
    """On the tasks that are made where nothing else is asked for. It takes a second, so once is enough."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(boosting, "_regressor", learn_quickly())
        found = train(Past(make_outcomes()), TODAY.date())
    assert found is not None
    return found


@pytest.fixture
def quick_models(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(boosting, "_regressor", learn_quickly())


@pytest.fixture
def learned(monkeypatch: pytest.MonkeyPatch) -> None:
    """All that is learned here is one training."""
    found = quick_training()
    monkeypatch.setattr("analytics.services.training.train", lambda *_given, **_more: found)
