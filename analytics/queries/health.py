"""What the health of a project follows from."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, FloatField, Max, OuterRef, Q, QuerySet, Subquery, Sum, TextField
from django.db.models.functions import Cast, Coalesce, Greatest

from accounts.models import User
from analytics.health.signals import RECENT_WEEKS, STALE_DAYS
from analytics.queries.models import midnight
from timetracker.events.models import Event
from timetracker.web.times import week_bounds
from tracking.choices import TaskStatus
from tracking.models import DayTotal, Project, ProjectMember, Task, TimeEntry

WEEK = dt.timedelta(days=7)
MONDAY_TO_FRIDAY = frozenset(range(5))
SHOWN = 10
"""Stale tasks that are named."""


def of_now(project: Project, now: dt.datetime) -> dict[str, int | None]:
    """What no event of the project tells of: how many open tasks are overdue, and which are being worked on. One
    statement.
    """
    running = TimeEntry.objects.alive().filter(task=OuterRef("pk"), ended_at=None)
    begun = Task.objects.filter(project=project, status=TaskStatus.IN_PROGRESS)
    return (
        Task.objects.filter(project=project)
        .open()
        .aggregate(
            overdue=Count("pk", filter=Q(due_at__lt=now)),
            running=Sum("pk", filter=Q(pk__in=begun.filter(Exists(running)).values("pk"))),
        )
    )


@dataclass(frozen=True, slots=True)
class Team:
    working: frozenset[int]
    """Weekdays on which most of those work who are members or have time on it in the last weeks; 0 is Monday."""
    counted: list[tuple[int, int | None]]
    """Each person with the last row of their days on it: another time zone counts them anew, which no event of the
    project tells of.
    """


def team_of(project: Project, today: dt.date) -> Team:
    """In one statement."""
    worked = DayTotal.objects.filter(project=project).order_by()
    recent = worked.filter(day__gte=today - RECENT_WEEKS * WEEK)
    members = ProjectMember.objects.filter(project=project)
    last = worked.filter(user=OuterRef("pk")).values("user").annotate(last=Max("pk")).values("last")
    people = User.objects.filter(Q(pk__in=worked.values("user")) | Q(pk__in=members.values("user")))
    rows = list(
        people.annotate(last=Subquery(last), member=Exists(members.filter(user=OuterRef("pk"))))
        .annotate(recent=Exists(recent.filter(user=OuterRef("pk"))))
        .order_by("pk")
        .values_list("pk", "last", "working_days", "is_active", "member", "recent")
    )
    weeks = [days for _pk, _last, days, active, member, recent in rows if active and (member or recent)]
    counts = Counter(day for days in weeks for day in days)
    working = frozenset(day for day, count in counts.items() if 2 * count > len(weeks))
    return Team(working or MONDAY_TO_FRIDAY, [(pk, last) for pk, last, *_more in rows])


def task_counts(project: Project, now: dt.datetime) -> dict[str, Any]:
    """The fields of `Facts` that tasks alone tell, in one statement."""
    is_open = ~Q(status__in=[TaskStatus.DONE, TaskStatus.CANCELLED]) & Q(archived_at=None)
    done = Q(status=TaskStatus.DONE)
    estimate, tracked = Cast("estimated_hours", FloatField()), Cast("tracked_seconds", FloatField()) / 3600.0
    estimated = Q(estimated_hours__isnull=False)
    measured = estimated & Q(tracked_seconds__gt=0)
    counted = (
        Task.objects.filter(Q(project=project) & (is_open | done))
        .annotate(estimate=estimate, tracked=tracked)
        .aggregate(
            tasks=Count("pk"),
            open_tasks=Count("pk", filter=is_open),
            estimated_tasks=Count("pk", filter=estimated),
            plan_hours=Sum("estimate"),
            done_hours=Sum("estimate", filter=done),
            due_tasks=Count("pk", filter=is_open & Q(due_at__isnull=False)),
            overdue_tasks=Count("pk", filter=is_open & Q(due_at__lt=now)),
            begun_tasks=Count("pk", filter=is_open & Q(status=TaskStatus.IN_PROGRESS)),
            measured_tasks=Count("pk", filter=measured),
            measured_hours=Sum("estimate", filter=measured),
            taken=Sum("tracked", filter=measured & done),
            expected=Sum(Greatest("tracked", "estimate"), filter=measured & ~done),
        )
    )
    counted = {name: value or 0 for name, value in counted.items()}
    counted["estimated_hours"] = counted.pop("plan_hours")
    counted["expected_hours"] = counted.pop("taken") + counted.pop("expected")
    return counted


def stale_tasks(project: Project, today: dt.date, zone: dt.tzinfo) -> list[tuple[int, str]]:
    """In progress, and neither time nor a change within the last `STALE_DAYS`. The longest begun first."""
    since = midnight(today - dt.timedelta(days=STALE_DAYS), zone)
    worked = TimeEntry.objects.alive().filter(task=OuterRef("pk")).filter(Q(ended_at=None) | Q(ended_at__gte=since))
    changed = Event.objects.filter(
        subject_type="task", subject_id=Cast(OuterRef("pk"), TextField()), occurred_at__gte=since
    )  # fmt: skip
    begun = Task.objects.filter(project=project, status=TaskStatus.IN_PROGRESS, archived_at=None)
    rows = begun.annotate(began=Coalesce("started_at", "created_at")).filter(began__lt=since)
    return list(
        rows.exclude(Exists(worked)).exclude(Exists(changed)).order_by("began", "pk").values_list("pk", "name")
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Throughput:
    hours_by_week: list[float]
    """From the week of the first work to the last full one; idle weeks are zeros."""
    until: dt.date
    """The first day of the week that goes on."""
    people: int
    recent_hours: float
    largest_share: float


def throughput(project: Project, today: dt.date, week_start: int) -> Throughput:
    """Of everybody's finished time, in one statement. Days are those of whoever worked."""
    until, _end = week_bounds(today, week_start)
    recent = today - RECENT_WEEKS * WEEK
    seconds: dict[dt.date, int] = defaultdict(int)
    by_person: dict[int, int] = defaultdict(int)
    rows = DayTotal.objects.filter(project=project, day__lte=today).order_by()
    for user, day, total in rows.values_list("user_id", "day").annotate(total=Sum("seconds")):
        seconds[week_bounds(day, week_start)[0]] += total
        if day > recent:
            by_person[user] += total
    first = min(seconds, default=until)
    weeks = [seconds.get(first + number * WEEK, 0) / 3600 for number in range((until - first).days // 7)]
    worked = sum(by_person.values())
    people = sum(total > 0 for total in by_person.values())
    return Throughput(weeks, until, people, worked / 3600, max(by_person.values()) / worked if worked else 0.0)


def open_tasks(project: Project) -> QuerySet[Task]:
    return Task.objects.filter(project=project).open().defer("description").order_by("pk")
