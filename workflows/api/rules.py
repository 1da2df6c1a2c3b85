from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, extend_schema_field, extend_schema_view
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from timetracker.web.errors import Conflict
from tracking.api.fields import ChoiceField, InstantField, instant_text
from tracking.api.resources import Resource
from workflows.access import get_rule, rules_of
from workflows.api.filters import RuleFilters
from workflows.choices import Overlap, RunStatus, Scope, StepStatus
from workflows.document import PARTS, fields_of
from workflows.models import Execution, Rule
from workflows.queries import history_of
from workflows.services.rules import create_rule, delete_rule, update_rule
from workflows.services.signing import new_webhook_secret
from workflows.trying import Trial, events_for, latest_for, tried

SHOWN = 100


@extend_schema_field(OpenApiTypes.ANY)
class AnyJSON(serializers.JSONField):
    """Checked as a whole by the rule's own grammar, which names the path of each fault."""


class TriggerSerializer(serializers.Serializer[Any]):
    type = serializers.CharField(max_length=50)
    every = AnyJSON(required=False, help_text="Of a schedule: day, week or month.")
    at = AnyJSON(required=False, help_text="Of a schedule: a time of day by the owner's clock, such as 09:00.")
    days = AnyJSON(required=False, help_text="Of every week: a list of mon, tue, wed, thu, fri, sat, sun.")
    day = AnyJSON(required=False, help_text="Of every month: 1 to 31, or last. A shorter month has its last day.")
    cron = AnyJSON(required=False, help_text="Of a schedule, instead of the others: five fields, such as 0 9 * * 1-5.")

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        """With whatever else is sent: the rule's own grammar names what it does not know."""
        known: dict[str, Any] = super().to_internal_value(data)
        return {**data, **known}


class RuleSerializer(serializers.Serializer[Rule]):
    id = serializers.IntegerField(read_only=True)
    name = serializers.CharField(max_length=200)
    trigger = TriggerSerializer()
    conditions = AnyJSON(required=False, help_text="A list (all of them), or groups: all, any; nested once.")
    actions = AnyJSON(help_text="In order; each has a type and its values, which may hold {{ placeholders }}.")
    enabled = serializers.BooleanField(required=False)
    scope = ChoiceField(Scope.choices, required=False, help_text="team: also what people do whom the owner leads.")
    overlap = ChoiceField(Overlap.choices, required=False)
    cooldown_seconds = serializers.IntegerField(min_value=0, max_value=86400 * 31, required=False)
    most_per_hour = serializers.IntegerField(min_value=1, max_value=1000, required=False)
    off_because = serializers.CharField(read_only=True, help_text="Why it was switched off by itself.")
    failures = serializers.IntegerField(read_only=True, help_text="In a row.")
    next_run_at = InstantField(read_only=True, allow_null=True, help_text="Of a schedule that is enabled.")
    created_at = InstantField(read_only=True)
    version = serializers.IntegerField(read_only=True)


class SavedRuleSerializer(RuleSerializer):
    webhook_secret = serializers.CharField(
        required=False, help_text="What its webhooks are signed with: only in the answer of the request that made it."
    )


class SecretSerializer(serializers.Serializer[Any]):
    webhook_secret = serializers.CharField()


class StepSerializer(serializers.Serializer[Any]):
    place = serializers.IntegerField()
    type = serializers.CharField()
    input = AnyJSON()
    output = AnyJSON()
    status = ChoiceField(StepStatus.choices)
    error = serializers.CharField()


class ExecutionSerializer(serializers.Serializer[Execution]):
    id = serializers.IntegerField()
    event = serializers.CharField(allow_null=True, help_text="The event's uid.")
    status = ChoiceField(RunStatus.choices)
    executed_at = InstantField()
    finished_at = InstantField(allow_null=True)
    depth = serializers.IntegerField(help_text="1 where a person set it off.")
    parent = serializers.IntegerField(allow_null=True, help_text="The execution that set it off.")
    error = serializers.CharField()
    steps = StepSerializer(many=True)


class TrySerializer(serializers.Serializer[Any]):
    event = serializers.UUIDField(required=False, help_text="An event's uid. Without it the latest of the trigger.")


class CheckedSerializer(serializers.Serializer[Any]):
    path = serializers.CharField()
    field = serializers.CharField()  # type: ignore[assignment]  # the name that the rule uses; DRF's own is not needed
    operator = serializers.CharField()
    wanted = AnyJSON()
    actual = AnyJSON()
    held = serializers.BooleanField()


class TrialSerializer(serializers.Serializer[Any]):
    event = serializers.UUIDField(allow_null=True, help_text="None where a schedule was tried as if it came now.")
    occurred_at = InstantField()
    matched = serializers.BooleanField(help_text="Whether all conditions hold, as far as groups ask for all.")
    conditions = CheckedSerializer(many=True)
    actions = AnyJSON(help_text="As they would be done, placeholders filled in.")


