"""When an entry was: start and end, or start and duration, with or without breaks, as a service wants to hear it."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from tracking.models import TimeEntry
from tracking.services.booking import Span, span_seconds


def span_of_new(fields: dict[str, Any]) -> dict[str, Any]:
    """`ended_at` from what was sent. Raises ValidationError where there is no end, or two that differ."""
    breaks = _pairs(fields.pop("breaks", ()))
    ended_at = _end(
        fields.pop("ended_at", None), fields.pop("duration", None), fields["started_at"], span_seconds(breaks)
    )
    if ended_at is None:
        raise ValidationError({"ended_at": _("Give an end or a duration. A timer is started at /api/timer/start/.")})
    return {**fields, "ended_at": ended_at, "breaks": breaks}


def changed_span(row: TimeEntry, fields: dict[str, Any]) -> dict[str, Any]:
    """The same for an entry that is there. Sent back as it was read, everything stays."""
    if "breaks" in fields:
        fields["breaks"] = _pairs(fields["breaks"])
    return _of_running(row, fields) if row.running else _of_finished(fields)


def _of_running(row: TimeEntry, fields: dict[str, Any]) -> dict[str, Any]:
    if fields.get("duration") is not None:
        raise ValidationError({"duration": _("The timer is running. Stop it first.")})
    fields.pop("duration", None)
    if fields.get("ended_at") is None:
        fields.pop("ended_at", None)
    if "breaks" in fields and fields["breaks"] == list(row.breaks.values_list("started_at", "ended_at")):
        del fields["breaks"]
    return fields


def _of_finished(fields: dict[str, Any]) -> dict[str, Any]:
    if "ended_at" in fields and fields["ended_at"] is None:
        raise ValidationError({"ended_at": _("An entry that has ended stays ended. Start a timer instead.")})
    if "duration" in fields and fields["duration"] is None:
        del fields["duration"]
    return fields


def _end(
    ended_at: dt.datetime | None, duration: int | None, started_at: dt.datetime, breaks: int
) -> dt.datetime | None:
    if duration is None:
        return ended_at
    by_duration = started_at.replace(microsecond=0) + dt.timedelta(seconds=duration + breaks)
    if ended_at is not None and ended_at.replace(microsecond=0) != by_duration:
        raise ValidationError({"duration": _("This is not the time from start to end without the breaks.")})
    return by_duration


def _pairs(breaks: Any) -> list[Span]:
    return sorted((pause["started_at"], pause["ended_at"]) for pause in breaks)
