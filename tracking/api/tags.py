from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers

from tracking.access import get_tag_to_manage
from tracking.api.filters import TagFilters
from tracking.api.resources import Resource
from tracking.models import Tag
from tracking.services.tags import archive_tag, create_tag, delete_tag, update_tag


class TagSerializer(serializers.Serializer[Tag]):
    id = serializers.IntegerField(read_only=True)
    name = serializers.CharField(max_length=60, help_text="One word; a colon makes a namespace.")
    meeting = serializers.BooleanField(
        required=False, help_text="It counts as a meeting. Left out when a tag is made, its name says so."
    )
    archived = serializers.BooleanField(required=False)


class TagViewSet(Resource):
    """Words on tasks and entries. Everybody sees and makes them; managers and administrators change them."""

    queryset = Tag.objects.all()
    serializer_class = TagSerializer
    filterset_class = TagFilters
    columns = ("id", "name", "meeting", "archived_at")

    def visible(self) -> QuerySet[Tag]:
        return Tag.objects.all()

    def as_json(self, rows: Sequence[Any]) -> list[dict[str, Any]]:
        return [
            {"id": row.id, "name": row.name, "meeting": row.meeting, "archived": row.archived_at is not None}
            for row in rows
        ]

    def editable(self, pk: int) -> Tag:
        return get_tag_to_manage(self.person, pk)

    def make(self, fields: dict[str, Any]) -> Tag:
        tag = create_tag(name=fields["name"], meeting=fields.get("meeting"), actor=self.person)
        return archive_tag(tag=tag, actor=self.person) if fields.get("archived") else tag

    def change(self, row: Tag, fields: dict[str, Any]) -> Tag:
        others = {name: value for name, value in fields.items() if name != "archived" and value != getattr(row, name)}
        if others:
            row = update_tag(tag=row, actor=self.person, **others)
        if "archived" in fields:
            row = archive_tag(tag=row, actor=self.person, archived=fields["archived"])
        return row

    def remove(self, pk: int) -> None:
        delete_tag(tag=self.editable(pk), actor=self.person)
