"""Time files of other trackers, read into rows that say the same whatever they came from. Nothing here is stored."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tracking.imports.rows import Lines
from tracking.imports.toggl import read_toggl


@dataclass(frozen=True, slots=True)
class Format:
    label: str
    read: Callable[[Path], Lines]


FORMATS = {"toggl": Format("Toggl Track", read_toggl)}
