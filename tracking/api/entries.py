from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import User
from timetracker.web.errors import NotAllowed
from tracking.access import get_entry
from tracking.api.fields import ChoiceField, InstantField, RelatedId, TagNames, instant_text
from tracking.api.filters import TimeEntryFilters
from tracking.api.resources import Resource, tag_names
from tracking.api.spans import changed_span, span_of_new
from tracking.choices import Review, Source
from tracking.models import Break, Project, Task, TimeEntry
from tracking.models.entry import DESCRIPTION_MAX
from tracking.services.entries import create_entry, delete_entry, restore_entry, update_entry
from tracking.services.tags import tags_named

LONGEST = 100 * 366 * 24 * 3600
"""Seconds. Longer ones are no durations of work, and would leave the calendar."""


def _people(person: User) -> QuerySet[User]:
    return User.objects.visible_to(person)


def _projects(person: User) -> QuerySet[Project]:
    return Project.objects.visible_to(person).select_related("client")


def _tasks(person: User) -> QuerySet[Task]:
    return Task.objects.visible_to(person).select_related("project__client")


class SubjectSerializer(serializers.Serializer[TimeEntry]):
    """What an entry is about: the same for one that is logged and for a timer that starts."""

    uid = serializers.UUIDField(required=False, help_text="Made by the client: the same create twice is one row.")
    project = RelatedId(_projects, required=False, allow_null=True)
    task = RelatedId(_tasks, required=False, allow_null=True, help_text="Brings its project along.")
    description = serializers.CharField(max_length=DESCRIPTION_MAX, required=False, allow_blank=True)
    tags = TagNames(required=False, help_text="By name; a new name makes a tag.")
    billable = serializers.BooleanField(required=False, help_text="Left out, as the project says.")


class BreakSerializer(serializers.Serializer[Any]):
    started_at = InstantField()
    ended_at = InstantField()


class TimeEntrySerializer(SubjectSerializer):
    """Worked time, from start to end without its breaks; the running timer where there is no end yet."""

    id = serializers.IntegerField(read_only=True)
    user = RelatedId(
        _people,
        required=False,
        help_text="Left out, the caller. Administrators and leads log time for others; an entry stays with its person.",
    )
    started_at = InstantField()
    ended_at = InstantField(required=False, allow_null=True, help_text="Null while the timer runs.")
    duration = serializers.IntegerField(
        min_value=0,
        max_value=LONGEST,
        required=False,
        allow_null=True,
        help_text="Worked seconds: end less start less breaks. Null while the timer runs. "
        "May stand in place of `ended_at`.",
    )
    breaks = BreakSerializer(many=True, required=False, max_length=100, help_text="Pauses that are over.")
    paused_at = InstantField(read_only=True, allow_null=True, help_text="Set while the timer is paused.")
    source = ChoiceField(Source.choices, read_only=True)
    review = ChoiceField(
        [("", ""), *Review.choices[1:]],
        read_only=True,
        help_text="Why somebody should look at it once more; else, and once it is billed, empty.",
    )
    billed = serializers.BooleanField(
        source="billed_at", read_only=True, help_text="A billed entry can no longer change: 409 with the code billed."
    )


def entries_as_json(entries: Sequence[Any]) -> list[dict[str, Any]]:
    """For rows of `COLUMNS` as well as for entries that a service has given."""
    tags = tag_names(entries, TimeEntry.tags.through, "timeentry_id")
    breaks = _breaks([entry.id for entry in entries if entry.break_seconds])
    return [
        {
            "id": entry.id,
            "uid": str(entry.uid),
            "user": entry.user_id,
            "project": entry.project_id,
            "task": entry.task_id,
            "description": entry.description,
            "tags": tags.get(entry.id, []),
            "billable": entry.billable,
            "started_at": instant_text(entry.started_at),
            "ended_at": instant_text(entry.ended_at),
            "duration": entry.seconds,
            "breaks": breaks.get(entry.id, []),
            "paused_at": instant_text(entry.paused_at),
            "source": entry.source,
            "review": "" if entry.billed_at else entry.review,
            "billed": entry.billed_at is not None,
        }
        for entry in entries
    ]


