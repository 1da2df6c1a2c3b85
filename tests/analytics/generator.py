"""Finished tasks of a company that does not exist, with the moments of real ones. Nothing was copied from a record.

After what has been published of estimates and actual hours of software tasks: estimates of 0.5, 2 and 14 h at the 10th,
50th and 90th percentile, in round numbers; 37 of 100 actuals equal the estimate, of the others more are below than
above, log(actual ÷ estimate) being −0.79 at the 10th percentile and 0.69 at the 90th; actual hours grow as the estimate
to the power of 0.88; the median ratio of most people is 1, of some e^−0.2. Tests with it are of code and calibration,
not of skill: unless `tag_effect` is given, there is little to be learned beyond what people estimated.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import numpy as np

from analytics.estimates.plans import Outcome, Plan

FIRST = dt.date(2020, 1, 6)
ROUND = np.array([0.25, 0.5, 0.75, 1, 1.5, 2, 2.5, 3, 3.5, 4, 5, 6, 7, 8, 10, 12, 14, 16, 21, 28, 35, 42, 70, 105, 140])
SHARES, HOURS = (0, 0.1, 0.5, 0.9, 1), np.log((0.2, 0.5, 2, 14, 90))
EXACT = 0.37
OFF_SHARES = (0, 0.079, 0.159, 0.397, 0.53, 0.603, 0.841, 0.921, 1)
"""Of the tasks that were not met exactly; beside it their log ratios."""
OFF = (-2.4, -1.24, -0.61, -0.13, 0.07, 0.26, 0.7, 1.1, 2.2)
POWER, TYPICAL = 0.88, 0.85
MORE_BIASED = 0.4
WORDS = (
    "report invoice login search import chart mail backup layout filter menu printer index cache form export theme "
    "upload billing calendar audit schema tooltip upgrade"
).split()


def outcomes(
    count: int,
    *,
    seed: int = 7,
    people: int = 8,
    projects: int = 5,
    tags: int = 6,
    a_day: float = 3.0,
    bias: float = -0.2,
    tag_effect: float = 0.0,
) -> list[Outcome]:
    """In the order in which they were planned. `bias` is the median log ratio of every third person; with
    `tag_effect` tasks of the odd tags take e^effect times as long as those of the even ones, whatever was estimated.
    """
    random = np.random.default_rng(seed)
    found = []
    for number in range(count):
        day = FIRST + dt.timedelta(days=int(number / a_day))
        estimate = float(ROUND[np.abs(np.log(ROUND) - np.interp(random.random(), SHARES, HOURS)).argmin()])
        person, tag = int(random.integers(people)), int(random.integers(tags))
        off = _log_ratio(random, estimate, bias if person % 3 == 2 else 0.0)
        off += tag_effect * (0.5 if tag % 2 else -0.5)
        plan = Plan(
            task=number + 1,
            day=day,
            estimate=estimate,
            project=int(random.integers(projects)) + 1,
            person=person + 1,
            author=int(random.integers(people)) + 1,
            tags=(tag + 1,),
            priority=int(random.integers(4)),
            title=" ".join(random.choice(WORDS, 4)) + f" {tag}",
            waited=int(random.integers(10)) if random.random() < 0.3 else 0,
        )
        lasted = 0 if random.random() < 0.6 else int(random.geometric(0.3))
        found.append(Outcome(plan, day + dt.timedelta(days=lasted), estimate * float(np.exp(off))))
    return found


def _log_ratio(random: np.random.Generator, estimate: float, bias: float) -> float:
    """Who is biased meets fewer estimates exactly, and the other ratios lie further off: their median is the bias."""
    exact, drawn = random.random(), random.random()
    if exact < (EXACT * MORE_BIASED if bias else EXACT * 1.25):
        return 0.0
    off = float(np.interp(drawn, OFF_SHARES, OFF))
    return off + (POWER - 1) / (1 - EXACT) * (np.log(estimate) - TYPICAL) + 1.6 * bias


def shuffled(some: list[Outcome], seed: int = 7, *, ratios: bool = False) -> list[Outcome]:
    """Each with what another one took; with `ratios`, as many times its estimate."""
    order = np.random.default_rng(seed).permutation(len(some))
    found = []
    for one, place in zip(some, order, strict=True):
        other = some[place]
        factor = (one.plan.estimate or 1) / (other.plan.estimate or 1) if ratios else 1.0
        found.append(replace(one, hours=other.hours * factor))
    return found


def without_estimate(plan: Plan) -> Plan:
    return replace(plan, estimate=None, waited=0)
