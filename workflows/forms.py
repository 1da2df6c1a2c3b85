"""Filters of the lists of rules and of what they did."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from django import forms
from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tracking.forms.listing import Column, ListFilter
from workflows.access import rules_of
from workflows.choices import RunStatus
from workflows.models import Execution, Rule
from workflows.triggers import TRIGGERS
from workflows.words import when


class RuleFilter(ListFilter):
    columns: Mapping[str, Column] = {
        "name": Column(_("Name"), "name"),
        "ran": Column(_("Last run"), "last_run", largest_first=True, may_be_empty=True),
    }
    search_hint = _("Search rules")

    show = forms.ChoiceField(
        required=False,
        choices=[("", _("All")), ("on", _("On")), ("off", _("Off"))],
        widget=forms.Select(attrs={"aria-label": _("Show")}),
    )
    trigger = forms.ChoiceField(required=False, widget=forms.Select(attrs={"aria-label": _("When")}))

    def prepare(self) -> None:
        known = [(name, when(name)) for name in TRIGGERS]
        self.fields["trigger"].choices = [("", _("Any trigger")), *known]  # type: ignore[attr-defined]  # a ChoiceField

    def narrow(self, rows: QuerySet[Rule]) -> QuerySet[Rule]:
        latest = Execution.objects.filter(rule=OuterRef("pk")).order_by("-executed_at")
        rows = rows.annotate(last_run=Subquery(latest.values("executed_at")[:1]))
        if show := self.value("show"):
            rows = rows.filter(enabled=show == "on")
        if trigger := self.value("trigger"):
            rows = rows.filter(trigger_type=trigger)
        if text := self.value("q"):
            rows = rows.filter(name__icontains=text)
        return rows


class RunFilter(ListFilter):
    columns: Mapping[str, Column] = {"at": Column(_("Time"), "executed_at", largest_first=True)}
    default_sort = "-at"
    ties = ("-pk",)
    search_hint = _("Search rules and errors")

    status = forms.ChoiceField(
        required=False,
        choices=[("", _("Any outcome")), *RunStatus.choices],
        widget=forms.Select(attrs={"aria-label": _("Status")}),
    )
    rule = forms.ModelChoiceField(
        Rule.objects.none(), required=False, empty_label=_("All rules"),
        widget=forms.Select(attrs={"aria-label": _("Rule")}),
    )  # fmt: skip
    days = forms.TypedChoiceField(
        required=False,
        coerce=int,
        empty_value=None,
        choices=[("", _("Any time")), ("1", _("Last 24 hours")), ("7", _("Last 7 days")), ("30", _("Last 30 days"))],
        widget=forms.Select(attrs={"aria-label": _("Time")}),
    )

    def prepare(self) -> None:
        self.fields["rule"].queryset = rules_of(self.user)  # type: ignore[attr-defined]  # a ModelChoiceField

    def narrow(self, rows: QuerySet[Execution]) -> QuerySet[Execution]:
        if status := self.value("status"):
            rows = rows.filter(status=status)
        if rule := self.value("rule"):
            rows = rows.filter(rule=rule)
        if days := self.value("days"):
            rows = rows.filter(executed_at__gt=timezone.now() - dt.timedelta(days=days))
        if text := self.value("q"):
            rows = rows.filter(Q(rule__name__icontains=text) | Q(error_message__icontains=text))
        return rows
