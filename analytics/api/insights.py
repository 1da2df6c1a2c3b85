from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ViewSet

from accounts.models import User
from analytics.claims_in_words import NAMES, advice_of, grounds, sentence
from analytics.productivity import PARTS
from analytics.queries import productivity_of
from analytics.queries.advice import dismissed_by
from analytics.services.patterns import patterns_of
from timetracker.web.filters import refuse_unknown


class PatternSerializer(serializers.Serializer[Any]):
    name = serializers.ChoiceField(list(NAMES))
    said = serializers.BooleanField(help_text="Whether the permutation test lets it be said.")
    text = serializers.CharField(help_text="As a sentence in your language; empty where it is not said.")
    grounds = serializers.CharField(help_text="The interval, what it rests on and p; empty where it is not said.")
    p = serializers.FloatField(allow_null=True, help_text="Of the test. Null where there is too little to ask.")
    count = serializers.IntegerField(help_text="Days, weeks or tasks that it rests on.")
    effect = serializers.FloatField(
        allow_null=True,
        help_text="How far it stands out: seconds (an hour, a day), a share, changes an hour, or the logarithm of a "
        "factor.",
    )
    interval = serializers.ListField(child=serializers.FloatField(), allow_null=True, help_text="95 %, of the effect.")


class ScorePartSerializer(serializers.Serializer[Any]):
    name = serializers.ChoiceField(PARTS)
    value = serializers.IntegerField(allow_null=True, help_text="0 to 100. Null with too little to go by.")
    weight = serializers.IntegerField(help_text="0 to 3; with 0 it does not count.")


class ProductivityPatternsSerializer(serializers.Serializer[Any]):
    peak_hours = serializers.ListField(
        child=serializers.IntegerField(), help_text="Hours of the day in your time zone. Empty without a clear pattern."
    )
    productivity_score = serializers.IntegerField(allow_null=True, help_text="0 to 100. Null with too little to go by.")
    score_parts = ScorePartSerializer(many=True, help_text="The score is their weighted mean.")
    patterns = PatternSerializer(many=True)
    recommendations = serializers.ListField(
        child=serializers.CharField(), help_text="Without those that you have dismissed."
    )
    first = serializers.DateField(help_text="The first day that was looked at.")
    last = serializers.DateField()
    days = serializers.IntegerField(help_text="Those with work.")


class ProductivityPatternsViewSet(ViewSet):
    """When and how you work. Yours alone: there is no way to ask for anybody else's."""

    @extend_schema(responses={200: ProductivityPatternsSerializer})
    def mine(self, request: Request) -> Response:
        user: User = request.user  # type: ignore[assignment]
        refuse_unknown(request, ())
        now = timezone.now()
        found, score = patterns_of(user, now), productivity_of(user, now).score
        said = [claim for claim in found["claims"] if claim["said"]]
        advice = [one for claim in said if (one := advice_of(claim, user))]
        dismissed = dismissed_by(user, [one.key for one in advice])
        peaks = [claim for claim in said if claim["name"] == "peak"]
        return Response(
            {
                "peak_hours": [(one["which"] + n) % 24 for one in peaks for n in range(one["width"])],
                "productivity_score": score.value,
                "score_parts": [{"name": one.name, "value": one.value, "weight": one.weight} for one in score.parts],
                "patterns": [pattern_row(claim, user, sentence, grounds) for claim in found["claims"]],
                "recommendations": [one.text for one in advice if one.key not in dismissed],
                "first": found["first"],
                "last": found["last"],
                "days": found["days"],
            }
        )


Words = Callable[[dict[str, Any], User], str]


def pattern_row(claim: dict[str, Any], user: User, in_words: Words, rests_on: Words) -> dict[str, Any]:
    is_said, is_asked = claim["said"], claim["p"] is not None
    return {
        "name": claim["name"],
        "said": is_said,
        "text": in_words(claim, user) if is_said else "",
        "grounds": rests_on(claim, user) if is_said else "",
        "p": claim["p"],
        "count": claim["count"],
        "effect": round(claim["level"] - claim["other"], 4) if is_asked else None,
        "interval": [round(claim["low"], 4), round(claim["high"], 4)] if is_asked else None,
    }
