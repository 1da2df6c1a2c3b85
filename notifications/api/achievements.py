from __future__ import annotations

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ViewSet

from accounts.models import User
from notifications.achievements.queries import ahead_of, earned_by, takes_part
from notifications.achievements.words import ahead_in_words, name_of
from notifications.choices import AchievementKind
from timetracker.web.filters import refuse_unknown

NEWEST = 100


class EarnedSerializer(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(AchievementKind.choices)
    mark = serializers.CharField(
        help_text="The month (2026-03), the first day of the week, the last day of the streak, or how many tasks."
    )
    title = serializers.CharField(help_text="In your language.")
    earned_at = serializers.DateTimeField()


class AheadSerializer(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(AchievementKind.choices)
    done = serializers.IntegerField(help_text="Seconds for a month and a week, else days or tasks.")
    goal = serializers.IntegerField()
    text = serializers.CharField(help_text="In your language.")


class AchievementsSerializer(serializers.Serializer[Any]):
    on = serializers.BooleanField(help_text="Off: nothing is counted, and nothing is shown.")
    earned = EarnedSerializer(many=True, help_text=f"The newest {NEWEST}, the last one first.")
    ahead = AheadSerializer(many=True)


class AchievementsViewSet(ViewSet):
    """What one has achieved, and what comes next. Yours alone: there is no way to ask for anybody else's."""

    @extend_schema(responses={200: AchievementsSerializer})
    def mine(self, request: Request) -> Response:
        person: User = request.user  # type: ignore[assignment]  # a person, once signed in
        refuse_unknown(request, ())
        if not takes_part(person):
            return Response({"on": False, "earned": [], "ahead": []})
        earned = [
            {"kind": one.kind, "mark": one.mark, "title": name_of(one), "earned_at": one.earned_at}
            for one in earned_by(person)[:NEWEST]
        ]
        ahead = [
            {"kind": one.kind, "done": one.done, "goal": one.goal, "text": ahead_in_words(one, person)[1]}
            for one in ahead_of(person, timezone.now())
        ]
        return Response(AchievementsSerializer({"on": True, "earned": earned, "ahead": ahead}).data)
