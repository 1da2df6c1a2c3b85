from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import DateTimeField, ExpressionWrapper, F, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from notifications.access import get_own
from notifications.api.filters import NotificationFilters
from notifications.api.serializers import (
    AchievementSerializer,
    BudgetAlertSerializer,
    NotificationChangeSerializer,
    NotificationInFullSerializer,
    NotificationSerializer,
    ReadAllSerializer,
    UnreadSerializer,
)
from notifications.categories import OWN, category_named
from notifications.models import Notification
from notifications.queries import unread_count
from notifications.services import reading
from notifications.services.asking import send_test, tell_achievement, tell_budget
from notifications.services.scheduling import reschedule, schedule
from notifications.services.sending import notify
from tracking.api.fields import instant_text
from tracking.api.resources import Resource

MARKS = ("archived", "read", "snoozed_until")
"""What becomes of a notification once it is there; everything else is settled by then."""
CHANGES = "What was delivered is marked (`read`, `archived`, `snoozed_until`); what still waits may change altogether."


def _as_json(row: Any) -> dict[str, Any]:
    return {
        "id": row.id,
        "category": row.category,
        "type": row.type,
        "priority": row.priority,
        "title": row.title,
        "message": row.message,
        "url": row.url,
        "actions": row.actions,
        "persistent": row.persistent,
        "deliver_at": instant_text(row.deliver_at),
        "recurrence": row.recurrence and {key: row.recurrence[key] for key in row.recurrence if key != "clock"},
        "condition": row.condition,
        "created_at": instant_text(row.created_at),
        "delivered_at": instant_text(row.delivered_at),
        "read_at": instant_text(row.read_at),
        "snoozed_until": instant_text(row.snoozed_until),
        "archived_at": instant_text(row.archived_at),
    }


def _in_full(row: Notification) -> dict[str, Any]:
    outcomes = [
        {
            "channel": outcome.channel,
            "state": row.state_in(outcome.channel, outcome.state),
            "reason": outcome.reason,
            "due_at": instant_text(outcome.due_at),
        }
        for outcome in row.outcomes.all()
    ]
    why = _("You get this because %(why)s") % {"why": category_named(row.category).why}
    return {**_as_json(row), "outcomes": outcomes, "why": why}