@extend_schema_view(
    create=extend_schema(responses={201: SavedRuleSerializer}),
    update=extend_schema(responses=SavedRuleSerializer),
    partial_update=extend_schema(responses=SavedRuleSerializer),
)
class RuleViewSet(Resource):
    """One's own rules. A rule acts with its owner's rights, as they are when it runs."""

    new_secret: str | None = None
    queryset = Rule.objects.alive()
    serializer_class = RuleSerializer
    filterset_class = RuleFilters
    columns = (
        "id", "name", "trigger_type", "trigger_options", "trigger_conditions", "actions", "enabled", "scope", "overlap",
        "cooldown_seconds", "most_per_hour", "off_because", "failures", "next_run_at", "created_at", "version",
    )  # fmt: skip

    def visible(self) -> QuerySet[Rule]:
        return rules_of(self.person)

    def as_json(self, rows: Sequence[Any]) -> list[dict[str, Any]]:
        return [
            {
                "id": row.id,
                "name": row.name,
                "trigger": {"type": row.trigger_type, **row.trigger_options},
                "conditions": row.trigger_conditions,
                "actions": row.actions,
                "enabled": row.enabled,
                "scope": row.scope,
                "overlap": row.overlap,
                "cooldown_seconds": row.cooldown_seconds,
                "most_per_hour": row.most_per_hour,
                "off_because": row.off_because,
                "failures": row.failures,
                "next_run_at": instant_text(row.next_run_at),
                "created_at": instant_text(row.created_at),
                "version": row.version,
            }
            for row in rows
        ]

    def editable(self, pk: int) -> Rule:
        return get_rule(self.person, pk)

    def make(self, fields: dict[str, Any]) -> Rule:
        return self.keeping_secret(create_rule(actor=self.person, **_as_stored(fields)))

    def change(self, row: Rule, fields: dict[str, Any]) -> Rule:
        return self.keeping_secret(update_rule(rule=row, actor=self.person, **_as_stored(fields)))

    def keeping_secret(self, rule: Rule) -> Rule:
        """Until this request is answered: no row that is read later has it."""
        self.new_secret = rule.new_secret
        return rule

    def answer_with(self, row: Any, status: int = 200) -> Response:
        response = super().answer_with(row, status)
        if self.new_secret:
            response.data["webhook_secret"] = self.new_secret
        return response

    def remove(self, pk: int) -> None:
        delete_rule(rule=get_rule(self.person, pk), actor=self.person)

    @extend_schema(request=TrySerializer, responses={200: TrialSerializer}, filters=False)
    def test(self, request: Request, pk: str) -> Response:
        """Tries a rule on something that has happened: nothing is changed, and nothing sent."""
        rule = get_rule(self.person, int(pk))
        asked = TrySerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        if uid := asked.validated_data.get("event"):
            event = get_object_or_404(events_for(rule), uid=uid)
        elif (event := latest_for(rule)) is None:
            raise Conflict(_("Nothing of this kind has happened yet."), code="no_event")
        return Response(_trial(tried(rule, event)))

    @extend_schema(responses={200: ExecutionSerializer(many=True)}, filters=False)
    def executions(self, request: Request, pk: str) -> Response:
        """The latest of a rule, newest first, each with its steps."""
        rule = get_rule(self.person, int(pk))
        return Response([_execution(row) for row in history_of(rule)[:SHOWN]])

    @extend_schema(request=None, responses={200: SecretSerializer}, filters=False)
    def webhook_secret(self, request: Request, pk: str) -> Response:
        """Makes a new secret for the webhooks of a rule, and tells it this once. The one before is void at once."""
        return Response({"webhook_secret": new_webhook_secret(rule=get_rule(self.person, int(pk)), actor=self.person)})


def _as_stored(fields: dict[str, Any]) -> dict[str, Any]:
    """What is no part of the document, such as whether it is switched on, goes along."""
    return fields_of(fields) | {name: fields[name] for name in fields if name not in PARTS}


def _trial(found: Trial) -> dict[str, Any]:
    return {
        "event": str(found.event.uid) if found.event.pk else None,
        "occurred_at": instant_text(found.event.occurred_at),
        "matched": found.matched,
        "conditions": [asdict(one) for one in found.conditions],
        "actions": found.actions,
    }


def _execution(row: Execution) -> dict[str, Any]:
    return {
        "id": row.pk,
        "event": str(row.event.uid) if row.event else None,
        "status": row.status,
        "executed_at": instant_text(row.executed_at),
        "finished_at": instant_text(row.finished_at),
        "depth": row.depth,
        "parent": row.parent_id,
        "error": row.error_message,
        "steps": [
            {
                "place": step.place,
                "type": step.type,
                "input": step.input,
                "output": step.output,
                "status": step.status,
                "error": step.error,
            }
            for step in row.steps.all()
        ],
    }
