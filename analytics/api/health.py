from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ViewSet

from accounts.models import User
from analytics.api.predictions import BIGGEST_ID
from analytics.health.facts import Prospect
from analytics.health.signals import Level, Name, Signal
from analytics.health.verdict import Health, Status
from analytics.health.words import LABELS, SILENCES, advice_of, sentence, url_of
from analytics.queries.advice import dismissed_by
from analytics.services.health import project_health
from timetracker.web.filters import refuse_unknown
from tracking.access import get_project
from tracking.models import Project


class WhichProjectSerializer(serializers.Serializer[Any]):
    project_id = serializers.IntegerField(min_value=1, max_value=BIGGEST_ID)


class ThresholdsSerializer(serializers.Serializer[Any]):
    warning = serializers.FloatField()
    critical = serializers.FloatField()


class SignalSerializer(serializers.Serializer[Any]):
    name = serializers.ChoiceField([name.value for name in Name])
    label = serializers.CharField(help_text="The same in your language.")
    level = serializers.ChoiceField([level.value for level in Level])
    value = serializers.FloatField(allow_null=True, help_text="A share. Null where it is not known.")
    threshold = ThresholdsSerializer()
    reason = serializers.CharField(allow_null=True, help_text="Why it is not known.")
    text = serializers.CharField(help_text="A sentence with its numbers, or why it is not known.")
    url = serializers.CharField(help_text="The page where one sees what it is about.")


class RecommendationSerializer(serializers.Serializer[Any]):
    key = serializers.CharField()
    text = serializers.CharField()
    url = serializers.CharField()
    rule = serializers.CharField(allow_null=True, help_text="Slug of a ready rule that warns earlier.")
    dismissed = serializers.BooleanField(help_text="By you.")


class CompletionSerializer(serializers.Serializer[Any]):
    p50 = serializers.DateField(allow_null=True, help_text="As likely as not finished by this day.")
    p85 = serializers.DateField(allow_null=True, help_text="85 of 100 times finished by this day.")
    chance = serializers.FloatField(allow_null=True, help_text="To be finished by the deadline.")
    deadline = serializers.DateField(allow_null=True)
    reason = serializers.CharField(allow_null=True, help_text="Why there is no forecast.")
    reason_text = serializers.CharField(help_text="The same as a sentence; empty where there is one.")
    tasks_without_range = serializers.IntegerField(help_text="Open tasks of which nothing is known.")


class ProjectHealthSerializer(serializers.Serializer[Any]):
    project = serializers.IntegerField()
    health_score = serializers.IntegerField(allow_null=True, help_text="0 to 100. Null with fewer than two signals.")
    status = serializers.ChoiceField([status.value for status in Status])
    risk_factors = SignalSerializer(many=True, help_text="Signals at warning or worse, the worst first.")
    signals = SignalSerializer(many=True, help_text="All of them.")
    recommendations = RecommendationSerializer(many=True)
    predicted_completion = CompletionSerializer()


class ProjectHealthViewSet(ViewSet):
    """How a project is doing: signals, what follows from them, and when it is likely to be finished."""

    @extend_schema(parameters=[WhichProjectSerializer], responses={200: ProjectHealthSerializer})
    def of_project(self, request: Request) -> Response:
        user: User = request.user  # type: ignore[assignment]
        refuse_unknown(request, WhichProjectSerializer().fields.keys())
        if len(request.query_params.getlist("project_id")) > 1:
            raise serializers.ValidationError({"project_id": [_("One project at a time.")]})
        asked = WhichProjectSerializer(data=request.query_params)
        asked.is_valid(raise_exception=True)
        project = get_project(user, asked.validated_data["project_id"])
        return Response(answer_of(project, project_health(project), user))


def answer_of(project: Project, health: Health, user: User) -> dict[str, Any]:
    advice = [advice_of(signal, project.pk) for signal in health.alarming]
    dismissed = dismissed_by(user, [one.key for one in advice]) if advice else set()
    return {
        "project": project.pk,
        "health_score": health.score,
        "status": health.status,
        "risk_factors": [_signal(signal, project) for signal in health.alarming],
        "signals": [_signal(signal, project) for signal in health.signals],
        "recommendations": [
            {"key": one.key, "text": one.text, "url": one.url, "rule": one.rule or None,
             "dismissed": one.key in dismissed}
            for one in advice
        ],
        "predicted_completion": _completion(health.facts.prospect, project),
    }  # fmt: skip


def _signal(signal: Signal, project: Project) -> dict[str, Any]:
    return {
        "name": signal.name,
        "label": LABELS[signal.name],
        "level": signal.level,
        "value": None if signal.value is None else round(signal.value, 4),
        "threshold": {"warning": signal.scale.warning, "critical": signal.scale.critical},
        "reason": signal.why,
        "text": sentence(signal),
        "url": url_of(signal, project.pk),
    }


def _completion(said: Prospect, project: Project) -> dict[str, Any]:
    return {
        "p50": said.p50,
        "p85": said.p85,
        "chance": None if said.chance is None else round(said.chance, 3),
        "deadline": project.due_on,
        "reason": said.reason or None,
        "reason_text": SILENCES.get(said.reason, ""),
        "tasks_without_range": said.without_range,
    }