@extend_schema_view(
    retrieve=extend_schema(
        description="One, with what became of it in each channel.", responses=NotificationInFullSerializer
    ),
    create=extend_schema(
        description="Tells oneself something: at once, at `deliver_at`, after `deliver_in` seconds, by `recurrence`.",
        responses={201: NotificationInFullSerializer},
    ),
    update=extend_schema(description=CHANGES, responses=NotificationInFullSerializer),
    partial_update=extend_schema(description=CHANGES, responses=NotificationInFullSerializer),
    destroy=extend_schema(description="Into nothing. A scheduled one is cancelled by it."),
)
class NotificationViewSet(Resource):
    """What one is told, and one's own reminders. One makes them for oneself, and sees nobody else's."""

    queryset = Notification.objects.all()
    serializer_class = NotificationSerializer
    filterset_class = NotificationFilters
    columns = (
        "id",
        "category",
        "type",
        "priority",
        "title",
        "message",
        "url",
        "actions",
        "persistent",
        "deliver_at",
        "recurrence",
        "condition",
        "created_at",
        "delivered_at",
        "read_at",
        "snoozed_until",
        "archived_at",
    )

    def visible(self) -> QuerySet[Notification]:
        """The filter keeps what waits apart from what was delivered."""
        # In the centre it is never empty; said so, the index serves the order on PostgreSQL too.
        newest = ExpressionWrapper(F("delivered_at"), output_field=DateTimeField())
        return Notification.objects.owned_by(self.person).annotate(newest=newest).order_by("-newest", "-id")

    def as_json(self, rows: Sequence[Any]) -> list[dict[str, Any]]:
        return [_as_json(row) for row in rows]

    def answer(self, pk: int, status: int = 200) -> Response:
        """Also one that reached no channel: its outcomes say why."""
        return Response(
            _in_full(get_own(self.person, pk)), status=status, headers=self.location(pk) if status == 201 else None
        )

    def answer_told(self, row: Notification | None) -> Response:
        assert row is not None  # whoever asks is here
        return self.answer(row.pk, status=201)

    def get_serializer_class(self) -> Any:
        changes = self.action in {"update", "partial_update"}
        return NotificationChangeSerializer if changes else super().get_serializer_class()

    def make(self, fields: dict[str, Any]) -> Any:
        fields = _with_moment(fields)
        moment, repeats = fields.pop("deliver_at", None), fields.pop("recurrence", None)
        condition = fields.pop("condition", "")
        if moment or repeats is not None:
            return schedule(person=self.person, deliver_at=moment, repeats=repeats, condition=condition, **fields)
        if condition:
            raise ValidationError({"condition": _("Only what is delivered later has a condition.")})
        return notify(person=self.person, category=OWN, **fields)

    def editable(self, pk: int) -> Notification:
        return get_own(self.person, pk)

    def change(self, row: Notification, fields: dict[str, Any]) -> Notification:
        fields = _with_moment({name: value for name, value in fields.items() if value != getattr(row, name, None)})
        marks = {name: fields.pop(name) for name in MARKS if name in fields}
        if row.is_scheduled:
            _refuse(marks, _("It has not been delivered yet."))
            return reschedule(person=self.person, row=row, **fields) if fields else row
        _refuse(fields, _("It has been delivered and no longer changes."))
        self._mark(Notification.objects.filter(pk=row.pk), marks)
        return row

    def _mark(self, rows: QuerySet[Notification], marks: dict[str, Any]) -> None:
        if "archived" in marks:
            reading.archive(person=self.person, rows=rows, archived=marks["archived"])
        if "read" in marks:
            reading.mark_read(person=self.person, rows=rows, read=marks["read"])
        if "snoozed_until" in marks:
            self._snooze(rows, marks["snoozed_until"])

    def _snooze(self, rows: QuerySet[Notification], until: dt.datetime | None) -> None:
        if until is None:
            reading.wake(person=self.person, rows=rows)
            return
        try:
            reading.snooze(person=self.person, rows=rows, until=until)
        except ValidationError as error:
            raise ValidationError({"snoozed_until": error.messages}) from error

    def remove(self, pk: int) -> None:
        reading.delete(person=self.person, rows=Notification.objects.filter(pk=self.editable(pk).pk))

    @extend_schema(filters=False, responses=UnreadSerializer)
    @action(detail=False, url_path="unread-count", filter_backends=(), pagination_class=None)
    def unread_count(self, request: Request) -> Response:
        """What the bell shows."""
        return Response({"unread": unread_count(self.person)})

    @extend_schema(request=None, responses=ReadAllSerializer)
    @action(detail=False, methods=["post"], url_path="read-all")
    def read_all(self, request: Request) -> Response:
        """Marks everything that is unread as read. What is archived or snoozed stays as it is."""
        changed = reading.mark_read(person=self.person, rows=Notification.objects.unread(self.person))
        return Response({"read": len(changed)})

    @extend_schema(request=None, responses={201: NotificationInFullSerializer})
    @action(detail=False, methods=["post"])
    def test(self, request: Request) -> Response:
        """Sends one, so that one sees where it arrives: at once in `outcomes`, then on the screen."""
        return self.answer_told(send_test(person=self.person))

    @extend_schema(responses={201: NotificationInFullSerializer})
    @action(detail=False, methods=["post"], url_path="budget-alert", serializer_class=BudgetAlertSerializer)
    def budget_alert(self, request: Request) -> Response:
        """Tells the caller, and nobody else, how much of a project's budget is used. It uses up no real threshold."""
        return self.answer_told(tell_budget(person=self.person, **self.checked(request)))

    @extend_schema(responses={201: NotificationInFullSerializer})
    @action(detail=False, methods=["post"], serializer_class=AchievementSerializer)
    def achievement(self, request: Request) -> Response:
        """Congratulates the caller."""
        return self.answer_told(tell_achievement(person=self.person, **self.checked(request)))


def _with_moment(fields: dict[str, Any]) -> dict[str, Any]:
    """`deliver_in` as `deliver_at`, by our clock. Raises ValidationError where both are there."""
    fields = dict(fields)
    seconds = fields.pop("deliver_in", None)
    if seconds is None:
        return fields
    if fields.get("deliver_at"):
        raise ValidationError({"deliver_in": _("Give either deliver_at or deliver_in.")})
    return {**fields, "deliver_at": timezone.now() + dt.timedelta(seconds=seconds)}


def _refuse(fields: dict[str, Any], words: str) -> None:
    if fields:
        raise ValidationError(dict.fromkeys(fields, words))
