"""The one line that logs time: what it says, and what would be saved."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from timetracker.web.durations import format_duration
from timetracker.web.errors import add_errors
from tracking.forms.booking import Work, WorkField
from tracking.forms.named_work import one_of, works_meant
from tracking.forms.span import Person, Typed, read_span
from tracking.models.entry import DESCRIPTION_MAX
from tracking.queries import last_end_on, today_of
from tracking.quick_entry import QuickEntry, parse
from tracking.services.tags import require_tag_names

LABELS = {
    "description": gettext_lazy("Description"),
    "work": gettext_lazy("Project"),
    "tag": gettext_lazy("Tag"),
    "day": gettext_lazy("Day"),
    "span": gettext_lazy("From – to"),
    "start": gettext_lazy("Start"),
    "duration": gettext_lazy("Duration"),
    "billable": gettext_lazy("Billable"),
}


@dataclass(frozen=True, slots=True)
class Draft:
    """What saving the line would log."""

    entry: QuickEntry
    work: Work
    started_at: dt.datetime
    ended_at: dt.datetime
    is_long: bool

    @property
    def seconds(self) -> int:
        return int((self.ended_at - self.started_at).total_seconds())

    @property
    def billable(self) -> bool:
        asked = self.entry.billable
        return asked if asked is not None else bool(self.work.project and self.work.project.billable)

    @property
    def is_ahead(self) -> bool:
        return self.ended_at > timezone.now() + dt.timedelta(minutes=2)


class QuickEntryForm(forms.Form):
    line = forms.CharField(label=gettext_lazy("In one line"), max_length=DESCRIPTION_MAX)
    uid = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, user: User) -> None:
        self.user = user
        self.draft: Draft | None = None
        self.works: list[Work] = []
        super().__init__(data, initial={"uid": uuid.uuid4()}, auto_id="quick-%s", label_suffix="")
        self.fields["work"] = WorkField(user=user)  # chosen from a list: then the words for it do not count

    @cached_property
    def entry(self) -> QuickEntry:
        return parse(str(self.data.get("line", "")), today=today_of(self.user))

    @property
    def readings(self) -> list[tuple[str, str, str]]:
        """Kind, its name and the words, in the order of the line. Words of the description side by side are one."""
        return [
            (kind, str(LABELS[kind]), words)
            for kind, group in groupby(self.entry.readings, key=lambda one: one.kind)
            for words in _together(kind, [one.text for one in group])
        ]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if "line" not in data:
            return data
        try:
            require_tag_names(self.entry.tags)
            self.works = works_meant(self.user, data.get("work"), self.entry.work)
            start, end = self._span()
        except ValidationError as error:
            add_errors(self, ValidationError({"line": error.messages}))
        else:
            is_long = (end - start).total_seconds() > self.user.daily_limit_seconds
            self.draft = Draft(self.entry, one_of(self.works, data.get("work")), start, end, is_long)
        return data

    def _span(self) -> tuple[dt.datetime, dt.datetime]:
        entry, user = self.entry, self.user
        if entry.seconds is None and entry.end is None:
            raise ValidationError(_("How long? Write 2h, 1:30 or 9-1030."))
        day = entry.day or today_of(user)
        typed = Typed(
            day,
            _clock(entry.start),
            _clock(entry.end),
            "" if entry.seconds is None else format_duration(entry.seconds, with_seconds=True),
            entry.next_day,
        )
        return read_span(typed, Person(user.zone, timezone.now(), user.work_starts, last_end_on(user, day)))

    def booking(self) -> dict[str, Any]:
        """For `create_entry`, without the tags."""
        assert self.draft is not None
        draft = self.draft
        return {
            "description": draft.entry.description,
            "project": draft.work.project,
            "task": draft.work.task,
            "billable": draft.entry.billable,
            "started_at": draft.started_at,
            "ended_at": draft.ended_at,
            "uid": self.cleaned_data["uid"],
        }


def _together(kind: str, words: list[str]) -> list[str]:
    return [" ".join(words)] if kind == "description" else words


def _clock(time: dt.time | None) -> str:
    return "" if time is None else f"{time:%H:%M:%S}"
