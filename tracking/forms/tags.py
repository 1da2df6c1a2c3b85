from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from tracking.forms.listing import Column, ListFilter
from tracking.forms.writing import WritingForm
from tracking.models import Tag


class TagFilter(ListFilter):
    columns = {
        "name": Column(_("Name"), Lower("name")),
        "tasks": Column(_("Tasks"), "task_count", largest_first=True),
        "entries": Column(_("Entries"), "entry_count", largest_first=True),
    }
    search_hint = _("Search tags")

    show = forms.ChoiceField(
        required=False,
        choices=[("", _("In use")), ("archived", _("Archived")), ("all", _("All"))],
        widget=forms.Select(attrs={"aria-label": _("Show")}),
    )

    def narrow(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if text := self.value("q"):
            queryset = queryset.filter(name__icontains=text.removeprefix("#"))
        if self.value("show") != "all":
            queryset = queryset.filter(archived_at__isnull=self.value("show") != "archived")
        return queryset


class TagForm(WritingForm):
    class Meta:
        model = Tag
        fields = ["name", "meeting"]
        widgets = {"name": forms.TextInput(attrs={"autofocus": True, "autocomplete": "off"})}
        help_texts = {"name": _("One word. A colon makes a group: category:design.")}

    def clean_name(self) -> str:
        return self.cleaned_data["name"].strip().removeprefix("#")

    def values(self) -> dict[str, Any]:
        """A box that is not ticked says nothing of a new tag: its name may."""
        values = super().values()
        return values if self.instance.pk else values | {"meeting": values["meeting"] or None}
