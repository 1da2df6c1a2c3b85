"""The versions of a model: which is in use, which is read when that one cannot be, and how many are kept.

No numbers library before a model is read: the administration imports this.
"""

from __future__ import annotations

import math
from collections.abc import Collection
from typing import TYPE_CHECKING, Any

import structlog
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from accounts.models import User
from analytics import seals
from analytics.choices import ModelKind
from analytics.events import ModelChosen
from analytics.models import TrainedModel
from timetracker.events.recording import record
from timetracker.web.errors import Conflict

if TYPE_CHECKING:
    from analytics.estimates.ladder import Trained

log = structlog.get_logger(__name__)

KEPT_VERSIONS = 10
"""Of each kind; older ones are forgotten, the one in use never."""


def read(row: TrainedModel) -> Trained:
    """Raises Forged."""
    from analytics.artefacts import Forged, load  # noqa: PLC0415 - scikit-learn takes 100 MB: not before it is needed
    from analytics.estimates.ladder import Trained  # noqa: PLC0415 - as above

    model = load(bytes(row.model_data), row.signature, row.sealed)
    if model.encoder.estimated != (row.kind == ModelKind.ESTIMATE):
        raise Forged("It is of another kind.")
    try:
        spans = {int(task): _span(span) for task, span in row.spans.items()}
    except (AttributeError, TypeError, ValueError) as error:
        raise Forged("Its ranges do not fit.") from error
    return Trained(model, row.through, row.points, row.ranges, spans)


def is_genuine(row: TrainedModel) -> bool:
    """Whether it is what was stored here; else nothing reads it. Reads some megabytes where `row` has left them out."""
    return seals.is_genuine(bytes(row.model_data), row.signature, row.sealed)


def _span(span: Any) -> tuple[float, float]:
    low, high = map(float, span)
    if not (math.isfinite(low) and math.isfinite(high) and low <= high):
        raise ValueError("This is no range.")
    return low, high


def last_good(kind: ModelKind) -> tuple[TrainedModel, Trained] | None:
    """The one in use; where that cannot be read, the newest version that can. What was refused is in the log."""
    from analytics.artefacts import Forged  # noqa: PLC0415 - scikit-learn

    # By key first: each is some megabytes, and nearly always the first is good.
    for pk in TrainedModel.objects.filter(kind=kind).order_by("-in_use", "-version").values_list("pk", flat=True):
        row = TrainedModel.objects.filter(pk=pk).first()
        if row is None:
            continue
        try:
            return row, read(row)
        except Forged as error:
            log.error("model_refused", kind=row.kind, version=row.version, reason=str(error))
    return None


def use_model(*, actor: User, model: TrainedModel) -> TrainedModel:
    """From now on in every process. Raises Conflict where it is gone, or not what this instance has signed."""
    from analytics.artefacts import Forged  # noqa: PLC0415 - scikit-learn

    row = TrainedModel.objects.filter(pk=model.pk).first()
    if row is None:
        raise Conflict(_("This version is gone."), code="gone")
    try:
        read(row)  # before the transaction: it takes a while
    except Forged as error:
        log.error("model_refused", kind=row.kind, version=row.version, reason=str(error))
        raise Conflict(_("This version is not what was stored here. It is not used."), code="forged") from error
    with transaction.atomic():
        versions = _locked(row.kind)
        if row.pk not in versions:
            raise Conflict(_("This version is gone."), code="gone")
        if not versions[row.pk]:
            _switch_to(row)
            record(ModelChosen.of(row), actor=actor, subject=row)
    return row


@transaction.atomic
def store(model: TrainedModel, *, instead_of: int | None, people: Collection[int]) -> TrainedModel:
    """As the next version. It is in use if it `in_use` says so, and nobody has chosen another than the one `instead_of`
    meanwhile. `people` is whom it has learned from: who has been removed meanwhile is to be forgotten again.

    Versions that learned from somebody who has been removed go with this.
    """
    versions = TrainedModel.objects.filter(kind=model.kind)
    in_use = next((pk for pk, used in _locked(model.kind).items() if used), None)
    wanted, model.in_use = model.in_use and in_use == instead_of, False
    model.version = (versions.aggregate(last=Max("version"))["last"] or 0) + 1
    model.outdated = User.objects.filter(pk__in=people).count() < len(set(people))
    model.save(force_insert=True)
    if wanted:
        _switch_to(model)
    forget_outdated(ModelKind(model.kind), but=[model.pk])
    newest = list(versions.order_by("-version").values_list("pk", flat=True)[:KEPT_VERSIONS])
    versions.exclude(pk__in=newest).exclude(in_use=True).delete()
    return model


def forget_outdated(kind: ModelKind, *, but: Collection[int] = ()) -> None:
    TrainedModel.objects.filter(kind=kind, outdated=True).exclude(pk__in=but).delete()


def mark_outdated() -> None:
    """Somebody was removed whom models may have learned from. The next nightly training forgets these."""
    TrainedModel.objects.filter(outdated=False).update(outdated=True)


def _locked(kind: str) -> dict[int, bool]:
    rows = TrainedModel.objects.select_for_update(no_key=True).filter(kind=kind)
    return dict(rows.order_by("pk").values_list("pk", "in_use"))


def _switch_to(model: TrainedModel) -> None:
    TrainedModel.objects.filter(kind=model.kind, in_use=True).update(in_use=False)
    model.in_use = True
    model.save(update_fields=["in_use"])
