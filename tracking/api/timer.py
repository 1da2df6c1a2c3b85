from __future__ import annotations

from typing import Any

from django.db import transaction
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from accounts.models import User
from timetracker.web.idempotency import IdempotentWrites
from tracking.access import get_entry
from tracking.api.entries import SubjectSerializer, TimeEntrySerializer, entries_as_json
from tracking.api.fields import LARGEST_ID, InstantField
from tracking.models import TimeEntry
from tracking.queries import running_entry
from tracking.services.tags import tags_named
from tracking.services.timer import discard_timer, pause_timer, resume_timer, start_timer, stop_timer


class StartSerializer(SubjectSerializer):
    started_at = InstantField(required=False, help_text="Left out, now. Never in the future.")


class StopSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField(
        min_value=1, max_value=LARGEST_ID, required=False, help_text="Left out, the caller's running timer."
    )


@extend_schema(request=None, responses=TimeEntrySerializer)
class TimerViewSet(IdempotentWrites, GenericViewSet):
    """The caller's timer: the one entry that has no end yet."""

    metadata_class = None
    queryset = TimeEntry.objects.all()
    serializer_class = TimeEntrySerializer
    filter_backends = ()
    pagination_class = None

    @property
    def person(self) -> User:
        return self.request.user  # type: ignore[return-value]

    @extend_schema(responses={200: TimeEntrySerializer, 204: None})
    def current(self, request: Request) -> Response:
        """The running entry; 204 when none runs."""
        entry = running_entry(self.person)
        return Response(status=204) if entry is None else _answer(entry)

    @extend_schema(request=StartSerializer, responses={201: TimeEntrySerializer, 200: TimeEntrySerializer})
    def start(self, request: Request) -> Response:
        """Starts a timer and stops the one that runs. 200 with the row that is there when its `uid` was sent before."""
        serializer = StartSerializer(data=request.data, context=self.get_serializer_context())
        serializer.is_valid(raise_exception=True)
        fields = dict(serializer.validated_data)
        with transaction.atomic():
            if "tags" in fields:
                fields["tags"] = tags_named(names=fields["tags"], actor=self.person)
            entry = start_timer(user=self.person, **fields)
        return _answer(entry, 200 if entry.repeated else 201)

    @extend_schema(request=StopSerializer)
    def stop(self, request: Request) -> Response:
        """Ends the timer. An entry that has ended already is answered with its first end.

        409 when nothing runs and no `id` is given. An administrator may stop another's by its `id`.
        """
        serializer = StopSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        entry_id = serializer.validated_data.get("id")
        if entry_id is None:
            return _answer(stop_timer(user=self.person).entry)
        entry = get_entry(self.person, entry_id, edit=True)
        return _answer(stop_timer(user=entry.user, actor=self.person, entry_id=entry.pk).entry)

    def pause(self, request: Request) -> Response:
        """From now on the time is a break. Pausing twice keeps the first moment."""
        return _answer(pause_timer(user=self.person))

    def resume(self, request: Request) -> Response:
        """Ends the pause; without one nothing changes."""
        return _answer(resume_timer(user=self.person))

    def discard(self, request: Request) -> Response:
        """Puts the running entry into the trash; `/api/time-entries/{id}/restore/` brings its time back."""
        return _answer(discard_timer(user=self.person))


def _answer(entry: TimeEntry, status: int = 200) -> Response:
    [shown] = entries_as_json([entry])
    return Response(shown, status=status)
