"""One line that starts the timer: `fix the header @website #ux`."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from accounts.models import User
from timetracker.web.errors import add_errors
from tracking.forms.booking import Work, WorkField
from tracking.forms.named_work import one_of, works_meant
from tracking.models.entry import DESCRIPTION_MAX
from tracking.queries import today_of
from tracking.quick_entry import QuickEntry, parse
from tracking.services.tags import require_tag_names

TIMES = ("span", "start", "duration", "day")
"""The timer starts now, so these are words like others."""


class StartLineForm(forms.Form):
    line = forms.CharField(max_length=DESCRIPTION_MAX)
    uid = forms.UUIDField(required=False)

    def __init__(self, data: Any, *, user: User) -> None:
        self.user = user
        self.works = [Work()]
        super().__init__(data)
        self.fields["work"] = WorkField(user=user)

    @cached_property
    def entry(self) -> QuickEntry:
        return parse(str(self.data.get("line", "")), today=today_of(self.user), leave=TIMES)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if "line" in data:
            try:
                require_tag_names(self.entry.tags)
                self.works = works_meant(self.user, data.get("work"), self.entry.work)
            except ValidationError as error:
                add_errors(self, ValidationError({"line": error.messages}))
        return data

    def booking(self) -> dict[str, Any]:
        """For `start_timer`, without the tags."""
        work = one_of(self.works, self.cleaned_data["work"])
        return {
            "description": self.entry.description,
            "project": work.project,
            "task": work.task,
            "billable": self.entry.billable,
            "uid": self.cleaned_data["uid"],
        }
