from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from timetracker.web.palette import COLOURS
from tracking.access import get_project, require_manager
from tracking.api.fields import ChoiceField, RelatedId, date_text, money_text
from tracking.api.filters import ProjectFilters
from tracking.api.resources import Resource
from tracking.choices import BudgetType, ProjectStatus
from tracking.models import Client, Project
from tracking.services.projects import create_project, delete_project, update_project
from tracking.services.rates import change_rate


class ProjectSerializer(serializers.Serializer[Project]):
    id = serializers.IntegerField(read_only=True)
    client = RelatedId(Client.objects.all().visible_to, required=False, allow_null=True)
    name = serializers.CharField(max_length=150)
    code = serializers.CharField(max_length=20, required=False, allow_blank=True, help_text="Short, for typing: @code.")
    description = serializers.CharField(max_length=5000, required=False, allow_blank=True)
    color = ChoiceField(COLOURS, required=False)
    status = ChoiceField(ProjectStatus.choices, required=False)
    billable = serializers.BooleanField(required=False, help_text="What new entries start as.")
    budget_type = ChoiceField(BudgetType.choices, required=False)
    budget_amount = serializers.DecimalField(
        max_digits=12,
        decimal_places=2,
        min_value=Decimal("0.01"),
        required=False,
        allow_null=True,
        help_text="Hours or money, as `budget_type` says. Money is null for those who may not know it.",
    )
    hourly_rate = serializers.DecimalField(
        max_digits=10,
        decimal_places=2,
        min_value=0,
        required=False,
        allow_null=True,
        help_text="Of today. A new one holds from today on, the very first one always. "
        "Null as well for those who may not know it.",
    )
    currency = serializers.RegexField(
        r"^[A-Z]{3}\Z",
        required=False,
        error_messages={"invalid": _("Three capital letters, as in EUR.")},
        help_text="ISO 4217. Left out, the client's or the organisation's.",
    )
    is_public = serializers.BooleanField(required=False, help_text="False: only its members and managers see it.")
    starts_on = serializers.DateField(required=False, allow_null=True)
    due_on = serializers.DateField(required=False, allow_null=True)


class ProjectViewSet(Resource):
    """What work belongs to. Seen by all or by its members; changed by its managers and administrators."""

    queryset = Project.objects.all()
    serializer_class = ProjectSerializer
    filterset_class = ProjectFilters
    columns = (
        "id",
        "client_id",
        "name",
        "code",
        "description",
        "color",
        "status",
        "billable",
        "budget_type",
        "budget_shown",
        "hourly_rate",
        "currency",
        "is_public",
        "starts_on",
        "due_on",
    )

    def visible(self) -> QuerySet[Project]:
        return Project.objects.visible_to(self.person).with_rights_for(self.person)

    def as_json(self, rows: Sequence[Any]) -> list[dict[str, Any]]:
        return [
            {
                "id": row.id,
                "client": row.client_id,
                "name": row.name,
                "code": row.code,
                "description": row.description,
                "color": row.color,
                "status": row.status,
                "billable": row.billable,
                "budget_type": row.budget_type,
                "budget_amount": money_text(row.budget_shown),
                "hourly_rate": money_text(row.hourly_rate),
                "currency": row.currency,
                "is_public": row.is_public,
                "starts_on": date_text(row.starts_on),
                "due_on": date_text(row.due_on),
            }
            for row in rows
        ]

    def check_may_make(self) -> None:
        require_manager(self.person)

    def editable(self, pk: int) -> Project:
        return get_project(self.person, pk, edit=True)

    def make(self, fields: dict[str, Any]) -> Project:
        return create_project(actor=self.person, **fields)

    def change(self, row: Any, fields: dict[str, Any]) -> Project:
        rate = fields.pop("hourly_rate", row.hourly_rate)
        if rate != row.hourly_rate:
            change_rate(project=row, actor=self.person, hourly_rate=rate, today=timezone.localdate())
        return update_project(project=row, actor=self.person, **fields) if fields else row

    def remove(self, pk: int) -> None:
        delete_project(project=self.editable(pk), actor=self.person)
