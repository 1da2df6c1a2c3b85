"""One line that starts the timer: `fix the header @website #ux`."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from accounts.models import User
from timetracker.web.errors import add_errors
from tracking.forms.booking import Work
from tracking.forms.quick import find_work_by_name
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
        self.work = Work()
        super().__init__(data)

    @cached_property
    def entry(self) -> QuickEntry:
        return parse(str(self.data.get("line", "")), today=today_of(self.user), leave=TIMES)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if "line" in data:
            try:
                require_tag_names(self.entry.tags)
                self.work = find_work_by_name(self.user, self.entry.work)
            except ValidationError as error:
                add_errors(self, ValidationError({"line": error.messages}))
        return data

    def booking(self) -> dict[str, Any]:
        """For `start_timer`, without the tags."""
        return {
            "description": self.entry.description,
            "project": self.work.project,
            "task": self.work.task,
            "billable": self.entry.billable,
            "uid": self.cleaned_data["uid"],
        }
