from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from timetracker.web.widgets import Place, Scope
from tracking.models import Project


class WidgetSettingsForm(forms.Form):
    """What one may choose for a widget: only what it offers has a field."""

    range = forms.ChoiceField(label=_("Range"))
    scope = forms.ChoiceField(label=_("Whose"), choices=Scope.choices)
    project = forms.ModelChoiceField(Project.objects.none(), label=_("Project"), required=False)

    def __init__(self, data: Any, *, user: User, place: Place) -> None:
        widget, chosen = place.widget, place.settings
        initial = {"range": chosen.range, "scope": chosen.scope, "project": chosen.project}
        super().__init__(data, initial=initial, auto_id="widget-setting-%s", label_suffix="")
        self.fields["range"].choices = [(each.value, each.label) for each in widget.ranges]
        open_ones = Q(pk__in=Project.objects.open()) | Q(pk=chosen.project)  # one that was closed since stays chosen
        self.fields["project"].queryset = Project.objects.visible_to(user).filter(open_ones).order_by("name", "pk")
        self.fields["project"].empty_label = _("All projects")
        offered = {"range": widget.ranges, "scope": widget.by_scope, "project": widget.by_project}
        for name, offers in offered.items():
            if not offers:
                del self.fields[name]

    def chosen(self) -> dict[str, Any]:
        """As a layout keeps it."""
        project = self.cleaned_data.get("project")
        return {**self.cleaned_data, "project": project.pk if project else None}
