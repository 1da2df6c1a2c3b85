from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from tracking.forms.amounts import AmountField
from tracking.forms.listing import Column, ListFilter
from tracking.forms.writing import WritingForm
from tracking.models import Client


class ClientFilter(ListFilter):
    columns = {
        "name": Column(_("Name"), Lower("name")),
        "projects": Column(_("Open projects"), "open_projects", largest_first=True),
        "tracked": Column(_("Tracked"), "tracked_seconds", largest_first=True),
    }
    search_hint = _("Search clients")

    show = forms.ChoiceField(
        required=False,
        choices=[("", _("In use")), ("archived", _("Archived")), ("all", _("All"))],
        widget=forms.Select(attrs={"aria-label": _("Show")}),
    )

    def narrow(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if text := self.value("q"):
            queryset = queryset.filter(Q(name__icontains=text) | Q(email__icontains=text))
        if self.value("show") != "all":
            queryset = queryset.filter(archived_at__isnull=self.value("show") != "archived")
        return queryset


class ClientForm(WritingForm):
    class Meta:
        model = Client
        fields = ["name", "email", "currency", "hourly_rate", "note"]
        field_classes = {"hourly_rate": AmountField}
        widgets = {
            "name": forms.TextInput(attrs={"autofocus": True, "autocomplete": "off"}),
            "email": forms.EmailInput(attrs={"autocomplete": "off"}),
            "currency": forms.TextInput(attrs={"class": "uppercase", "autocomplete": "off", "size": 3}),
            "hourly_rate": forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
            "note": forms.Textarea(attrs={"rows": 3}),
        }
        help_texts = {"hourly_rate": _("For projects without a rate of their own.")}

    def clean_currency(self) -> str:
        return self.cleaned_data["currency"].upper()
