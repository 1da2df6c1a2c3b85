"""Trains models, and decides whether a new one is better than the one in use."""

from __future__ import annotations

import datetime as dt
import time
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from analytics.artefacts import Forged, dump
from analytics.choices import ModelKind
from analytics.estimates.history import Past
from analytics.estimates.training import Training, train
from analytics.models import TrainedModel
from analytics.queries.models import libraries
from analytics.queries.outcomes import Record, finished_record, organisation_zone
from analytics.seals import sign
from analytics.services.cards import card
from analytics.services.versions import forget_outdated, read, store
from timetracker.web.errors import Conflict
from timetracker.web.locks import only_one
from timetracker.web.times import local_date

TOLERANCE = 0.03
"""Of what people's own estimates score. Back-tests of a few hundred tasks differ by that much from day to day."""
HOLDS_BACK = dt.timedelta(days=90)
"""What a model was worth longer ago says little about today: it gives way to any that has learned since."""
LOCK = "retrain_models"


@dataclass(frozen=True, slots=True)
class Retrained:
    kind: ModelKind
    tasks: int
    """Finished ones that it could learn from."""
    left_out: dict[str, int]
    before: TrainedModel | None
    """In use until now."""
    model: TrainedModel | None
    """The new one; None where there are too few tasks. Without a key where nothing was stored."""
    worse: bool = False
    kept: bool = False
    """Whether the new one is in use from now on; in a dry run, would be."""

    @property
    def old(self) -> dict[str, Any] | None:
        return self.before.metrics if self.before else None

    @property
    def new(self) -> dict[str, Any] | None:
        return self.model.metrics if self.model else None


def retrain(*, kind: ModelKind, now: dt.datetime | None = None, dry_run: bool = False) -> Retrained:
    """Learns from what had finished before today. The model that is in use stays so where the new one is worse; that
    is stored all the same, to be looked at.

    Reads and learns outside of transactions: others write meanwhile. Raises Conflict where somebody trains already.
    """
    with only_one(LOCK) as free:
        if not free:
            raise Conflict(_("Models are being trained already."), code="busy")
        return _retrain(kind, now or timezone.now(), dry_run=dry_run)


def _retrain(kind: ModelKind, now: dt.datetime, *, dry_run: bool) -> Retrained:
    started = time.perf_counter()
    before = TrainedModel.objects.filter(kind=kind, in_use=True).first()
    record = finished_record()
    estimated = kind == ModelKind.ESTIMATE
    past = Past([one for one in record.outcomes if one.plan.estimate or not estimated])
    today = local_date(now, organisation_zone())
    training = train(past, today, estimated=estimated)
    if training is None:
        if not dry_run:
            forget_outdated(kind)
        return Retrained(kind, past.known(today), record.left_out, before, None)
    model = _model(kind, training, record, now)
    model.metrics = card(training, seconds=time.perf_counter() - started)
    worse = before is not None and is_worse(model, before)
    model.in_use = not worse
    if not dry_run:
        people = {pk for one in record.outcomes for pk in (one.plan.person, one.plan.author) if pk is not None}
        store(model, instead_of=before.pk if before else None, people=people)
    return Retrained(kind, training.tasks, record.left_out, before, model, worse, kept=model.in_use)


def is_worse(new: TrainedModel, old: TrainedModel) -> bool:
    """Whether `new` may not take the place of `old`.

    Each was held against its own past, and these differ: so what counts is the ratio to what would have been said
    without a model on the very same tasks. Worse is a Winkler score, or where the old one names figures a log error,
    whose ratio is more than `TOLERANCE` higher. An old one holds nobody back that cannot be read any more, has learned
    from somebody who has been removed, or is a season older than the new one.
    """
    if old.outdated or new.through - old.through > HOLDS_BACK or not _can_be_read(old):
        return False
    measures = ("winkler", "malr") if old.points else ("winkler",)
    pairs = [(ratio(new.metrics, name), ratio(old.metrics, name)) for name in measures]
    return any(was is not None and (now is None or now > was + TOLERANCE) for now, was in pairs)


def ratio(metrics: dict[str, Any], name: str, part: str = "recent") -> float | None:
    """Of the model's figure to that without a model. None where there is nothing to compare."""
    scores = metrics.get(part, {})
    model, plain = scores.get("model", {}).get(name), scores.get("plain", {}).get(name)
    return model / plain if plain and model is not None else None


def _short(number: float) -> float:
    """Adding 0 makes -0.0 a 0.0. PostgreSQL would do so, and the signature would not fit any more."""
    return round(number, 4) + 0.0


def _can_be_read(model: TrainedModel) -> bool:
    try:
        read(model)
    except Forged:
        return False
    return True


def _model(kind: ModelKind, training: Training, record: Record, now: dt.datetime) -> TrainedModel:
    trained, told = training.trained, training.back_test
    data = dump(trained.model)
    model = TrainedModel(
        kind=kind,
        model_data=data,
        accuracy=told.scores(told.recent)[0].coverage if len(told) else 0.0,
        points=trained.points,
        ranges=trained.ranges,
        tasks=training.tasks,
        first_day=training.first,
        through=trained.through,
        trained_at=now,
        left_out=record.left_out,
        features=training.features,
        codes=trained.model.encoder.settings(),
        spans={str(task): [_short(low), _short(high)] for task, (low, high) in trained.spans.items()},
        libraries=libraries(),
    )
    model.signature = sign(data, model.sealed)
    return model
