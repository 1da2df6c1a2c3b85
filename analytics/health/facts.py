"""What is known of a project. Nothing of whoever reads it: money and names are not in it, so that it can be kept."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict, dataclass, field
from typing import Any, Self

from analytics.forecasts.finish import Finish


@dataclass(frozen=True, slots=True)
class StaleTask:
    id: int
    name: str


@dataclass(frozen=True, slots=True)
class Prospect(Finish):
    """What the forecast says; `reason` may also be that too many tasks have no range (`ranges`)."""

    without_range: int = 0
    """Open tasks that are left out of it, as nothing was said of what they may take."""


@dataclass(frozen=True, slots=True)
class Facts:
    tasks: int = 0
    """Not cancelled; of archived ones those that are done."""
    open_tasks: int = 0
    estimated_tasks: int = 0
    estimated_hours: float = 0.0
    done_hours: float = 0.0
    """Estimated hours of the tasks that are done."""
    due_tasks: int = 0
    """Open ones with a due date."""
    overdue_tasks: int = 0
    begun_tasks: int = 0
    """In progress."""
    stale_tasks: int = 0
    stale: tuple[StaleTask, ...] = ()
    """The first of them."""
    measured_tasks: int = 0
    """With an estimate and time."""
    measured_hours: float = 0.0
    """What was estimated for them."""
    expected_hours: float = 0.0
    """What they took, or take at least."""
    people: int = 0
    """With time on it in the last weeks."""
    recent_hours: float = 0.0
    largest_share: float = 0.0
    """Of the recent hours, by one person."""
    due_on: dt.date | None = None
    today: dt.date = dt.date.min
    prospect: Prospect = field(default_factory=Prospect)

    def as_json(self) -> dict[str, Any]:
        kept = asdict(self)
        kept["today"], kept["due_on"] = self.today.isoformat(), _day(self.due_on)
        said = kept["prospect"]
        said |= {"p50": _day(self.prospect.p50), "p85": _day(self.prospect.p85)}
        said["line"] = [[day.isoformat(), round(chance, 4)] for day, chance in self.prospect.line]
        return kept

    @classmethod
    def from_json(cls, kept: dict[str, Any]) -> Self:
        said = dict(kept["prospect"])
        said |= {"p50": _from(said["p50"]), "p85": _from(said["p85"])}
        said["line"] = tuple((dt.date.fromisoformat(day), chance) for day, chance in said["line"])
        return cls(
            **kept
            | {
                "today": dt.date.fromisoformat(kept["today"]),
                "due_on": _from(kept["due_on"]),
                "stale": tuple(StaleTask(**one) for one in kept["stale"]),
                "prospect": Prospect(**said),
            }
        )


def _day(day: dt.date | None) -> str | None:
    return None if day is None else day.isoformat()


def _from(text: str | None) -> dt.date | None:
    return None if text is None else dt.date.fromisoformat(text)
