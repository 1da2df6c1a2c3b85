from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ViewSet

from accounts.models import User
from analytics.choices import FEWEST, Basis, Reason
from analytics.models import Prediction
from analytics.services.panel import Panel, estimate_panel
from timetracker.web.filters import refuse_unknown
from timetracker.web.usage import used
from tracking.access import get_task
from tracking.models import Task

BIGGEST_ID = 2**63 - 1


class WhichTaskSerializer(serializers.Serializer[Any]):
    task_id = serializers.IntegerField(min_value=1, max_value=BIGGEST_ID)


class IntervalSerializer(serializers.Serializer[Any]):
    low = serializers.FloatField(help_text="One in ten such tasks takes fewer hours.")
    high = serializers.FloatField(help_text="One in ten takes more.")


class SimilarSerializer(serializers.Serializer[Any]):
    kind = serializers.CharField(help_text="What they have in common with this one.")
    label = serializers.CharField(help_text="The same in your language.")
    inside = serializers.IntegerField(
        allow_null=True, help_text="How many of them took the hours of the interval. Null where there is none."
    )
    url = serializers.CharField(help_text="The page that lists them.")


class OwnRatioSerializer(serializers.Serializer[Any]):
    ratio = serializers.FloatField(help_text="What this person's tasks took, divided by their estimates: the median.")
    tasks = serializers.IntegerField()


class BackTestSerializer(serializers.Serializer[Any]):
    tasks = serializers.IntegerField(help_text="Each was told by a model that had not seen it.")
    better_by = serializers.FloatField(
        help_text="Share by which its mean error in hours was smaller than that of the estimates alone; negative where "
        "it was larger. Without estimates: than that of what such tasks take."
    )
    mae_ratio = serializers.FloatField(help_text="Its mean error in hours, divided by that of the estimates.")
    malr_ratio = serializers.FloatField(help_text="The same for the mean logarithm of actual ÷ told, without its sign.")
    coverage = serializers.FloatField(help_text="Share of its ranges that held.")


class TimeEstimateSerializer(serializers.Serializer[Any]):
    task = serializers.IntegerField()
    predicted_hours = serializers.FloatField(
        allow_null=True, help_text="The middle. Null where nothing is said, and where nobody estimated."
    )
    interval = IntervalSerializer(allow_null=True)
    confidence = serializers.FloatField(
        allow_null=True,
        help_text="Share of the last ranges that held, 0 to 1: measured. 0.8 is aimed at.",
    )
    similar_tasks = serializers.IntegerField(help_text="Finished tasks like this one, of those that you may see.")
    similar = SimilarSerializer(allow_null=True)
    basis = serializers.ChoiceField(Basis.choices, help_text="What it rests on.")
    reason = serializers.ChoiceField(Reason.choices, allow_null=True, help_text="Why nothing is said.")
    reason_text = serializers.CharField(help_text="The same as a sentence; empty where something is said.")
    finished_tasks = serializers.IntegerField(
        allow_null=True,
        help_text="How many were known. Null for a finished task of which nothing was said.",
    )
    needed = serializers.IntegerField(help_text="Below so many nothing is said.")
    provisional = serializers.BooleanField(help_text="Fewer than a hundred were known.")
    estimated_hours = serializers.FloatField(allow_null=True, help_text="The person's own, as it was then.")
    own_ratio = OwnRatioSerializer(allow_null=True, help_text="Only for those who may see that person's time.")
    back_test = BackTestSerializer(allow_null=True, help_text="The last one of the model in use.")
    as_of = serializers.DateField(allow_null=True, help_text="What had finished before this day was known.")
    model = serializers.IntegerField(allow_null=True, help_text="Version of the model that had a part in it.")


class TimeEstimateViewSet(ViewSet):
    """What a task will take. Said once, as of the day on which it was estimated or started; of a finished task it is
    what was said last before it was finished, never what it took.
    """

    @extend_schema(parameters=[WhichTaskSerializer], responses={200: TimeEstimateSerializer})
    def of_task(self, request: Request) -> Response:
        user: User = request.user  # type: ignore[assignment]
        refuse_unknown(request, WhichTaskSerializer().fields.keys())
        if len(request.query_params.getlist("task_id")) > 1:
            raise serializers.ValidationError({"task_id": [_("One task at a time.")]})
        asked = WhichTaskSerializer(data=request.query_params)
        asked.is_valid(raise_exception=True)
        task = get_task(user, asked.validated_data["task_id"])
        panel = estimate_panel(task, user)
        used("estimate_shown", basis=panel.basis)
        return Response(answer_of(panel))


def answer_of(panel: Panel) -> dict[str, Any]:
    said, similar = panel.prediction, panel.similar
    url = reverse("analytics:similar-tasks", args=[panel.task.pk])
    inside = similar.inside if panel.prediction and panel.prediction.speaks else None
    common = {"kind": similar.kind, "label": panel.similar_label, "inside": inside, "url": url}
    return {
        "task": panel.task.pk,
        **(_told(said) if said else _untold(panel.task)),
        "similar_tasks": similar.count,
        "similar": common if similar.kind else None,
        "reason_text": panel.reason_words,
        "needed": FEWEST,
        "own_ratio": _rounded(asdict(panel.own_ratio)) if panel.own_ratio else None,
        "back_test": (
            _rounded(asdict(panel.back_test) | {"better_by": panel.back_test.better_by}) if panel.back_test else None
        ),
        "model": panel.told_by.version if panel.told_by else None,
    }


def _untold(task: Task) -> dict[str, Any]:
    """It was finished before anything was said of it."""
    names = ("predicted_hours", "interval", "confidence", "reason", "finished_tasks", "as_of")
    estimate = None if task.estimated_hours is None else float(task.estimated_hours)
    return {**dict.fromkeys(names), "basis": Basis.NONE, "provisional": False, "estimated_hours": estimate}


def _told(said: Prediction) -> dict[str, Any]:
    interval = {"low": said.low_hours, "high": said.high_hours}
    return {
        "predicted_hours": _hours(said.middle_hours),
        "interval": _rounded(interval, 2) if said.speaks else None,
        "confidence": None if said.confidence is None else round(said.confidence, 3),
        "basis": said.basis,
        "reason": said.reason or None,
        "finished_tasks": said.known,
        "provisional": said.provisional,
        "estimated_hours": said.estimate_hours,
        "as_of": said.day.isoformat(),
    }


def _hours(value: float | None) -> float | None:
    return None if value is None else round(value, 2)


def _rounded(values: dict[str, Any], digits: int = 3) -> dict[str, Any]:
    return {name: round(value, digits) for name, value in values.items()}
