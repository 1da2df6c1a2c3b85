"""A person's patterns, kept until something of theirs changes. Only ever asked for by the person themself."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict
from itertools import groupby
from math import exp, log
from typing import Any

from accounts.models import User
from analytics.patterns.days import HOURS, days_of
from analytics.productivity import Finished
from analytics.queries.kept import last_kept
from analytics.queries.marks import mark_of_person
from analytics.queries.patterns import Period, Work, period_of, work_of
from analytics.queries.productivity import finished_tasks_of
from analytics.services.kept import kept
from timetracker.web.times import combine_local, local_date

TAGS = 8
"""Shown; the others are one line."""


def patterns_of(user: User, now: dt.datetime) -> dict[str, Any]:
    """As JSON holds it. `claims` as `Claim`, `weeks` as `Week`, `grid` seconds by weekday and hour, `tags` with their
    seconds, `accuracy` by month; `days` counts those with work. Five statements where it is kept.
    """
    period = period_of(user, now)
    # Others finish and estimate a person's tasks, too, and a project may be closed to them.
    start = combine_local(period.first, dt.time(0), user.zone)
    tasks = sorted(finished_tasks_of(user, start, now))
    found: dict[str, Any] = kept(
        _key(user),
        mark_of_person(user, local_date(now, user.zone), period, user.time_zone, tasks),
        lambda: compute(user, period),
    )
    return found


def last_patterns(user: User) -> dict[str, Any] | None:
    """As they were computed last, where they are kept. One statement, and nothing is computed."""
    return last_kept([_key(user)]).get(_key(user))


def _key(user: User) -> str:
    return f"patterns:{user.pk}"


def compute(user: User, period: Period) -> dict[str, Any]:
    from analytics.patterns.asked import ask, weeks_of  # noqa: PLC0415 - numpy: not before it is needed

    work = work_of(user, period)
    days = days_of(work.stretches, user.zone)
    weeks = weeks_of(days, period.first, period.weeks)
    ratios = [task.tracked / task.estimated for task in work.tasks]
    grid = [[0] * HOURS for _ in range(7)]
    for day in days:
        for hour, seconds in enumerate(day.worked):
            grid[day.date.weekday()][hour] += seconds
    return {
        "first": period.first.isoformat(),
        "last": period.last.isoformat(),
        "since_zone": period.since_zone,
        "days": len(days),
        "seconds": sum(day.total for day in days),
        "claims": [asdict(claim) for claim in ask(days, weeks, ratios)],
        "weeks": [{**asdict(week), "first": week.first.isoformat()} for week in weeks],
        "grid": grid,
        "tags": [{"name": tag.name, "seconds": spent, "meeting": tag.meeting} for tag, spent in work.tags[:TAGS]],
        "more_tags": max(0, len(work.tags) - TAGS),
        "untagged": work.untagged,
        "accuracy": _by_month(work, user.zone),
    }


def _by_month(work: Work, zone: dt.tzinfo) -> list[dict[str, Any]]:
    """The typical error of each month's tasks, as a factor: e to the mean of |log(tracked ÷ estimated)|."""

    def month(task: Finished) -> str:
        return dt.datetime.fromtimestamp(task.at, zone).strftime("%Y-%m-01")

    found = []
    for first, tasks in groupby(work.tasks, month):
        errors = [abs(log(task.tracked / task.estimated)) for task in tasks]
        found.append({"month": first, "tasks": len(errors), "factor": exp(sum(errors) / len(errors))})
    return found
