"""Projects with a known end, made without looking at how forecasts are made.

A team has finished eight projects, each with a bias of its own (in logs), each task with an error beside it. Ranges
come from them: estimate × the 10th and 90th percentile of actual ÷ estimate. Then comes the project: 5 to 60 tasks, of
which up to three are in work at a time. A week's hours follow an autoregressive level; none are worked in weeks that
other projects or illness take, several in a row, or on public holidays. More tasks turn up while it goes on. It is
finished on the day on which all that was ever in it is done.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cache

import numpy as np

from accounts.holidays import days_off
from analytics.forecasts.finish import Calendar, Remaining

FIRST = dt.date(2022, 1, 3)
DAY = dt.timedelta(days=1)
ERROR = 0.5
"""The spread of log(actual ÷ estimate) from task to task of one project."""
LIFE = 4, 45
"""Weeks that a project takes as planned, drawn between them; four have passed before anything is told."""
LONGEST = 3000
"""Days. No project of these lasts so long."""


@dataclass(frozen=True, slots=True)
class World:
    """The ways in which projects differ that a forecast knows nothing about."""

    bias: float = 0.25
    """Spread of the projects' own biases, in logs."""
    idle: float = 0.15
    """Share of weeks without work."""
    persistence: float = 0.5
    """Autocorrelation of a week's level with the one before."""
    growth: float = 0.15
    """Tasks that turn up later, of those there were at first: the mean; each project has its own share."""


@dataclass(frozen=True, slots=True)
class Situation:
    """What is known on `today`, and when it was finished."""

    tasks: list[Remaining]
    weeks: list[float]
    """Hours of each of the seven days before, the last one yesterday; from the project's first on."""
    calendar: Calendar
    today: dt.date
    end: dt.date
    left: float
    """Share of the hours of the whole project that are still to be worked."""


@dataclass(slots=True)
class _Task:
    estimate: float
    hours: float
    turns_up: float = 0.0
    """When so much of the hours of the first tasks is done."""
    tracked: float = 0.0


@cache
def calendar() -> Calendar:
    return Calendar(frozenset(range(5)), days_off("DE-BE", FIRST, FIRST + (LONGEST + 3700) * DAY))


def situations(count: int, world: World, seed: int) -> list[Situation]:
    random = np.random.default_rng((seed, 11))
    found: list[Situation] = []
    while len(found) < count:
        if (one := _situation(world, random)) is not None:
            found.append(one)
    return found


def _situation(world: World, random: np.random.Generator) -> Situation | None:
    """None for a project that was finished within four weeks."""
    usual = random.normal(0.1, 0.15)
    low, high = _past(world, usual, random)
    tasks = _tasks(world, random.normal(usual, world.bias), random)
    hours = _hours_by_day(sum(task.estimate for task in tasks) / random.uniform(*LIFE), world, random)
    states = _worked(tasks, hours, random)
    if len(states) < 30:
        return None
    day = int(random.integers(28, len(states)))
    today, tracked = FIRST + day * DAY, states[day - 1]
    there = _progress(tasks, tracked)
    still = [
        Remaining(task.estimate * low, task.estimate * min(max(1.0, low), high), task.estimate * high, done)
        for task, done in zip(tasks, tracked, strict=True)
        if task.turns_up <= there and done < task.hours
    ]
    weeks = [float(hours[place : place + 7].sum()) for place in range(day % 7, day, 7)]
    whole = sum(task.hours for task in tasks)
    end = FIRST + (len(states) - 1) * DAY
    return Situation(still, weeks, calendar(), today, end, 1 - float(tracked.sum()) / whole) if still else None


def _past(world: World, usual: float, random: np.random.Generator) -> tuple[float, float]:
    biases = random.normal(usual, world.bias, 8)
    ratios = np.exp(np.repeat(biases, 25) + random.normal(0, ERROR, 200))
    return float(np.quantile(ratios, 0.1)), float(np.quantile(ratios, 0.9))


def _tasks(world: World, bias: float, random: np.random.Generator) -> list[_Task]:
    first = int(random.integers(5, 61))
    later = int(random.binomial(3 * first, min(1.0, 2 * world.growth * random.random() / 3)))
    estimates = np.maximum(0.5, np.exp(random.normal(1.4, 0.8, first + later)).round(1))
    hours = estimates * np.exp(bias + random.normal(0, ERROR, first + later))
    turns_up = np.concatenate([np.zeros(first), np.sort(random.random(later))])
    return [
        _Task(float(one), float(two), float(three)) for one, two, three in zip(estimates, hours, turns_up, strict=True)
    ]


def _hours_by_day(a_week: float, world: World, random: np.random.Generator) -> np.ndarray:
    weeks = LONGEST // 7
    level, rest = random.normal(0, 0.4), np.sqrt(1 - world.persistence**2)
    hours, idle = [], False
    for week in range(weeks):
        level = world.persistence * level + rest * random.normal(0, 0.4)
        # Stays idle every second time; begins so often that the share is as wanted.
        idle = random.random() < (0.5 if idle else 0.5 * world.idle / (1 - world.idle)) and week > 0
        for place in range(7):
            works = calendar().is_working(FIRST + (7 * week + place) * DAY) and not idle
            hours.append(a_week / 5 * np.exp(level) * random.uniform(0.5, 1.5) if works else 0.0)
    return np.array(hours)


def _progress(tasks: list[_Task], tracked: np.ndarray) -> float:
    first = [place for place, task in enumerate(tasks) if task.turns_up == 0]
    return float(tracked[first].sum()) / sum(tasks[place].hours for place in first)


def _worked(tasks: list[_Task], hours: np.ndarray, random: np.random.Generator) -> list[np.ndarray]:
    """What is tracked on each task at the end of each day, up to the last. Leaves in `hours` what was worked."""
    needed, tracked = np.array([task.hours for task in tasks]), np.zeros(len(tasks))
    states = []
    for day, budget in enumerate(hours):
        left = budget
        while left > 1e-9:
            there = _progress(tasks, tracked)
            open_ = [
                p for p, task in enumerate(tasks) if tracked[p] < needed[p] - 1e-9 and task.turns_up <= there + 1e-9
            ]
            if not open_:
                break
            some = open_[: int(random.integers(1, 4))]
            part = (
                min(left / len(some), *(needed[p] - tracked[p] for p in some))
                if len(some) > 1
                else min(left, needed[some[0]] - tracked[some[0]])
            )
            tracked[some] += part
            left -= part * len(some)
        hours[day] = budget - max(left, 0.0)
        states.append(tracked.copy())
        if (tracked >= needed - 1e-9).all():
            break
    return states
