from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from timetracker.web.errors import Conflict
from tracking.forms.booking import Work, WorkField
from tracking.forms.span import read_moment, write_moment
from tracking.models import Tag, TimeEntry

STEP = dt.timedelta(minutes=5)


class TimerForm(forms.Form):
    """What the timer bar says: text, work, tags. With the running entry it changes that one, else it starts one."""

    description = forms.CharField(required=False)  # its length is the service's to judge, and it keeps what was typed
    tags = forms.ModelMultipleChoiceField(queryset=Tag.objects.all(), required=False)
    uid = forms.UUIDField(required=False)
    entry = forms.IntegerField(required=False, min_value=1)
    version = forms.IntegerField(required=False, min_value=1)

    def __init__(self, data: Any, *, user: User, entry: TimeEntry | None = None) -> None:
        super().__init__(data)
        self.fields["work"] = WorkField(user=user, present=Work.of(entry) if entry else None)

    def booking(self) -> dict[str, Any]:
        """For `start_timer`."""
        data = self.cleaned_data
        subject = {"project": data["work"].project, "task": data["work"].task}
        return {**subject, **{name: data[name] for name in ("description", "tags", "uid")}}

    def changes(self, entry: TimeEntry) -> dict[str, Any]:
        """For `update_entry`: what differs. With another project an entry takes over whether that is billable."""
        data = self.cleaned_data
        changes: dict[str, Any] = {}
        if data["description"] != entry.description:
            changes["description"] = data["description"]
        if data["work"].value != Work.of(entry).value:
            changes |= {"project": data["work"].project, "task": data["work"].task}
            if data["work"].project != entry.project:
                changes["billable"] = data["work"].project.billable if data["work"] else False
        if {tag.pk for tag in data["tags"]} != {tag.pk for tag in entry.tags.all()}:
            changes["tags"] = data["tags"]
        return changes


class Draft:
    """The bar as it was typed, for showing it again beside the reason why it was refused."""

    def __init__(self, form: TimerForm, error: ValidationError | Conflict | None = None) -> None:
        self.description = form.data.get("description", "")
        self.work = form.cleaned_data.get("work") or Work()
        self.tags: Iterable[Tag] = form.cleaned_data.get("tags") or ()
        self.uid = form.cleaned_data.get("uid") or uuid.uuid4()
        self.errors = [*_words(error), *(message for errors in form.errors.values() for message in errors)]


def _words(error: ValidationError | Conflict | None) -> list[str]:
    if error is None:
        return []
    return error.messages if isinstance(error, ValidationError) else [error.message]


class StartTimeForm(forms.Form):
    """Another start for the running timer: a day and a time, or a step of minutes."""

    day = forms.DateField(required=False, label=_("Day"), widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"))
    time = forms.CharField(required=False, label=_("Start"), max_length=40)
    shift = forms.TypedChoiceField(choices=[(-5, "−5"), (5, "+5")], coerce=int, required=False, empty_value=0)

    def __init__(self, data: Any = None, *, entry: TimeEntry) -> None:
        local = entry.started_at.astimezone(entry.user.zone)
        self.entry, self.shown = entry, write_moment(entry.started_at, entry.user.zone, local.date())
        super().__init__(data, initial={"day": local.date(), "time": self.shown}, auto_id="start-%s")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if not self.errors:
            data["started_at"] = self._moment(data)
        return data

    def _moment(self, data: dict[str, Any]) -> dt.datetime:
        if data.get("shift"):
            later = self.entry.started_at + data["shift"] * dt.timedelta(minutes=1)
            return min(later, timezone.now())
        if not data.get("day") or not data.get("time"):
            raise ValidationError({"time": _("When did it start?")})
        if not {"day", "time"} & set(self.changed_data):
            return self.entry.started_at  # with its seconds
        return read_moment("time", data["time"], data["day"], self.entry.user.zone)
