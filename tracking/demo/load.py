"""Makes the demonstration team and its work. One transaction, one event for the whole."""

from __future__ import annotations

import datetime as dt
import random
import uuid
from dataclasses import dataclass, field
from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from accounts.choices import Role
from accounts.models import Organisation, Team, TeamMember, User
from timetracker.events.recording import record
from timetracker.web.errors import Conflict
from tracking.choices import BudgetType, Priority, Source, TaskStatus
from tracking.demo import catalogue
from tracking.demo.moments import draw_actual_minutes, draw_estimate
from tracking.demo.workdays import stretches, working_days
from tracking.events import DemoDataLoaded
from tracking.models import Break, Client, Project, ProjectMember, ProjectRate, Tag, Task, TimeEntry
from tracking.models.tag import names_meetings
from tracking.services.totals import rebuild_totals, refresh_statistics

BATCH = 2000


@dataclass(slots=True)
class Job:
    """A task with the minutes that are left of it."""

    task: Task
    left: int
    tags: list[Tag]
    first: dt.datetime | None = None


@dataclass(slots=True)
class Worker:
    user: User
    rng: random.Random
    bias: float
    seed: str
    projects: list[tuple[Project, list[Tag], Decimal | None]] = field(default_factory=list)


@dataclass(slots=True)
class Made:
    entries: list[TimeEntry] = field(default_factory=list)
    entry_tags: list[tuple[TimeEntry, Tag]] = field(default_factory=list)
    tasks: list[Task] = field(default_factory=list)
    task_tags: list[tuple[Task, Tag]] = field(default_factory=list)
    breaks: list[Break] = field(default_factory=list)


@transaction.atomic
def load_demo_data(
    *,
    entries: int = 2000,
    seed: int = 1,
    people: int = 6,
    until: dt.datetime | None = None,
    password: str | None = None,
) -> dict[str, int]:
    """Fills an instance without time entries; the people who are there already work along. Gives counts by kind.

    `people` is how many work in all, at most 20. Without `password` the made-up people cannot sign in.
    """
    if TimeEntry.objects.exists():
        raise Conflict("There is time in this instance already.", code="not_empty")
    until = (until or timezone.now()).replace(second=0, microsecond=0)
    rng = random.Random(seed)
    workers = _make_workers(rng, seed, people, password)
    _make_projects(rng, workers, until)
    made = Made()
    for worker, count in zip(workers, _fair_shares(entries, len(workers)), strict=True):
        _work(worker, count, until, made)
    _make_backlog(rng, workers, until, made)
    _store(made)
    rebuild_totals()
    refresh_statistics()
    counts = {
        "people": len(workers),
        "projects": Project.objects.count(),
        "tasks": len(made.tasks),
        "entries": len(made.entries),
    }
    record(DemoDataLoaded(**counts), actor=None)
    return counts


