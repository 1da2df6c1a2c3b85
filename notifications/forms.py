"""What is typed about notifications: filters, snoozes, reminders, preferences."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.choices import Weekday
from accounts.models import User
from notifications.categories import LET_THROUGH, Category, categories
from notifications.choices import Channel
from notifications.conditions import CONDITIONS
from notifications.models import Notification, Settings
from notifications.models.notification import LONGEST_MESSAGE, LONGEST_TITLE
from notifications.queries import Grid
from timetracker.web.times import combine_local, parse_clock
from tracking.forms.listing import Column, ListFilter

DATE = {"widget": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")}


class CentreFilter(ListFilter):
    columns: Mapping[str, Column] = {"delivered": Column(_("Time"), "delivered_at", largest_first=True)}
    default_sort = "-delivered"
    ties = ("-pk",)
    search_hint = _("Search notifications")
    views = [
        ("", _("Inbox")), ("unread", _("Unread")), ("snoozed", _("Snoozed")), ("archived", _("Archived")),
    ]  # fmt: skip

    show = forms.ChoiceField(required=False, choices=views, widget=forms.Select(attrs={"aria-label": _("Show")}))
    category = forms.ChoiceField(required=False, widget=forms.Select(attrs={"aria-label": _("Category")}))

    def prepare(self) -> None:
        known = [(name, found.label) for name, found in categories().items()]
        self.fields["category"].choices = [("", _("Every kind")), *known]  # type: ignore[attr-defined]

    def narrow(self, rows: QuerySet[Notification]) -> QuerySet[Notification]:
        match self.value("show"):
            case "unread":
                rows = rows.filter(read_at=None, archived_at=None, snoozed_until=None)
            case "snoozed":
                rows = rows.filter(snoozed_until__isnull=False)
            case "archived":
                rows = rows.filter(archived_at__isnull=False)
            case _:
                rows = rows.filter(archived_at=None, snoozed_until=None)
        if category := self.value("category"):
            rows = rows.filter(category=category)
        if text := self.value("q"):
            rows = rows.filter(Q(title__icontains=text) | Q(message__icontains=text))
        return rows


class _OwnTime(forms.Form):
    """A day and a time by the person's own clock."""

    day = forms.DateField(label=_("Day"), **DATE)
    clock = forms.CharField(
        label=_("Time"),
        max_length=10,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=_("As in 14:30."),
    )

    def __init__(self, *args: Any, person: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person = person

    def clean_clock(self) -> dt.time:
        try:
            return parse_clock(self.cleaned_data["clock"])
        except ValueError as error:
            raise forms.ValidationError(str(error)) from error

    @property
    def moment(self) -> dt.datetime:
        return combine_local(self.cleaned_data["day"], self.cleaned_data["clock"], self.person.zone)

    def check_ahead(self) -> None:
        if self.errors:
            return
        try:
            over = self.moment <= timezone.now()
        except ValueError as error:
            self.add_error("day", str(error))
            return
        if over:
            is_today = self.cleaned_data["day"] == timezone.now().astimezone(self.person.zone).date()
            self.add_error("clock" if is_today else "day", _("That time is over."))


class SnoozeForm(_OwnTime):
    def clean(self) -> dict[str, Any]:
        self.check_ahead()
        if not self.errors:
            self.cleaned_data["until"] = self.moment
        return self.cleaned_data


class ReminderForm(_OwnTime):
    title = forms.CharField(label=_("Remind me of"), max_length=LONGEST_TITLE)
    message = forms.CharField(
        label=_("Note"), max_length=LONGEST_MESSAGE, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    repeats = forms.ChoiceField(
        label=_("Repeats"),
        required=False,
        choices=[
            ("", _("Once")), ("daily", _("Every day")), ("days", _("On certain days of the week")),
            ("hourly", _("Every hour")),
        ],
    )  # fmt: skip
    days = forms.TypedMultipleChoiceField(
        label=_("On"), required=False, coerce=int, choices=Weekday.choices, widget=forms.CheckboxSelectMultiple
    )
    condition = forms.ChoiceField(label=_("Condition"), required=False)

    field_order = ["title", "day", "clock", "repeats", "days", "condition", "message"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = [(name, found.label) for name, found in CONDITIONS.items()]
        self.fields["condition"].choices = [("", _("None: in any case")), *known]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        self.check_ahead()
        if self.cleaned_data.get("repeats") == "days" and not self.cleaned_data.get("days"):
            self.add_error("days", _("Choose one day at least."))
        return self.cleaned_data

    def values(self) -> dict[str, Any]:
        """For `schedule`."""
        data = self.cleaned_data
        again: dict[str, Any] | None = None
        match data["repeats"]:
            case "daily":
                again = {"at": f"{data['clock']:%H:%M}"}
            case "days":
                again = {"at": f"{data['clock']:%H:%M}", "days": data["days"]}
            case "hourly":
                again = {"every_seconds": 3600}
        return {
            "title": data["title"],
            "message": data["message"],
            "condition": data["condition"],
            "deliver_at": self.moment,
            "repeats": again,
        }


class SettingsForm(forms.ModelForm):
    deadline_hours = forms.TypedMultipleChoiceField(
        label=_("Tell of deadlines"),
        required=False,
        coerce=int,
        choices=[(72, _("3 days ahead")), (24, _("1 day ahead")), (1, _("1 hour ahead"))],
        widget=forms.CheckboxSelectMultiple,
    )

    class Meta:
        model = Settings
        fields = [
            "least_priority", "quiet", "quiet_from", "quiet_until", "quiet_days_off", "vibrate",
            "idle_minutes", "no_timer_minutes", "summary_at",
            "most_a_day", "digest", "digest_at", "digest_weekday", "achievements",
        ]  # fmt: skip
        labels = {"achievements": _("Count and show achievements")}
        widgets = {
            "summary_at": forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
            "quiet_from": forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
            "quiet_until": forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
            "digest_at": forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["deadline_hours"].initial = self.instance.deadline_hours


def cell_name(category: Category, channel: Channel) -> str:
    return f"{category.name}-{channel}"


def is_fixed(category: Category, channel: Channel) -> bool:
    return category.critical and channel in LET_THROUGH


class GridForm(forms.Form):
    """A checkbox for each category and channel."""

    def __init__(self, *args: Any, grid: Grid, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for category in categories().values():
            for channel in Channel:
                fixed = is_fixed(category, channel)
                self.fields[cell_name(category, channel)] = forms.BooleanField(
                    required=False,
                    disabled=fixed,
                    initial=fixed or channel in grid[category.name],
                    widget=forms.CheckboxInput(
                        attrs={"class": "checkbox checkbox-sm", "aria-label": f"{category.label}: {channel.label}"}
                    ),
                )

    @property
    def rows(self) -> list[tuple[Category, list[forms.BoundField]]]:
        return [
            (category, [self[cell_name(category, channel)] for channel in Channel])
            for category in categories().values()
        ]

    def values(self) -> Grid:
        return {
            category.name: frozenset(channel for channel in Channel if self.cleaned_data[cell_name(category, channel)])
            for category in categories().values()
        }
