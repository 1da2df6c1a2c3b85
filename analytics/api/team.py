from __future__ import annotations

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ViewSet

from accounts.access import get_led_team
from accounts.models import User
from analytics.api.insights import PatternSerializer, pattern_row
from analytics.api.predictions import BIGGEST_ID
from analytics.services.team import team_patterns_of
from analytics.team.means import FEWEST_PEOPLE
from analytics.team.words import grounds, sentence
from timetracker.web.filters import refuse_unknown


class WhichTeamSerializer(serializers.Serializer[Any]):
    team_id = serializers.IntegerField(min_value=1, max_value=BIGGEST_ID)


class TeamWeekSerializer(serializers.Serializer[Any]):
    first = serializers.DateField()
    worked = serializers.FloatField(allow_null=True, help_text="Seconds a person, of those who worked in it.")
    focus = serializers.FloatField(allow_null=True, help_text="Share in stretches of 25 minutes or more.")
    meetings = serializers.FloatField(allow_null=True, help_text="Share.")
    turns = serializers.FloatField(allow_null=True, help_text="Changes between things, an hour.")


class TeamMonthSerializer(serializers.Serializer[Any]):
    month = serializers.DateField(help_text="Its first day.")
    factor = serializers.FloatField(allow_null=True, help_text="By which estimates are typically off.")


class TeamPatternsSerializer(serializers.Serializer[Any]):
    team = serializers.IntegerField()
    size = serializers.IntegerField(help_text="Active people.")
    fewest_people = serializers.IntegerField(help_text="Behind each figure, besides you. Null rests on fewer.")
    enough = serializers.BooleanField(help_text="Whether there are figures at all.")
    first = serializers.DateField(allow_null=True, help_text="The first day that was looked at.")
    last = serializers.DateField(allow_null=True)
    patterns = PatternSerializer(many=True)
    grid = serializers.ListField(
        child=serializers.ListField(child=serializers.FloatField(allow_null=True)),
        help_text="From Monday on, by hour of each person's clock: mean share of the time in the hours told.",
    )
    weeks = TeamWeekSerializer(many=True, help_text="In order.")
    months = TeamMonthSerializer(many=True, help_text="In order.")


class TeamPatternsViewSet(ViewSet):
    """When and how a team works, for those who lead it and administrators; never of a single person."""

    @extend_schema(parameters=[WhichTeamSerializer], responses={200: TeamPatternsSerializer})
    def of_team(self, request: Request) -> Response:
        user: User = request.user  # type: ignore[assignment]
        refuse_unknown(request, WhichTeamSerializer().fields.keys())
        if len(request.query_params.getlist("team_id")) > 1:
            raise serializers.ValidationError({"team_id": [_("One team at a time.")]})
        asked = WhichTeamSerializer(data=request.query_params)
        asked.is_valid(raise_exception=True)
        team = get_led_team(user, asked.validated_data["team_id"])
        patterns = team_patterns_of(team, user, timezone.now())
        found = patterns.found or {"enough": False}
        answer = {
            "team": team.pk,
            "size": patterns.size,
            "fewest_people": FEWEST_PEOPLE,
            "enough": found["enough"],
            "first": found.get("first"),
            "last": found.get("last"),
            "patterns": [pattern_row(claim, user, sentence, grounds) for claim in found.get("claims", ())],
            "grid": found.get("grid", []),
            "weeks": found.get("weeks", []),
            "months": found.get("months", []),
        }
        return Response(TeamPatternsSerializer(answer).data)
