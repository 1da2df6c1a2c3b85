from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from timetracker.web.durations import format_duration
from timetracker.web.errors import Conflict, add_errors
from timetracker.web.times import local_date
from tracking.forms.booking import Work, WorkField
from tracking.forms.span import (
    DAY,
    Person,
    Typed,
    move_days,
    read_duration,
    read_end,
    read_moment,
    read_span,
    write_moment,
)
from tracking.models import Tag, TimeEntry
from tracking.queries import last_end_on

# What services call a field, and what it is called here.
SERVICE_FIELDS = {"started_at": "start", "ended_at": "end", "project": "work", "task": "work"}
BILLABLE = [("", _("As the project says")), ("true", _("Billable")), ("false", _("Not billable"))]
TIMES = frozenset({"day", "start", "end", "next_day", "duration"})


class EntryForm(forms.Form):
    """An entry by hand: a new one, or what is changed about one that is there. Its times are those of `user`'s zone."""

    description = forms.CharField(label=_("What was done"), required=False, widget=forms.Textarea({"rows": 2}))
    tags = forms.ModelMultipleChoiceField(queryset=Tag.objects.all(), required=False)
    more_tags = forms.CharField(label=_("Tags"), required=False, max_length=400)
    billable = forms.BooleanField(label=_("Billable"), required=False)
    day = forms.DateField(
        label=_("Day"),
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        validators=[MinValueValidator(dt.date(1970, 1, 2)), MaxValueValidator(dt.date(2999, 12, 30))],
    )
    start = forms.CharField(
        label=_("Start"), required=False, max_length=60, help_text=_("9, 930, 14:15, or both as 9-1030."),
        widget=forms.TextInput({"autocomplete": "off", "inputmode": "text"}),
    )  # fmt: skip
    end = forms.CharField(
        label=_("End"), required=False, max_length=60, widget=forms.TextInput({"autocomplete": "off"})
    )
    next_day = forms.BooleanField(label=_("Ends the next day"), required=False)
    duration = forms.CharField(
        label=_("Duration"), required=False, max_length=40, widget=forms.TextInput({"autocomplete": "off"})
    )
    long_ok = forms.BooleanField(required=False)
    uid = forms.UUIDField(required=False, widget=forms.HiddenInput)
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(
        self,
        data: Any = None,
        *,
        user: User,
        person: User | None = None,
        entry: TimeEntry | None = None,
        day: dt.date | None = None,
        typed: dict[str, str] | None = None,
        prefix_id: str = "entry",
    ) -> None:
        """`person` is whose time a new one is; `typed` what its fields begin with."""
        self.person, self.entry, self.zone = entry.user if entry else person or user, entry, user.zone
        self.is_own = self.person == user
        self.present = Work.of(entry) if entry else Work()
        self.needs_long_ok = self.stale = False
        super().__init__(
            data,
            initial=_of_entry(entry, user) if entry else _empty(user, day) | (typed or {}),
            auto_id=f"{prefix_id}-%s",
        )
        self.fields["work"] = WorkField(user=user, present=self.present, label=_("Project or task"))
        self.initial["work"] = self.present.value
        self.label_suffix = ""
        if entry is None:
            self.fields["duration"].help_text = _("1:30, 90m or 1.5.")
            self.fields["billable"] = forms.NullBooleanField(label=_("Billable"), widget=forms.Select(choices=BILLABLE))
        if entry and entry.running:
            for name in ("end", "next_day", "duration"):
                del self.fields[name]

    @property
    def shown_work(self) -> Work:
        """What the project field shows: as typed, as far as it was found."""
        if not self.is_bound:
            return self.present
        return self.cleaned_data.get("work") or Work()

    @property
    def chosen_tags(self) -> list[Tag]:
        if self.is_bound:
            return list(self.cleaned_data.get("tags") or [])
        return list(self.entry.tags.all()) if self.entry else []

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if TIMES & self.errors.keys() or (self.entry and not TIMES & set(self.changed_data)):
            return data
        try:
            data["times"] = self._changed_span(self.entry) if self.entry else self._new_span()
        except ValidationError as error:
            self.refuse(error)
        else:
            self._ask_about_length()
        return data

    def _typed(self) -> Typed:
        data = self.cleaned_data
        return Typed(
            data["day"], data["start"], data.get("end", ""), data.get("duration", ""), data.get("next_day", False)
        )

    def _new_span(self) -> dict[str, Any]:
        typed = self._typed()
        busy_until = last_end_on(self.person, typed.day)
        person = Person(self.zone, timezone.now(), self.person.work_starts, busy_until)
        start, end = read_span(typed, person)
        return {"started_at": start, "ended_at": end}

    def _changed_span(self, entry: TimeEntry) -> dict[str, Any]:
        """What nobody touched keeps its seconds; another day takes the times along by the clock."""
        typed, changed = self._typed(), set(self.changed_data)
        if not typed.start:
            raise ValidationError({"start": _("When did it start?")})
        days = typed.day - local_date(entry.started_at, self.zone)
        start = entry.started_at
        if "start" in changed:
            start = read_moment("start", typed.start, typed.day, self.zone)
        elif days:
            start = move_days("start", start, days, self.zone)
        times: dict[str, Any] = {"started_at": start}
        if entry.ended_at is None:
            return times
        if "duration" in changed and (seconds := read_duration(typed.duration)):
            times["duration"] = seconds
        if {"end", "next_day"} & changed:
            times["ended_at"] = read_end(typed, start, self.zone)
        elif days and "duration" not in times:
            times["ended_at"] = move_days("end", entry.ended_at, days, self.zone)
        return times

    def _ask_about_length(self) -> None:
        times = self.cleaned_data["times"]
        start, end = times["started_at"], times.get("ended_at", self.entry and self.entry.ended_at)
        seconds = times.get("duration") or (end and (end - start).total_seconds())
        if seconds is None or seconds <= self.person.daily_limit_seconds:
            return
        self.needs_long_ok = True
        if not self.cleaned_data["long_ok"]:
            length = format_duration(int(seconds), self.person.hours_format)
            text = _("This entry is %(length)s long. Save it anyway? It will be marked for review.")
            self.add_error("long_ok", text % {"length": length})

    def refuse(self, error: ValidationError) -> None:
        """A service's reasons, at the fields as they are called here."""
        if hasattr(error, "error_dict"):
            renamed: dict[str, list[Any]] = {}
            for name, errors in error.error_dict.items():
                renamed.setdefault(SERVICE_FIELDS.get(name, name), []).extend(errors)
            error = ValidationError(renamed)
        add_errors(self, error)

    def meet(self, conflict: Conflict) -> None:
        """Somebody was faster. What was typed stays; saving once more then means to overwrite what is there now."""
        self.add_error(None, conflict.message)
        if conflict.code == "stale" and self.entry:
            self.stale = True
            self.entry.refresh_from_db()  # it may have changed after this page had read it
            self.data = self.data.copy()
            self.data["version"] = str(self.entry.version)

    def booking(self) -> dict[str, Any]:
        """For `create_entry`, without the tags."""
        data = self.cleaned_data
        kept = {name: data[name] for name in ("description", "uid", "billable")}
        return {"project": data["work"].project, "task": data["work"].task, **kept, **data["times"]}

    def changes(self) -> dict[str, Any]:
        """For `update_entry`, without the tags: what was touched."""
        data, changed = self.cleaned_data, set(self.changed_data)
        changes = {name: data[name] for name in ("description", "billable") if name in changed}
        if data["work"].value != self.present.value:
            changes |= {"project": data["work"].project, "task": data["work"].task}
        return changes | data.get("times", {})

    def tag_names(self) -> list[str]:
        return self.cleaned_data["more_tags"].replace(",", " ").split()


