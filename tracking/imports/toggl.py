"""Toggl Track's detailed report, as CSV."""

from __future__ import annotations

import datetime as dt
import re
import sys
from pathlib import Path

from django.utils.translation import gettext as _

from tracking.imports.csv_files import Cells, read_table
from tracking.imports.rows import Lines, Refusal, Row

NEEDED = ("start date", "start time", "end date", "end time")
LENGTH = re.compile(r"(\d{1,5}):([0-5]\d):([0-5]\d)")
YES = frozenset({"yes", "true", "1", "ja"})


class _Wrong(Exception):
    """Why a line is refused."""


def read_toggl(path: Path) -> Lines:
    """Raises UnreadableFileError; what is wrong with a single line comes as a Refusal in its place."""
    for found in read_table(path, needed=NEEDED):
        if isinstance(found, Refusal):
            yield found
            continue
        line, cells = found
        try:
            yield _row(line, cells)
        except _Wrong as error:
            yield Refusal(line, str(error))


def _row(line: int, cells: Cells) -> Row:
    def text(name: str) -> str:
        return cells.get(name, "").replace("\x00", "").strip()

    def name(column: str) -> str:
        # A few names in a hundred thousand lines: one of each is enough.
        return sys.intern(text(column))

    person = sys.intern(text("email").lower()) or name("user")
    if not person:
        raise _Wrong(_("It does not say whose time it is."))
    if not text("end date") and not text("end time"):
        raise _Wrong(_("The timer was still running."))
    return Row(
        line=line,
        person=person,
        client=name("client"),
        project=name("project"),
        task=name("task"),
        description=text("description"),
        billable=text("billable").lower() in YES,
        start=_moment(text("start date"), text("start time")),
        end=_moment(text("end date"), text("end time")),
        seconds=_seconds(text("duration")),
        tags=tuple(sys.intern(tag.strip()) for tag in text("tags").split(",") if tag.strip()),
    )


def _moment(date: str, time: str) -> dt.datetime:
    try:
        return dt.datetime.combine(dt.date.fromisoformat(date), dt.time.fromisoformat(time))
    except ValueError:
        text = _("“%(found)s” is no date and time such as 2026-03-31 09:15:00.")
        raise _Wrong(text % {"found": f"{date} {time}".strip()[:40]}) from None


def _seconds(text: str) -> int | None:
    if not text:
        return None
    match = LENGTH.fullmatch(text)
    if match is None:
        raise _Wrong(_("“%(found)s” is no duration such as 1:30:00.") % {"found": text[:40]})
    hours, minutes, seconds = map(int, match.groups())
    return hours * 3600 + minutes * 60 + seconds
