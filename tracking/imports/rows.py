from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

Place = tuple[str, str, str]
"""Client, project and task by name, each empty where there is none."""


class UnreadableFileError(Exception):
    """Why a file cannot be read at all, in words for the person who brought it."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line. Times are those of the wall clock where the account was; `seconds` is the length that the file says."""

    line: int
    person: str
    """The e-mail address in small letters; the name where the file has no addresses."""
    client: str
    project: str
    task: str
    description: str
    billable: bool
    start: dt.datetime
    end: dt.datetime
    seconds: int | None
    tags: tuple[str, ...]

    @property
    def place(self) -> Place:
        return self.client, self.project, self.task


@dataclass(frozen=True, slots=True)
class Refusal:
    """A line that cannot become an entry, and why."""

    line: int
    reason: str


Lines = Iterator[Row | Refusal]
