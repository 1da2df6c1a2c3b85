"""How a project is doing. Every page, the API and widgets ask here."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Collection, Iterable
from dataclasses import fields

from django.utils import timezone

from accounts.holidays import days_off
from accounts.models import Organisation, User
from accounts.queries import get_organisation
from analytics.forecasts.finish import Calendar, Remaining, forecast
from analytics.health.facts import Facts, Prospect, StaleTask
from analytics.health.signals import Budget
from analytics.health.verdict import Health, Status, health_of
from analytics.models import Prediction, TrainedModel
from analytics.queries.health import (
    SHOWN,
    Throughput,
    of_now,
    open_tasks,
    stale_tasks,
    task_counts,
    team_of,
    throughput,
)
from analytics.queries.kept import last_kept
from analytics.queries.marks import mark_of_project
from analytics.queries.predictions import said_of
from analytics.services.kept import kept
from analytics.services.predictions import predictions
from analytics.services.record import record_mark
from timetracker.web.times import local_date, zone
from tracking.budgets import budget_use
from tracking.models import Project, Task
from tracking.models.project import ProjectQuerySet

MOST_WITHOUT_RANGE = 0.2
"""Of the open tasks: with more of them unknown there is no forecast."""
MOST_ASKED = 500
"""Open tasks. Of those of a larger project, only what was said of them already counts."""
ORDER = (Status.CRITICAL, Status.AT_RISK, Status.UNKNOWN, Status.HEALTHY)
"""Of lists."""
NO_RANGES = "ranges"
HOLIDAYS_AHEAD = dt.timedelta(days=3 * 365)
WEEK = dt.timedelta(days=7)


def project_health(project: Project) -> Health:
    """Of a project from `with_rights_for`: what its reader may know of the budget counts, and nothing else of them."""
    return judged(project, facts_of(project))


def last_health(projects: Iterable[Project]) -> dict[int, Health]:
    """By project, as it was computed last, where something is kept. One statement, and nothing is computed."""
    by_key = {_key(project): project for project in projects}
    return {by_key[key].pk: judged(by_key[key], Facts.from_json(facts)) for key, facts in last_kept(by_key).items()}


def ranked(projects: ProjectQuerySet, user: User) -> list[tuple[Project, Health | None]]:
    """The open ones, the worst first, as they were computed last; what never was stands at the end. Two statements."""
    found = list(projects.open().with_rights_for(user).defer("description").order_by("name", "pk"))
    last = last_health(found)
    return sorted(((project, last.get(project.pk)) for project in found), key=lambda pair: rank(pair[1]))


def rank(health: Health | None) -> tuple[int, int]:
    """The lower, the worse."""
    return (len(ORDER), 0) if health is None else (ORDER.index(health.status), health.score or 0)


def judged(project: Project, facts: Facts) -> Health:
    return health_of(facts, budget_of(project), closed=not project.bookable)


def budget_of(project: Project) -> Budget:
    """As far as the reader may know it."""
    use = budget_use(project)
    if use is None or not use.amount:
        return Budget(secret=project.budget_type == "money" and not project.may_edit)
    return Budget(used=float(use.used / use.amount))


def _key(project: Project) -> str:
    return f"health:{project.pk}"


def facts_of(project: Project) -> Facts:
    """What is kept of it, computed where it does not hold any more. Whoever reads it: what it costs is not in it."""
    now, organisation = timezone.now(), get_organisation()
    today = local_date(now, zone(organisation.time_zone))
    if not project.bookable:
        return Facts(due_on=project.due_on, today=today)
    team, at_once = team_of(project, today), of_now(project, now)
    models = list(TrainedModel.objects.filter(in_use=True).order_by("pk").values_list("pk", flat=True))
    mark = mark_of_project(project, today, sorted(team.working), team.counted, at_once, record_mark(), models)
    return Facts.from_json(
        kept(_key(project), mark, lambda: compute(project, now, organisation, team.working).as_json())
    )  # fmt: skip


def compute(project: Project, now: dt.datetime, organisation: Organisation, week: frozenset[int]) -> Facts:
    """Anew. `week` holds the weekdays on which its team works."""
    of = zone(organisation.time_zone)
    today = local_date(now, of)
    pace = throughput(project, today, organisation.week_start)
    stale = stale_tasks(project, today, of)
    return Facts(
        **task_counts(project, now),
        stale_tasks=len(stale),
        stale=tuple(StaleTask(pk, name) for pk, name in stale[:SHOWN]),
        people=pace.people,
        recent_hours=pace.recent_hours,
        largest_share=pace.largest_share,
        due_on=project.due_on,
        today=today,
        prospect=_prospect(project, pace, _calendar(organisation, week, pace, today), today),
    )


def _calendar(organisation: Organisation, week: frozenset[int], pace: Throughput, today: dt.date) -> Calendar:
    first = pace.until - len(pace.hours_by_week) * WEEK
    return Calendar(week, days_off(organisation.holidays, first, today + HOLIDAYS_AHEAD))


def _prospect(project: Project, pace: Throughput, calendar: Calendar, today: dt.date) -> Prospect:
    tasks = list(open_tasks(project))
    ranges, without = _ranges(tasks)
    if without > MOST_WITHOUT_RANGE * len(tasks):
        return Prospect(reason=NO_RANGES, without_range=without)
    said = forecast(ranges, pace.hours_by_week, calendar, today, project.due_on, until=pace.until)
    return Prospect(**{each.name: getattr(said, each.name) for each in fields(said)}, without_range=without)


def _ranges(tasks: Collection[Task]) -> tuple[list[Remaining], int]:
    """Of the open tasks of which something was said, and how many others there are."""
    said = predictions(tasks) if len(tasks) <= MOST_ASKED else said_of(tasks)
    found = [_remaining(task, said[task.pk]) for task in tasks if task.pk in said and said[task.pk].speaks]
    return found, len(tasks) - len(found)


def _remaining(task: Task, said: Prediction) -> Remaining:
    low, high = said.low_hours or 0.0, said.high_hours or 0.0
    # Nobody estimated: the middle of a range whose ends are a factor apart.
    middle = math.sqrt(low * high) if said.middle_hours is None else said.middle_hours
    return Remaining(low, middle, high, task.tracked_seconds / 3600)
