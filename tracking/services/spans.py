"""What becomes of an entry's end and breaks when its times change. Pure: no database."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from tracking.services.booking import Span, span_seconds


@dataclass(frozen=True, slots=True)
class Times:
    """Of a finished entry; its breaks in order, inside it, none over another."""

    start: dt.datetime
    end: dt.datetime
    breaks: tuple[Span, ...] = ()

    @property
    def length(self) -> dt.timedelta:
        return self.end - self.start

    @property
    def seconds(self) -> int:
        """Worked: without the breaks."""
        return int(self.length.total_seconds()) - span_seconds(self.breaks)


def changed_times(old: Times, *, start: dt.datetime, end: dt.datetime | None, seconds: int | None) -> Times:
    """`old` with another start, end or worked `seconds`.

    Moved as a whole (as long as before, or to where it was not), its breaks move along; else they stay where they are.
    What then lies outside is cut off. Where `seconds` stand without an end, the end is when so much has been worked.
    """
    breaks: Sequence[Span] = old.breaks
    if _moved_whole(old, start, end, seconds):
        breaks = [(first + (start - old.start), last + (start - old.start)) for first, last in breaks]
    breaks = [(max(first, start), last) for first, last in breaks if last > start]
    if end is None:
        end = old.end if seconds is None else _end_after(start, seconds, breaks)
    return Times(start, end, tuple((first, min(last, end)) for first, last in breaks if first < end))


def _moved_whole(old: Times, start: dt.datetime, end: dt.datetime | None, seconds: int | None) -> bool:
    if start == old.start:
        return False
    if end is None and seconds is None:
        return start >= old.end
    if end is None:
        return seconds == old.seconds or start >= old.end or start + dt.timedelta(seconds=seconds or 0) <= old.start
    return end - start == old.length or start >= old.end or end <= old.start


def _end_after(start: dt.datetime, seconds: int, breaks: Sequence[Span]) -> dt.datetime:
    left, position = dt.timedelta(seconds=seconds), start
    for first, last in breaks:
        if left <= first - position:
            break
        left -= first - position
        position = last
    return position + left
