from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.models import User
from notifications import recurrence
from notifications.categories import LET_THROUGH, categories
from notifications.choices import Channel, DigestRhythm, Priority, Reason, State, Type
from notifications.conditions import CONDITIONS
from notifications.models import Notification
from notifications.models.device import LONGEST_ENDPOINT
from notifications.models.notification import LONGEST_LABEL, LONGEST_MESSAGE, LONGEST_TITLE
from notifications.models.preference import MOST_A_DAY
from notifications.services.scheduling import FARTHEST
from notifications.services.sending import MOST_ACTIONS
from tracking.api.fields import ChoiceField, InstantField, RelatedId
from tracking.models import Project

REASONS = [("", ""), *Reason.choices[1:]]


@extend_schema_field(
    {
        "type": "object",
        "additionalProperties": False,
        "properties": {
            "every_seconds": {"type": "integer", "minimum": recurrence.SHORTEST, "maximum": recurrence.LONGEST},
            "at": {"type": "string", "example": "18:00", "description": "A time of day, where the person lives."},
            "days": {"type": "array", "items": {"type": "integer", "minimum": 0, "maximum": 6}, "minItems": 1},
        },
    }
)
class RecurrenceField(serializers.JSONField):
    """What is in it is checked by the service."""


class ActionSerializer(serializers.Serializer[Any]):
    label = serializers.CharField(max_length=LONGEST_LABEL)
    url = serializers.CharField(max_length=500, help_text="An address of this instance that begins with /.")
    method = ChoiceField([("get", "get"), ("post", "post")], required=False)


class NotificationSerializer(serializers.Serializer[Notification]):
    """What one person is told, now or later."""

    id = serializers.IntegerField(read_only=True)
    category = serializers.CharField(read_only=True)
    type = ChoiceField(Type.choices, required=False)
    priority = ChoiceField(Priority.choices, required=False)
    title = serializers.CharField(max_length=LONGEST_TITLE)
    message = serializers.CharField(max_length=LONGEST_MESSAGE, required=False, allow_blank=True)
    url = serializers.CharField(
        max_length=500, required=False, allow_blank=True, help_text="An address of this instance that begins with /."
    )
    actions = ActionSerializer(many=True, required=False, max_length=MOST_ACTIONS)
    persistent = serializers.BooleanField(required=False, help_text="Stays on the page until it is dismissed.")
    deliver_at = InstantField(required=False, allow_null=True, help_text="Left out, at once.")
    deliver_in = serializers.IntegerField(
        min_value=0,
        max_value=int(FARTHEST.total_seconds()),
        required=False,
        write_only=True,
        help_text="Seconds from now, in place of `deliver_at`: for whoever's clock may be wrong.",
    )
    recurrence = RecurrenceField(
        required=False,
        allow_null=True,
        help_text='`{"every_seconds": 5400}`, or `{"at": "18:00", "days": [0, 4]}` where 0 is Monday.',
    )
    condition = ChoiceField(
        [("", ""), *((name, name) for name in CONDITIONS)],
        required=False,
        help_text="What is asked again at the moment of delivery. Only for what comes later.",
    )
    created_at = InstantField(read_only=True)
    delivered_at = InstantField(read_only=True, allow_null=True)
    read_at = InstantField(read_only=True, allow_null=True)
    snoozed_until = InstantField(read_only=True, allow_null=True)
    archived_at = InstantField(read_only=True, allow_null=True)


class OutcomeSerializer(serializers.Serializer[Any]):
    channel = ChoiceField(Channel.choices)
    state = ChoiceField([*State.choices, ("read", "read"), ("snoozed", "snoozed"), ("archived", "archived")])
    reason = ChoiceField(REASONS, help_text="Why it was held back or did not arrive; else empty.")
    due_at = InstantField(allow_null=True, help_text="When what was held back goes out after all.")


class NotificationInFullSerializer(NotificationSerializer):
    """One notification, with what became of it in each channel."""

    outcomes = OutcomeSerializer(many=True, read_only=True)
    why = serializers.CharField(read_only=True, help_text="Why one is told, in one's own language.")


class NotificationChangeSerializer(NotificationSerializer):
    """What waits may change altogether; what was delivered is read, archived or put off."""

    read = serializers.BooleanField(required=False, write_only=True)
    archived = serializers.BooleanField(required=False, write_only=True)
    snoozed_until = InstantField(required=False, allow_null=True, help_text="Null brings it back at once.")


# ── What pages ask for in our words ──────────────────────────────────────────
def _projects(person: User) -> Any:
    return Project.objects.visible_to(person)


class BudgetAlertSerializer(serializers.Serializer[Any]):
    project = RelatedId(_projects)
    percent = serializers.IntegerField(min_value=0, max_value=100_000)


class AchievementSerializer(serializers.Serializer[Any]):
    title = serializers.CharField(max_length=LONGEST_TITLE)
    description = serializers.CharField(max_length=LONGEST_MESSAGE, required=False, allow_blank=True)


class UnreadSerializer(serializers.Serializer[Any]):
    unread = serializers.IntegerField()


class ReadAllSerializer(serializers.Serializer[Any]):
    read = serializers.IntegerField(help_text="How many were unread.")


