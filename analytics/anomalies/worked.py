from __future__ import annotations

import datetime as dt
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Worked:
    """A finished entry. Instants are aware."""

    pk: int
    start: dt.datetime
    end: dt.datetime
    seconds: int
    """Without the breaks."""
    project: int | None = None
    task: int | None = None
    words: str = ""
