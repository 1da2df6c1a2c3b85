"""The score and the status of a project, from the signals that are known."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from analytics.health.facts import Facts
from analytics.health.signals import Budget, Level, Signal, signals_of

FEWEST_SIGNALS = 2
"""Known ones. With fewer there is no score."""


class Status(StrEnum):
    HEALTHY = "healthy"
    AT_RISK = "at-risk"
    CRITICAL = "critical"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Health:
    signals: list[Signal]
    facts: Facts

    @property
    def known(self) -> list[Signal]:
        return [signal for signal in self.signals if signal.known]

    @property
    def alarming(self) -> list[Signal]:
        """The worst first."""
        return sorted((one for one in self.signals if one.alarming), key=lambda one: (one.points, -one.scale.weight))

    @property
    def worst(self) -> Signal | None:
        return next(iter(self.alarming), None)

    @property
    def score(self) -> int | None:
        """0 to 100: the mean of the points of the known signals by their weights, rounded half up."""
        known = self.known
        if len(known) < FEWEST_SIGNALS:
            return None
        weight = sum(signal.scale.weight for signal in known)
        return int(sum(signal.points * signal.scale.weight for signal in known) / weight + 0.5)

    @property
    def status(self) -> Status:
        if self.score is None:
            return Status.UNKNOWN
        levels = {signal.level for signal in self.known}
        if Level.CRITICAL in levels:
            return Status.CRITICAL
        return Status.AT_RISK if Level.WARNING in levels else Status.HEALTHY


def health_of(facts: Facts, budget: Budget, *, closed: bool = False) -> Health:
    return Health(signals_of(facts, budget, closed=closed), facts)
