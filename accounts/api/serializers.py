from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.models import User


class PersonSerializer(serializers.ModelSerializer):
    """What colleagues may know of each other."""

    name = serializers.CharField(source="get_full_name", read_only=True)
    active = serializers.BooleanField(source="is_active", read_only=True)

    class Meta:
        model = User
        fields = ["id", "username", "name", "role", "active"]


@extend_schema_field({"type": "string", "example": "09:00:00"})
class ClockField(serializers.TimeField):
    """What the person's clock shows. The schema's format "time" would want a zone."""


class MeSerializer(PersonSerializer):
    work_starts = ClockField()
    work_ends = ClockField()

    class Meta(PersonSerializer.Meta):
        fields = [
            *PersonSerializer.Meta.fields,
            "email",
            "time_zone",
            "language",
            "week_start",
            "hours_format",
            "weekly_goal_hours",
            "working_days",
            "work_starts",
            "work_ends",
        ]