def _empty(user: User, day: dt.date | None) -> dict[str, Any]:
    return {"day": day or timezone.now().astimezone(user.zone).date(), "uid": uuid.uuid4()}


def _of_entry(entry: TimeEntry, user: User) -> dict[str, Any]:
    zone = user.zone
    day = entry.started_at.astimezone(zone).date()
    shown = {
        "description": entry.description,
        "billable": entry.billable,
        "day": day,
        "start": write_moment(entry.started_at, zone, day),
        "version": entry.version,
    }
    if entry.ended_at is None:
        return shown
    next_day = entry.ended_at.astimezone(zone).date() == day + DAY
    return {
        **shown,
        "end": write_moment(entry.ended_at, zone, day + DAY if next_day else day),
        "next_day": next_day,
        "duration": format_duration(entry.seconds or 0, user.hours_format),
    }


class SplitForm(forms.Form):
    """Where one entry becomes two. Proposes its middle."""

    time = forms.CharField(
        label=_("Split at"), max_length=40, help_text=_("9, 930, 14:15."),
        widget=forms.TextInput({"autocomplete": "off", "autofocus": True}),
    )  # fmt: skip

    def __init__(self, data: Any = None, *, entry: TimeEntry, zone: dt.tzinfo) -> None:
        self.entry, self.zone = entry, zone
        middle = entry.started_at + (((entry.ended_at or timezone.now()) - entry.started_at) // 2)
        shown = write_moment(middle.replace(second=0), zone, local_date(entry.started_at, zone))
        super().__init__(data, initial={"time": shown}, auto_id="split-%s", label_suffix="")

    def clean(self) -> dict[str, Any]:
        """A clock time means the first one after the start."""
        data = super().clean() or self.cleaned_data
        if "time" in data:
            day = local_date(self.entry.started_at, self.zone)
            try:
                at = read_moment("time", data["time"], day, self.zone)
                if at <= self.entry.started_at:
                    at = read_moment("time", data["time"], day + DAY, self.zone)
            except ValidationError as error:
                self.add_error(None, error)
            else:
                data["at"] = at
        return data
