"""The public SiP record (see `load_sip.py`) as it went: each project's next 50 tasks, at ten points in time."""

from __future__ import annotations

import datetime as dt
import math
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from analytics.estimates.history import Past
from analytics.estimates.ladder import Ladder
from analytics.estimates.plans import Outcome, Plan
from analytics.forecasts.finish import Calendar, Remaining
from benchmarks.load_sip import LONDON, Decimal, moment, read, spans

POINTS, NEXT, FEWEST = 10, 50, 100
"""Forecasts a project, tasks of each, and tasks that a project must have."""
DAY = dt.timedelta(days=1)
CALENDAR = Calendar(frozenset(range(5)))


@dataclass(frozen=True, slots=True)
class Recorded:
    outcome: Outcome
    project: str
    work: list[tuple[dt.date, float]]
    """Hours of each day."""


@dataclass(frozen=True, slots=True)
class Point:
    project: str
    today: dt.date
    tasks: list[Remaining]
    weeks: list[float]
    hours: float
    """What the tasks took."""
    estimated: float
    worked: dt.date
    """When the project had got as many hours as that."""
    written: dt.date
    """When the last of them was begun; most were written down on that day."""
    closed: dt.date
    """When the last of them was closed."""


def points(folder: str) -> Iterator[Point]:
    recorded = _recorded(folder)
    projects: dict[str, list[Recorded]] = defaultdict(list)
    for one in recorded:
        projects[one.project].append(one)
    everything = [one.outcome for one in recorded]
    for _code, tasks in sorted(projects.items(), key=lambda pair: -len(pair[1])):
        if len(tasks) >= FEWEST:
            tasks.sort(key=lambda one: (one.outcome.plan.day, one.outcome.plan.task))
            yield from _of_project(tasks, everything)


def _recorded(folder: str) -> list[Recorded]:
    found, codes = [], {}
    for task, when, developers in read(Path(folder)):
        estimated, started, completed = (
            day and day.date() for day in (moment(when[name], 9) for name in ("EstimateOn", "StartedOn", "CompletedOn"))
        )
        assert completed is not None
        planned = estimated or started or completed
        first = dt.datetime.combine(started or planned, dt.time(9), tzinfo=LONDON)
        work = [
            (start.date(), (end - start).total_seconds() / 3600)
            for developer in developers
            for start, end in spans(first, Decimal(developer["DeveloperHoursActual"]))
        ]
        plan = Plan(
            task=int(task["TaskNumber"]), day=max(planned, started or planned), estimate=float(task["HoursEstimate"]),
            project=codes.setdefault(task["ProjectCode"], len(codes)), person=int(task["AssignedToID"]),
        )  # fmt: skip
        found.append(Recorded(Outcome(plan, completed, float(task["HoursActual"])), task["ProjectCode"], work))
    return found


def _of_project(tasks: Sequence[Recorded], everything: Sequence[Outcome]) -> Iterator[Point]:
    """Evenly in time: from 30 finished tasks and 12 weeks of work on, as long as there are 50 more."""
    work: dict[dt.date, float] = defaultdict(float)
    for one in tasks:
        for day, hours in one.work:
            work[day] += hours
    began = min(work)
    first = max(sorted(one.outcome.finished for one in tasks)[29], began + 84 * DAY)
    last = tasks[-NEXT].outcome.plan.day
    for number in range(POINTS if last >= first else 0):
        today = first + (last - first) * number // (POINTS - 1)
        today += {5: 2, 6: 1}.get(today.weekday(), 0) * DAY
        asked = [one for one in tasks if one.outcome.plan.day >= today][:NEXT]
        past = Past([one for one in everything if one.finished < today])
        if len(asked) < NEXT - 5 or len(past) < 30:
            continue
        ladder = Ladder(past)
        weeks = [
            sum(work.get(today - (7 * back - place) * DAY, 0.0) for place in range(7))
            for back in range((today - began).days // 7, 0, -1)
        ]
        outcomes = [one.outcome for one in asked]
        hours = sum(one.hours for one in outcomes)
        yield Point(
            asked[0].project, today, [_range(ladder, replace(one.plan, day=today)) for one in outcomes], weeks,
            hours, sum(one.plan.estimate or 0 for one in outcomes), _reached(work, today, hours),
            max(one.plan.day for one in outcomes), max(one.finished for one in outcomes),
        )  # fmt: skip


def _range(ladder: Ladder, plan: Plan) -> Remaining:
    """As the product tells it; where it would rather be silent, what it would have told."""
    told = ladder.estimate(plan)
    if told.low is not None and told.middle is not None and told.high is not None:
        return Remaining(told.low, told.middle, told.high)
    low, high = ladder.plain_range(plan)
    middle = min(max(ladder.plain_point(plan), low), high)
    return Remaining(math.exp(low), math.exp(middle), math.exp(high))


def _reached(work: dict[dt.date, float], today: dt.date, hours: float) -> dt.date:
    for day in sorted(day for day in work if day >= today):
        hours -= work[day]
        if hours < 1e-6:
            return day
    return dt.date.max