def _fair_shares(total: int, parts: int) -> list[int]:
    return [total // parts + (1 if place < total % parts else 0) for place in range(parts)]


def _make_workers(rng: random.Random, seed: int, people: int, password: str | None) -> list[Worker]:
    users = list(User.objects.filter(is_active=True).order_by("pk")[:people])
    taken = set(User.objects.values_list("username", flat=True))
    template = User()
    template.set_password(password)
    organisation = Organisation.objects.first() or Organisation()
    for place, (username, name) in enumerate(catalogue.PEOPLE):
        if len(users) >= people or username in taken:
            continue
        user = User(
            username=username,
            display_name=name,
            email=f"{username}@kestrel.example",
            role=Role.MANAGER if place == 0 else Role.MEMBER,
            time_zone=catalogue.ZONES[place % len(catalogue.ZONES)],
            week_start=organisation.week_start,
            weekly_goal_hours=Decimal(rng.choice(["38", "38", "40", "30"])),
            password=template.password,
        )
        user.save(force_insert=True)
        users.append(user)
    _make_teams(users)
    return [
        Worker(user, random.Random(f"{seed}-{place}"), -0.2 if place % 5 == 3 else 0.0, f"{seed}-{place}")
        for place, user in enumerate(users)
    ]


def _make_teams(users: list[User]) -> None:
    teams = [Team.objects.get_or_create(name=name)[0] for name in catalogue.TEAMS[: max(1, len(users) // 3)]]
    led: set[int] = set()
    members = []
    for place, user in enumerate(users):
        team = teams[place % len(teams)]
        members.append(TeamMember(team=team, user=user, is_lead=team.pk not in led))
        led.add(team.pk)
    TeamMember.objects.bulk_create(members, ignore_conflicts=True)


def _make_projects(rng: random.Random, workers: list[Worker], until: dt.datetime) -> None:
    currency = (Organisation.objects.first() or Organisation()).currency
    clients = {
        name: Client.objects.get_or_create(name=name, defaults={"currency": currency, "email": mail})[0]
        for name, mail in catalogue.CLIENT_MAIL.items()
    }
    tags = {
        name: Tag.objects.get_or_create(name=name, defaults={"meeting": names_meetings(name)})[0]
        for name in catalogue.TAGS
    }
    for plan in catalogue.PROJECTS:
        project = Project(
            client=clients.get(plan.client),
            name=plan.name,
            code=plan.code,
            color=plan.color,
            billable=plan.rate is not None,
            currency=currency,
            is_public=not plan.private,
            budget_type=BudgetType.HOURS if plan.budget_hours else BudgetType.NONE,
            budget_amount=plan.budget_hours,
            due_on=until.date() + dt.timedelta(days=rng.randrange(20, 160)) if plan.budget_hours else None,
        )
        project.save(force_insert=True)
        staff = rng.sample(workers, max(1, len(workers) // 2)) if plan.private else workers
        managers = {workers[0].user.pk, staff[0].user.pk}
        ProjectMember.objects.bulk_create(
            ProjectMember(project=project, user_id=pk, is_manager=pk in managers)
            for pk in sorted({worker.user.pk for worker in staff} | managers)
        )
        rate = None if plan.rate is None else Decimal(plan.rate)
        if rate is not None:
            ProjectRate.objects.create(project=project, valid_from=ProjectRate.ALWAYS, hourly_rate=rate)
        for worker in staff:
            worker.projects.append((project, [tags[name] for name in plan.tags], rate))


def _new_job(worker: Worker, made: Made) -> Job:
    """A task of one of the person's three or four current projects, estimated as people estimate."""
    rng = worker.rng
    project, tags, _rate = rng.choice([item for item in worker.projects if item[2] is not None])
    estimate = draw_estimate(rng)
    task = Task(
        project=project,
        name=f"{rng.choice(catalogue.VERBS)} {rng.choice(catalogue.THINGS)}",
        assignee=worker.user,
        created_by=worker.user,
        priority=rng.choices(list(Priority), [2, 6, 2, 1])[0],
        estimated_hours=Decimal(str(estimate)),
        complexity=min(5, 1 + int(estimate**0.5)),
    )
    made.tasks.append(task)
    made.task_tags.extend((task, tag) for tag in tags[:1])
    return Job(task, draw_actual_minutes(rng, estimate, worker.bias), tags)


def _work(worker: Worker, count: int, until: dt.datetime, made: Made) -> None:
    """The person's last `count` entries: days are chosen backwards from `until`, work is then done forwards."""
    zone = worker.user.zone
    slots: list[tuple[dt.datetime, dt.datetime, bool]] = []
    for day in working_days(until.astimezone(zone).date(), worker.seed):
        today: list[tuple[dt.datetime, dt.datetime, bool]] = []
        for place, (start, end) in enumerate(stretches(worker.rng, day, zone)):
            today.extend(_cut(worker.rng, start, min(end, until), stand_up=place == 0))
        slots.extend(reversed(today))
        if len(slots) >= count:
            break
    jobs = [_new_job(worker, made) for _ in range(3)]
    for start, end, meeting in reversed(slots[:count]):
        if meeting:
            _log_meeting(worker, start, end, made)
        else:
            _log_work(worker, jobs, start, end, made)


def _cut(
    rng: random.Random, start: dt.datetime, end: dt.datetime, *, stand_up: bool
) -> list[tuple[dt.datetime, dt.datetime, bool]]:
    """A stretch in entries of 20 minutes to 3 hours; the morning begins with a stand-up."""
    slots = []
    while end - start >= dt.timedelta(minutes=15):
        meeting = stand_up or rng.random() < 0.07
        minutes = rng.choice([15, 15, 20]) if stand_up else rng.randrange(25, 185, 5)
        stop = min(end, start + dt.timedelta(minutes=minutes))
        slots.append((start, stop, meeting))
        start = stop + dt.timedelta(minutes=rng.choice([0, 0, 0, 5, 10]))
        stand_up = False
    return slots


def _entry(worker: Worker, project: Project, rate: Decimal | None, start: dt.datetime, end: dt.datetime) -> TimeEntry:
    return TimeEntry(
        uid=uuid.UUID(int=worker.rng.getrandbits(128), version=4),
        user=worker.user,
        project=project,
        billable=rate is not None,
        rate=rate,
        currency=project.currency,
        started_at=start,
        ended_at=end,
        seconds=int((end - start).total_seconds()),
        source=Source.TIMER if worker.rng.random() < 0.8 else Source.MANUAL,
    )


def _log_meeting(worker: Worker, start: dt.datetime, end: dt.datetime, made: Made) -> None:
    project, tags, rate = next(item for item in worker.projects if item[2] is None)
    entry = _entry(worker, project, rate, start, end)
    short = end - start <= dt.timedelta(minutes=20)
    entry.description = catalogue.MEETINGS[0] if short else worker.rng.choice(catalogue.MEETINGS[1:])
    made.entries.append(entry)
    made.entry_tags.extend((entry, tag) for tag in tags)


def _log_work(worker: Worker, jobs: list[Job], start: dt.datetime, end: dt.datetime, made: Made) -> None:
    """Works on one of the open jobs until it is done or the slot is over; a done one makes room for the next."""
    job = worker.rng.choice(jobs)
    pause = 10 if end - start >= dt.timedelta(minutes=120) and worker.rng.random() < 0.2 else 0
    minutes = min(job.left, int((end - start).total_seconds()) // 60 - pause)
    end = start + dt.timedelta(minutes=minutes + pause)
    rate = next(item[2] for item in worker.projects if item[0] is job.task.project)
    entry = _entry(worker, job.task.project, rate, start, end)
    entry.task, entry.description = job.task, job.task.name
    if pause:
        middle = start + dt.timedelta(minutes=minutes // 2)
        entry.break_seconds, entry.seconds = pause * 60, minutes * 60
        made.breaks.append(Break(entry=entry, started_at=middle, ended_at=middle + dt.timedelta(minutes=pause)))
    made.entries.append(entry)
    made.entry_tags.extend((entry, tag) for tag in job.tags if worker.rng.random() < 0.6)
    if job.first is None:
        job.first = start
        job.task.started_at = start
        job.task.created_at = job.task.estimated_at = start - dt.timedelta(days=worker.rng.randrange(0, 9), minutes=30)
        job.task.status = TaskStatus.IN_PROGRESS
        job.task.due_at = (start + dt.timedelta(days=worker.rng.randrange(3, 20))).replace(hour=15, minute=0)
    job.left -= minutes
    if job.left <= 0:
        job.task.status, job.task.completed_at = TaskStatus.DONE, end
        jobs[jobs.index(job)] = _new_job(worker, made)


def _make_backlog(rng: random.Random, workers: list[Worker], until: dt.datetime, made: Made) -> None:
    """Some work that nobody has begun, some of it nobody's."""
    for worker in workers:
        for _ in range(3):
            job = _new_job(worker, made)
            job.task.due_at = (until + dt.timedelta(days=rng.randrange(1, 21))).replace(hour=15, minute=0)
            if rng.random() < 0.3:
                job.task.assignee = None
            if rng.random() < 0.2:
                job.task.status = TaskStatus.REVIEW
    for place, task in enumerate(made.tasks):
        task.position = 1024.0 * (place + 1)
        if task.started_at is None:
            task.created_at = task.estimated_at = until - dt.timedelta(days=rng.randrange(1, 12))


def _store(made: Made) -> None:
    Task.objects.bulk_create(made.tasks, batch_size=BATCH)
    TimeEntry.objects.bulk_create(made.entries, batch_size=BATCH)
    Break.objects.bulk_create(made.breaks, batch_size=BATCH)
    task_tag, entry_tag = Task.tags.through, TimeEntry.tags.through
    task_tag.objects.bulk_create(
        [task_tag(task_id=task.pk, tag_id=tag.pk) for task, tag in made.task_tags], batch_size=BATCH
    )
    entry_tag.objects.bulk_create(
        [entry_tag(timeentry_id=entry.pk, tag_id=tag.pk) for entry, tag in made.entry_tags], batch_size=BATCH
    )
