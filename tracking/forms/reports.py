from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from timetracker.web.times import week_bounds
from tracking.forms.report_filters import KINDS
from tracking.queries import today_of
from tracking.reports import GROUPS, LONGEST, Question

PRESETS = {
    "this-week": gettext_lazy("This week"),
    "last-week": gettext_lazy("Last week"),
    "this-month": gettext_lazy("This month"),
    "last-month": gettext_lazy("Last month"),
    "this-year": gettext_lazy("This year"),
    "last-year": gettext_lazy("Last year"),
}
WITHIN = [MinValueValidator(dt.date(1970, 1, 2)), MaxValueValidator(dt.date(2999, 12, 30))]
YES_OR_NO = {"yes": True, "no": False}


def span_of(preset: str, today: dt.date, week_start: int) -> tuple[dt.date, dt.date]:
    """First and last day, both included."""
    day = dt.timedelta(days=1)
    if preset.endswith("week"):
        first, end = week_bounds(today, week_start)
        return (first, end - day) if preset == "this-week" else (first - 7 * day, first - day)
    if preset.endswith("month"):
        first = today.replace(day=1)
        if preset == "last-month":
            return (first - day).replace(day=1), first - day
        return first, (first + 31 * day).replace(day=1) - day
    year = today.year - (preset == "last-year")
    return dt.date(year, 1, 1), dt.date(year, 12, 31)


class ReportForm(forms.Form):
    """What a report asks, read from its address. `preset` gives way to dates."""

    preset = forms.ChoiceField(label=gettext_lazy("Range"), choices=list(PRESETS.items()), required=False)
    first = forms.DateField(label=gettext_lazy("From"), required=False, validators=WITHIN)
    last = forms.DateField(label=gettext_lazy("To"), required=False, validators=WITHIN)
    group = forms.ChoiceField(label=gettext_lazy("Group by"), choices=list(GROUPS.items()), required=False)
    then = forms.ChoiceField(
        label=gettext_lazy("then by"), choices=[("", gettext_lazy("nothing else")), *GROUPS.items()], required=False
    )
    billable = forms.ChoiceField(choices=[("", ""), ("yes", ""), ("no", "")], required=False)
    billed = forms.ChoiceField(choices=[("", ""), ("yes", ""), ("no", "")], required=False)

    def __init__(self, data: Any, *, user: User) -> None:
        self.user = user
        super().__init__(data, auto_id="report-%s", label_suffix="")
        for name, kind in KINDS.items():
            self.fields[name] = forms.ModelMultipleChoiceField(kind.rows(user), label=GROUPS[name], required=False)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        first, last = data.get("first"), data.get("last")
        if first and last and last < first:
            raise ValidationError({"last": _("The last day is before the first.")})
        if first and last and last - first > LONGEST:
            raise ValidationError({"last": _("At most ten years at once.")})
        if data.get("then") and data.get("then") == (data.get("group") or "project"):
            raise ValidationError({"then": _("Group by two different things.")})
        return data

    @property
    def preset_shown(self) -> str:
        data = self.cleaned_data
        return "" if data.get("first") or data.get("last") else data.get("preset") or "this-month"

    def question(self) -> Question:
        data = self.cleaned_data
        first, last = span_of(data["preset"] or "this-month", today_of(self.user), self.user.week_start)
        if data["first"] or data["last"]:
            first = data["first"] or data["last"]
            last = data["last"] or data["first"]
        return Question(
            first,
            last,
            tuple(filter(None, (data["group"] or "project", data["then"]))),
            people=tuple(row.pk for row in data["person"]),
            clients=tuple(row.pk for row in data["client"]),
            projects=tuple(row.pk for row in data["project"]),
            tasks=tuple(row.pk for row in data["task"]),
            tags=tuple(row.pk for row in data["tag"]),
            billable=YES_OR_NO.get(data["billable"]),
            billed=YES_OR_NO.get(data["billed"]),
        )
