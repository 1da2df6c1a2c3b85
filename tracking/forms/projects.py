from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from typing import Any

from django import forms
from django.db.models import Case, IntegerField, Q, QuerySet, Value, When
from django.db.models.functions import Lower
from django.utils.choices import CallableChoiceIterator
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.person_select import People, PersonSelect, choose_from
from timetracker.web.palette import COLOURS
from tracking.choices import BudgetType, ProjectStatus
from tracking.forms.amounts import AmountField
from tracking.forms.listing import Column, ListFilter
from tracking.forms.writing import WritingForm
from tracking.models import Client, Project, ProjectRate
from tracking.queries import next_colour

STATUS_RANK = Case(
    *[When(status=status, then=Value(place)) for place, status in enumerate(ProjectStatus.values)],
    output_field=IntegerField(),
)


class ProjectFilter(ListFilter):
    columns = {
        "favourite": Column(_("Favourite"), "is_favourite", largest_first=True),
        "name": Column(_("Name"), Lower("name")),
        "client": Column(_("Client"), Lower("client__name"), may_be_empty=True),
        "status": Column(_("Status"), STATUS_RANK),
        "tracked": Column(_("Tracked"), "tracked_seconds", largest_first=True),
        "due": Column(_("Due"), "due_on", may_be_empty=True),
    }
    default_sort = "-favourite"
    ties = (Lower("name"), "pk")
    search_hint = _("Search projects")

    client = forms.IntegerField(required=False, widget=forms.Select(attrs={"aria-label": _("Client")}))
    show = forms.ChoiceField(
        required=False,
        choices=[("", _("Not archived")), *ProjectStatus.choices, ("all", _("All"))],
        widget=forms.Select(attrs={"aria-label": _("Status")}),
    )

    def prepare(self) -> None:
        # Looked up only where the filter itself is drawn, not when its table fetches itself again.
        self.fields["client"].widget.choices = CallableChoiceIterator(self._clients)

    def _clients(self) -> Iterator[tuple[Any, Any]]:
        yield "", _("All clients")
        yield from Client.objects.visible_to(self.user).order_by(Lower("name")).values_list("pk", "name")

    def narrow(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if text := self.value("q"):
            queryset = queryset.filter(
                Q(name__icontains=text) | Q(code__istartswith=text) | Q(client__name__icontains=text)
            )
        if client := self.value("client"):
            queryset = queryset.filter(client=client)
        match self.value("show"):
            case None:
                return queryset.exclude(status=ProjectStatus.ARCHIVED)
            case "all":
                return queryset
            case status:
                return queryset.filter(status=status)


class ProjectForm(WritingForm):
    is_public = forms.TypedChoiceField(
        label=_("Who sees it"),
        choices=[("True", _("Everybody here")), ("False", _("Members only"))],
        coerce=lambda value: value == "True",
        initial=True,
        widget=forms.RadioSelect,
    )
    color = forms.ChoiceField(label=_("Colour"), choices=COLOURS, widget=forms.RadioSelect)
    budget_type = forms.ChoiceField(
        label=_("Budget"), choices=BudgetType, initial=BudgetType.NONE, widget=forms.RadioSelect
    )
    hourly_rate = AmountField(
        label=_("Hourly rate"),
        required=False,
        min_value=0,
        max_digits=10,
        decimal_places=2,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
        help_text=_("Empty: the client's. Later rates can begin on a day."),
    )

    class Meta:
        model = Project
        fields = [
            "name", "client", "code", "color", "status", "starts_on", "due_on", "billable", "budget_type",
            "budget_amount", "currency", "is_public", "description",
        ]  # fmt: skip
        field_classes = {"budget_amount": AmountField}
        widgets = {
            "name": forms.TextInput(attrs={"autofocus": True, "autocomplete": "off"}),
            "code": forms.TextInput(attrs={"autocomplete": "off"}),
            "starts_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            "due_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            "budget_amount": forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
            "currency": forms.TextInput(attrs={"class": "uppercase", "autocomplete": "off", "size": 3}),
            "description": forms.Textarea(attrs={"rows": 3}),
        }
        labels = {"budget_amount": _("Budget amount"), "billable": _("Billable")}
        help_texts = {"budget_amount": _("Hours, or money in the project's currency.")}

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        clients = Client.objects.visible_to(user).filter(Q(archived_at=None) | Q(pk=self.instance.client_id))
        self.fields["client"].queryset = clients.order_by(Lower("name")).only("name", "currency")
        self.fields["client"].empty_label = _("No client")
        self.fields["currency"].required = False
        self.fields["currency"].help_text = _("Empty: the client's.")
        if not self.instance.pk:
            self.initial["color"] = next_colour()
        else:
            del self.fields["hourly_rate"]  # from here on rates have days, on a page of their own
        if not self.instance.archived:
            # Archiving is a step of its own.
            self.fields["status"].choices = [
                choice for choice in ProjectStatus.choices if choice[0] != ProjectStatus.ARCHIVED
            ]

    def clean_currency(self) -> str:
        return self.cleaned_data["currency"].upper()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not cleaned.get("currency"):
            client = cleaned.get("client")
            self.cleaned_data["currency"] = client.currency if client else self.instance.currency or ""
        if cleaned.get("budget_type") == BudgetType.NONE:
            cleaned["budget_amount"] = None
        return cleaned


class RateForm(forms.Form):
    """What an hour costs, from a day on."""

    valid_from = forms.DateField(
        label=_("From"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("Entries that are there already keep their rate."),
    )  # fmt: skip
    hourly_rate = AmountField(
        label=_("Hourly rate"),
        min_value=0,
        max_digits=10,
        decimal_places=2,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )

    def clean_valid_from(self) -> dt.date:
        day = self.cleaned_data["valid_from"]
        if day != ProjectRate.ALWAYS and not 1970 <= day.year <= 2999:
            raise forms.ValidationError(_("Write a year between 1970 and 2999."))
        return day


class MemberForm(forms.Form):
    user = forms.ModelChoiceField(
        label=_("Person"), queryset=User.objects.none(), widget=PersonSelect(empty=_("Choose somebody"))
    )
    is_manager = forms.BooleanField(label=_("Manages the project"), required=False)

    def __init__(self, *args: Any, viewer: User, without: Iterable[int] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = User.objects.visible_to(viewer).filter(is_active=True).exclude(pk__in=list(without))
        choose_from(self.fields["user"], People(viewer, rows=people))
