from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import DecimalField, F, QuerySet, Value
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from tracking.access import get_client, require_manager
from tracking.api.fields import money_text
from tracking.api.filters import ClientFilters
from tracking.api.resources import Resource
from tracking.models import Client
from tracking.services.clients import archive_client, create_client, delete_client, update_client


class ClientSerializer(serializers.Serializer[Client]):
    id = serializers.IntegerField(read_only=True)
    name = serializers.CharField(max_length=150)
    email = serializers.EmailField(max_length=254, required=False, allow_blank=True)
    currency = serializers.RegexField(
        r"^[A-Z]{3}\Z",
        required=False,
        error_messages={"invalid": _("Three capital letters, as in EUR.")},
        help_text="ISO 4217. Left out, the organisation's.",
    )
    hourly_rate = serializers.DecimalField(
        max_digits=10,
        decimal_places=2,
        min_value=0,
        required=False,
        allow_null=True,
        help_text="Null as well for those who may not know it.",
    )
    archived = serializers.BooleanField(required=False)


class ClientViewSet(Resource):
    """Whom the work is for. Managers and administrators see and change all; others see those of their projects."""

    queryset = Client.objects.all()
    serializer_class = ClientSerializer
    filterset_class = ClientFilters
    columns = ("id", "name", "email", "currency", "rate_shown", "archived_at")

    def visible(self) -> QuerySet[Client]:
        """For those who may not know the rate, the query does not ask for it."""
        rate = F("hourly_rate") if self.person.may_create_projects else Value(None, output_field=DecimalField())
        return Client.objects.visible_to(self.person).annotate(rate_shown=rate)

    def as_json(self, rows: Sequence[Any]) -> list[dict[str, Any]]:
        return [
            {
                "id": row.id,
                "name": row.name,
                "email": row.email,
                "currency": row.currency,
                "hourly_rate": money_text(row.rate_shown),
                "archived": row.archived_at is not None,
            }
            for row in rows
        ]

    def check_may_make(self) -> None:
        require_manager(self.person)

    def editable(self, pk: int) -> Client:
        return get_client(self.person, pk, edit=True)

    def make(self, fields: dict[str, Any]) -> Client:
        archived = fields.pop("archived", False)
        client = create_client(actor=self.person, **fields)
        return archive_client(client=client, actor=self.person) if archived else client

    def change(self, row: Client, fields: dict[str, Any]) -> Client:
        archived = fields.pop("archived", None)
        if fields:
            row = update_client(client=row, actor=self.person, **fields)
        if archived is not None:
            row = archive_client(client=row, actor=self.person, archived=archived)
        return row

    def remove(self, pk: int) -> None:
        delete_client(client=self.editable(pk), actor=self.person)
