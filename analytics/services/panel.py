"""Everything that a page or the API shows of a task's estimate to one person."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from analytics.choices import FEWEST, Basis, Reason
from analytics.models import Prediction, TrainedModel
from analytics.queries.outcomes import plans_of
from analytics.services.predictions import predict
from analytics.services.predictor import predictor
from timetracker.web import flags
from tracking.models import Project, Task

if TYPE_CHECKING:
    from collections.abc import Container

    from django_stubs_ext import StrOrPromise

    from analytics.estimates.similar import Similar

CLASSES: dict[str, StrOrPromise] = {
    "person_tags": _("Tasks of this person with these tags"),
    "project_tags": _("Tasks of this project with these tags"),
    "person_project": _("Tasks of this person in this project"),
    "tags": _("Tasks with these tags"),
    "project": _("Tasks of this project"),
    "person": _("Tasks of this person"),
    "all": _("All tasks"),
}
"""The kinds of `estimates.similar`, as a heading."""


@dataclass(frozen=True, slots=True)
class OwnRatio:
    """What a person's tasks took ÷ their estimates: the median of `tasks`."""

    ratio: float
    tasks: int


@dataclass(frozen=True, slots=True)
class Compared:
    """The last back-test of the model that speaks, beside people's own estimates; without one, what such tasks take."""

    tasks: int
    mae_ratio: float
    """Mean absolute error ÷ that of the estimates alone; below 1 is closer."""
    malr_ratio: float
    """The same of the mean absolute log ratio."""
    coverage: float
    """Share of its ranges that held."""

    @property
    def better_by(self) -> float:
        """Share by which the mean error was smaller; negative where it was larger."""
        return 1 - self.mae_ratio


@dataclass(frozen=True, slots=True)
class Panel:
    task: Task
    prediction: Prediction | None
    """None of a finished task about which nothing was said in its time."""
    similar: Similar
    """Only tasks that the viewer may see. `inside` is 0 where there is no range."""
    own_ratio: OwnRatio | None
    """None where there is none, and for those who may not see that person's time."""
    back_test: Compared | None
    told_by: TrainedModel | None
    """The model that had a part in what is said; without its artefact."""

    @property
    def basis(self) -> str:
        return self.prediction.basis if self.prediction else Basis.NONE.value

    @property
    def similar_label(self) -> str:
        return str(CLASSES[self.similar.kind]) if self.similar.kind else ""

    @property
    def reason_words(self) -> str:
        """Why nothing is said, as a sentence; empty where something is."""
        if self.prediction:
            return _why(self.prediction)
        if not flags.is_on("estimates"):
            return gettext("Suggested estimates are switched off for everybody.")
        return gettext("It was finished before anything was said of it.")


def estimate_panel(task: Task, user: User, now: dt.datetime | None = None) -> Panel:
    """Of a task that `user` may see. As many statements whatever there is to be shown."""
    said = predict(task, now=now)
    speaking = predictor().model_id(estimated=task.estimated_hours is not None)
    models = _models(speaking, said)
    return Panel(
        task=task,
        prediction=said,
        similar=_similar(task, user, said),
        own_ratio=_own_ratio(user, said),
        back_test=next((_compared(model.metrics) for model in models if model.pk == speaking), None),
        told_by=next((model for model in models if said and model.pk == said.model_id), None),
    )


def _models(speaking: int | None, said: Prediction | None) -> list[TrainedModel]:
    """The one that speaks now, and the one that spoke."""
    wanted = {pk for pk in (speaking, said and said.model_id) if pk}
    return list(TrainedModel.objects.filter(pk__in=wanted).defer("model_data", "spans", "codes"))


def _similar(task: Task, user: User, said: Prediction | None) -> Similar:
    from analytics.estimates.similar import similar_to  # noqa: PLC0415 - numpy: not before it is needed

    plan = plans_of([task], today=said.day if said else None)[task.pk]
    past = predictor().ladder(estimated=plan.estimate is not None).past
    low, high = (said.low_hours or 0.0, said.high_hours or 0.0) if said else (0.0, 0.0)
    return similar_to(past, plan, low=low, high=high, projects=projects_seen_by(user))


def projects_seen_by(user: User) -> Container[int] | None:
    """None for all of them."""
    return None if user.is_administrator else set(Project.objects.visible_to(user).values_list("pk", flat=True))


def _own_ratio(user: User, said: Prediction | None) -> OwnRatio | None:
    if said is None or said.ratio is None:
        return None
    if not User.objects.with_time_visible_to(user).filter(pk=said.person_id).exists():
        return None
    return OwnRatio(said.ratio, said.ratio_count)


def _compared(metrics: dict[str, Any]) -> Compared | None:
    """None for a model whose back-test told nothing, and where there was no error to compare with."""
    model, plain = (metrics.get("recent", {}).get(name) for name in ("model", "plain"))
    if not (model and plain and plain["mae"] and plain["malr"]):
        return None
    return Compared(
        model["tasks"], model["mae"] / plain["mae"], model["malr"] / plain["malr"], model["coverage"]
    )  # fmt: skip


def _why(said: Prediction) -> str:
    match said.reason:
        case Reason.FEW:
            words = gettext("%(known)s of the %(needed)s finished tasks that this needs.")
            return words % {"known": said.known, "needed": FEWEST}
        case Reason.UNTRIED:
            return gettext(
                "Too few finished tasks were planned after others had finished, so ranges could not be tried."
            )
        case Reason.WIDE:
            return gettext("Such tasks differ so much that a range would say nothing.")
        case Reason.FAR:
            return gettext("No finished task had an estimate within four times of this one.")
        case Reason.NEW:
            return gettext("Neither the person nor the project has a finished task yet.")
        case Reason.DRIFT:
            held = round((said.coverage or 0) * said.checked)
            words = gettext("%(held)s of the last %(checked)s ranges held, where 80 of 100 should.")
            return words % {"held": held, "checked": said.checked}
    return ""
