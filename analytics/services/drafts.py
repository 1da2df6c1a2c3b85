"""What a task would take that is still being written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from accounts.models import User
from analytics.estimates.plans import Plan
from analytics.services.panel import projects_seen_by
from analytics.services.predictions import estimate_of
from analytics.services.predictor import predictor
from timetracker.web import flags

if TYPE_CHECKING:
    from analytics.estimates.ladder import Estimate


@dataclass(frozen=True, slots=True)
class Draft:
    said: Estimate
    similar: int
    """Tasks that the asking person may see."""


def draft_of(plan: Plan, user: User) -> Draft | None:
    """Nothing is kept. None while estimates are switched off."""
    if not flags.is_on("estimates"):
        return None
    from analytics.estimates.similar import similar_to  # noqa: PLC0415 - numpy: not before it is needed

    said = estimate_of(plan)
    if said.low is None or said.high is None:
        return Draft(said, 0)
    past = predictor().ladder(estimated=plan.estimate is not None).past
    return Draft(said, similar_to(past, plan, low=said.low, high=said.high, projects=projects_seen_by(user)).count)
