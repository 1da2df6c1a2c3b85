"""What a process keeps of the record and the models, so that an estimate takes milliseconds. Loaded on first use."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

from analytics.choices import ModelKind
from analytics.models import TrainedModel
from analytics.queries.outcomes import finished_record
from analytics.services.record import record_mark
from analytics.services.versions import last_good

if TYPE_CHECKING:
    from analytics.estimates.ladder import Ladder


@dataclass(frozen=True, slots=True)
class Predictor:
    mark: str
    models: dict[str, int]
    """By kind, the model in use."""
    read: dict[str, int]
    """By kind, the model that speaks: the one in use, or the last good one where that cannot be read."""
    estimated: Ladder
    rough: Ladder

    def ladder(self, *, estimated: bool) -> Ladder:
        return self.estimated if estimated else self.rough

    def model_id(self, *, estimated: bool) -> int | None:
        return self.read.get(ModelKind.ESTIMATE if estimated else ModelKind.ROUGH)


_lock = threading.Lock()
_kept: Predictor | None = None


def predictor() -> Predictor:
    """Two statements where nothing has changed."""
    global _kept
    mark, models = record_mark(), dict(TrainedModel.objects.filter(in_use=True).values_list("kind", "pk"))
    with _lock:
        if _kept is None or (_kept.mark, _kept.models) != (mark, models):
            _kept = _load(mark, models)
        return _kept


def forget() -> None:
    """For tests: another database has other tasks."""
    global _kept
    _kept = None


def _load(mark: str, models: dict[str, int]) -> Predictor:
    from analytics.estimates.history import Past  # noqa: PLC0415 - scikit-learn takes 100 MB: not before it is needed
    from analytics.estimates.ladder import Ladder  # noqa: PLC0415 - as above

    outcomes = finished_record().outcomes
    found = {kind: last_good(ModelKind(kind)) for kind in models}
    read = {kind: one[0].pk for kind, one in found.items() if one}
    trained = {kind: one[1] for kind, one in found.items() if one}
    return Predictor(
        mark, models, read,
        Ladder(Past([one for one in outcomes if one.plan.estimate]), trained.get(ModelKind.ESTIMATE)),
        Ladder(Past(outcomes), trained.get(ModelKind.ROUGH), estimated=False),
    )  # fmt: skip
