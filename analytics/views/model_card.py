"""What a model is, what it was tried on, and what it may say: counts and means of everybody's work, of no one's."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from analytics.choices import BEST_MAE, BEST_MALR, CHECKED, FEWEST, FEWEST_FOR_MODEL, ModelKind
from analytics.estimates.hindsight import OfMonth, Share
from analytics.models import TrainedModel
from analytics.queries.predictions import last_ranges, learnable
from analytics.services.versions import is_genuine
from analytics.views.plots import months_of, reliability_of
from timetracker.web.htmx import render_page

LEFT_OUT = {
    "odd_time": _("with time that runs, was stopped or logged by a rule, or is over-long and not reviewed"),
    "estimated_after": _("estimated after they were finished"),
    "no_time": _("without time"),
}
GROUPS = {
    "all": _("everybody"),
    "person": _("the person"),
    "project": _("the project"),
    "tags": _("these tags"),
    "person_project": _("the person in this project"),
    "person_tags": _("the person with these tags"),
    "project_tags": _("this project with these tags"),
}
"""Whose earlier tasks are looked at; `analytics.estimates.history` has them."""
TOPICS = (
    (_("The estimate: its size, and whether it is a whole number of hours"), {"estimate", "whole_hours"}),
    (_("Priority and complexity"), {"priority", "complexity"}),
    (_("Days from the estimate to the start, weekday and month"), {"waited", "weekday", "month"}),
    (_("Words and length of the title"), {"title_length", "title_words", "topic"}),
    (_("Who it is assigned to, who made it, its project and its tags"), {"person", "author", "project", "tags"}),
)
MEASURES = (
    ("mae", _("Mean error in hours"), 2),
    ("malr", _("Mean size of the logarithm of took ÷ told"), 3),
    ("coverage", _("Share of ranges that held"), 3),
    ("winkler", _("Winkler score of the ranges, lower is better"), 2),
    ("width", _("Median of the range’s end ÷ beginning"), 1),
)
EARLIER = _("How earlier tasks went: what they took, and how far from their estimates")
OTHER = _("Other figures")


@login_required
@require_GET
def model_card(request: HttpRequest, kind: str) -> HttpResponse:
    if kind not in ModelKind.values:
        raise Http404
    versions = list(TrainedModel.objects.filter(kind=kind).defer("model_data", "spans", "codes", "signature"))
    model = next((version for version in versions if version.in_use), None)
    estimated, everything = learnable()
    context = {
        "kind": kind, "kind_label": ModelKind(kind).label, "estimated": kind == ModelKind.ESTIMATE,
        "model": model, "versions": versions, "live": last_ranges(estimated=kind == ModelKind.ESTIMATE),
        "known": estimated if kind == ModelKind.ESTIMATE else everything, "needed": FEWEST_FOR_MODEL,
        "fewest": FEWEST, "checked": CHECKED, "best_mae": BEST_MAE, "best_malr": BEST_MALR,
    }  # fmt: skip
    return render_page(request, "analytics/model_card/page.html", context | (_card(model) if model else {}))


def _card(model: TrainedModel) -> dict[str, Any]:
    metrics = model.metrics
    months = [OfMonth(dt.date.fromisoformat(f"{one['month']}-01"), _share(one)) for one in metrics.get("months", [])]
    parts = ("recent", _("The later half, which decides")), ("all", _("All of the back-test"))
    return {
        "scores": [(title, *_rows(metrics[name])) for name, title in parts if _tried(metrics.get(name))],
        "guard": _guard(metrics["recent"]) if _tried(metrics.get("recent")) else None,
        "sizes": [(one, _share(one)) for one in metrics.get("sizes", [])],
        "months": months,
        "plot": months_of(months),
        "dots": reliability_of(metrics.get("reliability", [])),
        "refused": not is_genuine(TrainedModel.objects.get(pk=model.pk)),
        "left_out": [
            (model.left_out[name], LEFT_OUT.get(name, name)) for name in _reasons(model) if model.left_out[name]
        ],
        "libraries": ", ".join(f"{name} {version}" for name, version in sorted(model.libraries.items())),
        "features": features_in_words(model.features),
    }


def _reasons(model: TrainedModel) -> list[str]:
    """PostgreSQL keeps no order in JSON."""
    known = [name for name in LEFT_OUT if name in model.left_out]
    return [*known, *sorted(model.left_out.keys() - LEFT_OUT.keys())]


def _tried(part: dict[str, Any] | None) -> bool:
    """Whether there was a task to try it on."""
    return bool(part and part["model"]["tasks"])


def _share(one: dict[str, Any]) -> Share:
    """Back from the share that is kept."""
    return Share(round((one["coverage"] or 0) * one["tasks"]), one["tasks"])


def _rows(part: dict[str, Any]) -> tuple[int, list[tuple[Any, float, float, int]]]:
    """How many tasks; and each measure of the model, the same without it, and the decimals that it is worth."""
    model, plain = part["model"], part["plain"]
    return model["tasks"], [(label, model[name], plain[name], decimals) for name, label, decimals in MEASURES]


def _guard(recent: dict[str, Any]) -> dict[str, float | None]:
    """The model's figure ÷ the one without it."""
    model, plain = recent["model"], recent["plain"]
    return {
        name: model[name] / plain[name] if model[name] is not None and plain[name] else None
        for name in ("mae", "malr", "winkler")
    }


def features_in_words(names: list[str]) -> list[tuple[Any, int, str]]:
    """Groups with the number of their figures; whose earlier tasks they are where that is what they are about."""
    counted: Counter[Any] = Counter(_group_of(name) for name in names)
    whose = ", ".join(str(words) for group, words in GROUPS.items() if _is_about(group, names))
    order = [EARLIER, *(topic for topic, _names in TOPICS), OTHER]
    return [(group, counted[group], whose if group is EARLIER else "") for group in order if counted[group]]


def _group_of(name: str) -> Any:
    # topic_0, topic_1 …, and person_project_ratio: what stands before the last part says what they are about.
    before = name.rpartition("_")[0]
    if before in GROUPS:
        return EARLIER
    return next((topic for topic, members in TOPICS if {name, before} & members), OTHER)


def _is_about(group: str, names: list[str]) -> bool:
    return any(name.rpartition("_")[0] == group for name in names)