def _breaks(entry_ids: list[int]) -> dict[int, list[dict[str, str | None]]]:
    """Few entries have any, so that most lists need no statement for them."""
    breaks: dict[int, list[dict[str, str | None]]] = defaultdict(list)
    found = Break.objects.filter(entry__in=entry_ids).order_by("started_at") if entry_ids else Break.objects.none()
    for entry_id, start, end in found.values_list("entry_id", "started_at", "ended_at"):
        breaks[entry_id].append({"started_at": instant_text(start), "ended_at": instant_text(end)})
    return breaks


class TimeEntryViewSet(Resource):
    """Worked time. One sees one's own and that of people one leads, and changes one's own; administrators all."""

    queryset = TimeEntry.objects.all()
    serializer_class = TimeEntrySerializer
    filterset_class = TimeEntryFilters
    columns = (
        "id",
        "uid",
        "user_id",
        "project_id",
        "task_id",
        "description",
        "billable",
        "started_at",
        "ended_at",
        "seconds",
        "break_seconds",
        "paused_at",
        "source",
        "review",
        "billed_at",
    )

    def visible(self) -> QuerySet[TimeEntry]:
        """In a list the filter keeps the trash apart; a single row in the trash is not there."""
        rows = TimeEntry.objects.visible_to(self.person)
        return rows if self.action == "list" else rows.alive()

    def as_json(self, rows: Sequence[Any]) -> list[dict[str, Any]]:
        return entries_as_json(rows)

    @extend_schema(responses={201: TimeEntrySerializer, 200: TimeEntrySerializer})
    def create(self, request: Request) -> Response:
        """Logs finished time. 200 with the row that is there already when its `uid` was sent before."""
        fields = self.checked(request)
        with transaction.atomic():
            entry = self.make(fields)
        return self.answer_with(entry, 200 if entry.repeated else 201)

    def make(self, fields: dict[str, Any]) -> TimeEntry:
        user = fields.pop("user", self.person)
        if user != self.person and not User.objects.with_time_visible_to(self.person).filter(pk=user.pk).exists():
            raise NotAllowed(_("Only administrators and the leads of a person log time for them."))
        fields = span_of_new(fields)
        if "tags" in fields:
            fields["tags"] = tags_named(names=fields["tags"], actor=self.person)
        return create_entry(user=user, actor=self.person, **fields)

    def editable(self, pk: int) -> TimeEntry:
        return get_entry(self.person, pk, edit=True)

    def change(self, row: TimeEntry, fields: dict[str, Any]) -> TimeEntry:
        _check_identity(row, fields)
        fields = changed_span(row, fields)
        if "tags" in fields:
            fields["tags"] = tags_named(names=fields["tags"], actor=self.person)
        return update_entry(entry=row, actor=self.person, **fields)

    def remove(self, pk: int) -> None:
        """Into the trash."""
        delete_entry(entry=self.editable(pk), actor=self.person)

    @extend_schema(request=None, responses=TimeEntrySerializer)
    @action(detail=True, methods=["post"])
    def restore(self, request: Request, pk: str) -> Response:
        """Out of the trash. What is not there stays as it is."""
        entry = get_entry(self.person, int(pk), edit=True, deleted=True)
        return self.answer_with(restore_entry(entry=entry, actor=self.person))


def _check_identity(row: TimeEntry, fields: dict[str, Any]) -> None:
    """Whose an entry is and its uid are settled when it is made; sent back unchanged they do no harm."""
    if fields.pop("user", row.user) != row.user:
        raise ValidationError({"user": _("An entry stays with its person.")})
    if fields.pop("uid", row.uid) != row.uid:
        raise ValidationError({"uid": _("The uid is settled when the entry is made.")})