# ── Preferences ──────────────────────────────────────────────────────────────
@extend_schema_field(
    {
        "type": "object",
        "additionalProperties": {"type": "object", "additionalProperties": {"type": "boolean"}},
        "description": "Category to channel to whether it is wanted there. A change may name single cells.",
    }
)
class GridField(serializers.Field):
    default_error_messages = {
        "invalid": _("The grid names categories, in them channels, in them true or false."),
        "unknown": _("There is no such category or channel."),
        "fixed": _("This cannot be switched off: {name}."),
    }

    def to_internal_value(self, data: Any) -> dict[str, dict[Channel, bool]]:
        if not isinstance(data, dict) or not all(isinstance(cells, dict) for cells in data.values()):
            self.fail("invalid")
        return {name: self._cells(name, cells) for name, cells in data.items()}

    def _cells(self, name: str, cells: dict[str, Any]) -> dict[Channel, bool]:
        category = categories().get(name)
        if category is None or not set(cells) <= set(Channel.values):
            self.fail("unknown")
        for channel, wanted in cells.items():
            if not isinstance(wanted, bool):
                self.fail("invalid")
            if not wanted and category.critical and channel in LET_THROUGH:
                self.fail("fixed", name=f"{name}.{channel}")
        return {Channel(channel): wanted for channel, wanted in cells.items()}

    def to_representation(self, value: Any) -> Any:
        return value


@extend_schema_field({"type": "object", "additionalProperties": {"type": "string"}})
class LabelsField(serializers.DictField):
    """Names for people, by name for programs."""


@extend_schema_field({"type": "string", "example": "18:00"})
class ClockField(serializers.TimeField):
    """A time of day to the minute."""

    def to_internal_value(self, value: Any) -> dt.time:
        return super().to_internal_value(value).replace(second=0, microsecond=0, tzinfo=None)


class PreferencesSerializer(serializers.Serializer[Any]):
    """What one is told about, where, and when one may be interrupted."""

    grid = GridField(required=False)
    fixed = serializers.DictField(
        child=serializers.ListField(child=ChoiceField(Channel.choices)),
        read_only=True,
        help_text="Category to the channels that cannot be switched off.",
    )
    categories = LabelsField(read_only=True, help_text="Their names for people.")
    channels = LabelsField(read_only=True, help_text="Their names for people.")
    least_priority = ChoiceField(Priority.choices, required=False, help_text="What is below it does not interrupt.")
    quiet = serializers.BooleanField(required=False, help_text="Whether there are quiet hours.")
    quiet_from = ClockField(required=False, format="%H:%M")
    quiet_until = ClockField(required=False, format="%H:%M")
    quiet_days_off = serializers.BooleanField(required=False, help_text="Days that are no working days are quiet.")
    most_a_day = serializers.IntegerField(
        required=False,
        allow_null=True,
        min_value=0,
        max_value=MOST_A_DAY,
        help_text="So many may interrupt in one's own day; the others wait for a digest. Null: no limit.",
    )
    digest = ChoiceField(
        DigestRhythm.choices, required=False, help_text="When what was held back is told: as soon as it can, or then."
    )
    digest_at = ClockField(required=False, format="%H:%M")
    digest_weekday = serializers.IntegerField(
        required=False, min_value=0, max_value=6, help_text="0 is Monday. For a weekly digest."
    )
    vibrate = serializers.BooleanField(required=False)
    idle_minutes = serializers.IntegerField(
        required=False, min_value=5, max_value=240, help_text="Without a key or the mouse, while a timer runs."
    )
    no_timer_minutes = serializers.IntegerField(
        required=False, min_value=15, max_value=480, help_text="Without a timer, within working hours."
    )
    summary_at = ClockField(required=False, format="%H:%M", help_text="When the day is summed up.")
    deadline_hours = serializers.ListField(
        child=serializers.IntegerField(), required=False, help_text="So long ahead: any of 72, 24 and 1."
    )
    achievements = serializers.BooleanField(required=False, help_text="Whether achievements are counted and shown.")


# ── Devices ──────────────────────────────────────────────────────────────────
class DeviceKeysSerializer(serializers.Serializer[Any]):
    p256dh = serializers.CharField(max_length=100)
    auth = serializers.CharField(max_length=30)


class DeviceSerializer(serializers.Serializer[Any]):
    """A browser that one is told in with no page open. Made of what `PushSubscription.toJSON()` says."""

    id = serializers.IntegerField(read_only=True)
    name = serializers.CharField(read_only=True)
    current = serializers.BooleanField(read_only=True, help_text="Added in the sign-in that asks.")
    created_at = InstantField(read_only=True)
    reached_at = InstantField(read_only=True, allow_null=True)
    endpoint = serializers.CharField(max_length=LONGEST_ENDPOINT, write_only=True)
    keys = DeviceKeysSerializer(write_only=True)
    renew = serializers.BooleanField(
        required=False, write_only=True, help_text="Only in place of the device of this sign-in; 409 where it has none."
    )


class DeviceKeySerializer(serializers.Serializer[Any]):
    key = serializers.CharField(help_text="What a browser subscribes with: `applicationServerKey`.")
    csrf_token = serializers.CharField(help_text="For a service worker, which reads no cookies.")
